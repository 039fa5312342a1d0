import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.cells import (
    CellError,
    guess_locale,
    is_blank,
    parse_boolean,
    parse_date,
    parse_decimal,
    parse_integer,
    parse_text,
)

NBSP, NARROW = "\u00a0", "\u202f"
MONEY = st.decimals(-(10**12), 10**12, places=2)
DAYS = st.dates(date(1800, 1, 1), date(2200, 12, 31))


def turkish(number):
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,"))


# Numbers


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
    ],
)
def test_decimal(cell, value):
    if value is None:
        with pytest.raises(CellError, match="ondalık"):
            parse_decimal(cell, "tr")
        assert parse_decimal(cell, "tr", places=3).value == Decimal("0.554")
    else:
        assert parse_decimal(cell, "tr") == (Decimal(value), None)


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


def test_in_a_column_of_whole_numbers_only_one_reading_is_whole():
    assert parse_integer("9.336", "tr") == (9336, None)
    assert "10000" in parse_integer("10.000", "tr").warning
    with pytest.raises(CellError, match=r"9,336 demek.*9336 ise"):
        parse_integer("9.336", "en")
    with pytest.raises(CellError, match="tam sayı"):
        parse_integer("214.87", "tr")


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


# Dates


@given(
    DAYS,
    st.sampled_from(["{:%d.%m.%Y}", "{:%Y-%m-%d}", "{:%Y-%m-%d} 00:00:00", "{:%Y-%m-%dT%H:%M:%SZ}", "{:%d/%m/%Y}"]),
)
def test_every_usual_way_of_writing_a_date(day, written):
    text = written.format(datetime(day.year, day.month, day.day))
    if day.year >= 1000:
        assert parse_date(text, "tr") == (day, None)


@given(st.dates(date(1900, 1, 1), date(2118, 12, 31)))
def test_excel_day_numbers(day):
    number = (day - date(1899, 12, 30)).days - (day < date(1900, 3, 1))
    if 1800 <= number <= 2200:
        with pytest.raises(CellError, match="yalnızca bir yıl"):
            parse_date(float(number), "tr")
        return
    assert parse_date(float(number), "tr") == (day, None)
    assert parse_date(number + 0.75, "tr") == (day, None)
    assert parse_date(str(number), "tr").value == day


@pytest.mark.parametrize(
    "cell, value",
    [
        (date(2018, 7, 17), "2018-07-17"),
        (datetime(2018, 7, 17, 14, 30), "2018-07-17"),
        (43298, "2018-07-17"),
        (20180717.0, "2018-07-17"),
        ("17.07.2018", "2018-07-17"),
        ("17/7/2018", "2018-07-17"),
        ("17 . 07 . 2018", "2018-07-17"),
        ("17.07.2018 09:15", "2018-07-17"),
        ("2018-07-17 00:00:00", "2018-07-17"),
        ("2018-07-17T10:20:30.5+03:00", "2018-07-17"),
        ("2018/7/17", "2018-07-17"),
        ("20180717", "2018-07-17"),
        ("17 Temmuz 2018", "2018-07-17"),
        ("17 TEM 2018", "2018-07-17"),
        ("1 Şubat 2018", "2018-02-01"),
        ("3 EYLÜL 2018", "2018-09-03"),
        ("Jul 17, 2018", "2018-07-17"),
        ("29.02.2024", "2024-02-29"),
        ("03.04.2024", "2024-04-03"),
    ],
)
def test_date(cell, value):
    assert parse_date(cell, "tr") == (date.fromisoformat(value), None)


@pytest.mark.parametrize(
    "cell, value, words",
    [
        ("17-7-18", "2018-07-17", ["iki haneli", "17.07.2018"]),
        ("17.07.75", "1975-07-17", ["17.07.1975"]),
        ("43298", "2018-07-17", ["gün sayısı", "17.07.2018"]),
    ],
)
def test_date_that_is_read_with_a_warning(cell, value, words):
    parsed = parse_date(cell, "tr")
    assert parsed.value == date.fromisoformat(value)
    assert all(word in parsed.warning for word in words)


@pytest.mark.parametrize(
    "cell, value",
    [("03.04.2024", "2024-04-03"), ("03/04/2024", "2024-03-04"), ("3-4-2024", "2024-03-04")],
)
def test_in_an_english_file_a_date_with_two_readings_warns_of_both(cell, value):
    parsed = parse_date(cell, "en")
    assert parsed.value == date.fromisoformat(value)
    assert "03.04.2024" in parsed.warning and "04.03.2024" in parsed.warning


@pytest.mark.parametrize("cell", ["17/07/2018", "07/17/2018", "17.07.2018", "2018-07-17"])
def test_in_an_english_file_a_date_with_one_reading_does_not_warn(cell):
    assert parse_date(cell, "en") == (date(2018, 7, 17), None)


