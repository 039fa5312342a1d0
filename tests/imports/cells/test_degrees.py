import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.cells import CellError, parse_degrees

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (29.9187654, 29.9187654),
        (30, 30.0),
        ("29,9187654", 29.9187654),
        ("29.918", 29.918),  # never 29918: a degree is not grouped
        (" 29.918° ", 29.918),
        ("-29,5", -29.5),
        ("29,5 D", 29.5),
        ("29.5B", -29.5),
        ("40° 45' 30\" K", 40.7583333),
        ("40°45'30,5''", 40.7584722),
        ("40° 45′", 40.75),
        ("29.91876543219", 29.9187654),
        ("", None),
        (None, None),
        ("-", None),
    ],
)
def test_degrees_as_people_and_devices_write_them(cell, value):
    assert parse_degrees(cell).value == value


@pytest.mark.parametrize(
    "cell", ["İzmit", "29,9 40,7", "1.234,56", "40°75'", "40°45'75\"", True, "-29 B", "nan", "1e1"]
)
def test_what_is_no_degree_is_refused(cell):
    with pytest.raises(CellError, match="derece değil"):
        parse_degrees(cell)


@given(st.floats(-180, 180).map(lambda d: round(d, 7)), st.sampled_from([".", ","]))
def test_a_degree_comes_back_as_it_was_written(degrees, mark):
    assert parse_degrees(f"{degrees:.7f}".replace(".", mark)).value == degrees


@given(st.text())
def test_any_text_is_a_degree_or_a_sentence(text):
    try:
        parse_degrees(text)
    except CellError as error:
        assert str(error)
