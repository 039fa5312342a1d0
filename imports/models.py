"""An import from upload to undo: the durable state that pages, commands and workers share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from imports.exporting.models import Export  # noqa: F401 - Django looks for models here
from imports.plans.plan import WrittenPlan
from imports.plans.plan_file import Damaged
from imports.reading import ENCODINGS
from imports.steps import Stepped
from imports.workbooks.encoding import shown
from inventory import registers
from inventory.refusals import Refused
from inventory.registers import Register
from inventory.search import turkish


def _place(batch: Batch, filename: str) -> str:
    return f"imports/{batch.register}/{batch.sha256[:16]}/{filename}"


class KeptSheet(Stepped):
    """A file of somebody's, how she wants it read, and how its headings were understood.

    `sheet`, `header_row`, `header_rows`, `locale`, `encoding`, `mapping` (heading → column, "" reads nothing) and
    `filled` (headings whose blanks take the value above) are the user's choices; `read` is what was taken ({"sheets",
    "sheet", "header_row", "locale" …}), `headings` how every heading was matched, with samples. What is done with
    the sheet has a `state`, a `heartbeat` (`imports.steps`) and, for the user, a `message` of what stopped it.
    """

    class Locale(models.TextChoices):
        GUESS = "", _("Dosyadan anla")
        TURKISH = "tr", _("Türkçe: 1.234,56 ve 31.12.2024")
        ENGLISH = "en", _("İngilizce: 1,234.56 ve 12/31/2024")

    #: Each model keeps its files at a place of its own.
    file: models.FileField

    register = models.CharField(_("kütük"), max_length=40)
    name = models.CharField(_("dosya adı"), max_length=200)
    size = models.PositiveBigIntegerField(_("boyut"))
    sheet = models.CharField(_("sayfa"), max_length=100, blank=True)
    header_row = models.PositiveIntegerField(_("başlık satırı"), null=True, blank=True)
    header_rows = models.PositiveSmallIntegerField(_("başlık kaç satır"), null=True, blank=True)
    mapping = models.JSONField(default=dict)
    filled = models.JSONField(default=list)
    locale = models.CharField(_("sayı ve tarih yazımı"), max_length=2, choices=Locale, blank=True)
    encoding = models.CharField(
        _("harf kodlaması"), max_length=10, choices=[("", _("Dosyadan anla")), *ENCODINGS.items()], blank=True
    )
    read = models.JSONField(default=dict)
    headings = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    made_at = models.DateTimeField(_("yüklendi"), auto_now_add=True)
    heartbeat = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def of(self) -> Register:
        return registers.get(self.register)

    @property
    def encoding_read(self) -> str:
        """How the letters of a text file were read, as a user says it; "" for a workbook."""
        return shown(self.read["encoding"]) if self.read.get("encoding") else ""


class Batch(KeptSheet):
    """One file on its way into one register.

    `blanks` says what the blank cells of single columns do, where it is not what `blank` says; `constants` are columns
    that the file lacks, given once for all rows (`imports.filling.constants`); `unknown` are the texts
    that name no row or choice (`imports.checking.meanings.Unknown` as dicts), and `counts` are the plan's
    (`imports.plans.plan.Plan.counts`).
    `as_of` is the moment whose values the file has, where the file does not say it itself; `later` what becomes of what
    somebody changed since, and `taken` the cells ([row, column]) that are written all the same.
    `missing` says what becomes of the register's rows that the file lacks, among those that the list's query
    `missing_among` finds. `undo` says how the batch was asked to be taken back ({"reason", "force"}), and then what
    came of it ({"deleted", "restored", "beside", "stayed", "left": the first of the rows that stayed}).
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Yüklendi")
        CHECKING = "checking", _("Denetleniyor")
        CHECKED = "checked", _("Uygulanmaya hazır")
        REFUSED = "refused", _("Hatalı, yazılmadı")
        APPLYING = "applying", _("Uygulanıyor")
        APPLIED = "applied", _("Uygulandı")
        FAILED = "failed", _("Okunamadı")
        UNDOING = "undoing", _("Geri alınıyor")
        UNDONE = "undone", _("Geri alındı")
        DROPPED = "dropped", _("Vazgeçildi")
        CANCELLED = "cancelled", _("Durduruldu")

    busy = frozenset({State.UPLOADED, State.CHECKING, State.APPLYING, State.UNDOING})

    class Mode(models.TextChoices):
        UPSERT = "upsert", _("Ekle ve güncelle")
        ADD = "add", _("Yalnızca ekle")
        UPDATE = "update", _("Yalnızca güncelle")

    class Blank(models.TextChoices):
        LEAVE = "leave", _("Boş hücre eldeki değeri değiştirmesin")
        CLEAR = "clear", _("Boş hücre eldeki değeri silsin")

    class Later(models.TextChoices):
        KEEP = "keep", _("Kütükteki sonraki değer kalsın")
        FILE = "file", _("Dosyadaki değer yazılsın")

    class Missing(models.TextChoices):
        NOTHING = "", _("Bir şey yapılmasın")
        LIST = "list", _("Listelensin")
        RETIRE = "retire", _("Hizmet dışı bırakılsın")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("yükleyen"), related_name="+", null=True
    )
    file = models.FileField(_("dosya"), upload_to=_place, max_length=300)
    sha256 = models.CharField(max_length=64, db_index=True)
    blanks = models.JSONField(default=dict)
    constants = models.JSONField(default=dict)
    mode = models.CharField(_("ne yapılsın?"), max_length=10, choices=Mode, default=Mode.UPSERT)
    blank = models.CharField(_("boş hücreler"), max_length=10, choices=Blank, default=Blank.LEAVE)
    as_of = models.DateTimeField(_("dosyadaki bilgilerin anı"), null=True, blank=True)
    later = models.CharField(_("dosya alındıktan sonra değişenler"), max_length=10, choices=Later, default=Later.KEEP)
    taken = models.JSONField(default=list)
    missing = models.CharField(_("dosyada olmayan kayıtlar"), max_length=10, choices=Missing, blank=True)
    missing_among = models.TextField(_("hangi kayıtlar arasında"), blank=True)
    missing_reason = models.CharField(_("hizmet dışı gerekçesi"), max_length=250, blank=True)
    profile = models.ForeignKey(
        "Profile", models.SET_NULL, verbose_name=_("profil"), related_name="+", null=True, blank=True
    )
    reason = models.CharField(_("gerekçe"), max_length=250, blank=True)
    #: Whether its file is the text of lines that somebody pasted (`imports.pages.lines`, `imports.pages.copies`).
    is_pasted = models.BooleanField(default=False, editable=False)
    #: The id of the row that they are to be like (`imports.pages.copies`).
    copied = models.BigIntegerField(null=True, editable=False)
    #: The batch that this one is a part of, where one step wrote rows of several registers (`imports.by_hand`).
    whole = models.ForeignKey("self", models.CASCADE, related_name="parts", null=True, blank=True)

    state = models.CharField(_("durum"), max_length=10, choices=State, default=State.UPLOADED)
    unknown = models.JSONField(default=list)
    plan_file = models.FileField(upload_to=_place, max_length=300, blank=True)
    checked_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(_("uygulandı"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("geri alan"), related_name="+", null=True
    )
    undone_at = models.DateTimeField(_("geri alındı"), null=True)
    undo = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("aktarım")
        verbose_name_plural = _("Aktarımlar")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk} · {self.name}"

    @property
    def all_parts(self) -> list[Batch]:
        """Itself and its parts: a batch of each register that it wrote."""
        return [self, *self.parts.all()]

    @property
    def titles(self) -> str:
        """The registers that it wrote."""
        return ", ".join(dict.fromkeys(part.of.title for part in self.all_parts))

    @property
    def is_judged(self) -> bool:
        """Whether its last check came to an end, with errors or without."""
        return self.state in (self.State.CHECKED, self.State.REFUSED)

    @property
    def said(self) -> str:
        """The state, as the page says it: what was checked without an error may be refused when it is applied."""
        if self.state == self.State.REFUSED and self.message:
            return str(_("Uygulanamadı, yazılmadı"))
        return self.get_state_display()

    @contextmanager
    def plan(self) -> Iterator[WrittenPlan]:
        """The plan of the last check. Raises Refused where its file is gone or cut off, also while it is read."""
        try:
            with self._opened() as file:
                yield WrittenPlan(file)
        except Damaged as error:
            again = gettext("Dosyayı yeniden denetleyiniz; olmazsa yeniden yükleyiniz.")
            raise Refused(
                gettext("Denetimin sonucu yarım kalmış, okunamıyor. %(what_to_do)s")
                % {"what_to_do": again if self.file else gettext("İşlemi yeniden başlatınız.")}
            ) from error

    def _opened(self) -> IO[Any]:
        try:
            return self.plan_file.open("rb")
        except FileNotFoundError as error:
            raise Damaged("no plan") from error

    def why(self) -> str:
        """The reason that history keeps for the rows that it writes. What a change by hand is called may name rows that
        a reader of the history may not see."""
        return " · ".join(filter(None, (self.name if self.file else "", self.reason)))


