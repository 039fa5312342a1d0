"""Whether a row meets a database constraint's condition, judged without asking the database for each row."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from functools import cache
from operator import attrgetter
from typing import Any

from django.db.models import CheckConstraint, F, Model, Q

from inventory.columns import field_of

_LOOKUPS = {
    "exact": operator.eq,
    "in": lambda value, among: value in among,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


#: True, False, or None where a blank leaves it open.
Test = Callable[[Model], bool | None]


def holds(condition: Q, row: Model) -> bool | None:
    """True, False, or None where a blank leaves it open: a database lets that pass.

    Raises LookupError for one that it does not know: a test holds every constraint of ours against it.
    """
    return _test(type(row), condition)(row)


def broken(row: Model) -> list[tuple[tuple[str, ...], str]]:
    """The check constraints that the row breaks: (their columns, the sentence)."""
    return [
        (tuple(named(constraint.condition)), str(constraint.get_violation_error_message()))
        for constraint in row._meta.constraints
        if isinstance(constraint, CheckConstraint)
        and isinstance(constraint.condition, Q)
        and holds(constraint.condition, row) is False
    ]


@cache
def _test(model: type[Model], condition: Q) -> Test:
    """The condition made ready once, since a sheet asks it of each of its rows."""
    children: list[Any] = condition.children
    tests = [_test(model, child) if isinstance(child, Q) else _leaf(model, *child) for child in children]
    # What decides at once, whatever else stays open.
    decisive = {Q.AND: False, Q.OR: True}.get(condition.connector)
    if decisive is None:
        raise LookupError(condition.connector)

    def met(row: Model) -> bool | None:
        is_open = False
        for test in tests:
            result = test(row)
            if result is decisive:
                return decisive
            is_open = is_open or result is None
        return None if is_open else not decisive

    # Django writes NOT (x = 1 AND x IS NOT NULL), so that a blank is "not 1".
    return (lambda row: not met(row)) if condition.negated else met


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
    """The fields that the condition says are not blank: ~Q(serial_no=""), Q(vehicle__isnull=False)."""
    children: list[Any] = condition.children
    for child in children:
        if isinstance(child, Q):
            yield from never_blank(child)
        elif condition.negated and len(condition.children) == 1 and child[1] == "":
            yield child[0]
        elif not condition.negated and child[0].endswith("__isnull") and child[1] is False:
            yield child[0].removesuffix("__isnull")


def always_blank(condition: Q) -> Iterator[str]:
    """The fields that it says are "": Q(receipt_no="")."""
    children: list[Any] = condition.children
    for child in children:
        if isinstance(child, Q):
            yield from always_blank(child) if not condition.negated else ()
        elif not condition.negated and condition.connector == Q.AND and child[1] == "":
            yield child[0]


def _leaf(model: type[Model], lookup: str, expected: object) -> Test:
    name, _, kind = lookup.partition("__")
    get = attrgetter(field_of(model, name).attname)
    if kind == "isnull":
        return lambda row: (get(row) is None) == expected
    if (compare := _LOOKUPS.get(kind or "exact")) is None:
        raise LookupError(lookup)
    if isinstance(expected, F):
        other = attrgetter(field_of(model, expected.name).attname)  # type: ignore[attr-defined]  # the stubs lack F.name
        return lambda row: _compared(compare, get(row), other(row))
    return lambda row: _compared(compare, get(row), expected)


def _compared(compare: Callable[[Any, Any], bool], value: object, expected: object) -> bool | None:
    return None if value is None or expected is None else compare(value, expected)
