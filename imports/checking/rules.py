"""The model's own rules, as a row of a sheet would break them."""

from __future__ import annotations

from collections.abc import Iterator, Set

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model

from imports.checking.drafts import Draft
from inventory.flows import stepping
from inventory.models import Row
from inventory.registers import Register
from inventory.sameness import conditions


def broken(register: Register, row: Row, draft: Draft, changed: Set[str]) -> Iterator[tuple[str, str]]:
    """(column, sentence) for each of the model's own rules that the row breaks."""
    try:
        row.clean()
    except ValidationError as error:
        by_column = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        for column, messages in by_column.items():
            if column not in draft.failed:
                yield (_place((column,), register, changed), " ".join(messages))
    for columns, message in conditions.broken(row):
        if not draft.failed & set(columns):
            yield (_place(columns, register, changed), message)
    if (flow := register.flow) and flow.column not in draft.failed:
        stands = draft.present.get(flow.column, getattr(row, flow.column)) if draft.present else None
        if message := stepping.objection(register, row, stands):
            yield flow.column, message


def _place(columns: tuple[str, ...], register: Register, changed: Set[str]) -> str:
    """The column under which a sentence stands: one that the sheet changed, if any."""
    known = [name for name in columns if name in register.columns]
    return next((name for name in reversed(known) if name in changed), known[0] if known else register.identity[0][0])


def same(old: object, new: object) -> bool:
    """Whether a stored value is what the cell says; a sheet cannot keep blanks at the ends of a text."""
    if isinstance(new, Model):
        return bool(old == new.pk)
    return old == new or (isinstance(old, str) and isinstance(new, str) and _plain(old) == _plain(new))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
