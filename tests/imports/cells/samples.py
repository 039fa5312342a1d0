"""What the tests of several cell parsers share."""

from datetime import date

from django.utils import translation
from hypothesis import strategies as st

from inventory.cells import CellError

NBSP, NARROW = "\u00a0", "\u202f"
MONEY = st.decimals(-(10**12), 10**12, places=2)
DAYS = st.dates(date(1800, 1, 1), date(2200, 12, 31))


def turkish(number):
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,"))


def in_both(parse, cell, locale="tr"):
    """The refusal or the warning with which the cell is read, in Turkish; asserts that it has its English, too."""
    said = []
    for language in ("tr", "en"):
        with translation.override(language):
            try:
                said.append(parse(cell, locale).warning)
            except CellError as error:
                said.append(str(error))
    assert said[0] != said[1]
    return said[0]
