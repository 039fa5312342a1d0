"""Documents: files that belong to items and records, their kinds, and which of them a row must have."""

from __future__ import annotations

import datetime as dt
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from inventory import registers
from inventory.fields import LongTextField
from inventory.models import Row
from inventory.sameness.constraints import Same, SameField

if TYPE_CHECKING:
    from inventory.fields import Text
    from inventory.registers import Register


def holders() -> list[tuple[str, Text]]:
    """The registers whose rows may have documents, as choices."""
    return [
        (each.slug, each.model._meta.verbose_name_plural or each.slug)
        for each in registers.every("asset", "record")
        if each.slug != "documents"
    ]


class DocumentKind(Row):
    """What a document may be, in one register or in all."""

    searched = ("code", "name")

    code = models.CharField(_("belge türü kodu"), max_length=40, help_text=_("Örneğin RUHSAT; değiştirmeyiniz."))
    name = models.CharField(_("belge türü"), max_length=120)
    register = models.CharField(
        _("kütük"), max_length=40, blank=True, choices=holders, help_text=_("Boş kalırsa her kütükte seçilir.")
    )
    code_same = SameField()

    class Meta:
        verbose_name = _("belge türü")
        verbose_name_plural = _("Belge türleri")
        constraints = [Same("code_same", name="document_kind_once", message=_("Bu belge türü kodu zaten var."))]

    def __str__(self) -> str:
        return self.name


class Requirement(Row):
    """A kind of document that the rows of a register must have."""

    named_after = ("register", "kind")
    searched = ("kind", "only")

    register = models.CharField(_("kütük"), max_length=40, choices=holders)
    kind = models.ForeignKey(DocumentKind, models.PROTECT, verbose_name=_("belge türü"), related_name="+")
    only = models.CharField(
        _("yalnızca bu tür kodu"),
        max_length=40,
        blank=True,
        help_text=_("Kayıt türünün kodu, altındakilerle birlikte; boş kalırsa kütüğün bütün kayıtlarında aranır."),
    )

    notes = LongTextField(_("açıklama"), blank=True)
    only_same = SameField()

    class Meta:
        verbose_name = _("zorunlu belge")
        verbose_name_plural = _("Zorunlu belgeler")
        constraints = [
            Same("kind", "register", "only_same", name="requirement_once", message=_("Bu belge zaten zorunlu."))
        ]

    def __str__(self) -> str:
        return f"{self.get_register_display()} · {self.kind}"


class Stored(models.Model):
    """The bytes of a file, once, under their hash; `picture` is a small copy to be shown."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    extension = models.CharField(max_length=10)
    file = models.FileField(max_length=120)
    picture = models.FileField(max_length=120, blank=True)
    #: When somebody last brought it; what no document names goes a day later.
    brought_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.sha256


class Document(Row):
    """A file, or a paper that lies elsewhere, and what it says of itself. Which rows it belongs to say its links."""

    named_after = ("kind", "title")
    sorted_by = "title"
    searched = ("kind", "title", "doc_no", "issuer", "ebys_no", "kep_id", "signer", "file_name", "notes")

    class Signed(models.TextChoices):
        WET = "wet", _("Islak imza")
        ELECTRONIC = "electronic", _("e-imza")
        MOBILE = "mobile", _("Mobil imza")

    kind = models.ForeignKey(DocumentKind, models.PROTECT, verbose_name=_("belge türü"), related_name="+")
    title = models.CharField(_("başlık"), max_length=200, blank=True, help_text=_("Boş kalırsa dosyanın adı yazılır."))
    doc_no = models.CharField(_("belge sayısı"), max_length=60, blank=True)
    doc_on = models.DateField(_("belge tarihi"), null=True, blank=True)
    issuer = models.CharField(_("düzenleyen"), max_length=160, blank=True)
    valid_until = models.DateField(_("geçerlilik bitişi"), null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("yerine gelen belge"), related_name="replaces", null=True, blank=True
    )
    confidential = models.BooleanField(
        _("gizli"), default=False, help_text=_("Yalnızca kaydı değiştirebilenler görür.")
    )
    signed = models.CharField(_("imza"), max_length=12, choices=Signed, blank=True)
    signer = models.CharField(_("imzalayan"), max_length=160, blank=True)
    signed_on = models.DateField(_("imza tarihi"), null=True, blank=True)
    ebys_no = models.CharField(_("EBYS no"), max_length=60, blank=True)
    file_plan_code = models.CharField(_("dosya planı kodu"), max_length=30, blank=True)
    verification_code = models.CharField(_("doğrulama kodu"), max_length=80, blank=True)
    kep_id = models.CharField(_("KEP ileti no"), max_length=120, blank=True)
    retention_until = models.DateField(_("saklama süresi sonu"), null=True, blank=True)
    notes = LongTextField(_("açıklama"), blank=True)
    stored = models.ForeignKey(Stored, models.PROTECT, null=True, blank=True, editable=False, related_name="documents")
    file_name = models.CharField(_("dosya adı"), max_length=200, blank=True, editable=False)
    size = models.BigIntegerField(_("boyut (bayt)"), null=True, blank=True, editable=False)
    sha256 = models.CharField(_("SHA-256 özeti"), max_length=64, blank=True, editable=False)

    #: The rows that a new document belongs to, as (slug, id); `inventory.documents.links` writes them with it.
    belongs: tuple[tuple[str, int], ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether it was made just now, by this object; not found."""
        return bool(self.belongs)

    class Meta:
        verbose_name = _("belge")
        verbose_name_plural = _("Belgeler")
        indexes = [models.Index(fields=["valid_until"], name="document_until")]

    def __str__(self) -> str:
        return self.title

    def fill(self) -> None:
        if not self.title and self.kind_id:
            self.title = PurePath(self.file_name).stem[:200] or str(self.kind)

    def clean(self) -> None:
        super().clean()
        seen, after = {self.pk}, self.replaced_by_id if self.pk else None
        while after:
            if after in seen:
                message = _("Belge kendisinin veya kendisinden sonra gelenin yerine gelemez; başka bir belge seçiniz.")
                raise ValidationError({"replaced_by": message})
            seen.add(after)
            after = Document.objects.filter(pk=after).values_list("replaced_by", flat=True).first()

    @property
    def extension(self) -> str:
        return self.stored.extension if self.stored else ""


class Link(models.Model):
    """That a document belongs to a row, from when to when. It stays, so that a past day shows what was."""

    # Bound to nothing: the links of a deleted document say who might see its history.
    document = models.ForeignKey(Document, models.DO_NOTHING, db_constraint=False, related_name="links")
    register = models.CharField(max_length=40)
    row = models.BigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "register", "row"], condition=Q(until=None), name="document_link_once"
            )
        ]
        indexes = [models.Index(fields=["register", "row"], name="document_link_row")]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.register}/{self.row}"

    @classmethod
    def at(cls, end: dt.datetime | None) -> QuerySet[Link]:
        """Those that hold now, or did just before a moment."""
        if end is None:
            return cls.objects.filter(until=None)
        return cls.objects.filter(Q(until=None) | Q(until__gte=end), since__lt=end)

    @classmethod
    def of_outer(cls, end: dt.datetime | None) -> QuerySet[Link]:
        """Those of the document of an outer query, which may be of the history."""
        return cls.at(end).filter(document=OuterRef("id"))

    @property
    def of(self) -> Register:
        return registers.get(self.register)

    def row_of(self) -> Any:
        return self.of.model._default_manager.filter(pk=self.row).first()
