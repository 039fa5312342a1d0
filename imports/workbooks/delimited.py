"""Text files: their delimiter, their records."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import PurePath
from typing import IO

from imports.workbooks.encoding import encoding_of, mended, opened
from imports.workbooks.limits import Limits, UnreadableFile
from imports.workbooks.raw import RawSheet, gather
from imports.workbooks.said import gettext as _

# In the order of preference where a file fits two alike.
_DELIMITERS = "\t;|,"
_SAMPLE = 60
# Ends every file, so that a quotation mark left open is noticed; no text file has it.
_END = "\x00"


@dataclass(frozen=True)
class TextTable:
    """A text file's sheet, how it is written, and the rows in which single bytes do not fit its encoding."""

    sheet: RawSheet
    encoding: str
    delimiter: str
    stray_rows: list[int]


def read(file: IO[bytes], name: str, limits: Limits, encoding: str) -> Iterator:
    """What the child hands on of a text file: how it is written, then its sheet."""
    path = PurePath(name)
    table = read_text(file, path.stem, limits, encoding)
    notes = []
    if path.suffix.lower() in (".xls", ".xlsx", ".xlsm", ".ods"):
        notes = [_("Dosyanın adı Excel dosyası, içi düz metin; metin olarak okundu.")]
    about = {"encoding": table.encoding, "delimiter": table.delimiter, "notes": notes, "stray_rows": table.stray_rows}
    return iter((about, table.sheet))


def read_text(file: IO[bytes], name: str, limits: Limits, encoding: str = "") -> TextTable:
    """`encoding` is one of ENCODINGS, "" where the file is to show it. Rows are numbered as Excel shows them: each
    record is one, however many lines it has, and the line "sep=;" is none."""
    encoding = encoding_of(file, encoding)
    sample = list(islice(_lines(file, encoding), _SAMPLE))
    named = re.fullmatch(r"sep=(.)\s*", sample[0]) if sample else None  # Excel's own way to say it
    delimiter = named[1] if named else _delimiter(sample)
    lines = _lines(file, encoding)
    records = records_of(islice(lines, 1, None) if named else lines, delimiter)
    table = TextTable(RawSheet(name, delimited=True), encoding, delimiter, [])
    gather(table.sheet, _mended(records, table.stray_rows), limits.max_rows)
    return table


def _lines(file: IO[bytes], encoding: str) -> Iterator[str]:
    with opened(file, encoding) as text:
        yield from text


def _mended(records: Iterator[tuple[int, list[str]]], stray_rows: list[int]) -> Iterator[tuple[int, list[str]]]:
    for number, cells in records:
        if (again := mended(cells)) is not None:
            stray_rows.append(number)
            cells = again
        yield number, cells


def _delimiter(lines: list[str]) -> str:
    """The delimiter that gives the most columns in the most records; ";" where there is only one column.

    One record of many that has it is no table, but a comma in a text.
    """
    best, delimiter = 0.0, ";"
    for candidate in _DELIMITERS:
        try:
            counts = Counter(len(record) for record in csv.reader(lines, delimiter=candidate) if record)
        except csv.Error:
            continue
        columns, records = max(counts.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 1))
        score = records / max(counts.total(), 1) * (columns - 1)
        if score > best and (records > 1 or counts.total() == 1):
            best, delimiter = score, candidate
    return delimiter


def records_of(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of each record. Raises UnreadableFile where a quotation mark is left open."""
    reader = csv.reader(chain(lines, [_END]), delimiter=delimiter)
    number = 0
    try:
        for number, record in enumerate(reader, 1):
            if record and record[-1].endswith(_END):
                if record != [_END]:
                    raise _open_quote(number)
                return
            yield number, record
    except csv.Error as error:  # a field of more than 131,072 characters: half the file, swallowed by a quote
        raise _open_quote(number + 1) from error


def _open_quote(row: int) -> UnreadableFile:
    return UnreadableFile(
        _('%(row)d. satırda açılan tırnak işareti (") kapanmıyor; satırı düzeltip yeniden deneyiniz.') % {"row": row}
    )
