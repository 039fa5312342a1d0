"""Search and order by what the reader sees: a row that she may not see is found by its name nowhere, and stands in no
order by it, through no row that names it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Set
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    F,
    Func,
    Model,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Replace

from inventory import access, former, search
from inventory.columns import Column, Type, field_of
from inventory.fields import NormalField
from inventory.former import named_after
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.search import Term


def matching(
    register: Register, user: Asker, rows: QuerySet[Any], query: str, end: dt.datetime | None = None
) -> QuerySet[Any]:
    """The rows of the register, or of its history before `end`, that have every word of the query
    (`search.matching`)."""
    unseen = _unseen(register, user, end)
    if not unseen or search.is_none(query):
        return search.matching(rows, query)
    veiled = _veiled(unseen)
    # Not narrowed by `search_text`, which holds the hidden name: which rows are left out would betray it.
    own = Q(search.HasWords(_text(register, unseen.keys(), end), query))
    return rows.filter((~veiled & search.condition(query)) | (veiled & own))


def begins(register: Register, user: Asker, query: str) -> search.BeginsWords | Case:
    """Whether the words of the query begin words of a row that `matching` has found, and do not stand within them."""
    whole = search.BeginsWords(F("search_text"), query)
    if not (unseen := _unseen(register, user, None)):
        return whole
    own = search.BeginsWords(_text(register, unseen.keys(), None), query)
    # A hidden name betrays itself by no rank, either.
    return Case(When(_veiled(unseen), then=own), default=whole, output_field=BooleanField())


def _unseen(register: Register, user: Asker, end: dt.datetime | None) -> dict[str, QuerySet[Any]]:
    """What the user may not see of what the rows are found by, by its column."""
    unseen: dict[str, QuerySet[Any]] = {}
    for name in set(register.model.searched) & set(register.references):
        if (those := access.unseen_by(register, user, register.column(name), end)) is not None:
            unseen[name] = those
    return unseen


def _veiled(unseen: dict[str, QuerySet[Any]]) -> Q:
    """The rows that name something of it."""
    veiled = Q()
    for name, those in unseen.items():
        veiled |= Q(**{f"{name}__in": those})
    return veiled


def order(register: Register, user: Asker, column: Column, end: dt.datetime | None = None) -> Term:
    """What the user's list is ordered by when sorted by the column; None for a name that she may not see."""
    unseen, by = access.unseen_by(register, user, column, end), former.order(column, end) if end else column.order
    if unseen is None:
        return by
    hidden = When(**{f"{column.name}__in": unseen}, then=Value(None, TextField()))
    return Case(hidden, default=by, output_field=TextField())


def _text(register: Register, without: Set[str], end: dt.datetime | None) -> Term:
    """What else a row is found by, folded: its own texts, and of the rows that it names what they are called by."""
    parts: list[Term] = []
    for name in register.model.searched:
        if name in without:
            continue
        if register.column(name).type != Type.REFERENCE:
            parts += _spellings(register.model, name, F(name))
            continue
        model = register.column(name).target
        for column in _called_by(model):
            called = former.value(model, OuterRef(name), end, column) if end else F(f"{name}__{column}")
            parts += _spellings(model, column, called)
    return search.folded(_Joined(*(Coalesce(Cast(part, TextField()), Value("")) for part in parts)))


def _called_by(model: type[Model]) -> list[str]:
    """The texts in `str` of a row."""
    return [name for name in named_after(model) if isinstance(field_of(model, name), CharField | TextField)]


def _spellings(model: type[Model], name: str, text: Term) -> list[Term]:
    """A code is found without its blanks, too."""
    if not isinstance(field_of(model, name), NormalField):
        return [text]
    return [text, Replace(text, Value(" "), Value(""), output_field=TextField())]


class _Joined(Func):
    """Texts with a blank between them. Not ConcatPair: it nests one level for each part."""

    template, arg_joiner, output_field = "(%(expressions)s)", " || ' ' || ", TextField()
