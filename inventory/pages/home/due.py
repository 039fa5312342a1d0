"""What falls due: what is overdue, is missing or ends within 30 days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count
from django.utils.http import urlencode

from inventory import access, registers
from inventory.computed.columns import computed, named, on
from inventory.computed.validity import ASKING, State
from inventory.listing.address import Listing
from inventory.registers import Register

MOST_DUE = 10


@dataclass(frozen=True)
class DuePart:
    """A register's rows that ask for attention by one of its columns, the longest overdue first."""

    register: Register
    label: str
    #: State, number of rows and the list's query; only those that have rows.
    counts: list[tuple[State, int, str]]
    lines: list[tuple[int, str, dt.date | None, State]]


def due_parts(user) -> list[DuePart]:
    """By each column that says until when a row is valid; what has none is named by its register alone."""
    seen = (register for register in registers.every() if access.may_see(register, user))
    validities = [(register, *columns) for register in seen for columns in _due_columns(register)]
    return [part for register, state, day in validities if (part := _due_part(register, user, state, day)).counts]


def _due_columns(register: Register) -> Iterator[tuple[str, str]]:
    """(the column of states, the column of days) that speak of rows of this register. A record's state is named by its
    item, which alone knows what is missing."""
    for column in computed(register).values():
        if column.state:
            yield column.state, column.name
    if register.validity and not register.validity.of:
        for day, state in register.validity.states().items():
            yield state, day


def _due_part(register: Register, user, state: str, day: str) -> DuePart:
    """Two queries: the rows by their state, and the first of those that ask."""
    rows = on(Listing(register, user, {}).matching, [named(register, state)], None)
    numbers = dict(rows.order_by().values_list(state).annotate(Count("id")))
    asking = [each for each in ASKING if numbers.get(each)]
    counts = [(each, numbers[each], urlencode({state: each})) for each in asking]
    asked = Listing(register, user, {state: asking, "sort": day, "columns": f"{day},{state}"})
    first = access.veil(register, user, asked.rows.select_related(*register.joined)[:MOST_DUE]) if asking else ()
    lines = [(row.pk, str(row), getattr(row, day), State(getattr(row, state))) for row in first]
    return DuePart(register, named(register, day).label, counts, lines)
