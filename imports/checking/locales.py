"""How a sheet writes its numbers and dates: the sheet as a whole, and each column of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from django.utils.translation import gettext as _

from imports.checking.matching import Matching
from imports.plans.plan import Finding
from imports.reading import Sheet
from inventory.cells import Locale, NumberMarks, guess_locale
from inventory.columns import Column, Type
from inventory.registers import Register


def guessed_locale(register: Register, sheet: Sheet, matching: Matching) -> Locale:
    """The locale by which the sheet writes numbers and dates; Turkish where it does not show."""
    places = [h.place for h in matching.read if any(_has_locale(register.column(n)) for n in h.columns)]
    first = [[cells[place] for place in places] for _row, cells in islice(sheet.rows, 5_000)]
    votes = [guess_locale(column) for column in zip(*first, strict=True)]
    english, turkish = votes.count("en"), votes.count("tr")
    return "en" if english > turkish else "tr"


def column_locales(register: Register, sheet: Sheet, matching: Matching, locale: Locale) -> dict[str, Locale]:
    """Column name → its locale, for columns of numbers whose own cells show that they are not written by `locale`."""
    marks: dict[int, NumberMarks] = {}
    for heading in matching.read:
        column = register.column(heading.columns[0])
        if _has_locale(column) and not column.type.is_dated:
            marks[heading.place] = NumberMarks(getattr(column.field, "decimal_places", 0))
    if not marks:
        return {}
    for _row, cells in sheet.rows:
        for place, seen in marks.items():
            seen.look(cells[place])
    locales = {heading.columns[0]: marks[heading.place].locale for heading in matching.read if heading.place in marks}
    return {name: own for name, own in locales.items() if own not in (None, locale)}


def findings(sheet: Sheet, matching: Matching, locales: Mapping[str, Locale]) -> list[Finding]:
    """A warning for each column that is read otherwise than the file."""
    written = {"tr": "1.234,56", "en": "1,234.56"}
    message = _("Bu sütundaki sayılar, dosyanın öteki sayılarından ayrı olarak %(example)s yazımıyla okundu.")
    return [
        Finding(sheet.header_row, matching.label_of(name), "", message % {"example": written[locale]})
        for name, locale in locales.items()
    ]


def _has_locale(column: Column) -> bool:
    return column.type.is_dated or (column.type.is_number and column.type != Type.DEGREE)
