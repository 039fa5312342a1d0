"""What was written of late, newest first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from inventory import access, former, registers
from inventory.former import DELETED, EVER
from inventory.registers import Register

MOST_CHANGES = 6


@dataclass(frozen=True)
class LastChange:
    """What somebody wrote at one moment in one register: a row, or the first of many."""

    register: Register
    row_id: int | None  # None when the row is no longer there
    title: str
    others: bool
    at: dt.datetime
    kind: str
    user: object | None


def last_changes(user) -> list[LastChange]:
    """The newest changes that people made, over all registers: those of the system itself are mostly setting up.

    What was not written to of late is only asked for when that was.
    """
    seen = [register for register in registers.every() if access.may_see(register, user)]
    written = [(moment, register) for register in seen if (moment := _last_written(register))]
    changes: list[LastChange] = []
    for moment, register in sorted(written, key=lambda each: each[0], reverse=True):
        if len(changes) == MOST_CHANGES and changes[-1].at > moment:
            break
        changes += _changes(register, user)
        changes.sort(key=lambda change: seen.index(change.register))
        changes.sort(key=lambda change: change.at, reverse=True)
        del changes[MOST_CHANGES:]
    return changes


def _last_written(register: Register) -> dt.datetime | None:
    """By whomever, and wherever it lies."""
    entries = register.model.history.model.objects.order_by("-history_id")
    return entries.values_list("history_date", flat=True).first()


def _changes(register: Register, user) -> list[LastChange]:
    past = access.visible_to(register, user, register.model.history.filter(history_user__isnull=False))
    # A row that has left my scope since is no longer mine to read about.
    # Asked row by row: PostgreSQL goes through a long list of ids anew for each entry when it is one side of an "or".
    mine = Exists(access.visible_to(register, user).filter(pk=OuterRef("id")))
    writes = _last_writes(past.filter(mine | Q(history_type=DELETED)).select_related("history_user"))
    entries = [entry for some in writes for entry in some]
    former.name_rows(register.model, entries, former.naming(register.model), EVER)
    access.veil(register, user, entries, EVER)
    return [_change(register, some) for some in writes]


def _last_writes(past: QuerySet[Any]) -> list[list[Any]]:
    """The newest writes, each with its first entries: two where it wrote many rows, which may be a whole sheet's."""
    writes: list[list[Any]] = []
    some = past.order_by("-history_id")
    while len(writes) < MOST_CHANGES:
        newest = list(some[: MOST_CHANGES + 1])
        read = [list(entries) for _, entries in groupby(newest, _write_of)]
        # The last one may go on beyond what was read; alone it would pass for a write of one row.
        writes += read[:-1] if len(newest) > MOST_CHANGES and len(read) > 1 else read
        if len(newest) <= MOST_CHANGES:
            break
        moment = writes[-1][0].history_date
        kinds = [entries[0].history_type for entries in writes if entries[0].history_date == moment]
        known = past.filter(history_date__lte=moment).exclude(history_date=moment, history_type__in=kinds)
        some = known.order_by("-history_date", "-history_id")
    return writes[:MOST_CHANGES]


def _write_of(entry: Any) -> tuple[dt.datetime, str]:
    return entry.history_date, entry.history_type


def _change(register: Register, entries: list) -> LastChange:
    entry = entries[0]
    return LastChange(
        register=register,
        row_id=None if entry.history_type == DELETED else entry.id,
        # A history row has the columns of its model, but a name of its own that says less.
        title=register.model.__str__(entry),
        others=len(entries) > 1,
        at=entry.history_date,
        kind=entry.history_type,
        user=entry.history_user,
    )
