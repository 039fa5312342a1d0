"""What goes into a parser and what comes out."""

from datetime import date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple

Cell = str | int | float | bool | date | datetime | time | timedelta | None
Locale = Literal["tr", "en"]

# People write a dash where there is nothing.
_DASHES = frozenset({"", "-", "–", "—", "--", "---"})


class CellError(ValueError):
    """The cell has no value; the message is a whole sentence for the user."""


class Parsed(NamedTuple):
    """A cell's value (None when blank) and perhaps a sentence of warning."""

    value: Any
    warning: str | None = None


BLANK = Parsed(None)


def is_blank(cell: Cell) -> bool:
    """Whether the cell says nothing: empty, blanks, or only a dash."""
    return cell is None or (isinstance(cell, str) and cell.strip() in _DASHES)


def show(cell: Cell) -> str:
    """The cell as a person sees it, for a message."""
    if isinstance(cell, datetime):
        return cell.strftime("%d.%m.%Y %H:%M") if cell.time() != time() else show(cell.date())
    if isinstance(cell, date):
        return f"{cell.day:02}.{cell.month:02}.{cell.year:04}"
    if isinstance(cell, float):
        return format(cell, ".15g")
    text = str(cell).strip()
    return text if len(text) <= 60 else text[:59] + "…"
