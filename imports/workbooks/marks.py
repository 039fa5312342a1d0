"""Hidden rows and columns, formulas without a result, error cells: what calamine does not report; and the merged
cells of .xlsx, which it reports only of files that it reads.

Sheets are searched as text, a piece at a time, which takes a fifth of calamine's own time. The files are
written by machines, so their tags are regular; one that is not costs a note, never a value.
"""

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from posixpath import dirname, join, normpath
from typing import IO
from xml.etree import ElementTree

from imports.workbooks.raw import Marks

_PIECE = 1 << 20
_LONGEST_ROW = 16 * _PIECE
_LAST_COLUMN = 16_384
_LAST_ROW = 1_048_576

_HIDDEN = rb'[^>]*?\bhidden="(?:1|true)"[^>]*>'
_ROW = re.compile(rb"<(?:\w+:)?row\s" + _HIDDEN)
_COLUMN = re.compile(rb"<(?:\w+:)?col\s" + _HIDDEN)
_ERROR = re.compile(rb'<(?:\w+:)?c\s([^>]*?\bt="e"[^>]*)>(.{0,9000}?)</(?:\w+:)?c>', re.DOTALL)
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>|</(?:\w+:)?c>)"
)
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*>")
_CELL = rb"\$?([A-Za-z]{1,3})\$?(\d{1,7})"
_RANGE = re.compile(rb"\sref\s*=\s*[\"']" + _CELL + rb"(?::" + _CELL + rb")?[\"']")
# Rows merged one by one, over the whole of the longest sheet that is read.
_MOST_MERGED = 200_000

_ODS_TAG = re.compile(
    rb'<table:(table|table-row|table-column)(\s[^>]*?)?/?>|value-type="(error)"|(-spanned)="(?:[2-9]|\d\d)'
)


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → its file in an xlsx archive."""
    (workbook,) = (t for kind, t in _relations(archive, "").values() if kind.endswith("/officeDocument"))
    targets = _relations(archive, workbook)
    parts = {}
    for element in _xml(archive, workbook).iter():
        if element.tag.endswith("}sheet"):
            identity = next((value for name, value in element.items() if name.endswith("}id")), "")
            if identity in targets:
                parts[element.get("name", "")] = targets[identity][1]
    return parts


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    folder, _, name = part.rpartition("/")
    return {
        relation.get("Id", ""): (
            relation.get("Type", ""),
            normpath(join("/", dirname(part), relation.get("Target", ""))).lstrip("/"),
        )
        for relation in _xml(archive, join(folder, "_rels", name + ".rels"))
    }


def _xml(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    # Expat loads nothing from outside, and this process has a limit for what grows inside.
    return ElementTree.fromstring(archive.read(part))  # noqa: S314


def xlsx_marks(part: IO[bytes]) -> Marks:
    """The marks of one sheet of an xlsx file."""
    marks = Marks()
    for piece in _pieces(part, b"row>"):
        if b"hidden" in piece:
            marks.hidden_rows += [n for m in _ROW.finditer(piece) if (n := _attribute(m[0], b"r"))]
            for match in _COLUMN.finditer(piece):
                first, last = _attribute(match[0], b"min"), _attribute(match[0], b"max")
                marks.hidden_columns += range(first - 1, min(last, _LAST_COLUMN))
        if b't="e"' in piece:
            for match in _ERROR.finditer(piece):
                where, value = _reference(match[1]), _VALUE.search(match[2])
                if where and value:
                    row, column = where
                    marks.errors.setdefault(row, {})[column] = unescape(value[1].decode("utf-8", "replace"))
        if b"<f" in piece or b":f" in piece:
            marks.uncached += filter(None, map(_without_result, _FORMULA.finditer(piece)))
        if b"mergeCell" in piece:
            _add_merged(marks, piece)
    marks.error_rows = sorted(marks.errors)
    return marks


def _add_merged(marks: Marks, piece: bytes) -> None:
    """The ranges that are merged; one that is none, or one too many, costs the note that something is missing."""
    for match in _MERGED.finditer(piece):
        merged = _range(match[0])
        if merged is None or len(marks.merged) == _MOST_MERGED:
            marks.complete = False
        else:
            marks.merged.append(merged)


def _range(tag: bytes) -> tuple[int, int, int, int] | None:
    """(first row, last row, first column, last column) of ref="A2:B4", with dollar signs or without."""
    if not (match := _RANGE.search(tag)):
        return None
    top, left = int(match[2]), _column(match[1])
    bottom, right = (int(match[4]), _column(match[3])) if match[3] else (top, left)
    is_in_sheet = 1 <= top <= bottom <= _LAST_ROW and left <= right < _LAST_COLUMN
    return (top, bottom, left, right) if is_in_sheet else None


def _without_result(formula: re.Match) -> tuple[int, int] | None:
    is_empty_text = b't="str"' in formula[1] and b"v" in formula[2]  # the result of ="" is kept as no text
    return None if is_empty_text else _reference(formula[1])


def ods_marks(content: IO[bytes]) -> dict[str, Marks]:
    """Sheet name → its marks; repeated rows and columns are counted out."""
    sheets: dict[str, Marks] = {}
    marks, row, column = Marks(), 0, 0
    for piece in _pieces(content, b">"):
        for match in _ODS_TAG.finditer(piece):
            tag, attributes = match[1], match[2] or b""
            if tag == b"table":
                marks, row, column = Marks(), 0, 0
                sheets[_text_attribute(attributes, b"table:name")] = marks
            elif tag == b"table-row":
                count = _attribute(attributes, b"table:number-rows-repeated") or 1
                if b"table:visibility=" in attributes and b'"visible"' not in attributes:
                    marks.hidden_rows += range(row + 1, min(row + count, _LAST_ROW) + 1)
                row += count
            elif tag == b"table-column":
                count = _attribute(attributes, b"table:number-columns-repeated") or 1
                if b"table:visibility=" in attributes and b'"visible"' not in attributes:
                    marks.hidden_columns += range(column, min(column + count, _LAST_COLUMN))
                column += count
            elif match[3] and marks.error_rows[-1:] != [row]:
                marks.error_rows.append(row)
            elif match[4] and marks.merged[-1:] != [(row, row, None, None)]:
                marks.merged.append((row, row, None, None))
    return sheets


def _pieces(file: IO[bytes], end: bytes) -> Iterator[bytes]:
    """The file in pieces that end where `end` ends."""
    rest = b""
    while read := file.read(_PIECE):
        whole, mark, rest = (rest + read).rpartition(end)
        if mark:
            yield whole + mark
        elif len(rest) > _LONGEST_ROW:
            yield rest
            rest = b""
    yield rest


def _attribute(tag: bytes, name: bytes) -> int:
    match = re.search(rb"\s" + name + rb'="(\d{1,9})"', tag)
    return int(match[1]) if match else 0


def _text_attribute(tag: bytes, name: bytes) -> str:
    match = re.search(rb"\s" + name + rb'="([^"]*)"', tag)
    return unescape(match[1].decode("utf-8", "replace")) if match else ""


def _reference(attributes: bytes) -> tuple[int, int] | None:
    """(row from 1, column from 0) of a cell's r="C5"."""
    if not (match := _REFERENCE.search(b" " + attributes)):
        return None
    return int(match[2]), _column(match[1])


def _column(letters: bytes) -> int:
    """Column 0 of "A", 26 of "AA"."""
    column = 0
    for letter in letters.upper():
        column = column * 26 + letter - 64
    return column - 1
