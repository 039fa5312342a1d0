"""What a file is, by its first bytes and never by its name. What stands in no line here is not taken: SVG, HTML,
programs, and Office files with macros among it."""

from __future__ import annotations

from typing import IO

from django.utils.translation import gettext as _

from inventory.refusals import Refused

# (where they stand, the bytes, the extension)
_BEGINNINGS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "pdf"),
    (0, b"\xff\xd8\xff", "jpg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (8, b"WEBPVP8", "webp"),
    (0, b"II*\x00", "tiff"),
    (0, b"MM\x00*", "tiff"),
    (4, b"ftypheic", "heic"),
    (4, b"ftypheix", "heic"),
    (4, b"ftypmif1", "heic"),
    (0, b"AC10", "dwg"),
    (0, b"PK\x03\x04", "zip"),
)
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
# An archive's list of names stands at its end.
_TAIL = 1_000_000

MEDIA = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "tiff": "image/tiff",
    "heic": "image/heic",
    "dwg": "image/vnd.dwg",
    "zip": "application/zip",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: Of which a small copy can be made.
PICTURES = ("jpg", "png", "webp", "tiff")
#: What is taken, in words that are the same in every language.
NAMES = "PDF, JPEG, PNG, WebP, HEIC, TIFF, Word, Excel, ODT, ODS, DWG, ZIP"
#: What a file chooser offers.
ACCEPTED = ",".join(f".{each}" for each in (*MEDIA, "jpeg", "tif", "heif"))


def extension(file: IO[bytes]) -> str:
    """Raises Refused for a kind that is not taken."""
    file.seek(0)
    head = file.read(100)
    for place, beginning, found in _BEGINNINGS:
        if head[place : place + len(beginning)] == beginning:
            return _in_archive(file, head) if found == "zip" else found
    raise Refused(
        _("Bu tür dosya alınmaz. PDF, JPEG, PNG, WebP, HEIC, TIFF, Word, Excel, ODT, ODS, DWG veya ZIP yükleyiniz.")
    )


def _in_archive(file: IO[bytes], head: bytes) -> str:
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    if b"vbaProject.bin" in tail:
        raise Refused(_("Dosyada makro var; makrosuz (.docx, .xlsx) veya PDF olarak kaydedip yükleyiniz."))
    for media, found in _OPEN_DOCUMENT.items():
        if head[30:].startswith(b"mimetype" + media):
            return found
    if b"[Content_Types].xml" in tail:
        return "docx" if b"word/document.xml" in tail else "xlsx" if b"xl/workbook.xml" in tail else "zip"
    return "zip"
