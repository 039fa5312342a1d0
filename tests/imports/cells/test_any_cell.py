from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.cells import (
    CellError,
    parse_boolean,
    parse_code,
    parse_date,
    parse_decimal,
    parse_integer,
    parse_text,
)

pytestmark = pytest.mark.once


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
        lambda: parse_code(cell),
    )
    for parse in parsers:
        try:
            value, warning = parse()
        except CellError as error:
            assert str(error).endswith(".")
        else:
            assert warning is None or warning.endswith(".")
            assert value is None or isinstance(value, int | Decimal | date | bool | str)
