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
    asked = _asked(register)
    cases = [When(Exists(asked.filter(~_has(register, day))), then=Value(State.MISSING))]
    if issubclass(register.model, Asset):
        cases.insert(0, When(status__in=GONE, then=Value("")))
    return Case(
        *cases,
        When(Exists(asked), then=Value(State.COMPLETE)),
        default=Value(""),
        output_field=models.CharField(),
    )


def _asked(register: Register) -> QuerySet[Requirement]:
    """What the row of the outer query, which may be of the history, must have."""
    asked = Requirement.objects.filter(register=register.slug)
    if "kind" not in register.columns or register.column("kind").related_model is not Kind:
        return asked.filter(only="")
    own = Kind.objects.filter(pk=OuterRef(OuterRef("kind_id")))
    below = Q(code=OuterRef("only")) | Q(code__startswith=Concat(OuterRef("only"), Value(".")))
    return asked.filter(Q(only="") | Exists(own.filter(below)))


def _has(register: Register, day: dt.date | None) -> Q:
    """Of what is asked for: that the row of the query around it has it."""
    end = former.end_of(day) if day else None
    rows: QuerySet[Any] = former.as_of(Document, day) if day else Document.objects.all()
    # The same for whoever asks, so it may not tell that there is a confidential one.
    rows = rows.filter(former.unmarked(rows, Document, "confidential"))
    of_kind = rows.filter(id=OuterRef("document_id"), kind_id=OuterRef(OuterRef("kind_id")))
    links = Link.at(end).filter(register=register.slug, row=OuterRef(OuterRef("id")))
    return Q(Exists(links.filter(Exists(of_kind))))


def lacking(register: Register, row: Any, user: Asker) -> Sequence[DocumentKind]:
    """The kinds that a row lacks, for all that the user sees."""
    one = register.model._default_manager.filter(pk=row.pk)
    asked = list(Requirement.objects.filter(register=register.slug).select_related("kind"))
    if not asked or getattr(row, "status", None) in GONE:
        return []
    code = row.kind.code if isinstance(getattr(row, "kind", None), Kind) else ""
    asked = [each for each in asked if each.only in ("", code) or code.startswith(f"{each.only}.")]
    links = Link.objects.filter(until=None, register=register.slug, row__in=one.values("pk"))
    seen = access.visible_to(documents(), user).filter(pk__in=links.values("document"))
    there = set(seen.values_list("kind", flat=True))
    return [each.kind for each in asked if each.kind_id not in there]
