"""Search and order by what the reader sees: a row that she may not see is found by its name nowhere, and stands in no
order by it, through no row that names it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Set
from typing import Any

from django.db.models import Case, CharField, Model, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Replace

from inventory import access, former, registers, search
from inventory.columns import Column, Type
from inventory.organization.models import Asker
from inventory.registers import Register


def matching(
    register: Register, user: Asker, rows: QuerySet[Any], query: str, end: dt.datetime | None = None
) -> QuerySet[Any]:
    """The rows of the register, or of its history before `end`, that have every word of the query
    (`search.matching`)."""
    unseen: dict[str, QuerySet[Any]] = {}
    for name in set(register.model.searched) & set(register.references):
        if (those := access.unseen_by(register, user, register.column(name), end)) is not None:
            unseen[name] = those
    if not unseen or search.is_none(query):
        return search.matching(rows, query)
    veiled = Q()
    for name, those in unseen.items():
        veiled |= Q(**{f"{name}__in": those})
    # Not narrowed by `search_text`, which holds the hidden name: which rows are left out would tell of it.
    texts = _texts(register, unseen.keys(), end)
    own, plain = search.condition(query, texts), search.condition(query, ["search_text"])
    named: QuerySet[Any] = rows.alias(**texts)
    return named.filter((~veiled & plain) | (veiled & own))


def order(register: Register, user: Asker, column: Column, end: dt.datetime | None = None) -> search.Term:
    """What the user's list is ordered by when sorted by the column; None for a name that she may not see."""
    unseen, by = access.unseen_by(register, user, column, end), former.order(column, end) if end else column.order
    if unseen is None:
        return by
    hidden = When(**{f"{column.name}__in": unseen}, then=Value(None, TextField()))
    return Case(hidden, default=by, output_field=TextField())


def _texts(register: Register, without: Set[str], end: dt.datetime | None) -> dict[str, search.Term]:
    """What else a row is found by: its own texts, and of the rows that it names what they are called by."""
    texts: dict[str, search.Term] = {}
    for name in register.model.searched:
        if name in without:
            continue
        if register.column(name).type != Type.REFERENCE:
            texts |= _spellings(f"_own_{name}", search.folded(name))
            continue
        model = register.column(name).target
        for column in _called_by(model):
            if end:
                known = search.folded(former.value(model, OuterRef(name), end, column))
            else:
                known = search.folded(f"{name}__{column}")
            texts |= _spellings(f"_of_{name}_{column}", known)
    return texts


def _called_by(model: type[Model]) -> list[str]:
    """The texts in `str` of a row, and those by which its register says it is called."""
    target = registers.of(model)
    names = dict.fromkeys((*getattr(model, "named_after", ()), *(target.named_by if target else ("name",))))
    return [name for name in names if isinstance(model._meta.get_field(name), CharField | TextField)]


def _spellings(alias: str, text: search.Term) -> dict[str, search.Term]:
    """A code is found without its blanks, too."""
    return {alias: text, f"{alias}_closed": Replace(text, Value(" "), Value(""), output_field=TextField())}
