import math
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.cells import (
    CellError,
    parse_boolean,
    parse_code,
    parse_text,
)

pytestmark = pytest.mark.once


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


@pytest.mark.parametrize("cell", ["#DIV/0!", "#N/A", " #BAŞV! ", "#YOK", "#SAYI/0!", "#AD?", "#SPILL!", "#HATA!"])
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
        parse_code(cell)
    assert parse_text(cell).value is not None


@given(st.text("0123456789", min_size=1, max_size=30))
def test_zeros_in_front_live(digits):
    assert parse_code(digits).value == digits
