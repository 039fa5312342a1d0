"""A day with its time: as people write it, as Excel keeps it, and back."""

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.cells import CellError, parse_moment

AT = dt.datetime(2018, 7, 17, 14, 30)


@pytest.mark.parametrize(
    "cell",
    [
        "17.07.2018 14:30", "17.7.2018 14.30", "17/07/2018  14:30:00", "17.07.2018, 14:30", "2018-07-17T14:30",
        "2018-07-17 14:30:00.250", "2018-07-17T14:30:00+03:00", "2018-07-17T11:30:00Z", "17 Temmuz 2018 14:30",
        "17.07.2018 2:30 PM", "17.07.2018 02:30 ös", AT, AT.replace(microsecond=400_000), 43298.604166666664,
        "43298,604166667", "Salı, 17.07.2018 14:30",
    ],
)  # fmt: skip
def test_it_is_read_as_it_is_written(cell):
    assert parse_moment(cell, "tr") == (AT, None)


@pytest.mark.parametrize(
    "cell", ["17.07.2018", dt.date(2018, 7, 17), dt.datetime(2018, 7, 17), 43298, "17 Temmuz 2018"]
)
def test_a_day_without_a_time_is_its_midnight(cell):
    value, warning = parse_moment(cell, "tr")
    assert value == dt.datetime(2018, 7, 17)
    # A cell of Excel's that shows a day holds its midnight.
    assert (warning is None) != isinstance(cell, str)


@pytest.mark.parametrize(
    "cell",
    [
        "17.07.2018 25:00", "17.07.2018 10:61", "14:30", "yarın 14:30", "17.13.2018 10:00", "17.07.2018 14:30 PM",
        "0001-01-01T00:00:00+03:00", "9999-12-31T23:59:59-10:00", dt.time(14, 30), dt.timedelta(hours=3), True,
        "1" * 400, "12.05.2018 " * 40,
    ],
)  # fmt: skip
def test_what_is_none_is_refused(cell):
    with pytest.raises(CellError):
        parse_moment(cell, "tr")


MOMENTS = st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(2199, 12, 31)).map(lambda at: at.replace(microsecond=0))


@given(MOMENTS)
def test_every_second_comes_back(at):
    count = (at - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
    for cell in (f"{at:%d.%m.%Y %H:%M:%S}", at.isoformat(), at.isoformat(" "), f"{at:%d/%m/%Y %H.%M.%S}"):
        assert parse_moment(cell, "tr").value == at
    if count != int(count) and count < 80_000:  # later days are no counts
        assert parse_moment(count, "tr").value == at


@given(st.one_of(st.text(max_size=40), st.floats(), st.integers(), st.datetimes()))
def test_nothing_else_goes_wrong(cell):
    with contextlib.suppress(CellError):
        parse_moment(cell, "tr")
