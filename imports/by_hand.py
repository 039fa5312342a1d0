"""A change of many rows that no file gave, such as a bulk edit: planned, written and undone as an import is, so that it
stands in the list of what was done. Over several registers it is one batch whose parts are the other registers' own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from imports import batches
from imports.endings import ending, stopped, why_not_done
from imports.models import Batch
from imports.plans.applying import Gone, Moved, without_file
from imports.plans.plan import ColumnChange, Plan, PlanLine, Verdict, pack
from imports.steps import Stopped, claim, forget
from inventory import access
from inventory.access import Unseen
from inventory.columns import Column, Type
from inventory.history import Author
from inventory.many import by_id
from inventory.models import Row
from inventory.organization.models import Asker, User
from inventory.refusals import Refused
from inventory.registers import Register
from inventory.trail.asked import masked

Values = Mapping[str, object]
#: (column, old, new): of a reference the id, of any other column the text that pages show.
Change = tuple[str, int | str | None, int | str | None]
State = Batch.State


# So much of a text is counted apart, and so many changes: rows may each hold a text of their own.
_LETTERS, MOST_CHANGES = 200, 1_000


@dataclass(frozen=True)
class Part:
    """What is written into rows of one register. They come in lists of bounded size, and only once: who asked for the
    doubts needs another part for the writing."""

    register: Register
    rows: Iterable[list[Any]]
    values: Values
    #: How many rows go from which value of which column to which: counted while they are planned, the first of them.
    changes: Counter[Change] = field(default_factory=Counter)

    def count(self, changes: Iterable[Change]) -> None:
        self.changes.update(each for each in changes if each in self.changes or len(self.changes) < MOST_CHANGES)


def in_lists(register: Register, rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows with what they name."""
    return by_id(rows.select_related(*register.joined))


def planned(name: str, by: Author, parts: Sequence[Part]) -> Batch | None:
    """The batch that waits to be applied; None where nothing would change.

    Raises ValidationError with what is wrong in a row as it would be.
    """
    plans = [(part.register, Plan(list(_lines(part, by.user)))) for part in parts]
    kept: list[Batch] = []
    try:
        with transaction.atomic():
            for register, plan in plans:
                if plan.lines:
                    kept.append(_batch(register, name, by, kept[0] if kept else None))
                    batches.keep_plan(kept[-1], plan)
            if kept:
                kept[0].counts["changed"] = sum(len(plan.lines) for _register, plan in plans)
                kept[0].save()
    except BaseException:
        # Such as a full disk: a part would wait for ever, or be applied without the others.
        _remove_plans(kept)
        raise
    return kept[0] if kept else None


def _batch(register: Register, name: str, by: Author, whole: Batch | None) -> Batch:
    batch = Batch(
        register=register.slug,
        name=name[:200],
        size=0,
        user=by.user if isinstance(by.user, User) else None,
        mode=Batch.Mode.UPDATE,
        reason=by.reason[:250],
        whole=whole,
    )
    batch.save()
    return batch


def gathered(register: Register, name: str, by: Author, counts: Mapping[str, int]) -> Author:
    """The author of rows that its caller writes in the same transaction, as a batch that is applied already. It has no
    plan: its undo goes by the history, as any other."""
    batch = _batch(register, name, by, None)
    now = by.at or timezone.now()
    applied = {"state": State.APPLIED, "checked_at": now, "applied_at": now, "counts": {**counts}}
    Batch.objects.filter(pk=batch.pk).update(**applied)
    return replace(by, batch_id=batch.pk)


@ending
def apply(batch: Batch) -> None:
    """Write it at once. Raises Refused, and leaves nothing of it then."""
    if not claim(batch, State.APPLYING, (State.CHECKED,)):
        raise Refused(why_not_done(batch))
    try:
        is_ours = batches.write(batch)
    except (Refused, Stopped) as end:
        forget(batch)
        _remove_plans(batch.all_parts)
        batch.delete()
        match end:
            case Stopped():
                raise Refused(stopped(end.who, State.APPLYING)) from end
            case Moved() | Gone():
                raise Refused(without_file(end)) from end
        raise
    if not is_ours:
        raise Refused(why_not_done(batch))
    forget(batch)
    batch.refresh_from_db()


def _remove_plans(parts: Iterable[Batch]) -> None:
    for part in parts:
        if part.plan_file:
            part.plan_file.delete(save=False)


def _lines(part: Part, user: Asker) -> Iterator[PlanLine]:
    """Of each row that would change, checked as a sheet's row is. A reference to a row that the user may not see is
    not emptied."""
    register = part.register
    columns = [*register.typed_columns(), *([register.column(register.flow.column)] if register.flow else [])]
    fields = {field.name for field in register.model._meta.concrete_fields}
    for rows in part.rows:
        unseen = access.unseen(register, user, rows)
        befores = [copy(row) for row in rows]
        register.complete(rows, user)
        for row, before in zip(rows, befores, strict=True):
            for name, value in part.values.items():
                if value is not None or getattr(row, f"{name}_id", None) not in unseen.get(name, ()):
                    setattr(row, name, value)
            row.fill()
            if different := [column for column in columns if _stored(row, column) != _stored(before, column)]:
                row.clean_fields(exclude=fields - {column.name for column in different} | {*register.references})
                row.clean()
                part.count((column.name, _reported(before, column), _reported(row, column)) for column in different)
                yield _line(before, row, different, unseen)


def _line(before: Row, row: Row, columns: Sequence[Column], unseen: Mapping[str, set[int]]) -> PlanLine:
    changes = []
    for column in columns:
        is_unseen = (old := _stored(before, column)) in unseen.get(column.name, ())
        old_text = str(Unseen(old)) if is_unseen else column.text(before)
        changes.append(ColumnChange(column.name, old_text, column.text(row)))
    values = {column.name: _stored(row, column) for column in columns}
    return PlanLine(0, Verdict.CHANGED, row.pk, row.version, pack(values, changes))


def _reported(row: Row, column: Column) -> int | str | None:
    """For the trail, which nobody can take back: without what identifies a person."""
    if column.type in (Type.REFERENCE, Type.CHOICE):
        value: int | str | None = _stored(row, column)
        return value
    return masked(column.text(row))[:_LETTERS]


def _stored(row: Row, column: Column) -> Any:
    return getattr(row, column.field.attname)
