"""Which row a file's name means: it holds a number that identifies a row of the register.

"41ABC123 ruhsat.pdf", "A-000123 (2).jpg", "poliçe 12345.pdf", "ada 512 parsel 7.pdf". Nothing is guessed: a name that
means no row or several is reported.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from inventory import access
from inventory.columns import Type
from inventory.models import Row
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.search import fold

# A plate is three words, a number seldom more.
_WORDS = 4
_SHORTEST = 3
_BLOCK_AND_PARCEL = re.compile(r"ada\D{0,3}(\d+)\D{1,12}?(\d+)|^\D*(\d+)\s*[-_/ ]\s*(\d+)\D*$")


def rows_named(register: Register, names: Sequence[str], user: Asker) -> dict[str, list[Row]]:
    """{a file's name: the rows that the user may change and that it means}; a few queries, however many files."""
    stems = {name: PurePath(name).stem for name in names}
    found = rows_meant(register, list(stems.values()), user)
    return {name: found[stem] for name, stem in stems.items()}


def rows_meant(register: Register, names: Sequence[str], user: Asker) -> dict[str, list[Row]]:
    """The same of texts that are no names of files."""
    keys = {name: set(_keys(name)) for name in names}
    rows = access.editable_by(register, user).select_related(*register.joined)
    found: dict[str, list[Row]] = {name: [] for name in names}
    for column in _numbers(register):
        by_key: dict[str, set[str]] = defaultdict(set)
        for name, some in keys.items():
            for key in some:
                if normal := _normal(register.column(column).field, key):
                    by_key[normal].add(name)
        for row in rows.filter(**{f"{column}__in": list(by_key)}) if by_key else ():
            for name in by_key[str(getattr(row, column))]:
                if row not in found[name]:
                    found[name].append(row)
    if {"block", "parcel"} <= set(register.columns):
        _add_parcels(rows, found)
    return found


def _keys(name: str) -> Iterator[str]:
    """What may be a number in a text: its words, alone and joined."""
    words = re.findall(r"\w+(?:[-/.]\w+)*", name.replace("_", " "))
    words += [part for word in words for part in re.split(r"[-/.]", word) if part != word]
    for start in range(len(words)):
        for end in range(start + 1, min(start + _WORDS, len(words)) + 1):
            if len(joined := " ".join(words[start:end])) >= _SHORTEST:
                yield joined


def _numbers(register: Register) -> list[str]:
    """The columns of numbers that tell its rows apart, each by itself."""
    alone = [names[0] for names in register.identity if len(names) == 1]
    codes = [c.name for c in register.all_columns() if c.type == Type.CODE and not c.is_personal]
    named = dict.fromkeys((*alone, *register.named_by, *(n for names in register.identity for n in names)))
    return [name for name in named if name in codes or name in alone]


def _normal(field: Any, key: str) -> str:
    try:
        return str(field.to_python(key) or "")
    except ValidationError:
        return ""


def _add_parcels(rows: Any, found: dict[str, list[Row]]) -> None:
    """Block and parcel; without the neighbourhood they may mean several."""
    pairs = {}
    for name in found:
        if not found[name] and (match := _BLOCK_AND_PARCEL.search(fold(name))):
            block, parcel, *other = match.groups()
            pairs[name] = (block, parcel) if block else tuple(other)
    asked = Q(*(Q(block=block, parcel=parcel) for block, parcel in set(pairs.values())), _connector=Q.OR)
    for row in rows.filter(asked) if pairs else ():
        for name, pair in pairs.items():
            if pair == (row.block, row.parcel):
                found[name].append(row)
