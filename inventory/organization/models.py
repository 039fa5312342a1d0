"""Units, people, accounts, and grants: who answers, and who may do what."""

import re

from django.contrib.auth.models import AbstractUser, AnonymousUser, Group
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory import registers
from inventory.fields import IdentityNumberField
from inventory.models import GONE, Row
from inventory.sameness.constraints import Same, SameField
from inventory.search import fold, turkish
from inventory.trees import Tree

# What the units of one kind are all called; left out, they are called as people speak of them.
_SAID_BY_KIND = re.compile(r" (?:Daire(?:si)? Başkanlığı|Şube Müdürlüğü)(?= \(|$)")


class Unit(Tree, Row):
    """A part of the municipality, for the time in which it exists: units are merged and renamed."""

    named_after = ("full_name", "name")
    searched = ("full_name", "short_name", "spellings")
    numbered = ("number", "{}", "unit")
    sorted_by = "full_name"

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("Belediye")
        SECRETARIAT = "secretariat", _("Genel sekreterlik")
        DIRECTORATE = "directorate", _("Daire başkanlığı")
        OFFICE = "office", _("Müdürlük (daireye bağlı olmayan)")
        BRANCH = "branch", _("Şube müdürlüğü")
        OTHER = "other", _("Diğer")

    number = models.PositiveIntegerField(unique=True, editable=False)
    name = models.CharField(_("ad"), max_length=200)
    name_same = SameField()
    short_name = models.CharField(_("kısa ad"), max_length=60, blank=True)
    # Branches of the same name are many: "İdari İşler Şube Müdürlüğü (Fen İşleri)".
    full_name = models.CharField(_("tam ad"), max_length=300, editable=False)
    kind = models.CharField(_("birim türü"), max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("üst birim"), related_name="children", null=True, blank=True
    )
    valid_from = models.DateField(_("kuruluş tarihi"), null=True, blank=True)
    valid_until = models.DateField(_("kapanış tarihi"), null=True, blank=True)
    spellings = models.TextField(
        _("bilinen yazılışlar"),
        blank=True,
        help_text=_("Dosyalarda geçen başka yazılışlar, her satıra bir tane. “Daire Bşk.” gibi kısaltmalar "
                    "zaten tanınır."),
    )  # fmt: skip
    email = models.EmailField(_("e-posta"), blank=True)

    class Meta:
        verbose_name = _("birim")
        verbose_name_plural = _("Birimler")
        ordering = [turkish("name")]
        indexes = [models.Index(fields=["name_same"], name="unit_name")]
        constraints = [
            Same(
                "name_same",
                "parent",
                where=Q(valid_until__isnull=True),
                blanks=["parent"],
                name="unit_name_once_below_parent",
                message=_("Aynı üst birimde bu adla açık bir birim var."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_until__gte=models.F("valid_from")),
                name="unit_ends_after_start",
                violation_error_message=_("Kapanış tarihi kuruluştan önce olamaz."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.name

    @property
    def spared(self) -> str:
        said = _SAID_BY_KIND.search(str(self))
        return said.group() if said else ""

    def derive(self) -> None:
        above = self.parent if self.kind in (self.Kind.BRANCH, self.Kind.OTHER) else None
        self.full_name = f"{self.name} ({above.short_name or above.name})" if above else self.name
        self.path = f"{self.parent.path if self.parent else ''}{self._step}"
        super().derive()

    @property
    def _step(self) -> str:
        return f"{int(self.number or 0):06d}."

    def clean(self) -> None:
        super().clean()
        if self.parent and self.number and self._step in self.parent.path:
            raise ValidationError({"parent": _("Birim kendisinin veya altındaki bir birimin altına taşınamaz.")})
        if self.kind == self.Kind.BRANCH and not self.parent:
            raise ValidationError({"parent": _("Şube müdürlüğünün bağlı olduğu birimi seçiniz.")})
        # A day to come may be announced; when it is there, nothing may be left without an answerable unit.
        is_over = self.valid_until and self.valid_until <= timezone.localdate()
        if is_over and self.pk and (held := self._held()):
            message = _("Bu birimde hâlâ kayıt var: %(held)s. Kapatmadan önce bunları başka bir birime veriniz.")
            raise ValidationError({"valid_until": message % {"held": held}})

    def _held(self) -> str:
        """What the unit itself still answers for, counted by register; empty when nothing."""
        counts = []
        for register in registers.every("asset"):
            rows = register.model._default_manager.filter(Q(responsible_unit=self), ~Q(status__in=GONE))
            counts.append((register.title, rows.count()))
        return ", ".join(f"{title} {count}" for title, count in counts if count)

    def settle(self, before):
        if before and before.path != self.path:
            rest = Substr("path", len(before.path) + 1)
            moved = Unit.objects.filter(path__startswith=before.path).exclude(pk=self.pk)
            moved.update(path=Concat(Value(self.path), rest))
        renamed = []
        for child in Unit.objects.filter(parent=self):
            child.parent = self
            child.derive()
            if (
                Unit.objects.filter(pk=child.pk)
                .exclude(full_name=child.full_name)
                .update(full_name=child.full_name, search_text=child.search_text)
            ):
                renamed.append(child)
        return renamed


class Person(Row):
    """Somebody on the staff. People who leave stay, inactive: the past names them."""

    named_after = ("name", "staff_no")
    searched = ("staff_no", "name", "title")

    staff_no = models.CharField(_("sicil no"), max_length=20)
    staff_no_same = SameField()
    name = models.CharField(_("ad soyad"), max_length=150)
    title = models.CharField(_("unvan"), max_length=100, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("birim"), related_name="people")
    email = models.EmailField(_("e-posta"), blank=True)
    identity_no = IdentityNumberField(
        _("T.C. kimlik no"),
        blank=True,
        help_text=_("Sicil no yetmiyorsa yazınız. Sayfalarda gizli görünür; her okunuşu denetim izine yazılır."),
    )
    active = models.BooleanField(_("görevde"), default=True)

    class Meta:
        verbose_name = _("kişi")
        verbose_name_plural = _("Kişiler")
        ordering = [turkish("name")]
        constraints = [
            Same("staff_no_same", name="person_staff_no_once", message=_("Bu sicil no başka bir kişide kayıtlı.")),
            Same(
                "identity_no",
                where=~Q(identity_no=""),
                name="person_identity_once",
                message=_("Bu T.C. kimlik no başka bir kişide kayıtlı."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.staff_no})"

    def choice(self) -> str:
        """People of one name are known by where they work; who chooses does not know their numbers."""
        return f"{self} · {self.unit.short_name or self.unit}"


class User(AbstractUser):
    """An account; what it may do stands in the grants of its person and groups."""

    person = models.OneToOneField(
        Person, models.PROTECT, verbose_name=_("kişi"), related_name="account", null=True, blank=True
    )
    # Written by inventory.accounts.signing_in.second_factor; from then on nobody logs in without a code.
    second_factor_since = models.DateTimeField(_("ikinci adım"), null=True, editable=False)
    # Raised to end all sessions of the account.
    session_number = models.PositiveIntegerField(default=0, editable=False)
    # Names of the cards of the first page (`inventory.pages.home.cards`) in their order, "-" before one that is hidden.
    home_cards = models.CharField(max_length=200, blank=True, editable=False)
    # Of `inventory.access`.
    _grants: "list[Grant]"

    class Meta:
        verbose_name = _("kullanıcı hesabı")
        verbose_name_plural = _("Kullanıcı hesapları")

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    #: `is_open`, asked of the table.
    OPEN = Q(is_active=True) & (Q(person=None) | Q(person__active=True))

    @property
    def is_open(self) -> bool:
        """Whether anything may be done with it: it is not closed, and whose it is is on duty."""
        return self.is_active and (self.person is None or self.person.active)

    def get_session_auth_hash(self) -> str:
        return f"{super().get_session_auth_hash()}:{self.session_number}"

    def get_session_auth_fallback_hash(self):
        for inner in super().get_session_auth_fallback_hash():
            yield f"{inner}:{self.session_number}"


#: Who asks or writes; None is the system itself, a command run on the machine.
Asker = User | AnonymousUser | None


# The registers whose rows are of no unit, so that a grant on them has none; `manage.py check` compares.
MUNICIPAL = (
    "calendar-days", "districts", "indicators", "kinds", "label-formats", "limits", "locations", "movable-codes",
    "neighbourhoods", "paper-templates", "reminder-rules", "synonyms", "working-hours",
)  # fmt: skip


class Grant(Row):
    """(person or group) × (unit and all below it, or everywhere) × (register, or all) × level."""

    named_after = ("person", "group", "unit", "register", "level")
    searched = ("person", "group", "unit")

    class Level(models.IntegerChoices):
        VIEW = 1, _("Görür")
        CHANGE = 2, _("Değiştirir")
        MANAGE = 3, _("Yönetir (silme ve yetki verme dâhil)")

    person = models.ForeignKey(
        Person, models.PROTECT, verbose_name=_("kişi"), related_name="grants", null=True, blank=True
    )
    group = models.ForeignKey(
        Group, models.PROTECT, verbose_name=_("grup"), related_name="grants", null=True, blank=True
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        verbose_name=_("birim"),
        related_name="grants",
        null=True,
        blank=True,
        help_text=_("Altındaki birimlerle birlikte. Boş bırakılırsa her yerde geçerlidir. Bütün belediyenin olan "
                    "listelerde (ilçe, mahalle, yer, tür, taşınır kodu) boş bırakılır."),
    )  # fmt: skip
    register = models.CharField(
        _("kütük"),
        max_length=40,
        blank=True,
        choices=registers.grantable,
        help_text=_("Boş bırakılırsa bütün kütüklerde geçerlidir."),
    )
    level = models.PositiveSmallIntegerField(_("yetki"), choices=Level, default=Level.VIEW)
    needs_second_factor = models.BooleanField(
        _("ikinci adım ister"),
        default=False,
        help_text=_("İşaretlenirse yetki, yalnızca girişte telefonundaki uygulamadan kod yazan (ikinci adımı kurulu) "
                    "hesaplarda geçerli olur."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("yetki")
        verbose_name_plural = _("Yetkiler")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True, group__isnull=False) | Q(person__isnull=False, group__isnull=True),
                name="grant_to_person_or_group",
                violation_error_message=_("Yetki ya bir kişiye ya da bir gruba verilir; birini seçiniz."),
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=True) | ~Q(register__in=MUNICIPAL),
                name="grant_without_unit",
                violation_error_message=_(
                    "Bu liste bütün belediyenindir, birime göre ayrılmaz: birimi boş bırakınız. Böyle bir yetkiyi, "
                    "listeyi her yerde yöneten biri verebilir."
                ),
            ),
            Same(
                "person",
                "group",
                "unit",
                "register",
                blanks=["person", "group", "unit"],
                name="grant_once",
                message=_("Bu yetki zaten var; düzeyini orada değiştiriniz."),
            ),
        ]

    def __str__(self) -> str:
        register = self.get_register_display() if self.register else _("bütün kütükler")
        where = self.unit or _("her yer")
        return f"{self.person or self.group} · {where} · {register} · {self.get_level_display()}"


# How offices shorten "Dairesi Başkanlığı" and its like, folded; the long form comes first.
_SHORT_FORMS = (
    ("daire baskanligi", ("dairesi baskanligi", "daire bsk", "d bsk", "dairesi bsk", "db")),
    ("sube mudurlugu", ("sube md", "sb md", "sube mud", "sb mudurlugu")),
    ("mudurlugu", ("md", "mud")),
    ("genel sekreterligi", ("genel sekreterlik", "gn sekreterligi", "gen sek")),
)


def unit_key(name: str) -> str:
    """A unit's name as it is compared: folded, without dots, with one form of "Daire Başkanlığı".

    >>> unit_key("Fen İşleri Daire Bşk.") == unit_key("FEN İŞLERİ DAİRESİ BAŞKANLIĞI")
    True
    """
    key = fold(name.replace(".", " "))
    for long, shorts in _SHORT_FORMS:
        for short in shorts:
            if key.endswith(" " + short):
                return f"{key.removesuffix(short)}{long}"
    return key