@pytest.mark.parametrize(
    "cell, why",
    [
        ("1880", "yalnızca bir yıl.*17.07.1880"),
        (1880.0, "yalnızca bir yıl"),
        (2018, "yalnızca bir yıl"),
        ("31.02.2024", "takvimde yok"),
        ("29.02.2023", "takvimde yok"),
        ("00.00.0000", "takvimde yok"),
        ("07.17.2018", "17. ay yok"),
        ("17.07.1799", "1800 ile 2200"),
        (date(2201, 1, 1), "1800 ile 2200"),
        ("17.07.0018", "1800 ile 2200"),
        ("Temmuz 2018", "tarih değil"),
        ("17 Foo 2018", "tarih değil"),
        ("17.07", "tarih değil"),
        ("17.07/2018", "tarih değil"),
        ("dün", "tarih değil"),
        (60, "tarih değil"),
        (0, "tarih değil"),
        (-5, "tarih değil"),
        (80_001, "tarih değil"),
        (math.nan, "tarih değil"),
        (True, "tarih değil"),
        (time(12), "tarih değil"),
        (timedelta(days=2), "tarih değil"),
    ],
)
def test_not_a_date(cell, why):
    with pytest.raises(CellError, match=why):
        parse_date(cell, "tr")


# Yes and no, text


@pytest.mark.parametrize("cell", ["Evet", "EVET", "var", "E", "x", "X", "1", 1, 1.0, "true", True, "Doğru", "✓", "yes"])
def test_yes(cell):
    assert parse_boolean(cell).value is True


@pytest.mark.parametrize("cell", ["Hayır", "HAYIR", "hayir", "yok", "YOK", "H", "0", 0, 0.0, "false", False, "no"])
def test_no(cell):
    assert parse_boolean(cell).value is False


@pytest.mark.parametrize("cell", ["belki", 2, 0.5, date(2024, 1, 1), "evet hayır"])
def test_neither_yes_nor_no(cell):
    with pytest.raises(CellError, match="“evet” ya da “hayır” yazınız"):
        parse_boolean(cell)


@pytest.mark.parametrize(
    "cell, text",
    [
        (123.0, "123"),
        (123, "123"),
        (0.1 + 0.2, "0.3"),
        ("000123", "000123"),
        ("  Abdi İpekçi ", "Abdi İpekçi"),
        ("satır\nsonu", "satır\nsonu"),
        ("a\x00b\x1fc", "abc"),
        (date(2018, 7, 17), "17.07.2018"),
        (datetime(2018, 7, 17, 9, 5), "17.07.2018 09:05"),
        (999999999999999.0, "999999999999999"),
    ],
)
def test_text(cell, text):
    assert parse_text(cell) == (text, None)


@pytest.mark.parametrize("cell", ["#DIV/0!", "#N/A", " #BAŞV! ", "#YOK"])
def test_a_formula_that_fails_is_no_text(cell):
    with pytest.raises(CellError, match="formülü hata veriyor"):
        parse_text(cell)
    assert parse_text("#yok sokak").value == "#yok sokak"


@pytest.mark.parametrize("cell", [6.37702e15, 1e15, math.nan])
def test_a_number_that_lost_its_digits_is_no_text(cell):
    with pytest.raises(CellError, match=r"kaybolmuş.*Metin"):
        parse_text(cell)


@pytest.mark.parametrize("cell, why", [("6.37702E+15", "kaybolmuş"), (date(2024, 2, 1), "01.02.2024.*Metin")])
def test_a_code_that_excel_has_changed_is_an_error(cell, why):
    with pytest.raises(CellError, match=why):
        parse_text(cell, code=True)
    assert parse_text(cell).value is not None


@given(st.text("0123456789", min_size=1, max_size=30))
def test_zeros_in_front_live(digits):
    assert parse_text(digits, code=True).value == digits


# Anything at all


@given(
    st.text()
    | st.text("0123456789.,-()/:% TLm²E+")
    | st.floats()
    | st.integers()
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas(),
    st.sampled_from(["tr", "en"]),
)
def test_every_cell_is_a_value_or_a_sentence(cell, locale):
    parsers = (
        lambda: parse_integer(cell, locale),
        lambda: parse_decimal(cell, locale),
        lambda: parse_date(cell, locale),
        lambda: parse_boolean(cell),
        lambda: parse_text(cell),
        lambda: parse_text(cell, code=True),
    )
    for parse in parsers:
        try:
            value, warning = parse()
        except CellError as error:
            assert str(error).endswith(".")
        else:
            assert warning is None or warning.endswith(".")
            assert value is None or isinstance(value, int | Decimal | date | bool | str)


# The locale of a column


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
