"""A second reader of .ods, for what calamine does not take: cells with blanks, comments or other elements between.

Slower and plainer than calamine: an event of expat for each tag. Values are those that calamine gives. What cells hold
stands in OpenDocument 1.3, part 3, sections 9.1 (tables) and 19.385 (values).
"""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import IO
from xml.etree import ElementTree

from imports.workbooks.raw import Marks, RawSheet, gather

_OFFICE, _TABLE, _TEXT, _STYLE = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "text", "style")
)
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_MOST_COLUMNS = 16_384


def read_sheets(file: IO[bytes], max_rows: int, marks_of: Callable[[str], Marks]) -> Iterator[RawSheet]:
    """The sheets of cells in the document. Raises ParseError for broken XML."""
    with zipfile.ZipFile(file) as archive, archive.open("content.xml") as content:
        # Expat loads nothing from outside, and this process has a limit for what grows inside.
        events = ElementTree.iterparse(content, ("start", "end"))  # noqa: S314
        unseen: set[str] = set()
        style = ""
        for event, element in events:
            if event == "start" and element.tag == f"{_STYLE}style":
                style = element.get(f"{_STYLE}name", "")
            elif element.tag == f"{_STYLE}table-properties" and element.get(f"{_TABLE}display") == "false":
                unseen.add(style)
            elif event == "start" and element.tag == f"{_TABLE}table":
                raw = RawSheet(element.get(f"{_TABLE}name", ""))
                raw.hidden = element.get(f"{_TABLE}style-name") in unseen
                raw.marks = marks_of(raw.name)
                gather(raw, _rows(events, element, max_rows), max_rows)
                raw.marks.hidden_rows = [row for row in raw.marks.hidden_rows if row <= raw.last_row]
                yield raw


def _rows(events: Iterator, table: ElementTree.Element, max_rows: int) -> Iterator[tuple[int, list]]:
    number = 1
    for event, element in events:
        if event == "start":
            continue
        if element is table:
            return
        if element.tag == f"{_TABLE}table-row":
            count, cells = _count(element, "rows"), _cells(element)
            element.clear()
            # Who repeats a row without end has it once more than may be read.
            yield from ((row, list(cells)) for row in range(number, number + min(count, max_rows + 2) if cells else 0))
            number += count


def _cells(row: ElementTree.Element) -> list:
    """The row's cells without the blank ones at its end."""
    cells: list = []
    blanks = 0
    for element in row:
        if element.tag in _CELLS:
            if len(cells) > _MOST_COLUMNS:
                break
            count, value = _count(element, "columns"), _value(element)
            if value is None:
                blanks += count
            else:
                cells += [None] * min(blanks, _MOST_COLUMNS) + [value] * min(count, _MOST_COLUMNS)
                blanks = 0
    return cells[:_MOST_COLUMNS]


def _count(element: ElementTree.Element, what: str) -> int:
    return max(int(element.get(f"{_TABLE}number-{what}-repeated") or 1), 1)


def _value(cell: ElementTree.Element) -> object:
    """str, float, bool, date, datetime, time, timedelta, or None for a blank cell."""
    value_type = cell.get(f"{_OFFICE}value-type")
    with suppress(ValueError):  # a value that is none of its type is read as it is shown
        match value_type:
            case "float" | "percentage" | "currency":
                return float(cell.get(f"{_OFFICE}value", ""))
            case "boolean":
                return cell.get(f"{_OFFICE}boolean-value") == "true"
            case "date":
                day = cell.get(f"{_OFFICE}date-value", "")
                return datetime.fromisoformat(day) if "T" in day else date.fromisoformat(day)
            case "time":
                return _time(cell.get(f"{_OFFICE}time-value", ""))
    kept = cell.get(f"{_OFFICE}string-value")
    return kept or "\n".join(_text(part) for part in cell if part.tag == f"{_TEXT}p") or None


def _time(duration: str) -> time | timedelta:
    """ISO 8601's "PT13H45M00S"; raises ValueError for another form."""
    hours, minutes, seconds = duration.removeprefix("PT").replace("H", ":").replace("M", ":").rstrip("S").split(":")
    spent = timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds.replace(",", ".")))
    if not timedelta() <= spent < timedelta(days=1):
        return spent
    return time(spent.seconds // 3600, spent.seconds // 60 % 60, spent.seconds % 60, spent.microseconds)


def _text(element: ElementTree.Element) -> str:
    """A paragraph's text, its blanks, tabs and line breaks written out (section 6.1)."""
    parts = [element.text or ""]
    for inner in element:
        match inner.tag.removeprefix(_TEXT):
            case "s":
                parts.append(" " * min(int(inner.get(f"{_TEXT}c") or 1), 1_000))
            case "tab":
                parts.append("\t")
            case "line-break":
                parts.append("\n")
            case _ if inner.tag != f"{_OFFICE}annotation":
                parts.append(_text(inner))
        parts.append(inner.tail or "")
    return "".join(parts)
