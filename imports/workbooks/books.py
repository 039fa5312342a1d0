"""Workbooks: what they are, whether they are safe to open, and their sheets."""

import mmap
import zipfile
from collections.abc import Callable, Iterator
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from imports.workbooks import opendocument, openxml
from imports.workbooks.limits import Limits, UnreadableFile, damaged, encrypted, not_a_spreadsheet
from imports.workbooks.marks import ods_marks, sheet_parts, xlsx_marks
from imports.workbooks.packed import refuse_bomb
from imports.workbooks.raw import Marks, RawSheet, gather
from imports.workbooks.said import gettext as _

ZIP, OLE = (b"PK\x03\x04", b"PK\x05\x06"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(file: IO[bytes], _name: str, limits: Limits, _encoding: str) -> Iterator | None:
    """What the child hands on of a workbook: its notes, then its sheets. None for what is no workbook."""
    head = file.read(8)
    if not (head.startswith(ZIP) or head == OLE):
        return None
    kind, has_macros = workbook_kind(file, limits)
    return _handed_on(file, kind, has_macros, limits)


def _handed_on(file: IO[bytes], kind: str, has_macros: bool, limits: Limits) -> Iterator:
    yield {"notes": [_("Dosyada makrolar var; okunmadı ve çalıştırılmadı.")] if has_macros else []}
    try:
        yield from _read_sheets(file, kind, limits.max_rows)
    except PasswordError as error:
        raise encrypted() from error


def workbook_kind(file: IO[bytes], limits: Limits) -> tuple[str, bool]:
    """("xlsx" | "ods" | "xls", whether it has macros) of a zip or OLE file that may be opened."""
    file.seek(0)
    if file.read(8) == OLE:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
                raise encrypted()
            return "xls", content.find("_VBA_PROJECT_CUR".encode("utf-16-le")) >= 0
    try:
        with zipfile.ZipFile(file) as archive:
            return _zip_kind(archive, limits)
    except UnreadableFile:
        raise
    except Exception as error:  # a hostile zip directory breaks zipfile in many ways
        raise damaged() from error


def _zip_kind(archive: zipfile.ZipFile, limits: Limits) -> tuple[str, bool]:
    parts = {part.filename: part for part in archive.infolist()}
    refuse_bomb(list(parts.values()), limits)
    if "xl/workbook.bin" in parts:
        raise UnreadableFile(
            _("Dosya .xlsb biçiminde; Excel’de açıp “Farklı kaydet” ile .xlsx olarak kaydediniz ve yeniden yükleyiniz.")
        )
    if any(name.startswith("xl/") for name in parts) and "[Content_Types].xml" in parts:
        return "xlsx", "xl/vbaProject.bin" in parts
    if "content.xml" in parts and b"opendocument.spreadsheet" in archive.read("mimetype"):
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise encrypted()
        return "ods", False
    if any(name.lower().endswith((".xlsx", ".xls", ".ods", ".csv", ".txt")) for name in parts):
        raise UnreadableFile(_("Bu, sıkıştırılmış bir zip dosyası; içindeki tabloyu çıkarıp onu yükleyiniz."))
    raise not_a_spreadsheet()


# Sheets -----------------------------------------------------------------------------------------------------


#: Who reads a workbook that calamine refuses (python-calamine 0.9.1).
_SECOND = {"ods": opendocument.read_sheets, "xlsx": openxml.read_sheets}


def _read_sheets(file: IO[bytes], kind: str, max_rows: int) -> Iterator[RawSheet]:
    """Every sheet of cells in the workbook; those that calamine refuses by the second reader."""
    marks_of = _marks(file, kind)
    handed_on: set[str] = set()
    try:
        for raw in _by_calamine(file, max_rows, marks_of):
            handed_on.add(raw.name)
            yield raw
    except PasswordError:
        raise
    except CalamineError:
        if kind not in _SECOND:
            raise
        yield from (raw for raw in _SECOND[kind](file, max_rows, marks_of) if raw.name not in handed_on)


def _by_calamine(file: IO[bytes], max_rows: int, marks_of: Callable[[str], Marks]) -> Iterator[RawSheet]:
    file.seek(0)
    with CalamineWorkbook.from_filelike(file) as workbook:
        for about in workbook.sheets_metadata:
            if about.typ == SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_name(about.name)
                raw = RawSheet(about.name, hidden=about.visible != SheetVisibleEnum.Visible)
                raw.marks = marks_of(about.name)
                raw.first_column = sheet.start[1] if sheet.start else 0
                gather(raw, _rows(sheet, raw), max_rows)
                _finish(raw.marks, raw.last_row, sheet.merged_cell_ranges or [])
                yield raw


def _rows(sheet, raw: RawSheet) -> Iterator[tuple[int, list]]:
    """Numbered rows, with the text of error cells, which calamine leaves empty."""
    for number, cells in enumerate(sheet.iter_rows() if sheet.start else (), 1):
        for column, text in raw.marks.errors.get(number, {}).items():
            if 0 <= column - raw.first_column < len(cells):
                cells[column - raw.first_column] = text
        yield number, cells


def _finish(marks: Marks, last_row: int, merged: list) -> None:
    marks.hidden_rows = [row for row in marks.hidden_rows if row <= last_row]
    # Calamine has parsed them; the marks were searched for them as text.
    if merged:
        marks.merged = [(first[0] + 1, last[0] + 1, first[1], last[1]) for first, last in merged]


def _marks(file: IO[bytes], kind: str) -> Callable[[str], Marks]:
    """Sheet name → its marks; not complete for xls, whose records are not searched, and for odd files."""
    try:
        archive = zipfile.ZipFile(file)
        parts = {} if kind == "ods" else sheet_parts(archive)
        marks = ods_marks(archive.open("content.xml")) if kind == "ods" else {}
    except Exception:  # hostile or odd: the values are calamine's matter, and a note says what is missing
        parts, marks = {}, {}

    def marks_of(name: str) -> Marks:
        try:
            return marks[name] if name in marks else xlsx_marks(archive.open(parts[name]))
        except Exception:
            return Marks(complete=False)

    return marks_of
