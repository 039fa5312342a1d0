"""The formats of labels; the templates of papers, their versions, and what was printed by them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory import registers
from inventory.fields import LongTextField
from inventory.models import Row
from inventory.sameness.constraints import Same, SameField

if TYPE_CHECKING:
    from inventory.fields import Text


class LengthField(models.DecimalField):
    """Millimetres of paper, to the hundredth."""

    default_validators = [MinValueValidator(0), MaxValueValidator(2_000)]

    def __init__(self, verbose_name: Text | None = None, **kwargs: Any):
        super().__init__(verbose_name, **({"max_digits": 7, "decimal_places": 2} | kwargs))


# A label smaller than this holds no code that a phone reads.
_SMALLEST = [MinValueValidator(10)]


class LabelFormat(Row):
    """How labels lie on a sheet. A roll is a sheet of one label."""

    searched = ("name",)

    name = models.CharField(_("ad"), max_length=100)
    page_width = LengthField(_("sayfa eni (mm)"), validators=_SMALLEST)
    page_height = LengthField(_("sayfa boyu (mm)"), validators=_SMALLEST)
    across = models.PositiveSmallIntegerField(
        _("yan yana etiket"), default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    down = models.PositiveSmallIntegerField(
        _("alt alta etiket"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    label_width = LengthField(_("etiket eni (mm)"), validators=_SMALLEST)
    label_height = LengthField(_("etiket boyu (mm)"), validators=_SMALLEST)
    margin_left = LengthField(_("sol boşluk (mm)"), default=0)
    margin_top = LengthField(_("üst boşluk (mm)"), default=0)
    gap_across = LengthField(_("yan aralık (mm)"), default=0, help_text=_("Yan yana iki etiketin arası."))
    gap_down = LengthField(_("alt aralık (mm)"), default=0, help_text=_("Alt alta iki etiketin arası."))
    notes = LongTextField(_("açıklama"), blank=True)

    name_same = SameField()

    class Meta:
        verbose_name = _("etiket biçimi")
        verbose_name_plural = _("Etiket biçimleri")
        constraints = [Same("name_same", name="label_format_once", message=_("Bu adla bir etiket biçimi zaten var."))]

    def __str__(self) -> str:
        return self.name

    @property
    def on_a_page(self) -> int:
        return self.across * self.down

    def clean(self) -> None:
        super().clean()
        sides = (
            ("page_width", self.page_width, self.margin_left, self.across, self.label_width, self.gap_across),
            ("page_height", self.page_height, self.margin_top, self.down, self.label_height, self.gap_down),
        )
        for name, page, margin, count, label, gap in sides:
            if None in (page, margin, count, label, gap):
                continue  # said of the column itself
            taken = Decimal(margin) + count * Decimal(label) + (count - 1) * Decimal(gap)
            if taken > Decimal(page):
                message = _("Etiketler sayfaya sığmıyor: boşlukları ve aralıklarıyla %(taken)s mm tutuyor.")
                raise ValidationError({name: ValidationError(message, params={"taken": taken.normalize()})})


# Papers ---------------------------------------------------------------------------------------------------


def subjects() -> list[tuple[str, Text]]:
    """What a paper may be about, as choices."""
    named = [(each.slug, each.model._meta.verbose_name_plural or each.slug) for each in registers.every()]
    return [("items", _("Bütün varlıklar")), *named]


class PaperTemplate(Row):
    """A paper that is printed from rows; its layout is in its versions."""

    searched = ("name", "notes")

    name = models.CharField(_("ad"), max_length=100)
    subject = models.CharField(_("konu"), max_length=40, choices=subjects)
    notes = LongTextField(_("açıklama"), blank=True)

    name_same = SameField()

    class Meta:
        verbose_name = _("çıktı şablonu")
        verbose_name_plural = _("Çıktı şablonları")
        constraints = [Same("name_same", name="paper_template_once", message=_("Bu adla bir şablon zaten var."))]

    def __str__(self) -> str:
        return self.name

    @property
    def fields(self) -> list[str]:
        """What its files may name, for who writes one."""
        from inventory.papers.values import names

        named = names(self.subject)
        texts = [f"{{{{ {name} }}}}" for name, attributes in named.items() if attributes is None]
        return texts + [f"{name}: {', '.join(attributes)}" for name, attributes in named.items() if attributes]

    @property
    def current(self) -> Version | None:
        return self.versions.filter(counts=True).order_by("-number").first()


def _unbound(to: Any, **values: Any) -> Any:
    """What was printed stays, whatever goes."""
    return models.ForeignKey(to, models.DO_NOTHING, db_constraint=False, **values)


class Version(models.Model):
    """A file of a template. It counts once it has been tried on a row; the last that counts is printed by."""

    template = _unbound(PaperTemplate, related_name="versions")
    number = models.PositiveIntegerField()
    suffix = models.CharField(max_length=4)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    counts = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="paper_version_once")]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.template} · {self.number}"


class Print(models.Model):
    """A paper that was printed: from which version, of which row in which state, by whom. It never changes."""

    code = models.CharField(max_length=12, unique=True)
    number = models.BigIntegerField(unique=True)
    version = models.ForeignKey(Version, models.PROTECT, related_name="prints")
    #: Of the template as it was: it may go.
    paper = models.CharField(max_length=100)
    subject = models.CharField(max_length=40)
    register = models.CharField(max_length=40)
    row = models.BigIntegerField()
    title = models.CharField(max_length=300)
    #: A hash of all that the paper could say of the row, whoever looks.
    state = models.CharField(max_length=64)
    suffix = models.CharField(max_length=4)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    printed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    printed_at = models.DateTimeField()
    #: The same as a document of the row, where its printer may change the row.
    document = _unbound("documents.Document", null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["register", "row"], name="print_of_row")]

    def __str__(self) -> str:
        return self.code
