"""A row and its lines (`Register.line_of`), typed in one form and written together or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from inventory import history, writes
from inventory.columns import Column
from inventory.editing.doubts import Case, doubts, stamp, stored
from inventory.editing.merging import merge
from inventory.history import Author
from inventory.models import Row
from inventory.organization.models import Asker
from inventory.registers import Register


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


def own_columns(register: Register) -> list[Column]:
    """What is typed in a line: not the row that it belongs to, nor what is shown masked."""
    return [c for c in register.typed_columns() if c.name != register.line_of and not c.is_personal]


def line_name(register: Register, row: Row) -> str:
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
    row, by = form.instance, history.dated(by)
    row.fill()
    try:
        with transaction.atomic():
            if row.pk is None:
                # Without it there is nothing that the lines could name.
                _write_row(register, form, by)
            sentences = [each.sentence for each in doubts(register, [_case(row, before, by.user)])]
            for child, own in lines.items():
                sentences += _write_lines(child, own, row, by)
            if before:
                # After its lines: a contract may end earlier once they do.
                _write_row(register, form, by)
            form.stamp = stamp(sentences)
            if sentences and accepted != form.stamp:
                form.doubts = sentences
            if form.errors or (sentences and accepted != form.stamp) or any(_wrong(own) for own in lines.values()):
                raise _Back
    except _Back:
        return None
    return row


def _write_row(register: Register, form: Any, by: Author) -> None:
    with _said_in(form):
        writes.save(register, form.instance, by)
    if form.instance.pk is None:
        raise _Back


def _write_lines(register: Register, lines: Sequence[Line], parent: Row, by: Author) -> list[str]:
    """What is doubted about the lines; those that go were there, and go before others come in their place."""
    for line in lines:
        setattr(line.instance, register.line_of, parent)
        line.instance.fill()
    kept = [line for line in lines if not line.is_removed]
    cases = [_case(line.instance, stored(line.stands) if line.stands else {}, by.user) for line in kept]
    found = [f"{line_name(register, cases[place].row)}: {said}" for place, _column, said in doubts(register, cases)]
    for line in (each for each in lines if each.is_removed):
        with _said_in(line):
            _refuse_moved(line)
            writes.delete(register, line.stands, by)
    new = [line for line in kept if line.stands is None]
    for line in kept:
        with _said_in(line):
            if line.stands is None:
                writes.check(register, line.instance, None, by)
            else:
                _settle(register, line, by.user)
                writes.save(register, line.instance, by)
    if not _wrong(new) and new:
        with _said_in(new[0]):
            writes.create_many(register, [line.instance for line in new], by, checked=True)
    return found


def _settle(register: Register, line: Line, user: Asker) -> None:
    """A line that somebody saved meanwhile: what only they changed stays. Raises ValidationError for what both did."""
    seen = line.cleaned_data["version"]
    if seen == line.stands.version:
        return
    merged = merge(register, line, seen, copy(line.stands), user)
    if merged.conflicts:
        theirs = ", ".join(f"{change.column.label}: {change.old or '—'}" for change in merged.conflicts)
        message = _("Siz düzenlerken başkası değiştirdi (%(theirs)s). Sizinki kalsın isterseniz yeniden kaydediniz.")
        raise ValidationError(message % {"theirs": theirs})


def _refuse_moved(line: Line) -> None:
    if line.cleaned_data["version"] != line.stands.version:
        raise ValidationError(_("Siz düzenlerken başkası değiştirdi; şimdiki değerlerine bakıp yeniden çıkarınız."))


def _wrong(lines: Sequence[Line]) -> bool:
    return any(line.errors for line in lines)


def _case(row: Row, before: Mapping[str, object], user: Asker) -> Case:
    now, fields = stored(row), row._meta.concrete_fields
    return Case(row, before, {f.name for f in fields if not before or before[f.attname] != now[f.attname]}, user)


@contextmanager
def _said_in(form: Any) -> Iterator[None]:
    """What a write refuses stands in the form, under its column. A Conflict is the caller's."""
    try:
        yield
    except ValidationError as error:
        for name, errors in error.update_error_dict({}).items():
            form.add_error(name if name in form.fields else None, errors)
    except writes.Conflict:
        raise
    except writes.Refused as refusal:
        form.add_error(None, refusal.as_error())
