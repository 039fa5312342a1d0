"""The dates that a rule may watch: every date column of every register, the computed ones too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.text import format_lazy

from inventory import registers
from inventory.columns import Column, Type
from inventory.computed.columns import find, shown
from inventory.registers import Register

if TYPE_CHECKING:
    from inventory.fields import Text


def choices() -> Iterator[tuple[str, Text]]:
    """("vehicles.inspection_until", "Araçlar: muayene geçerliliği"); the labels lazily, since they are kept for all
    languages."""
    for register in registers.every():
        plural = register.model._meta.verbose_name_plural
        for column in shown(register):
            if column.type == Type.DATE:
                yield f"{register.slug}.{column.name}", format_lazy("{}: {}", plural, column.field.verbose_name)


def watched(name: str) -> tuple[Register, Column] | None:
    """None for a date that is no longer there, or not yet."""
    slug, _dot, column_name = name.partition(".")
    register = next((each for each in registers.every() if each.slug == slug), None)
    column = find(register, column_name) if register else None
    return (register, column) if register and column and column.type == Type.DATE else None
