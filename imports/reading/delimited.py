"""Text files: their encoding, their delimiter, their records."""

import codecs
import csv
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import BinaryIO, TextIO

from django.utils.translation import gettext as _

from imports.reading.limits import Limits, UnreadableFile
from imports.reading.native import not_a_spreadsheet
from imports.workbooks.raw import RawSheet, gather

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# In the order of preference where a file fits two alike.
_DELIMITERS = "\t;|,"
_SAMPLE = 60
_PIECE = 1 << 20
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_MARKUP = re.compile(r"\s*<(?:!doctype|html|table|meta|head|\?xml)", re.IGNORECASE)
# Ends every file, so that a quotation mark left open is noticed; no text file has it.
_END = "\x00"


def read_text(file: BinaryIO, name: str, limits: Limits) -> tuple[RawSheet, str, str]:
    """(the sheet, its encoding, its delimiter); rows are numbered by their first line in a text editor."""
    encoding = _encoding(file)
    sample = list(islice(_lines(file, encoding), _SAMPLE))
    told = re.fullmatch(r"sep=(.)\s*", sample[0]) if sample else None  # Excel's own way to say it
    delimiter = told[1] if told else _delimiter(sample)
    records = _records(_lines(file, encoding), delimiter)
    sheet = RawSheet(name)
    gather(sheet, islice(records, 1, None) if told else records, limits.max_rows)
    return sheet, encoding, delimiter


def _encoding(file: BinaryIO) -> str:
    """UTF-8 or UTF-16 by their marks, else UTF-8 if every byte fits it, else cp1254, which has ISO 8859-9."""
    file.seek(0)
    head = file.read(4)
    for mark, encoding in _BOMS.items():
        if head.startswith(mark):
            candidates = [encoding]
            break
    else:
        candidates = ["utf-8", "cp1254"]
    for encoding in candidates:
        try:
            _check_text(file, encoding)
        except UnicodeError:
            continue
        return encoding
    raise UnreadableFile(
        _(
            "Dosyanın harfleri okunamıyor; bir tabloysa Excel’de “CSV UTF-8” ya da .xlsx olarak kaydedip "
            "yeniden yükleyiniz."
        )
    )


def _check_text(file: BinaryIO, encoding: str) -> None:
    with _text(file, encoding) as text:
        first = piece = text.read(_PIECE)
        if _MARKUP.match(first):
            raise UnreadableFile(
                _(
                    "Bu dosya adı ne olursa olsun bir web sayfası ya da XML; Excel’de açıp “Farklı kaydet” "
                    "ile .xlsx olarak kaydediniz ve yeniden yükleyiniz."
                )
            )
        while piece:
            controls = _CONTROLS.findall(piece)
            if "\x00" in controls or len(controls) * 500 > len(piece) or first.startswith("%PDF"):
                raise not_a_spreadsheet()
            piece = text.read(_PIECE)


def _lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    with _text(file, encoding) as text:
        yield from text


@contextmanager
def _text(file: BinaryIO, encoding: str) -> Iterator[TextIO]:
    """The file from its start, with the line ends that it has; leaves `file` open."""
    with open(os.dup(file.fileno()), encoding=encoding, newline="") as text:
        text.seek(0)
        yield text


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


def _records(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(chain(lines, [_END]), delimiter=delimiter)
    number = 1
    try:
        for record in reader:
            if record and record[-1].endswith(_END):
                if record != [_END]:
                    raise _open_quote(number)
                return
            yield number, record
            number = reader.line_num + 1
    except csv.Error as error:  # a field of more than 131,072 characters: half the file, swallowed by a quote
        raise _open_quote(number) from error


def _open_quote(line: int) -> UnreadableFile:
    return UnreadableFile(
        _('%(line)d. satırda açılan tırnak işareti (") kapanmıyor; satırı düzeltip dosyayı yeniden yükleyiniz.')
        % {"line": line}
    )
