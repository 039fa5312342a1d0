"""Workbooks: what they are, whether they are safe to open, and their sheets from the child process."""

import mmap
import pickle
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from imports.reading.limits import MEGABYTE, Limits, UnreadableFile
from imports.workbooks.raw import Ending, RawSheet, unpacked

ZIP, OLE = (b"PK\x03\x04", b"PK\x05\x06"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_PROJECT = Path(__file__).resolve().parents[2]
_MOST_PARTS = 5_000
# Sheets of repeated values shrink 50-fold; only what is made to burst shrinks more than this.
_RATIO, _RATIO_FROM = 250, 20 * MEGABYTE


def workbook_kind(file: BinaryIO, limits: Limits) -> tuple[str, bool]:
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
    _refuse_bomb(list(parts.values()), limits)
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


def _refuse_bomb(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise encrypted()
    if (
        len(parts) > _MOST_PARTS
        or sum(part.file_size for part in parts) > limits.max_unpacked
        or any(p.file_size > _RATIO_FROM and p.file_size > _RATIO * max(p.compress_size, 1) for p in parts)
    ):
        raise UnreadableFile(
            _(
                "Dosyanın içi, açıldığında okunamayacak kadar büyük; yalnızca gereken sayfayı yeni bir "
                "dosyaya kopyalayıp onu yükleyiniz."
            )
        )


def read_workbook(file: BinaryIO, kind: str, limits: Limits) -> list[RawSheet]:
    """The sheets, read in a child process with limited memory and time (imports/workbooks)."""
    file.seek(0)
    command = [sys.executable, "-m", "imports.workbooks", kind]
    command += map(str, (limits.max_rows, limits.max_memory, limits.max_seconds))
    with tempfile.TemporaryFile() as output:
        try:
            subprocess.run(  # noqa: S603 - our own module, our own numbers
                command,
                cwd=_PROJECT,
                stdin=file,
                stdout=output,
                stderr=subprocess.DEVNULL,
                timeout=limits.max_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise too_big() from None
        output.seek(0)
        return _received(output)


def _received(output: BinaryIO) -> list[RawSheet]:
    sheets = []
    try:
        while isinstance(received := unpacked(output), RawSheet):
            sheets.append(received)
    except (EOFError, pickle.UnpicklingError):  # the child died: calamine asked for more than it may have
        received = Ending.TOO_BIG
    if received is Ending.DONE:
        return sheets
    raise {Ending.ENCRYPTED: encrypted, Ending.DAMAGED: damaged, Ending.TOO_BIG: too_big}[received]()


def encrypted() -> UnreadableFile:
    return UnreadableFile(
        _("Dosya parolayla korunuyor; parolayı Excel’de kaldırıp dosyayı kaydediniz ve yeniden yükleyiniz.")
    )


def damaged() -> UnreadableFile:
    return UnreadableFile(
        _("Dosya bozuk ya da yarım; Excel’de açıp .xlsx olarak yeniden kaydediniz ve yeniden yükleyiniz.")
    )


def too_big() -> UnreadableFile:
    return UnreadableFile(
        _(
            "Dosya okunamayacak kadar büyük ya da bozuk; yalnızca dolu hücreleri yeni bir dosyaya kopyalayıp "
            "onu yükleyiniz."
        )
    )


def not_a_spreadsheet() -> UnreadableFile:
    return UnreadableFile(_("Bu dosya bir tablo değil; .xlsx, .xls, .ods ya da .csv dosyası yükleyiniz."))
