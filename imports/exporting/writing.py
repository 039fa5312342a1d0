"""The one way to write an export, whatever its form."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import IO

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imports.exporting.delimited import OFFICE, PLAIN, delimited
from imports.exporting.opendocument import write_opendocument
from imports.exporting.parts import Part, beginning
from imports.exporting.workbook import write_workbook
from inventory import hooks
from inventory.registers import Register
from inventory.server.moment import one_moment

#: The forms, with what a page calls them.
FORMATS = {
    "xlsx": gettext_lazy("Excel (.xlsx)"),
    "ods": gettext_lazy("OpenDocument (.ods)"),
    "csv": gettext_lazy("CSV, Türkçe Excel için (noktalı virgül, 1234,56)"),
    "plain": gettext_lazy("CSV, başka programlar için (virgül, 1234.56 ve 2024-12-31)"),
}
_BOOKS = {"xlsx": write_workbook, "ods": write_opendocument}
DIALECTS = {"csv": OFFICE, "plain": PLAIN}
_ENDINGS = {"xlsx": "xlsx", "ods": "ods", "csv": "csv", "plain": "csv"}
OnProgress = Callable[[int], None]


@dataclass(frozen=True)
class Form:
    """A form that another app offers, for the registers that it fits; `write` takes what `write` below does."""

    key: str
    label: object
    ending: str
    fits: Callable[[Register], bool]
    write: Callable[[list[Part], IO[bytes], OnProgress], int]


def forms_of(register: Register) -> dict[str, object]:
    """The forms in which the register's rows can be had, with what a page calls them."""
    return FORMATS | {form.key: form.label for form in _others() if form.fits(register)}


def ending(form: str) -> str:
    return _ENDINGS[form] if form in FORMATS else _offered(form).ending


def _others() -> Iterator[Form]:
    return (form for offered in hooks.export_forms for form in offered())


def _offered(key: str) -> Form:
    return next(form for form in _others() if form.key == key)


# Below this size what is streamed waits in memory; it is sent in pieces of so many bytes.
_IN_MEMORY, _PIECE = 5_000_000, 65_536
# A sheet has 1,048,576 lines, of which the heading and the totals take two.
MOST_ROWS = 1_048_574


class CannotExport(Exception):
    """The file cannot be made as asked; the message says why, and what to do."""


def write(parts: list[Part], target: IO[bytes], form: str, on_progress: OnProgress = lambda rows: None) -> int:
    """Write the parts in the form (a key of `forms_of`) to a seekable file; returns the number of rows.

    One query streams the rows of each part; memory does not grow with them. `on_progress` hears how many are written,
    a few times a second. Raises CannotExport, also for several parts in a form that has no sheets.
    """
    moment = beginning()
    with one_moment():
        # Anew, so that the totals are of the same moment as the rows.
        anew = [Part(part.listing, personal=part.personal, read_from=moment) for part in parts]
        try:
            return _write(anew, target, form, on_progress)
        finally:
            for part in anew:
                part.close()


def stream(part: Part, form: str) -> Generator[bytes]:
    """A list as CSV while it is being made (`form`: a key of `DIALECTS`). Whoever takes the file slowly keeps no
    transaction open: after the first piece the rest is read as fast as the database gives it, into a file."""
    # It is taken when the request's language is no longer set.
    return _stream(part, form, translation.get_language())


def _stream(part: Part, form: str, language: str | None) -> Generator[bytes]:
    with translation.override(language), tempfile.SpooledTemporaryFile(_IN_MEMORY) as rest:
        with one_moment(), closing(Part(part.listing, personal=part.personal)) as anew:
            pieces = delimited(anew, DIALECTS[form])
            yield next(pieces)[1]
            for _rows, text in pieces:
                rest.write(text)
        rest.seek(0)
        while text := rest.read(_PIECE):
            yield text


def _write(parts: list[Part], target: IO[bytes], form: str, on_progress: OnProgress) -> int:
    if form not in FORMATS:
        return _offered(form).write(parts, target, on_progress)
    if form in DIALECTS:
        if len(parts) > 1:
            raise CannotExport(
                _("Bir CSV dosyasına tek liste sığar; Excel veya ODS seçiniz ya da tek liste işaretleyiniz.")
            )
        rows = 0
        for rows, text in delimited(parts[0], DIALECTS[form]):
            target.write(text)
            on_progress(rows)
        return rows
    for part in parts:
        count, _sums = part.totals
        if count > MOST_ROWS:
            refused = _("%(count)d kayıt bir Excel sayfasına sığmaz; süzgeçle daraltıp parça parça alınız.")
            raise CannotExport(refused % {"count": count})
    try:
        return sum(_BOOKS[form](parts, target, on_progress))
    except RuntimeError as error:
        # A sheet of more than 2 GiB: Excel does not open the larger kind of archive without complaint.
        if "zip64" not in str(error).lower():
            raise
        raise CannotExport(_("Liste bir dosyaya sığmaz; süzgeçle daraltınız veya daha az sütun seçiniz.")) from error
