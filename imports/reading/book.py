"""The file as a whole: opened within the limits, its sheets named and chosen."""

import datetime as dt
import os
import stat
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from os import PathLike
from threading import BoundedSemaphore
from typing import IO

from django.utils import timezone
from django.utils.translation import gettext as _

from imports.reading.child import in_child
from imports.reading.notes import spans
from imports.reading.table import Sheet, make_sheet
from imports.workbooks.limits import MEGABYTE, Limits, TookTooMuch, UnreadableFile
from imports.workbooks.raw import RawSheet
from inventory import hooks
from inventory.cells import Cell

# What our own exports and templates say about themselves, in either language; nobody misses it.
ABOUT_SHEETS = (
    "Dosya bilgisi", "About this file", "Sütun açıklamaları", "About the columns", "Seçim listeleri", "Choice lists",
)  # fmt: skip

# Under which the first of them says the moment whose values the file has, in either language.
AS_OF_LABELS = ("Bilgilerin anı", "Values as of")
AS_OF_FORM = "%d.%m.%Y %H:%M:%S.%f"


@dataclass(frozen=True)
class SheetInfo:
    """A sheet's name, its rows that are not blank, its columns, and whether Excel hides it."""

    name: str
    rows: int
    columns: int
    hidden: bool


class Book:
    """An opened file. Everything is read and packed; `read` costs little and may be called again.

    `encoding` and `delimiter` are those of a text file, None for a workbook. `header_row` is where the header stands
    in a file that has it nowhere else.
    """

    def __init__(
        self,
        raw_sheets: list[RawSheet],
        limits: Limits,
        *,
        notes: Collection[str] = (),
        encoding: str | None = None,
        delimiter: str | None = None,
        header_row: int | None = None,
    ):
        self._raw = raw_sheets
        self._limits = limits
        self._notes = list(notes)
        self.encoding = encoding
        self.delimiter = delimiter
        self._header_row = header_row

    @property
    def is_ours(self) -> bool:
        """Whether the file says of itself that it was given out here."""
        return any(raw.name in ABOUT_SHEETS for raw in self._raw)

    @property
    def as_of(self) -> dt.datetime | None:
        """The moment whose values the file has, where an export of ours says it."""
        for raw in self._raw:
            if raw.name in ABOUT_SHEETS:
                for _number, cells in raw.rows():
                    if cells[0] in AS_OF_LABELS and len(cells) > 1:
                        return _moment(cells[1])
        return None

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
        if self._header_row:
            header_row, header_rows = header_row or self._header_row, header_rows or 1
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
        others = [raw.name for raw in self._raw if raw.row_count and raw is not read]
        others = [name for name in others if name not in ABOUT_SHEETS]
        if read is None or not others:
            return []
        return [
            _("Yalnızca “%(read)s” sayfası okundu; dosyada dolu başka sayfalar da var: %(others)s.")
            % {"read": read.name, "others": ", ".join(others)}
        ]


def _moment(cell: Cell) -> dt.datetime | None:
    try:
        moment = dt.datetime.strptime(str(cell), AS_OF_FORM).replace(tzinfo=timezone.get_current_timezone())
    except (ValueError, OverflowError):
        return None
    return moment if moment <= timezone.now() else None


# Modules that know a kind of file, asked in turn (`imports.workbooks.__main__`).
_READERS = ("imports.workbooks.books", "imports.workbooks.delimited")


def open_book(
    source: str | PathLike | bytes, filename: str, limits: Limits | None = None, *, encoding: str = ""
) -> Book:
    """The file at a path, or its bytes. Raises UnreadableFile, and nothing else, whatever is in it.

    `encoding` is one of ENCODINGS for a text file, "" where the file is to show it.
    """
    limits = limits or Limits.from_settings()
    with opened(source, limits) as file:
        parts = in_child(file, filename, [*hooks.readers, *_READERS], limits, encoding=encoding)
    about: dict = {"notes": []}
    for part in parts:
        if isinstance(part, dict):
            about |= part
    about["notes"] = _stray(about.pop("stray_rows", [])) + about["notes"]
    return Book([part for part in parts if isinstance(part, RawSheet)], limits, **about)


def _stray(rows: list[int]) -> list[str]:
    if not rows:
        return []
    message = _(
        "Dosya UTF-8, ama şu satırlarda UTF-8 olmayan harfler var; Windows Türkçesi sayılarak okundu, bakınız: "
        "%(rows)s."
    )
    return [message % {"rows": spans(rows)}]


# So many files at once are read while somebody waits for a page, so that threads are left for all other pages.
_turns = BoundedSemaphore(2)


def open_in_turn(source: str | PathLike, filename: str, limits: Limits | None = None, *, encoding: str = "") -> Book:
    """`open_book` for a page. Raises TookTooMuch, too, while other pages have their files read."""
    if not _turns.acquire(blocking=False):
        raise TookTooMuch(_("Şu anda başka dosyalar okunuyor; birkaç saniye sonra yeniden deneyiniz."))
    try:
        return open_book(source, filename, limits, encoding=encoding)
    finally:
        _turns.release()


def open_at_once(source: str | PathLike, filename: str, *, encoding: str = "") -> Book:
    """`open_in_turn` for what a worker may do as well: raises TookTooMuch soon."""
    return open_in_turn(source, filename, Limits.from_settings().at_once(), encoding=encoding)


@contextmanager
def opened(source: str | PathLike | bytes, limits: Limits) -> Iterator[IO[bytes]]:
    """The file at its start. Raises UnreadableFile for one that is not there, is empty, or too large."""
    with ExitStack() as stack:
        file: IO[bytes]
        if isinstance(source, bytes):
            file = stack.enter_context(tempfile.TemporaryFile())
            file.write(source)
        else:
            try:
                # Before it is opened, which a pipe would let wait for ever.
                if not stat.S_ISREG(os.stat(source).st_mode):
                    message = _("“%(path)s” bir dosya değil; tablonun dosyasını yazınız.")
                    raise UnreadableFile(message % {"path": source})
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
