"""What the tests of several cell parsers share."""

from datetime import date

from hypothesis import strategies as st

NBSP, NARROW = "\u00a0", "\u202f"
MONEY = st.decimals(-(10**12), 10**12, places=2)
DAYS = st.dates(date(1800, 1, 1), date(2200, 12, 31))


def turkish(number):
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,"))
