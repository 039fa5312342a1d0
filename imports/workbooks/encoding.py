"""The encoding of a text file: chosen by the user, or by what its bytes fit."""

import codecs
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TextIO

from imports.workbooks.limits import UnreadableFile, not_a_spreadsheet
from imports.workbooks.said import gettext as _

#: What a user may choose; cp1254 has every letter of ISO 8859-9 at the same place.
ENCODINGS = ("utf-8", "cp1254", "utf-16", "cp857")

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_PIECE = 1 << 20
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_MARKUP = re.compile(r"\s*<(?:!doctype|html|table|meta|head|\?xml)", re.IGNORECASE)
# Bytes that are no UTF-8 are read as lone surrogates first, so that their rows can be named.
_STRAY = re.compile("[\udc80-\udcff]")
_FOREIGN = re.compile("[^\x00-\x7f\udc80-\udcff]")


def shown(encoding: str) -> str:
    """The encoding as a user reads it; "utf-8-sig" and "utf-16-le" are ways to write UTF-8 and UTF-16."""
    match encoding:
        case "cp1254":
            return _("Windows Türkçesi (cp1254, ISO 8859-9)")
        case "cp857":
            return _("DOS Türkçesi (cp857)")
    return encoding.upper().replace("-SIG", "").replace("-LE", "").replace("-BE", "")


def encoding_of(file: IO[bytes], chosen: str = "") -> str:
    """The chosen encoding as this file writes it, or the one that its bytes fit; raises UnreadableFile.

    Without a choice: UTF-8 or UTF-16 by their marks; UTF-16 without one by its zeros; UTF-8 where at least
    half of its letters fit; else cp1254.
    """
    file.seek(0)
    head = file.read(4096)
    marked = next((encoding for mark, encoding in _BOMS.items() if head.startswith(mark)), "")
    if not chosen or marked.startswith(chosen):
        candidates = [marked] if marked else [*_by_zeros(head), "utf-8", "cp1254"]
    elif chosen == "utf-16":
        candidates = _by_zeros(head) or ["utf-16-le"]
    else:
        candidates = [chosen]
    for encoding in candidates:
        try:
            stray, foreign = _count(file, encoding)
        except UnicodeError:
            continue
        if chosen or stray <= foreign:
            return encoding
    raise UnreadableFile(_wrong_choice(chosen) if chosen else _no_letters())


def _by_zeros(head: bytes) -> list[str]:
    """UTF-16 writes most letters of a European text with one zero byte."""
    odd, even = head[1::2].count(0), head[::2].count(0)
    if max(odd, even) * 4 < len(head):
        return []
    return ["utf-16-le" if odd > even else "utf-16-be"]


def _count(file: IO[bytes], encoding: str) -> tuple[int, int]:
    """(bytes that do not fit UTF-8, letters beyond ASCII that do). Raises UnreadableFile for what is no table."""
    stray = foreign = 0
    with opened(file, encoding) as text:
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
            if not piece.isascii():
                stray += len(_STRAY.findall(piece))
                foreign += len(_FOREIGN.findall(piece))
            piece = text.read(_PIECE)
    return stray, foreign


@contextmanager
def opened(file: IO[bytes], encoding: str) -> Iterator[TextIO]:
    """The file from its start, with the line ends that it has; leaves `file` open."""
    errors = "surrogateescape" if encoding.startswith("utf-8") else "strict"
    with open(os.dup(file.fileno()), encoding=encoding, errors=errors, newline="") as text:
        text.seek(0)
        yield text


def mended(cells: list[str]) -> list[str] | None:
    """The cells, their bytes that are no UTF-8 read as cp1254 has them; None where there are none.

    Such bytes come of a line that another program added to the file.
    """
    if not any(_STRAY.search(cell) for cell in cells if not cell.isascii()):
        return None
    return [_STRAY.sub(lambda byte: _of_byte(ord(byte[0]) - 0xDC00), cell) for cell in cells]


def _of_byte(byte: int) -> str:
    return bytes([byte]).decode("cp1254", errors="replace")


def _wrong_choice(chosen: str) -> str:
    return _("Dosya %(encoding)s olarak okunamıyor; başka bir kodlama ya da “Dosyadan anla”yı seçiniz.") % {
        "encoding": shown(chosen)
    }


def _no_letters() -> str:
    return _(
        "Dosyanın harfleri okunamıyor; bir tabloysa Excel’de “CSV UTF-8” ya da .xlsx olarak kaydedip "
        "yeniden yükleyiniz."
    )
