"""What a heading may mean in a register: its columns' labels and synonyms, however their endings are written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from imports.checking import besides
from imports.checking.composites import composites
from imports.words.endings import stems
from imports.words.likeness import Names
from inventory.computed.columns import computed
from inventory.registers import Register
from inventory.search import fold

# The heading of the column that carries a record's id.
KEY_HEADINGS = ("Kayıt No", "Kayıt Numarası", "Record No")
# Other systems number their rows under this heading, too: taken as our key it would overwrite unrelated rows.
ANYBODYS_KEY = "id"
_MARKS = re.compile(r"[^\w²³]+")
_UNIT = re.compile(r"\s*\([^)]*\)\s*$")
# At each blank of a long text the pattern would begin anew.
_LONGEST = 300
_PARTS = re.compile(r"\s*[/(),;|]\s*|\s+-\s+")

Columns = tuple[str, ...]
# How sure a meaning is: the lower, the surer. Given by the user is 0.
KEY, LABEL, REMEMBERED, SYNONYM, BESIDE = 5, 10, 15, 20, 30
# What a form of the text costs: without its unit, by its stems, as a part of it, without the words around.
_WITHOUT_UNIT, _BY_STEMS, _AS_PART, _WITHOUT_AROUND = 20, 11, 60, 70


@dataclass(frozen=True)
class Table:
    """What users added: headings of columns, by the column's name, and words (folded) that say nothing in one."""

    headings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    around: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Meaning:
    """What a heading may be; several `options` are equally likely. One that was only concluded is to be reported."""

    rank: int
    options: tuple[Columns, ...] = ()

    @property
    def concluded(self) -> bool:
        return bool(self.options) and self.rank >= _AS_PART


NOTHING = Meaning(999)


def heading_key(text: str) -> str:
    """A heading as it is compared: folded, without marks.

    >>> heading_key("Alan (m²)") == heading_key("ALAN-M2")
    True
    """
    return " ".join(_MARKS.sub(" ", fold(text)).split())


class Vocabulary:
    """The headings of one register."""

    def __init__(self, register: Register, table: Table | None = None):
        self.register, self._table = register, table or Table()
        self._by_key: dict[str, dict[int, list[Columns]]] = defaultdict(lambda: defaultdict(list))
        self._by_stems: dict[str, dict[int, list[Columns]]] = defaultdict(lambda: defaultdict(list))
        for text, rank, columns in self._texts():
            for form, more in ((text, 0), (_UNIT.sub("", text), _WITHOUT_UNIT)):
                if key := heading_key(form):
                    _learn(self._by_key[key], rank + more, columns)
                    _learn(self._by_stems[stems(key)], rank + more, columns)
        # Computed columns match by their exact heading only.
        for column in computed(register).values():
            for text in (column.name, *column.labels()):
                _learn(self._by_key[heading_key(text)], LABEL, (column.name,))
        self._around = {stems(heading_key(word)) for word in self._table.around}

    def _texts(self) -> Iterator[tuple[str, int, Columns]]:
        register = self.register
        if register.key.name not in register.columns:
            yield from ((text, KEY, (register.key.name,)) for text in KEY_HEADINGS)
        for column in register.all_columns():
            yield from ((text, LABEL, (column.name,)) for text in (column.name, *column.labels()))
        for synonyms in (register.synonyms, self._table.headings):
            for name, texts in synonyms.items():
                yield from ((text, SYNONYM, (name,)) for text in texts)
        for one in composites(register):
            yield from ((text, SYNONYM, one.columns) for text in one.headings)
        for name, texts in besides.headings(register).items():
            yield from ((text, BESIDE, (name,)) for text in texts)

    def known(self) -> set[str]:
        """Every heading that is understood as it is written, for finding the header row."""
        ours = {label for column in computed(self.register).values() for label in column.labels()}
        return {text for text, _rank, _columns in self._texts()} | {*KEY_HEADINGS, ANYBODYS_KEY} | ours

    def find(self, header: str) -> Meaning:
        """What the whole heading means, else what its parts mean, else what is left without the words around."""
        whole = self._whole(header)
        if whole.options:
            return whole
        parts = [meaning for part in _PARTS.split(header[:_LONGEST]) if part and (meaning := self._whole(part)).options]
        if parts and len(options := {option for meaning in parts for option in meaning.options}) == 1:
            return Meaning(parts[0].rank + _AS_PART, tuple(options))
        words = [word for word in stems(heading_key(header)).split() if word not in self._around]
        by_rank = self._by_stems.get(" ".join(words), {})
        return _surest(by_rank, _WITHOUT_AROUND) if by_rank else NOTHING

    def _whole(self, text: str) -> Meaning:
        for form, more in ((text, 0), (_UNIT.sub("", text), 2 * _WITHOUT_UNIT)):
            key = heading_key(form)
            # A foreign "@id" is no record number, though "id" without its mark would be the column's name.
            if key == ANYBODYS_KEY and self.register.key.name == key:
                return NOTHING
            if by_rank := self._by_key.get(key):
                return _surest(by_rank, more)
            if by_rank := self._by_stems.get(stems(key)):
                return _surest(by_rank, more + _BY_STEMS)
        return NOTHING

    @cached_property
    def _proposals(self) -> tuple[list[str], Names]:
        """Each proposed text's column, and the texts."""
        columns, texts = [], []
        for column in self.register.all_columns():
            if column.editable:
                more = (*self.register.synonyms.get(column.name, ()), *self._table.headings.get(column.name, ()))
                for text in (*column.labels(), *more):
                    columns.append(column.name)
                    texts.append(heading_key(text))
        return columns, Names(texts)

    def near(self, header: str) -> Columns:
        """Up to three columns that the heading may mean."""
        if heading_key(header) == ANYBODYS_KEY and self.register.key.name == ANYBODYS_KEY:
            return (self.register.key.name,)
        columns, names = self._proposals
        return tuple(dict.fromkeys(columns[place] for place in names.nearest(heading_key(header), 8)))[:3]

    def slip(self, header: str) -> str | None:
        """The one column whose heading this is but for a slip of the pen."""
        columns, names = self._proposals
        likely = {columns[place] for place in names.sure(heading_key(header))}
        return likely.pop() if len(likely) == 1 else None


def _learn(by_rank: dict[int, list[Columns]], rank: int, columns: Columns) -> None:
    if columns not in by_rank[rank]:
        by_rank[rank].append(columns)


def _surest(by_rank: Mapping[int, list[Columns]], more: int) -> Meaning:
    rank = min(by_rank)
    return Meaning(rank + more, tuple(by_rank[rank]))