class Profile(models.Model):
    """How the files of one sender are read, under a name: the choices of a batch, without its file.

    `choices` holds the batch's fields of the same names (`imports.profiles.CHOICES`).
    """

    register = models.CharField(_("kütük"), max_length=40)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("sahibi"), related_name="+")
    name = models.CharField(_("profil adı"), max_length=80)
    #: Whose people may use it, besides its owner.
    unit = models.ForeignKey(
        "organization.Unit", models.PROTECT, verbose_name=_("paylaşılan birim"), related_name="+", null=True, blank=True
    )
    choices = models.JSONField(default=dict)
    made_at = models.DateTimeField(_("kaydedildi"), auto_now=True)

    class Meta:
        verbose_name = _("aktarım profili")
        verbose_name_plural = _("Aktarım profilleri")
        ordering = [turkish("name")]
        constraints = [models.UniqueConstraint(fields=["register", "owner", "name"], name="profile_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def of(self) -> Register:
        return registers.get(self.register)


class Meaning(models.Model):
    """What a text in a column means: the answer that somebody gave, remembered for her or with a profile.

    `key` is the text as it is compared; `means` the referred row's id, or the choice's stored value.
    """

    register = models.CharField(_("kütük"), max_length=40)
    column = models.CharField(_("sütun"), max_length=60)
    text = models.CharField(_("dosyada yazan"), max_length=200)
    key = models.CharField(max_length=200)
    means = models.CharField(_("anlamı"), max_length=60)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", null=True, blank=True)
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="meanings", null=True, blank=True)
    made_at = models.DateTimeField(_("yanıtlandı"), auto_now=True)

    class Meta:
        verbose_name = _("hatırlanan yanıt")
        verbose_name_plural = _("Hatırlanan yanıtlar")
        ordering = ["register", "column", turkish("text")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "register", "column", "key"],
                condition=models.Q(user__isnull=False),
                name="meaning_once_for_user",
            ),
            models.UniqueConstraint(
                fields=["profile", "column", "key"],
                condition=models.Q(profile__isnull=False),
                name="meaning_once_in_profile",
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, profile__isnull=True)
                | models.Q(user__isnull=True, profile__isnull=False),
                name="meaning_has_one_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} → {self.means}"
