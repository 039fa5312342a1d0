"""A sheet to fill in: the register's columns with help, drop-downs and a locked key, with rows of a list or none.

It comes back through the import like any other sheet; its rows are found by the key.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from functools import cached_property
from typing import IO

from django.db.models import NOT_PROVIDED
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from imports.exporting.about import about_title, as_of_label, as_text, sheet_names
from imports.exporting.grid import Grid
from imports.exporting.parts import Part, beginning
from imports.exporting.workbook import Formats, fill
from inventory import registers
from inventory.columns import Column, Type
from inventory.listing.address import Listing
from inventory.naming import choosable
from inventory.printing.book import Book, Sheet
from inventory.printing.paper import Paper
from inventory.search import turkish

# More than these nobody looks through in a drop-down; Excel itself takes 32,767.
MOST_CHOICES = 2_000
# Rows below the filled ones that have the drop-downs, too.
_MORE_ROWS = 10_000
# What a protected sheet still lets its user do; the password is none.
_ALLOWED = ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows", "sort", "autofilter")


def editable_columns(listing: Listing) -> str:
    """The columns that a sheet may change, as a list's query has them."""
    return ",".join(column.name for column in listing.register.typed_columns())


def write_template(part: Part, target: IO[bytes]) -> int:
    """Write the sheet without rows."""
    return _write(part, target, Grid(part.columns, ()), None)


def write_filled_template(part: Part, target: IO[bytes]) -> int:
    """Write the sheet with the part's rows; returns their number."""
    # Rows that come filled in must not take back what is written meanwhile.
    moment = beginning()
    return _write(part, target, Grid(part.columns, part.chunks()), moment)


def _write(part: Part, target: IO[bytes], grid: Grid, moment: dt.datetime | None) -> int:
    helps = [Help(part.listing, column, column.name == part.register.key.name) for column in part.columns]
    return fill(
        [grid], target, lambda counts, cleaned: _shell(part, grid, helps, counts[0], moment), lambda rows: None
    )[0]


@dataclass
class Help:
    """What a person needs to know to fill a column."""

    listing: Listing
    column: Column
    is_key: bool

    @cached_property
    def choices(self) -> list[str]:
        """The texts to choose from; none where there are too many, or anything may be written."""
        if self.column.type == Type.BOOLEAN:
            return [self.column.show(True), self.column.show(False)]
        if self.column.type == Type.CHOICE:
            return [str(text) for text in self.column.choices.values()]
        if self.column.type != Type.REFERENCE:
            return []
        rows = choosable(self.listing.register, self.column, self.listing.user)
        if target := registers.of(self.column.related_model):
            rows = rows.order_by(target.column(target.order.removeprefix("-")).order, "pk")
        else:
            rows = rows.order_by(turkish("name"))
        texts = [str(row) for row in rows[: MOST_CHOICES + 1]]
        return list(dict.fromkeys(texts)) if len(texts) <= MOST_CHOICES else []

    @property
    def required(self) -> bool:
        field = self.column.field
        return not (self.is_key or field.blank or field.null or field.default is not NOT_PROVIDED)

    @property
    def what(self) -> str:
        """What is written into the column."""
        if self.is_key:
            return _("Anahtar: satır kayıtla bununla eşleşir. Değiştirmeyiniz; yeni satırlarda boş bırakınız.")
        match self.column.type:
            case _ if self.column.is_personal:
                return _("11 rakam; kayıtlı bir numarayı yalnızca değişecekse yazınız")
            case Type.REFERENCE:
                return _("Listeden bir ad") if self.choices else _("Kayıtlı bir ad; yazımı sistemdeki gibi")
            case Type.CHOICE:
                return _("Listeden biri")
            case Type.BOOLEAN:
                return _("Evet veya Hayır")
            case Type.DATE:
                return _("Tarih, gg.aa.yyyy")
            case Type.MOMENT:
                return _("Tarih ve saat, gg.aa.yyyy ss:dd")
            case Type.INTEGER:
                return _("Tam sayı")
            case Type.MONEY | Type.AREA | Type.DECIMAL:
                return _("Sayı; virgülden sonra en çok %(places)d basamak") % {"places": self.column.places}
            case Type.CODE:
                return _("Metin; baştaki sıfırlar korunur")
        longest = getattr(self.column.field, "max_length", None)
        return _("Metin, en çok %(longest)d karakter") % {"longest": longest} if longest else _("Metin")

    @property
    def example(self) -> str:
        if self.is_key or self.column.is_personal:
            return ""
        if self.choices:
            return self.choices[0]
        samples = {Type.DATE: "31.12.2024", Type.MOMENT: "31.12.2024 14:30", Type.INTEGER: "12", Type.CODE: "0012"}
        return (
            "1.234,56"
            if self.column.type in (Type.MONEY, Type.AREA, Type.DECIMAL)
            else samples.get(self.column.type, "")
        )

    @property
    def note(self) -> str:
        """All of it in a few lines, for the note on the heading."""
        lines = [self.what, _("Zorunlu") if self.required else "", str(self.column.field.help_text)]
        if self.example and not self.choices:
            lines.append(_("Örnek: %(example)s") % {"example": self.example})
        return "\n".join(line for line in lines if line)


