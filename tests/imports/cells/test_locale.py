import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.cells import (
    guess_locale,
)
from tests.imports.cells.samples import MONEY, turkish

pytestmark = pytest.mark.once


@given(st.lists(MONEY.filter(lambda n: n != int(n)), min_size=1), st.sampled_from(["tr", "en"]))
def test_a_column_of_sums_tells_its_locale(numbers, locale):
    write = turkish if locale == "tr" else "{:,.2f}".format
    assert guess_locale([write(n) for n in numbers]) == locale


@pytest.mark.parametrize(
    "values, locale",
    [
        (["1.234,56", None, "5"], "tr"),
        (["4,572.83", "10,554"], "en"),
        (["17.07.2018", "03.04.2024"], "tr"),
        (["07/17/2018", "03/04/2024"], "en"),
        (["₺ 12,50", "3,5 m²"], "tr"),
        (["10.554"], None),
        (["9.336", "10.554", "214.87"], None),
        (["abc", 12.5, None, ""], None),
        (["2018-07-17"], None),
        (["1,5", "1.5"], None),
        ([], None),
    ],
)
def test_guess_locale(values, locale):
    assert guess_locale(iter(values)) == locale
