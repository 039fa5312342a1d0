"""The file as a whole: opened within the limits, its sheets named and chosen."""

import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import PurePath
from typing import BinaryIO

from django.utils.translation import gettext as _

from imports.reading.delimited import read_text
from imports.reading.limits import MEGABYTE, Limits, UnreadableFile
from imports.reading.native import OLE, ZIP, read_workbook, workbook_kind
from imports.reading.table import Sheet, make_sheet
from imports.workbooks.raw import RawSheet

# What our own exports and templates say about themselves, in either language; nobody misses it.
ABOUT_SHEETS = (
    "Dosya bilgisi", "About this file", "Sütun açıklamaları", "About the columns", "Seçim listeleri", "Choice lists",
)  # fmt: skip


@dataclass(frozen=True)
class SheetInfo:
    """A sheet's name, its rows that are not blank, its columns, and whether Excel hides it."""

    name: str
    rows: int
    columns: int
    hidden: bool


class Book:
    """An opened file. Everything is read and packed; `read` costs little and may be called again.

    `encoding` and `delimiter` are those of a text file, None for a workbook.
    """

    def __init__(
        self,
        raw_sheets: list[RawSheet],
        limits: Limits,
        *,
        notes: Collection[str] = (),
        encoding: str | None = None,
        delimiter: str | None = None,
    ):
        self._raw = raw_sheets
        self._limits = limits
        self._notes = list(notes)
        self.encoding = encoding
        self.delimiter = delimiter

    @property
    def is_ours(self) -> bool:
        """Whether the file says of itself that it was given out here."""
        return any(raw.name in ABOUT_SHEETS for raw in self._raw)

    @property
    def sheets(self) -> list[SheetInfo]:
        return [SheetInfo(raw.name, raw.row_count, raw.first_column + raw.width, raw.hidden) for raw in self._raw]

    def read(
        self,
        sheet: str | None = None,
        header_row: int | None = None,
        header_rows: int | None = None,
        known: Collection[str] = (),
    ) -> Sheet:
        """One sheet as a table. Without `sheet` the first visible one with rows.

        `header_row` is the number a person sees, `header_rows` 1 or 2; without them they are proposed, with
        the help of `known`, the headers that would be understood. Raises UnreadableFile.
        """
        raw = self._chosen(sheet)
        if raw.too_many_rows:
            raise UnreadableFile(
                _("“%(sheet)s” sayfasında %(most)d satırdan çok satır var; dosyayı bölüp parça parça yükleyiniz.")
                % {"sheet": raw.name, "most": self._limits.max_rows}
            )
        if raw.width > self._limits.max_columns:
            raise UnreadableFile(
                _(
                    "“%(sheet)s” sayfasında %(columns)d sütun var, en çok %(most)d sütun okunur; gereksiz "
                    "sütunları silip yeniden yükleyiniz."
                )
                % {"sheet": raw.name, "columns": raw.width, "most": self._limits.max_columns}
            )
        table = make_sheet(raw, header_row, header_rows, known)
        table.notes[:0] = self._notes + self._other_sheets(raw if sheet is None else None)
        return table

    def _chosen(self, name: str | None) -> RawSheet:
        filled = [raw for raw in self._raw if raw.row_count]
        if name is None:
            if not filled:
                raise empty()
            return next((raw for raw in filled if not raw.hidden), filled[0])
        for raw in self._raw:
            if raw.name == name:
                return raw
        raise UnreadableFile(
            _("Dosyada “%(name)s” adlı sayfa yok; şunlardan birini seçiniz: %(names)s.")
            % {"name": name, "names": ", ".join(raw.name for raw in self._raw)}
        )

    def _other_sheets(self, read: RawSheet | None) -> list[str]:
        others = [raw.name for raw in self._raw if raw.row_count and raw is not read] if read else []
        others = [name for name in others if name not in ABOUT_SHEETS]
        if not others:
            return []
        return [
            _("Yalnızca “%(read)s” sayfası okundu; dosyada dolu başka sayfalar da var: %(others)s.")
            % {"read": read.name, "others": ", ".join(others)}
        ]


_readers: list[Callable[[BinaryIO, str, Limits], Book | None]] = []


def offer_reader(reader: Callable[[BinaryIO, str, Limits], Book | None]) -> None:
    """Let another app read a kind of file that is no spreadsheet; None says that the file is not its kind.

    The reader is given a file at its start and raises nothing but UnreadableFile.
    """
    _readers.append(reader)


def open_book(source: str | PathLike | bytes, filename: str, limits: Limits | None = None) -> Book:
    """The file at a path, or its bytes. Raises UnreadableFile, and nothing else, whatever is in it."""
    limits = limits or Limits.from_settings()
    with _opened(source, limits) as file:
        for reader in _readers:
            if (book := reader(file, filename, limits)) is not None:
                return book
            file.seek(0)
        head = file.read(8)
        if head.startswith(ZIP) or head == OLE:
            kind, has_macros = workbook_kind(file, limits)
            notes = [_("Dosyada makrolar var; okunmadı ve çalıştırılmadı.")] if has_macros else []
            return Book(read_workbook(file, kind, limits), limits, notes=notes)
        path = PurePath(filename)
        raw, encoding, delimiter = read_text(file, path.stem, limits)
        notes = []
        if path.suffix.lower() in (".xls", ".xlsx", ".xlsm", ".ods"):
            notes = [_("Dosyanın adı Excel dosyası, içi düz metin; metin olarak okundu.")]
        return Book([raw], limits, notes=notes, encoding=encoding, delimiter=delimiter)


@contextmanager
def _opened(source: str | PathLike | bytes, limits: Limits) -> Iterator[BinaryIO]:
    with ExitStack() as stack:
        if isinstance(source, bytes):
            file = stack.enter_context(tempfile.TemporaryFile())
            file.write(source)
        else:
            try:
                file = stack.enter_context(open(source, "rb"))
            except OSError as error:
                raise UnreadableFile(
                    _("“%(path)s” açılamadı; dosyanın yerini ve okuma iznini denetleyiniz.") % {"path": source}
                ) from error
        size = file.seek(0, 2)
        if not size:
            raise empty()
        if size > limits.max_bytes:
            raise UnreadableFile(
                _("Dosya %(size)d MB, en çok %(most)d MB okunur; dosyayı bölüp parça parça yükleyiniz.")
                % {"size": -(-size // MEGABYTE), "most": limits.max_bytes // MEGABYTE}
            )
        file.seek(0)
        yield file


def empty() -> UnreadableFile:
    return UnreadableFile(_("Dosyada dolu satır yok; başlıkları ve satırları olan bir tablo yükleyiniz."))
