"""The lines under a table by which it was signed: "Teslim eden: …", "Düzenleyen", "İmza", and the names below them."""

import re
from datetime import date

from inventory.cells.cell import Cell
from inventory.search import fold

_WHO = (
    r"(?:(?:teslim|kontrol|tespit|sayim|tasdik) (?:eden|alan|yapan)|duzenleyen|onaylayan|hazirlayan|imzalayan)"
    r"(?:in|ler|lar)?"
    r"|onay|imza(?:si|lar)?|(?:prepared|approved|checked|delivered|received) by|signatures?"
)
_BARE = re.compile(_WHO)
# With a name after the colon, or the dots that are there to be written on.
_NAMED = re.compile(rf"(?:{_WHO})\s?(?::|\.\.|…|__).*", re.DOTALL)


class Signatures:
    """Notices where the signatures begin: at the first signed line under which there is nothing but their own."""

    def __init__(self, width: int):
        # A line of the table fills more of its columns; two may sign beside each other under any table.
        self._bare, self._named = max(1, width // 2), max(2, width // 2)
        self._places: set[int] = set()

    def belongs(self, cells: list[Cell]) -> bool:
        """Whether the row is signed, or stands under signatures that have begun; a row that is not ends them."""
        filled = len(cells) - cells.count(None)
        if filled > self._named:
            self._places = set()
            return False
        places = {place for place, cell in enumerate(cells) if cell is not None}
        if self._is_signed(cells[min(places)], filled):
            self._places |= places
        elif not (self._places and places <= self._places and all(_is_name(cells[place]) for place in places)):
            self._places = set()
        return bool(self._places)

    def _is_signed(self, first: Cell, filled: int) -> bool:
        if not isinstance(first, str) or len(first) > 200:
            return False
        text = fold(first)
        return bool(_NAMED.fullmatch(text) or (filled <= self._bare and _BARE.fullmatch(text)))


def _is_name(cell: Cell) -> bool:
    return isinstance(cell, str | date)
