"""Each file in files/ is named for its trap, seen in real files; the JSON beside it says how it is read."""

import json
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from imports.reading import UnreadableFile, open_book
from inventory.cells import CellError, guess_locale, parse_code, parse_date, parse_decimal, parse_integer

pytestmark = pytest.mark.once

FILES = Path(__file__).parent / "files"
EXPECTED = sorted(FILES.glob("*.json"))


def parser(kind, locale):
    return {
        "integer": partial(parse_integer, locale=locale),
        "decimal": partial(parse_decimal, locale=locale),
        "date": partial(parse_date, locale=locale),
        "code": parse_code,
    }[kind]


def plain(cell):
    return (
        cell.date().isoformat() if isinstance(cell, datetime) else cell.isoformat() if isinstance(cell, date) else cell
    )


def outcome(parse, cell):
    """The value as text, with " !" after it where there is a warning; an error as its message."""
    try:
        value, warning = parse(cell)
    except CellError as error:
        return f"error: {error}"
    if value is None:
        return None
    return str(value if isinstance(value, Decimal) else plain(value)) + (" !" if warning else "")


def test_there_is_a_file_for_every_expectation():
    assert len(EXPECTED) >= 40
    assert {path.name for path in FILES.iterdir()} == {n for p in EXPECTED for n in (p.name, p.stem)}


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_file(path):
    expected = json.loads(path.read_text(encoding="utf-8"))
    source = path.with_suffix("")
    if "error" in expected:
        with pytest.raises(UnreadableFile, match=expected["error"]):
            open_book(source, source.name).read()
        return
    book = open_book(source, source.name)
    sheet = book.read(**expected.get("read", {}))
    if "fill_down" in expected:
        sheet = sheet.filled_down(expected["fill_down"])
    assert sheet.headers == expected["headers"]
    assert sheet.notes == expected["notes"]
    if expected["rows"] is not None:
        assert [[number, [plain(c) for c in cells]] for number, cells in sheet.rows] == expected["rows"]
    for name in {"letters", "fillable", "header_row", "header_rows"} & expected.keys():
        assert getattr(sheet, name) == expected[name]
    for name in {"encoding", "delimiter"} & expected.keys():
        assert getattr(book, name) == expected[name]
    if "sheets" in expected:
        assert [[s.name, s.rows, s.columns, s.hidden] for s in book.sheets] == expected["sheets"]
    for header, column in expected.get("parsed", {}).items():
        cells = [cells[sheet.headers.index(header)] for _number, cells in sheet.rows]
        parse = parser(column["as"], column.get("locale", "tr"))
        for cell, wanted in zip(cells, column["values"], strict=True):
            got = outcome(parse, cell)
            if isinstance(wanted, str) and wanted.startswith("error: "):
                assert got.startswith("error: ") and wanted.removeprefix("error: ") in got
            else:
                assert got == wanted
    for header, locale in expected.get("locale", {}).items():
        assert guess_locale(cells[sheet.headers.index(header)] for _number, cells in sheet.rows) == locale
