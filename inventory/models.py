"""What the rows of all registers share, and the lists that belong to no single register."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory import registers
from inventory.fields import (
    HostnameField,
    InventoryNumberField,
    LongTextField,
    MacField,
    MoneyField,
    NormalField,
    SerialField,
)
from inventory.past import Past
from inventory.sameness.constraints import DoubledField, Same, SameField
from inventory.search import fold, turkish
from inventory.trees import CodeTree

# Control characters, which neither a sheet nor a page can show.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


class Row(models.Model):
    """A row of any register. Rows are written by `inventory.writes` alone, which keeps these columns."""

    # Names of the columns whose texts `search_text` holds; a register's model says which.
    searched: tuple[str, ...] = ()
    # Names of the columns that `str(row)` reads, so that many names can be shown without reading whole rows.
    named_after: tuple[str, ...] = ("name",)
    # The column by which rows that name one of these are ordered.
    sorted_by = "name"
    # The column that the system numbers when a row is made: (column, form of the number, counter). One that names the
    # year, "{year}/{:05d}", begins anew with each.
    numbered: tuple[str, str, str] | None = None
    # The row of the sheet from which it is being written; kept in its history alone.
    sheet_row: int | None = None

    search_text = models.TextField(editable=False, default="")
    version = models.PositiveIntegerField(editable=False, default=1)
    doubled = DoubledField()
    history = Past(
        inherit=True,
        # The past is read by row, day, unit and import; every index more is paid for by each row of an import.
        no_db_index=["kind", "location", "status", "movable_code", "holder"],
        history_change_reason_field=models.TextField(null=True),
    )

    class Meta:
        abstract = True

    @classmethod
    def of(cls, values: dict[str, object]) -> "Row":
        """`cls(**values)`, in a third of its time: a sheet makes its rows twice, to judge and to write them."""
        places, (defaults, made) = cls._places(), cls._defaults()
        row_values = defaults.copy()
        for place, make in made:
            row_values[place] = make()
        named: dict[str, models.Model] = {}
        for name, value in values.items():
            if isinstance(value, models.Model):
                named[name], value = value, value.pk
            row_values[places[name]] = value
        row = cls(*row_values)  # type: ignore[misc]  # the plugin takes the list for the first column
        row._state.fields_cache.update(named)
        return row

    @classmethod
    @cache
    def _places(cls) -> dict[str, int]:
        return {field.name: place for place, field in enumerate(cls._meta.concrete_fields)}

    @classmethod
    @cache
    def _defaults(cls) -> tuple[list[object], list[tuple[int, Callable[[], object]]]]:
        """The values of a row of which nothing is known, and the places of those that are made for each row."""
        fields = cls._meta.concrete_fields
        made = [(place, f.get_default) for place, f in enumerate(fields) if f.has_default() and callable(f.default)]
        return [field.get_default() for field in fields], made

    def clean(self) -> None:
        super().clean()
        texts = {name: getattr(self, name) or "" for name in self._texts()}
        if _UNSEEN.search("".join(texts.values())):
            message = _("Görünmeyen bir karakter var; metni düz olarak yeniden yazınız.")
            raise ValidationError({name: message for name, text in texts.items() if _UNSEEN.search(text)})

    def fill(self) -> None:
        """Fill facts that the user left blank and that follow from another column. Called before the row is judged."""

    @property
    def spared(self) -> str:
        """The part of `str(self)` that a list leaves out: its readers know it."""
        return ""

    def derive(self) -> None:
        """Compute the columns that follow from others. Called before every write."""
        self.fill()
        self.search_text = fold(" ".join(self._searched_texts()))
        for column, of in self._folded():
            setattr(self, column, fold(getattr(self, of)))

    def choice(self) -> str:
        """How the row is offered to be chosen, where its name alone says too little."""
        return str(self)

    def _searched_texts(self) -> Iterator[str]:
        for name in self.searched:
            value = getattr(self, name)
            if isinstance(value, Row):
                yield value._searched_as()
            elif value is not None and value != "":
                yield str(value)
                if name in self._codes():
                    yield from self._closed_up([name])

    def _searched_as(self) -> str:
        """How rows that name this one are found; many in one write name the same."""
        if self.__dict__.get("_known_as", (None,))[0] != self.version:
            self._known_as = (self.version, " ".join((str(self), *self._closed_up(self._codes()))))
        return self._known_as[1]

    @classmethod
    @cache
    def _texts(cls) -> list[str]:
        texts = (models.CharField, models.TextField)
        return [f.name for f in cls._meta.concrete_fields if f.editable and isinstance(f, texts)]

    @classmethod
    @cache
    def _folded(cls) -> list[tuple[str, str]]:
        return [(f.name, f.of) for f in cls._meta.concrete_fields if isinstance(f, SameField)]

    @classmethod
    @cache
    def _codes(cls) -> list[str]:
        codes = (field for field in cls._meta.concrete_fields if isinstance(field, NormalField))
        return [field.name for field in codes if not getattr(field, "is_personal", False)]

    def _closed_up(self, names: list[str]) -> list[str]:
        """Codes without their blanks: a plate is looked for as "41 ABC 123" and as "41ABC123"."""
        texts = [getattr(self, name) or "" for name in names]
        return [text.replace(" ", "") for text in texts if " " in text]

    def settle(self, before: "Row") -> "list[Row]":
        """Bring other rows in line after this one was changed; returns those whose name changed with it."""
        return []


class Status(models.TextChoices):
    IN_USE = "in_use", _("Kullanımda")
    IN_STORE = "in_store", _("Depoda")
    UNDER_REPAIR = "under_repair", _("Bakım-onarımda")
    LENT_OUT = "lent_out", _("Ödünç verildi")
    RETIRED = "retired", _("Hizmet dışı")
    DISPOSED = "disposed", _("Kayıttan düşüldü")


# What no longer counts among the municipality's resources.
GONE = (Status.RETIRED, Status.DISPOSED)
# The condition under which an item's numbers are its own: those of one that is gone are free again.
STILL_HERE = ~Q(status__in=GONE)
IN_SERVICE = [status.value for status in Status if status not in GONE]


class Acquisition(models.TextChoices):
    PURCHASE = "purchase", _("Satın alma")
    DONATION = "donation", _("Bağış")
    TRANSFER = "transfer", _("Devir")
    EXPROPRIATION = "expropriation", _("Kamulaştırma")
    CONSTRUCTION = "construction", _("Yapım / üretim")
    LEASE = "lease", _("Kiralama")
    OTHER = "other", _("Diğer")


class Asset(Row):
    """An item of one of the five registers. The number is given by the system and never changes."""

    # The columns that every register begins and ends with.
    HEAD = ("inventory_no", "kind")
    PLACE = ("responsible_unit", "location", "status", "status_on", "status_reason")
    ORIGIN = ("acquired_how", "acquired_on", "basis_no", "basis_on", "cost", "notes")
    numbered = ("inventory_no", "A-{:06d}", "asset")
    sorted_by = "inventory_no"
    # What sheets call the columns that all registers share; a register adds its own words.
    SYNONYMS = {
        "responsible_unit": ("birim", "daire", "daire başkanlığı", "müdürlük"),
        "location": ("lokasyon", "bulunduğu yer"),
        "acquired_on": ("alış tarihi", "alım tarihi", "satın alma tarihi"),
        "cost": ("bedel", "tutar", "fiyat", "alış bedeli", "maliyet"),
        "notes": ("not", "notlar", "açıklamalar"),
    }

    inventory_no = InventoryNumberField(_("envanter no"), max_length=20, unique=True, editable=False)
    kind = models.ForeignKey("inventory.Kind", models.PROTECT, verbose_name=_("tür"), related_name="+")
    responsible_unit = models.ForeignKey(
        "organization.Unit", models.PROTECT, verbose_name=_("sorumlu birim"), related_name="+"
    )
    location = models.ForeignKey(
        "geo.Location", models.PROTECT, verbose_name=_("yer"), related_name="+", null=True, blank=True
    )
    status = models.CharField(_("durum"), max_length=20, choices=Status, default=Status.IN_USE, db_index=True)
    status_on = models.DateField(_("durum tarihi"), null=True, blank=True)
    status_reason = models.CharField(_("durum gerekçesi"), max_length=250, blank=True)
    acquired_how = models.CharField(_("edinme biçimi"), max_length=20, choices=Acquisition, blank=True)
    acquired_on = models.DateField(_("edinme tarihi"), null=True, blank=True)
    basis_no = models.CharField(_("dayanak belge no"), max_length=60, blank=True)
    basis_on = models.DateField(_("dayanak belge tarihi"), null=True, blank=True)
    cost = MoneyField(_("edinme bedeli (TL)"), null=True, blank=True)
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.status in GONE and not self.status_reason:
            raise ValidationError({"status_reason": _("Hizmet dışı kalan veya düşülen kayıt için gerekçe yazınız.")})


class Device(Asset):
    """An item with a maker's serial number: what network hardware and IT equipment have in common."""

    MAKER = ("movable_code", "make", "model", "serial_no", "hostname")

    movable_code = models.ForeignKey(
        "inventory.MovableCode", models.PROTECT, verbose_name=_("taşınır kodu"), related_name="+", null=True, blank=True
    )
    make = models.CharField(_("marka"), max_length=60, blank=True)
    model = models.CharField(_("model"), max_length=80, blank=True)
    serial_no = SerialField(_("seri no"), max_length=60, blank=True)
    hostname = HostnameField(_("cihaz adı"), max_length=120, blank=True)
    mac_address = MacField(_("MAC adresi"), max_length=17, blank=True)
    make_same = SameField()
    serial_no_same = SameField()
    warranty_until = models.DateField(_("garanti bitişi"), null=True, blank=True)

    class Meta:
        abstract = True
        # Beside the constraints, which are no index for a search that does not name their condition.
        indexes = [
            models.Index(fields=["serial_no_same"], name="%(class)s_serial"),
            models.Index(fields=["mac_address"], name="%(class)s_mac"),
            # The lists' own order of texts, in which hundreds of thousands of rows are not sorted for each page.
            models.Index(turkish("make"), "id", name="%(class)s_by_make"),
            models.Index(fields=["acquired_on", "id"], name="%(class)s_by_day"),
        ]
        constraints = [
            Same(
                "serial_no_same",
                "make_same",
                where=~Q(serial_no="") & STILL_HERE,
                near=["serial_no"],
                name="%(class)s_serial_once",
                message=_("Bu marka ve seri no ile bir cihaz zaten kayıtlı."),
            ),
            Same(
                "mac_address",
                where=~Q(mac_address="") & STILL_HERE,
                name="%(class)s_mac_once",
                message=_("Bu MAC adresi başka bir cihazda kayıtlı."),
            ),
        ]