def _shell(part: Part, grid: Grid, helps: list[Help], count: int, moment: dt.datetime | None) -> bytes:
    made = io.BytesIO()
    with Book(made, Paper.of(part.listing), in_memory=True) as book:
        sheet = book.add_sheet(sheet_names([part])[0])
        about = book.add_sheet(_("Sütun açıklamaları"))
        lists = book.add_sheet(_("Seçim listeleri"))
        lists.hide()
        formats = Formats(book)
        for place, each in enumerate(helps):
            look = {"locked": each.is_key} | ({"font_color": "#6C757D"} if each.is_key else {})
            cell = formats.of(each.column, is_wrapped=place in grid.wrapped, **look)
            sheet.set_column(place, place, grid.widths[place], cell)
            _heading(sheet, place, each)
            sheet.write_number(1, place, 0, cell)
            if each.choices and not each.is_key:
                lists.write_string(0, place, each.column.label)
                lists.write_column(1, place, each.choices)
                _drop_down(sheet, place, each, f"'{lists.get_name()}'", count)
        sheet.freeze_panes(1, 1)
        sheet.protect("", dict.fromkeys(_ALLOWED, True))
        _explain(about, helps)
        if moment:
            book.add_facts(about_title(), [(as_of_label(), as_text(moment))])
    return made.getvalue()


def _heading(sheet: Sheet, place: int, each: Help) -> None:
    """With a note; in another colour where something must be written."""
    look = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#F4CCCC"}
    head = sheet.book.add_format(look) if each.required else sheet.book.head
    sheet.write_string(0, place, each.column.label, head)
    sheet.write_comment(0, place, each.note, {"x_scale": 2})


def _drop_down(sheet, place: int, each: Help, source: str, count: int) -> None:
    """A warning and no bar: the import understands short names and spellings that the list does not have."""
    letter = xl_col_to_name(place)
    options = {
        "validate": "list",
        "source": f"={source}!${letter}$2:${letter}${len(each.choices) + 1}",
        "error_type": "warning",
        "error_title": _("Listede yok"),
        "error_message": _("Yazdığınız ad listede yok. Yine de yazarsanız aktarımda denetlenir."),
    }
    sheet.data_validation(1, place, count + _MORE_ROWS, place, options)


def _explain(sheet: Sheet, helps: list[Help]) -> None:
    headings = (_("Sütun"), _("Ne yazılır?"), _("Zorunlu mu?"), _("Örnek"), _("Yazılabilecekler"), _("Açıklama"))
    sheet.write_heading(headings)
    for row, each in enumerate(helps, 1):
        allowed = ", ".join(each.choices[:30]) + (" …" if len(each.choices) > 30 else "")
        required = _("Evet") if each.required else _("Hayır")
        cells = (each.column.label, each.what, required, each.example, allowed, str(each.column.field.help_text))
        for place, text in enumerate(cells):
            sheet.write_string(row, place, text)
    sheet.freeze_panes(1, 1)
