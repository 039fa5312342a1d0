"""A cell holds as much as its file: no text is so long that a pattern looks at it once for each of its letters."""

import pytest

from inventory.cells import CellError, guess_locale, parse_address, parse_date, parse_decimal, parse_integer
from inventory.cells.degrees import parse_degrees

pytestmark = pytest.mark.once

# With 400,000 letters a pattern that begins anew at each of them takes an hour.
LONG = [
    before + letter * 400_000 + "!" for before in ("", "1", "a") for letter in (" ", "1", "a", "(", ". ", "1.", "x ")
]


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_a_long_text_is_refused_at_once(text):
    for parse in (parse_integer, parse_decimal, parse_date):
        with pytest.raises(CellError):
            parse(text, "tr")
    for parse in (parse_degrees, parse_address):
        with pytest.raises(CellError):
            parse(text)
    assert guess_locale([text]) in (None, "tr", "en")
