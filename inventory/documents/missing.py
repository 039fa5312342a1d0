"""Which documents a row lacks, by the table "Zorunlu belgeler": beside all lists, and on a row's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, TextChoices, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from inventory import access, former
from inventory.computed.columns import Computed
from inventory.documents.links import documents
from inventory.documents.models import Document, DocumentKind, Link, Requirement
from inventory.models import GONE, Asset, Kind
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.search import Term

COLUMN = "documents_state"


class State(TextChoices):
    MISSING = "missing", _("Eksik belge var")
    COMPLETE = "complete", _("Belgeleri tam")


def column_of(register: Register) -> Iterator[Computed]:
    """Beside the rows of every register that may have documents."""
    if register in access.followed(documents()):
        said = _("Gizli belgeler sayılmaz: bu sütun, onları göremeyenlere de aynıdır.")
        field = models.CharField(
            _("belge durumu"), max_length=10, choices=State, blank=True, default="", help_text=said
        )
        field.name = field.attname = field.column = COLUMN
        yield Computed(field, lambda day: _state(register, day))


def _state(register: Register, day: dt.date | None) -> Term:
    rows: QuerySet[Any] = former.as_of(Document, day) if day else Document.objects.all()
    # The same for whoever asks, so it may not show that there is a confidential one.
    rows = rows.filter(former.unmarked(rows, Document, "confidential"))
    asked, end = _asked(register, OuterRef(OuterRef("kind_id"))), former.end_of(day) if day else None
    there = _has(register, OuterRef(OuterRef("id")), rows, end)
    cases = [When(Exists(asked.filter(~there)), then=Value(State.MISSING))]
    if issubclass(register.model, Asset):
        cases.insert(0, When(status__in=GONE, then=Value("")))
    return Case(
        *cases,
        When(Exists(asked), then=Value(State.COMPLETE)),
        default=Value(""),
        output_field=models.CharField(),
    )


def _asked(register: Register, kind: Any) -> QuerySet[Requirement]:
    """What a row of that kind must have; `kind` is an id, or the outer query's, whose row may be of the history."""
    asked = Requirement.objects.filter(register=register.slug)
    if "kind" not in register.columns or register.column("kind").related_model is not Kind:
        return asked.filter(only="")
    own = Kind.objects.filter(pk=kind)
    below = Q(code=OuterRef("only")) | Q(code__startswith=Concat(OuterRef("only"), Value(".")))
    return asked.filter(Q(only="") | Exists(own.filter(below)))


def _has(register: Register, row: Any, documents: QuerySet[Any], end: dt.datetime | None) -> Q:
    """Of what is asked for: that the row has it among these documents. `row` is an id, as `kind` is."""
    of_kind = documents.filter(id=OuterRef("document_id"), kind_id=OuterRef(OuterRef("kind_id")))
    return Q(Exists(Link.at(end).filter(Exists(of_kind), register=register.slug, row=row)))


def lacking(register: Register, row: Any, user: Asker) -> Sequence[DocumentKind]:
    """The kinds that a row lacks, for all that the user sees."""
    if getattr(row, "status", None) in GONE:
        return []
    # Most registers ask for nothing, and the whole question takes longer to put together than the rest of the card.
    if not Requirement.objects.filter(register=register.slug).exists():
        return []
    asked = _asked(register, getattr(row, "kind_id", None))
    there = _has(register, row.pk, access.visible_to(documents(), user), None)
    return [each.kind for each in asked.filter(~there).select_related("kind").order_by("pk")]
