"""The table of words, as matching and cells ask for it: one query each for a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from imports.words.headings import Table
from imports.words.models import Synonym, names_of, stored
from inventory.columns import Column, Type
from inventory.organization.models import Unit, unit_key
from inventory.registers import Register
from inventory.search import fold

What = Synonym.What


def text_key(column: Column, text: str) -> str:
    """The text as names are compared in the column."""
    return unit_key(text) if column.related_model is Unit else fold(text)


def headings(register: Register) -> Table:
    """The table's headings of the register, and the words that say nothing in one."""
    names, by_column, around = names_of(register), defaultdict(list), set()
    rows = Synonym.objects.filter(what__in=(What.HEADING, What.AROUND), column__in=["", *names])
    for what, column, text in rows.values_list("what", "column", "text"):
        if what == What.AROUND:
            around.add(text)
        else:
            by_column[names[column]].append(text)
    return Table(by_column, frozenset(around))


def values(register: Register) -> Mapping[str, Mapping[str, str]]:
    """Column → key of a text → a stored choice, or the text that names the row."""
    names = names_of(register)
    by_column: dict[str, dict[str, str]] = defaultdict(dict)
    rows = Synonym.objects.filter(what=What.VALUE, column__in=names).exclude(means="")
    texts = rows.values_list("column", "text", "means")
    # What the register itself says goes over what is said of all.
    for about, text, means in sorted(texts, key=lambda row: list(names).index(row[0])):
        column = register.column(names[about])
        value = stored(column, means) if column.type == Type.CHOICE else means
        if value is not None:
            by_column[column.name][text_key(column, text)] = value
    return by_column
