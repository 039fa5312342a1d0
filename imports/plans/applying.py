"""Writes a checked plan: all of it or nothing, through `inventory.writes`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from imports.checking import besides
from imports.plans.plan import RETIRING, PlanLine, Verdict, WrittenPlan
from inventory import access, history, registers, writes
from inventory.columns import Type
from inventory.history import Author
from inventory.many import chunked
from inventory.models import Row
from inventory.past import Trail
from inventory.registers import Register
from inventory.writes import Conflict, Refused

CHUNK = 2_000
# So many referenced rows of a column are remembered from chunk to chunk.
_REMEMBERED = 20_000
# So many rows that changed meanwhile are named.
_NAMED = 20


class Moved(Refused):
    """Rows were changed after the check; `rows` names the sheet's rows, and who changed them when."""

    def __init__(self, register: Register, lines: list[PlanLine]):
        last = history.last_entries(register, _ids(lines[:_NAMED]))
        named = [_moved(register, line, last.get(line.id or 0)) for line in lines[:_NAMED]]
        more = _(" ve %(count)d kayıt daha") % {"count": len(lines) - _NAMED} if len(lines) > _NAMED else ""
        self.rows = "; ".join(named) + more
        super().__init__(
            _("Denetimden sonra şu kayıtlar değişti: %(rows)s. Aktarımı yeniden denetleyip uygulayınız.")
            % {"rows": self.rows}
        )


class Gone(Refused):
    """What a value refers to was deleted after the check; `column` is its label."""

    def __init__(self, column: str):
        self.column = column
        message = _("Denetimden sonra silinmiş bir kayda başvuruluyor (%(column)s). Yeniden denetleyiniz.")
        super().__init__(message % {"column": column})


def without_file(end: Refused) -> str:
    """What ended the writing of a plan that no file gave, which nobody can check again."""
    match end:
        case Moved():
            return _("Bu arada şu kayıtlar değişti: %(rows)s. İşlemi yeniden başlatınız.") % {"rows": end.rows}
        case Gone():
            message = _(
                "Yazılacak değerlerden biri bu arada silinmiş bir kayıt (%(column)s). İşlemi yeniden başlatınız."
            )
            return message % {"column": end.column}
    return str(end)


def _ids(lines: list[PlanLine]) -> list[int]:
    return [line.id for line in lines if line.id is not None]


def _moved(register: Register, line: PlanLine, last: Trail | None) -> str:
    place = _("%(row)d. satır") % {"row": line.row} if line.row else _named(register, line, last)
    if last is None:
        return place
    when = formats.date_format(timezone.localtime(last.history_date), "SHORT_DATETIME_FORMAT")
    message = (
        _("%(who)s sildi, %(when)s") if last.history_type == history.DELETED else _("%(who)s değiştirdi, %(when)s")
    )
    return f"{place} ({message % {'who': last.history_user or _('Sistem'), 'when': when}})"


def _named(register: Register, line: PlanLine, last: Trail | None) -> str:
    """A row that came from no sheet, by its inventory number."""
    key = getattr(last, register.key.name) if last and register.key.name != "id" else None
    return str(key or "") or _("%(id)d no’lu kayıt") % {"id": line.id}


def apply(
    register: Register, plan: WrittenPlan, by: Author, on_progress: Callable[[int], None] = lambda done: None
) -> int:
    """Write the plan's missing, changed and new rows in one transaction; returns how many. `on_progress` hears how
    far it is.

    Raises Refused, which says why and what to do, and has written nothing then.
    """
    references = NamedRows(register)
    done = 0
    with transaction.atomic():
        # New rows last: what others give up (a plate, a serial number) is free for them.
        for shown, write in ((RETIRING, change), (Verdict.CHANGED, change), (Verdict.NEW, _add)):
            for lines in chunked(plan.lines(shown), CHUNK):
                write(register, lines, references, by)
                done += len(lines)
                on_progress(done)
    return done


def change(
    register: Register,
    lines: list[PlanLine],
    references: NamedRows,
    by: Author,
    steps: Callable[..., None] = writes.take_steps,
) -> None:
    """Give the register's rows the lines' values, where they stand at the lines' versions; `steps` writes those that
    get another state."""
    stored = access.visible_to(register, None).select_related(*register.joined)
    rows: dict[int | None, Row] = stored.in_bulk(_ids(lines))
    if moved := [line for line in lines if line.id not in rows or rows[line.id].version != line.version]:
        raise Moved(register, moved)
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    values = besides.written(register, [line.values for line in lines], [rows[line.id] for line in lines], by)
    references.learn(values)
    for line, new in zip(lines, values, strict=True):
        references.give(rows[line.id], new).sheet_row = line.row or None
        if new:
            groups[tuple(sorted(new))].append(rows[line.id])
    try:
        for columns, same in groups.items():
            stepped = register.flow and register.flow.column in columns
            write = steps if stepped else partial(writes.update_many, checked=True)
            _refusing(write, register, same, columns, by)
    except Conflict as conflict:
        raise Moved(register, [line for line in lines if line.id in conflict.ids]) from conflict


def _add(register: Register, lines: list[PlanLine], references: NamedRows, by: Author) -> None:
    values = besides.written(register, [line.values for line in lines], [None] * len(lines), by)
    references.learn(values)
    rows = [register.model.of(references.read(new)) for new in values]
    for line, row in zip(lines, rows, strict=True):
        row.sheet_row = line.row
    writes.create_many(register, rows, by, checked=True)


def _refusing(write: Callable[..., object], *arguments: object) -> None:
    try:
        write(*arguments)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error


_DECODED: dict[Type, Callable[[str], object]] = {
    Type.DATE: dt.date.fromisoformat,
    Type.MOMENT: dt.datetime.fromisoformat,
    Type.MONEY: Decimal,
    Type.AREA: Decimal,
    Type.DECIMAL: Decimal,
}


class NamedRows:
    """The rows that a plan's values refer to by id, a few queries for each chunk."""

    def __init__(self, register: Register):
        self._register = register
        self._rows: dict[str, dict[int, models.Model]] = {name: {} for name in register.references}
        columns = register.all_columns()
        self._decoded = {column.name: _DECODED[column.type] for column in columns if column.type in _DECODED}

    def learn(self, values: list[dict[str, Any]]) -> None:
        for name, known in self._rows.items():
            model = self._register.column(name).target
            # Rows of a tree may have moved with the chunk before.
            if len(known) > _REMEMBERED or model is self._register.model:
                known.clear()
            missing = {each[name] for each in values if each.get(name) is not None} - known.keys()
            if missing:
                target = registers.of(model)
                rows = model._default_manager.select_related(*(target.references if target else ()))
                known.update(rows.in_bulk(list(missing)))

    def give(self, row: Row, values: dict[str, Any]) -> Row:
        """The row with the values set."""
        for name, value in self.read(values).items():
            setattr(row, name, value)
        return row

    def read(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values as a row has them: from JSON, and as objects where they refer to rows."""
        decoded = values.copy()
        for name, decode in self._decoded.items():
            if decoded.get(name) is not None:
                decoded[name] = decode(decoded[name])
        for name in self._rows.keys() & decoded.keys():
            if decoded[name] is not None:
                decoded[name] = self._referred(name, decoded[name])
        return decoded

    def _referred(self, name: str, row_id: int) -> models.Model:
        if row_id not in self._rows[name]:
            raise Gone(self._register.column(name).label)
        return self._rows[name][row_id]
