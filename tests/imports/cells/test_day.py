import math
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.cells import (
    CellError,
    parse_date,
)
from inventory.cells.cell import show
from tests.imports.cells.samples import DAYS, in_both

pytestmark = pytest.mark.once


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
        ("01.04.2013 20:22 ÖS", "2013-04-01"),
        ("01.04.2013 08:22:10 öö", "2013-04-01"),
        ("13.04.2013 8:22 PM", "2013-04-13"),
        ("01/Nis/2013", "2013-04-01"),
        ("01.04.2013 Pazartesi", "2013-04-01"),
        ("Pazartesi, 1 Nisan 2013", "2013-04-01"),
        ("Pzt 01.04.2013", "2013-04-01"),
        ("Monday, April 1, 2013", "2013-04-01"),
        ("01.04.2013.", "2013-04-01"),
        ("1 Nisan 2013.", "2013-04-01"),
    ],
)
def test_date(cell, value):
    assert parse_date(cell, "tr") == (date.fromisoformat(value), None)


@pytest.mark.parametrize(
    "cell, value, words",
    [
        ("17-7-18", "2018-07-17", ["iki haneli", "17.07.2018"]),
        ("17.07.75", "1975-07-17", ["17.07.1975"]),
        ("17.07.30", "1930-07-17", ["17.07.1930"]),
        ("17.07.29", "2029-07-17", ["17.07.2029"]),
        ("4/1/2013 8:22 AM", "2013-04-01", ["01.04.2013", "04.01.2013"]),
        ("43298", "2018-07-17", ["gün sayısı", "17.07.2018"]),
    ],
)
def test_date_that_is_read_with_a_warning(cell, value, words):
    parsed = parse_date(cell, "tr")
    assert parsed.value == date.fromisoformat(value)
    assert all(word in in_both(parse_date, cell) for word in [cell, *words])


@pytest.mark.parametrize(
    "cell, value",
    [("03.04.2024", "2024-04-03"), ("03/04/2024", "2024-03-04"), ("3-4-2024", "2024-03-04")],
)
def test_in_an_english_file_a_date_with_two_readings_warns_of_both(cell, value):
    parsed = parse_date(cell, "en")
    assert parsed.value == date.fromisoformat(value)
    assert all(f"{day} " in in_both(parse_date, cell, "en") for day in ("03.04.2024", "04.03.2024"))


@pytest.mark.parametrize("cell", ["17/07/2018", "07/17/2018", "17.07.2018", "2018-07-17"])
def test_in_an_english_file_a_date_with_one_reading_does_not_warn(cell):
    assert parse_date(cell, "en") == (date(2018, 7, 17), None)


@pytest.mark.parametrize("locale", ["tr", "en"])
def test_a_day_that_is_its_month_has_one_reading(locale):
    assert parse_date("05/05/2024", locale) == (date(2024, 5, 5), None)


@pytest.mark.parametrize(
    "cell, why",
    [
        ("1880", "yalnızca bir yıl.*17.07.1880"),
        (1880.0, "yalnızca bir yıl"),
        (2018, "yalnızca bir yıl"),
        ("31.02.2024", "takvimde yok"),
        ("29.02.2023", "takvimde yok"),
        ("00.00.0000", "takvimde yok"),
        ("07.17.2018", "17. ay yok.*İngilizce"),
        ("12.13.2018", "13. ay yok"),
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
    assert show(cell) in in_both(parse_date, cell)
