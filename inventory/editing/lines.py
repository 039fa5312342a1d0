"""A row and its lines (`Register.line_of`), typed in one form and written together or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from inventory import history, writes
from inventory.columns import Column
from inventory.editing.doubts import case_of, doubts, stamp, stored
from inventory.editing.merging import merge
from inventory.editing.saving import said_in
from inventory.history import Author
from inventory.many import hold
from inventory.models import Row
from inventory.organization.models import Asker
from inventory.refusals import refusing
from inventory.registers import Register
from inventory.sameness import twins


class Line(Protocol):
    """One line of the form, a Django form: `instance` is the row with what was typed."""

    instance: Any
    fields: dict[str, Any]
    cleaned_data: dict[str, Any]

    @property
    def stands(self) -> Any:
        """The row as it is now; None of a new one."""

    @property
    def is_removed(self) -> bool: ...
    @property
    def errors(self) -> Any: ...
    def add_error(self, field: str | None, error: Any) -> None: ...


def own_columns(register: Register) -> list[Column]:
    """What is typed in a line: not the row that it belongs to, nor what is shown masked."""
    return [c for c in register.typed_columns() if c.name != register.line_of and not c.is_personal]


def line_name(register: Register, row: Model) -> str:
    """What distinguishes a line from the others of its row, such as the vehicle of a contract."""
    return own_columns(register)[0].text(row)


class _Back(Exception):
    """Something is wrong or doubted: what was written in this transaction is taken back."""


def save(
    register: Register,
    form: Any,
    before: Mapping[str, object],
    lines: Mapping[Register, Sequence[Line]],
    by: Author,
    accepted: str,
) -> Row | None:
    """The row with its lines, written; or None with the errors set in the form and in the lines, or `form.doubts` while
    `accepted` is not their stamp.

    `before`: the row's stored values, none of a new one. A Conflict is the caller's.
    """
    row = form.instance
    row.fill()
    try:
        # Around the transaction, whose end asks whether what the lines name is still there.
        with said_in(form), refusing(register), transaction.atomic():
            by = history.dated(by)
            if before:
                # The row first, for all who write it with lines: two of them wait for each other and never both.
                hold(register.model, [row.pk])
            else:
                # Without it there is nothing that the lines could name.
                _write_row(register, form, by)
                if form.errors:
                    # Refused when it stood already, as in a unit of others: its lines would be refused for that alone.
                    raise _Back
            sentences = [each.sentence for each in doubts(register, [case_of(row, before, by.user)])]
            for child, own in lines.items():
                sentences += _write_lines(child, own, row, by)
            if before:
                # After its lines: a contract may end earlier once they do.
                _write_row(register, form, by)
            form.stamp = stamp(sentences)
            doubted = bool(sentences) and accepted != form.stamp
            if doubted:
                form.doubts = sentences
            if doubted or form.errors or any(line.errors for own in lines.values() for line in own):
                raise _Back
    except _Back:
        return None
    return None if form.errors else row


def _write_row(register: Register, form: Any, by: Author) -> None:
    with said_in(form):
        writes.save(register, form.instance, by)


def _write_lines(register: Register, lines: Sequence[Line], parent: Row, by: Author) -> list[str]:
    """What is doubted about the lines. Those that go do so before others come in their place."""
    standing = [line for line in lines if line.stands is not None]
    hold(register.model, [line.stands.pk for line in standing])
    for line in lines:
        setattr(line.instance, register.line_of, parent)
        line.instance.fill()
    for line in standing:
        with said_in(line):
            _settle(register, line, by.user)
            if line.is_removed:
                writes.delete(register, line.stands, by)
    kept = [line for line in lines if not line.is_removed]
    cases = [case_of(line.instance, stored(line.stands) if line.stands else {}, by.user) for line in kept]
    doubted = [_about(line_name(register, cases[place].row), said) for place, _column, said in doubts(register, cases)]
    _change(register, [line for line in kept if line.stands is not None and not line.errors], by)
    _add(register, [line for line in kept if line.stands is None], by)
    return doubted


def _about(name: str, said: str) -> str:
    return said if said.startswith(name) else f"{name}: {said}"


def _settle(register: Register, line: Line, user: Asker) -> None:
    """A line that somebody saved meanwhile: what only they changed stays. Raises ValidationError for what both did, and
    for all that they did where the line is to go: who saves once more has seen it."""
    seen = line.cleaned_data["version"]
    if seen == line.stands.version:
        return
    merged = merge(register, line, seen, copy(line.stands), user)
    theirs = [(each.column.label, each.old) for each in merged.conflicts]
    message = _("Siz düzenlerken başkası değiştirdi (%(theirs)s). Sizinki kalsın isterseniz yeniden kaydediniz.")
    if line.is_removed:
        theirs += [(each.column.label, each.new) for each in merged.theirs]
        message = _("Siz düzenlerken başkası değiştirdi (%(theirs)s). Yine de çıkarmak isterseniz yeniden kaydediniz.")
    if theirs:
        raise ValidationError(message % {"theirs": ", ".join(f"{label}: {text or '—'}" for label, text in theirs)})


def _change(register: Register, lines: Sequence[Line], by: Author) -> None:
    """Those that differ; all that differ in the same columns at once."""
    changed: dict[tuple[str, ...], list[Line]] = defaultdict(list)
    for line in lines:
        differs = [c for c in own_columns(register) if _stored(line.instance, c) != _stored(line.stands, c)]
        if differs:
            with said_in(line):
                writes.check(register, line.instance, line.stands, by)
            changed[tuple(column.name for column in differs)].append(line)
    if not any(line.errors for line in lines):
        for names, some in changed.items():
            with said_in(some[0]):
                writes.update_many(register, [line.instance for line in some], names, by, checked=True)


def _stored(row: Row, column: Column) -> Any:
    return getattr(row, column.field.attname)


def _add(register: Register, lines: Sequence[Line], by: Author) -> None:
    for line in lines:
        with said_in(line):
            writes.check(register, line.instance, None, by)
    by_row = {id(line.instance): line for line in lines}
    for row, twin in twins.among(register, [line.instance for line in lines if not line.errors]):
        by_row[id(row)].add_error(None, twin.as_error())
    if lines and not any(line.errors for line in lines):
        with said_in(lines[0]):
            writes.create_many(register, [line.instance for line in lines], by, checked=True)
