"""A comparison from upload to signature, and its lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from imports.models import KeptSheet
from inventory.search import fold


def _place(comparison: Comparison, filename: str) -> str:
    return f"comparisons/{comparison.register}/{comparison.sha256[:16]}/{filename}"


class Comparison(KeptSheet):
    """One outside list beside one register, or beside the part of it that `query` (a list's URL query) finds.

    `part` says the query in words, [[what, value], …]; `read` is what the
    comparison took ({"sheets", "sheet", "header_row", "locale", "columns", "notes"}), `counts` the number of lines
    of each verdict and of the sheet's rows.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Yüklendi")
        COMPARING = "comparing", _("Karşılaştırılıyor")
        OPEN = "open", _("Karar bekliyor")
        SIGNED = "signed", _("Onaylandı")
        FAILED = "failed", _("Karşılaştırılamadı")

    busy = frozenset({State.UPLOADED, State.COMPARING})

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("yükleyen"), related_name="+")
    source = models.CharField(_("liste kimden"), max_length=120)
    query = models.TextField(blank=True)
    part = models.JSONField(default=list)
    file = models.FileField(_("dosya"), upload_to=_place, max_length=300)
    sha256 = models.CharField(max_length=64)

    state = models.CharField(_("durum"), max_length=10, choices=State, default=State.UPLOADED)
    compared_at = models.DateTimeField(_("karşılaştırıldı"), null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("onaylayan"), related_name="+", null=True
    )
    signed_at = models.DateTimeField(_("onaylandı"), null=True)
    #: The signed report as it was on its day.
    report = models.FileField(upload_to=_place, max_length=300, blank=True)

    class Meta:
        verbose_name = _("karşılaştırma")
        verbose_name_plural = _("Karşılaştırmalar")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk} · {self.source}"


class Pair(NamedTuple):
    """A column's two texts; `why` says what keeps theirs from being read as a value."""

    column: str
    ours: str
    theirs: str
    why: str = ""


class ComparisonLine(models.Model):
    """A row of the sheet, of the register, or of both.

    `row` is the number that a person sees in the sheet, `item` the register's row; only one side has only one.
    `columns` holds the names of the columns that differ between commas, for a filter; `packed` is JSON.
    """

    class Verdict(models.TextChoices):
        DIFFERS = "differs", _("Farklı")
        HERE = "here", _("Yalnızca bizde")
        THERE = "there", _("Yalnızca listede")
        UNREAD = "unread", _("Karşılaştırılamayan")
        SAME = "same", _("Aynı")

    class Decision(models.TextChoices):
        OPEN = "", _("Karar bekliyor")
        OURS = "ours", _("Bizdeki doğru")
        THEIRS = "theirs", _("Onlarınkini al")
        LOOK = "look", _("Araştırılacak")

    comparison = models.ForeignKey(Comparison, models.CASCADE, related_name="lines")
    verdict = models.CharField(_("sonuç"), max_length=10, choices=Verdict)
    row = models.PositiveIntegerField(null=True)
    item = models.BigIntegerField(null=True)
    title = models.CharField(max_length=200)
    columns = models.TextField(blank=True)
    packed = models.TextField(blank=True)
    searched = models.TextField(blank=True)
    decision = models.CharField(_("karar"), max_length=10, choices=Decision, blank=True)
    note = models.CharField(_("not"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["comparison", "verdict", "decision", "id"], name="line_by_verdict")]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def made(cls, verdict: str, title: str, pairs: Iterable[Pair] = (), message: str = "", **values) -> ComparisonLine:
        """A line that is not saved yet; of a pair that differs the column can be filtered by."""
        pairs = list(pairs)
        columns = "".join(f"{pair.column}," for pair in pairs) if verdict == cls.Verdict.DIFFERS else ""
        texts = [title, message, *(text for pair in pairs for text in (pair.ours, pair.theirs))]
        return cls(
            verdict=verdict,
            title=title[:200],
            columns=columns and f",{columns}",
            packed=json.dumps([message, pairs], ensure_ascii=False) if pairs or message else "",
            searched=fold(" ".join(texts)),
            **values,
        )

    @property
    def pairs(self) -> list[Pair]:
        return [Pair(*pair) for pair in json.loads(self.packed)[1]] if self.packed else []

    @property
    def message(self) -> str:
        return json.loads(self.packed)[0] if self.packed else ""
