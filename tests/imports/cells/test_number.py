import math
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.cells import (
    CellError,
    is_blank,
    parse_boolean,
    parse_date,
    parse_decimal,
    parse_integer,
    parse_text,
)
from inventory.cells.cell import show
from tests.imports.cells.samples import MONEY, NARROW, NBSP, in_both, turkish

pytestmark = pytest.mark.once


@given(MONEY)
def test_both_ways_of_writing_a_sum_are_read_alike_in_both_locales(number):
    for written in (turkish(number), f"{number:,.2f}", f"{number:,.2f}".replace(",", NARROW)):
        for locale in ("tr", "en"):
            assert parse_decimal(written, locale) == (number, None)


@given(MONEY)
def test_a_float_gives_the_decimal_that_was_typed(number):
    value, warning = parse_decimal(float(number), "tr")
    assert (value, warning) == (number, None)
    assert value.as_tuple().exponent == -2


@given(st.lists(st.decimals(0, 10**6, places=2), min_size=1, max_size=300))
def test_the_noise_of_a_sum_of_floats_is_not_a_value(numbers):
    assert parse_decimal(sum(map(float, numbers)), "tr").value == sum(numbers)


@pytest.mark.parametrize(
    "cell, value",
    [
        ("1.234,56", "1234.56"),
        ("4,572.83", "4572.83"),
        ("88 500", "88500"),
        (f"88{NBSP}500,5", "88500.5"),
        (f"88{NARROW}500", "88500"),
        ("₺ 1.234,50", "1234.50"),
        ("1.234,50TL", "1234.50"),
        ("1.250,00.-TL", "1250"),
        ("250,-", "250"),
        ("%5", "5"),
        ("% 12,5", "12.5"),
        ("120m²", "120"),
        ("120,5 m2", "120.5"),
        ("3 adet", "3"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("(5)", "-5"),
        ("(1.234,50 TL)", "-1234.50"),
        ("5-", "-5"),
        ("+5", "5"),
        (",5", "0.5"),
        ("0,554", None),
        ("214.87", "214.87"),
        ("214,87", "214.87"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("007", "7"),
        (12, "12"),
        (0.1 + 0.2, "0.3"),
        (10554471.869999997, "10554471.87"),
        (sum([0.1] * 1000), "100"),
        (-sum([0.1] * 1000), "-100"),
    ],
)
def test_decimal(cell, value):
    if value is None:
        with pytest.raises(CellError, match="ondalık"):
            parse_decimal(cell, "tr")
        assert parse_decimal(cell, "tr", places=3).value == Decimal("0.554")
    else:
        assert parse_decimal(cell, "tr") == (Decimal(value), None)


@pytest.mark.parametrize("locale", ["tr", "en"])
@pytest.mark.parametrize("mark", [".", ","])
def test_no_group_of_thousands_begins_with_zero(locale, mark):
    assert parse_decimal(f"0{mark}554", locale, places=3) == (Decimal("0.554"), None)


@pytest.mark.parametrize("blank", [None, "", "  ", NBSP, "-", "–", " — "])
def test_blank_cells_have_no_value(blank):
    assert is_blank(blank)
    for parsed in (parse_integer(blank, "tr"), parse_decimal(blank, "tr"), parse_date(blank, "tr")):
        assert parsed == (None, None)
    assert parse_boolean(blank) == parse_text(blank) == (None, None)


@pytest.mark.parametrize(
    "cell, locale, places, value",
    [
        ("10.554", "tr", 2, "10554"),
        ("-10.554", "tr", 2, "-10554"),
        ("10,554", "en", 2, "10554"),
        ("10.554", "en", 3, "10.554"),
        ("10,554", "tr", 3, "10.554"),
    ],
)
def test_a_cell_with_two_readings_is_read_by_the_locale_and_warns_of_both(cell, locale, places, value):
    parsed = parse_decimal(cell, locale, places)
    assert parsed.value == Decimal(value)
    assert "10554" in parsed.warning and "10,554" in parsed.warning and cell in parsed.warning


def test_a_reading_with_too_many_places_names_the_other():
    with pytest.raises(CellError, match=r"“10.554” 10,554 okunuyor.*10554 demekse"):
        parse_decimal("10.554", "en", 2)
    assert "ondalık" in in_both(parse_decimal, "10.554", "en")


def test_in_a_column_of_whole_numbers_only_one_reading_is_whole():
    assert parse_integer("9.336", "tr") == (9336, None)
    assert "10000" in parse_integer("10.000", "tr").warning
    with pytest.raises(CellError, match=r"9,336 okunuyor.*9336 ise"):
        parse_integer("9.336", "en")
    with pytest.raises(CellError, match=r"“214\.87” tam sayı"):
        parse_integer("214.87", "tr")
    for cell in ("10.000", "214.87", "9,336"):
        assert cell in in_both(parse_integer, cell)


@pytest.mark.parametrize("cell", [123, 123.0, "123", "00123", " 123 ", "123,00", 122.99999999999999])
def test_integer(cell):
    parsed = parse_integer(cell, "tr")
    assert parsed == (123, None)
    assert type(parsed.value) is int


@pytest.mark.parametrize(
    "cell, why",
    [
        ("abc", "sayı değil"),
        ("12a", "sayı değil"),
        ("1.2.3", "sayı değil"),
        ("88 50", "sayı değil"),
        ("1,23,456", "sayı değil"),
        ("1.234,5,6", "sayı değil"),
        ("--5", "sayı değil"),
        ("(-5)", "sayı değil"),
        ("(5", "sayı değil"),
        ("5%5", "sayı değil"),
        ("١٢", "sayı değil"),
        (".", "sayı değil"),
        ("1" * 19, "sayı değil"),
        ("100 €", "Türk lirası"),
        ("USD 5", "Türk lirası"),
        ("6.37702E+15", "bilimsel"),
        (1e15, "kaybolmuş"),
        (math.nan, "kaybolmuş"),
        (-math.inf, "kaybolmuş"),
        (10**18, "kaybolmuş"),
        (True, "evet/hayır"),
        (date(2024, 5, 1), "tarih.*01.05.2024"),
        (time(12), "saat"),
        (timedelta(hours=30), "saat"),
        ("12,345", "ondalık"),
        (12.345, "ondalık"),
    ],
)
def test_not_a_number(cell, why):
    with pytest.raises(CellError, match=why):
        parse_decimal(cell, "tr")
    assert cell is True or show(cell) in in_both(parse_decimal, cell)
