"""The rows of one sheet on their way into a file, and how wide its columns must be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain, islice

from imports.exporting import parts
from imports.exporting.parts import Part, Values
from inventory.columns import Column, Type
from inventory.printing.widths import NARROWEST, Widths, letters

# What a column needs of whose rows not all are known: a number that does not fit would not be shown at all.
_UNSEEN = {Type.MONEY: 18, Type.AREA: 16, Type.DECIMAL: 16, Type.INTEGER: 11}
# And where none are, as in a sheet to be filled in.
_EMPTY = _UNSEEN | {Type.DATE: 12, Type.MOMENT: 20, Type.BOOLEAN: 9, Type.LONG_TEXT: 40, Type.REFERENCE: 30}

_ANY = 1_000
# Places after the point, of which a number may show more than are measured.
_ALWAYS = {Type.DEGREE: 13}


class Grid:
    """The columns of a sheet and its chunks of values, as `Part.chunks` gives them.

    The widths stand before the rows in every form, and the rows are never all in memory: so they are measured in the
    first chunk, and what comes after it goes on in a next line, where it is a longer text.
    """

    def __init__(
        self,
        columns: list[Column],
        chunks: Iterable[list[Values]],
        sums: Mapping[str, object] | None = None,
        *,
        is_table: bool = False,
    ):
        """`sums` stand below the rows; `is_table`: the workbook's shell makes a table of it, which is stretched with
        the rows."""
        self.columns, self.sums, self.is_table = columns, sums or {}, is_table
        self._chunks = iter(chunks)

    @classmethod
    def of(cls, part: Part) -> Grid:
        count, sums = part.totals
        return cls(part.columns, part.chunks(), sums, is_table=count > 0)

    @cached_property
    def _first(self) -> list[list[Values]]:
        """The first chunk, or none."""
        return list(islice(self._chunks, 1))

    @property
    def chunks(self) -> Iterator[list[Values]]:
        return chain(self._first, self._chunks)

    @property
    def _is_whole(self) -> bool:
        """Whether the first chunk is all that there is."""
        return len(self._first[0][0]) < parts.CHUNK if self._first else False

    @cached_property
    def _measured(self) -> Widths:
        measured = Widths()
        for place, column in enumerate(self.columns):
            measured.see_heading(place, column.label)
            for value in (*self._first[0][place], self.sums.get(column.name)) if self._first else ():
                if value is not None:
                    measured.see(place, value)
        return measured

    @cached_property
    def widths(self) -> list[float]:
        least = {} if self._is_whole else _UNSEEN if self._first else _EMPTY
        usual = NARROWEST if self._first else 20
        return [
            max(self._measured.of(place), least.get(column.type, usual), _ALWAYS.get(column.type, 0))
            for place, column in enumerate(self.columns)
        ]

    @cached_property
    def wrapped(self) -> set[int]:
        """The columns of texts that are longer than the column is wide, or may be."""
        return {
            place
            for place, (column, width) in enumerate(zip(self.columns, self.widths, strict=True))
            if self._measured.is_cut(place) or (not self._is_whole and _longest(column) > width)
        }


def _longest(column: Column) -> float:
    """How wide a text of the column may be; 0 where it is none."""
    if column.type.is_number or column.type.is_dated or column.type == Type.BOOLEAN:
        return 0
    if column.type == Type.CHOICE:
        return max(map(letters, map(str, column.choices.values())), default=0)
    return letters("M" * (getattr(column.field, "max_length", None) or _ANY))
