"""Whether a row meets a database constraint's condition, judged without asking the database for each row."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db.models import F, Model, Q

from inventory.columns import field_of

_LOOKUPS = {
    "exact": operator.eq,
    "in": lambda value, among: value in among,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def holds(condition: Q, row: Model) -> bool | None:
    """True, False, or None where a blank leaves it open: a database lets that pass.

    Raises LookupError for one that it does not know: a test holds every constraint of ours against it.
    """
    children: list[Any] = condition.children
    results = [holds(c, row) if isinstance(c, Q) else _leaf(c[0], c[1], row) for c in children]
    if condition.connector == Q.AND:
        met = False if False in results else None if None in results else True
    elif condition.connector == Q.OR:
        met = True if True in results else None if None in results else False
    else:
        raise LookupError(condition.connector)
    # Django writes NOT (x = 1 AND x IS NOT NULL), so that a blank is "not 1".
    return not met if condition.negated else met


def named(condition: Q) -> Iterator[str]:
    """The names of the fields in a condition."""
    children: list[Any] = condition.children
    for child in children:
        if isinstance(child, Q):
            yield from named(child)
        else:
            yield child[0].split("__")[0]
            if isinstance(child[1], F):
                yield child[1].name  # type: ignore[attr-defined]  # the stubs lack F.name


def never_blank(condition: Q) -> Iterator[str]:
    """The fields that the condition says are not "": ~Q(serial_no="")."""
    children: list[Any] = condition.children
    for child in children:
        if isinstance(child, Q):
            yield from never_blank(child)
        elif condition.negated and len(condition.children) == 1 and child[1] == "":
            yield child[0]


def _leaf(lookup: str, expected: object, row: Model) -> bool | None:
    name, _, kind = lookup.partition("__")
    value = _value(row, name)
    if isinstance(expected, F):
        expected = _value(row, expected.name)  # type: ignore[attr-defined]  # the stubs lack F.name
    if kind == "isnull":
        return (value is None) == expected
    compare = _LOOKUPS.get(kind or "exact")
    if compare is None:
        raise LookupError(lookup)
    return None if value is None or expected is None else compare(value, expected)


def _value(row: Model, name: str) -> object:
    return getattr(row, _attribute(type(row), name))


@cache
def _attribute(model: type[Model], name: str) -> str:
    return field_of(model, name).attname
