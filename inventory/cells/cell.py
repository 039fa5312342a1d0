"""What goes into a parser and what comes out."""

from datetime import date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple

Cell = str | int | float | bool | date | datetime | time | timedelta | None
Locale = Literal["tr", "en"]

# People write a dash where there is nothing.
_DASHES = frozenset({"", "-", "–", "—", "--", "---"})


class CellError(ValueError):
    """The cell has no value; `sentence` says why to the user, `of_a_file` what may be chosen for all of its file."""

    def __init__(self, sentence: str, of_a_file: str = ""):
        super().__init__(f"{sentence} {of_a_file}".strip())
        self.sentence = sentence


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
    if isinstance(cell, timedelta) and not cell.microseconds:
        minutes, seconds = divmod(int(abs(cell).total_seconds()), 60)
        return f"{'-' if cell < timedelta() else ''}{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    text = str(cell).strip()
    return text if len(text) <= 60 else text[:59] + "…"
