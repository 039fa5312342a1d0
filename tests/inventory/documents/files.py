"""Files of every kind, and of kinds that are not taken."""

from __future__ import annotations

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def zipped(*names: str, first: tuple[str, str] | None = None) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        if first:
            packed.writestr(*first)
        for name in names:
            packed.writestr(name, "x")
    return made.getvalue()


TAKEN = {
    "pdf": PDF,
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01",
    "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
    "tiff": b"II*\x00\x08\x00\x00\x00",
    "dwg": b"AC1032\x00\x00",
    "zip": zipped("a.txt"),
    "docx": zipped("[Content_Types].xml", "word/document.xml"),
    "xlsx": zipped("[Content_Types].xml", "xl/workbook.xml"),
    "odt": zipped("content.xml", first=("mimetype", "application/vnd.oasis.opendocument.text")),
    "ods": zipped("content.xml", first=("mimetype", "application/vnd.oasis.opendocument.spreadsheet")),
}
REFUSED = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!DOCTYPE html><html><script>alert(1)</script>",
    "exe": b"MZ\x90\x00" + bytes(100),
    "docm": zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "text": "düz metin".encode(),
}
