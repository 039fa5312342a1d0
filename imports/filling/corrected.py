"""Refused rows that come back corrected: they are read as the file was from which they were refused."""

from __future__ import annotations

from imports.checking.matching import came_from
from imports.models import Batch
from imports.reading import Sheet
from inventory.columns import field_of

# Not what becomes of rows that the file lacks: it has the refused ones alone.
_TAKEN = ("mapping", "blanks", "constants", "locale", "mode", "blank", "later", "profile", "reason")


def source(batch: Batch, sheet: Sheet) -> Batch | None:
    """The user's own import whose refused rows come back in this sheet."""
    number = came_from(sheet.headers)
    return Batch.objects.filter(pk=number, register=batch.register, user=batch.user).first() if number else None


def take_choices(batch: Batch, source: Batch, sheet: Sheet) -> None:
    """The source's choices, where none was made for this file."""
    for name in _TAKEN:
        if getattr(batch, name) == field_of(Batch, name).get_default():
            setattr(batch, name, getattr(source, name))
    batch.mapping = {text: columns for text, columns in batch.mapping.items() if text in sheet.headers}