class Kind(CodeTree, Row):
    """A line of a register's type list; its dotted code places it in the tree."""

    named_after = ("code", "name")
    searched = ("code", "name")

    register = models.CharField(_("kütük"), max_length=40, choices=registers.with_kinds)
    code = models.CharField(_("kod"), max_length=40)
    name = models.CharField(
        _("ad"), max_length=200, blank=True, help_text=_("Üst grubun adı bilinmiyorsa boş kalabilir.")
    )
    is_group = models.BooleanField(
        _("yalnızca grup"), default=False, help_text=_("Gruplar kayıtlarda seçilmez; altındaki türleri toplar.")
    )
    code_same = SameField()

    class Meta:
        verbose_name = _("tür")
        verbose_name_plural = _("Türler")
        ordering = ["register", "path"]
        constraints = [
            Same("code_same", "register", name="kind_code_once", message=_("Bu kütükte bu kod zaten var.")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip() if "." in self.code or not self.name else self.name


class MovableCode(CodeTree, Row):
    """A code of the movables regulation's list (253, 254 and 255.02; list of 2020)."""

    named_after = ("code", "name")
    searched = ("code", "name")

    code = models.CharField(_("kod"), max_length=40)
    name = models.CharField(_("ad"), max_length=200, blank=True)
    code_same = SameField()

    class Meta:
        verbose_name = _("taşınır kodu")
        verbose_name_plural = _("Taşınır kodları")
        ordering = ["path"]
        constraints = [Same("code_same", name="movable_code_once", message=_("Bu taşınır kodu zaten var."))]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()


class Limit(Row):
    """How far a value may go before its writer is asked whether it is right (`inventory.editing.doubts`)."""

    searched = ("code", "name")

    code = models.CharField(
        _("sınır kodu"), max_length=40, help_text=_("Uyarı sınırı bu kodla bulur; değiştirmeyiniz.")
    )
    name = models.CharField(_("sınır"), max_length=200)
    value = models.DecimalField(_("değer"), max_digits=15, decimal_places=2)

    code_same = SameField()

    class Meta:
        verbose_name = _("olağan sınır")
        verbose_name_plural = _("Olağan sınırlar")
        constraints = [Same("code_same", name="limit_code_once", message=_("Bu sınır kodu zaten var."))]

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """The last number given out."""

    name = models.CharField(max_length=40, primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"

    @classmethod
    def take(cls, name: str, count: int = 1) -> int:
        """The last of `count` new numbers. Others wait for theirs until the transaction ends: none twice, none lost."""
        cls.objects.get_or_create(name=name)
        cls.objects.filter(name=name).update(last=F("last") + count)
        return cls.objects.get(name=name).last


class SavedView(models.Model):
    """What a list shows under a name, kept as its URL query: filter, sort and columns, or a set of columns alone."""

    class Kind(models.TextChoices):
        VIEW = "view", _("Görünüm")
        COLUMNS = "columns", _("Sütun takımı")

    register = models.CharField(max_length=40)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.VIEW)
    name = models.CharField(_("görünüm adı"), max_length=80)
    query = models.TextField(blank=True)
    #: With everybody; `unit` shares it with the people of that unit and those below it.
    shared = models.BooleanField(_("herkesle paylaş"), default=False)
    unit = models.ForeignKey("organization.Unit", models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("kayıtlı görünüm")
        ordering = [turkish("name")]
        constraints = [
            models.UniqueConstraint(fields=["register", "owner", "kind", "name"], name="saved_view_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class DemoMark(models.Model):
    """Set while made-up rows are in the database; every page says so (`demo --remove` takes it away)."""

    made_on = models.DateTimeField(auto_now_add=True)
    rows = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.made_on:%d.%m.%Y}: {self.rows}"
