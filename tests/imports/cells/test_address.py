import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory import registers
from inventory.cells import CellError, parse_address
from tests.rows import row, unit


@pytest.mark.parametrize(
    ("cell", "value", "warned"),
    [
        ("10.1.20.30", "10.1.20.30", False),
        (" 10. 1. 20. 30 ", "10.1.20.30", False),
        ("192.168.001.010", "192.168.1.10", True),  # padded, not octal
        (192168110100, "192.168.110.100", True),  # what Excel in Turkish makes of 192.168.110.100
        (10168110100.0, "10.168.110.100", True),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1", False),
        ("", None, False),
        ("-", None, False),
        (None, None, False),
    ],
)
def test_addresses_as_people_and_excel_write_them(cell, value, warned):
    parsed = parse_address(cell)
    assert parsed.value == value and bool(parsed.warning) == warned
    assert not warned or value in parsed.warning


@pytest.mark.parametrize(
    "cell",
    ["10.1.20", "10.1.20.256", "10.1.20.30/24", "10.1.20.30:80", "fe80::1%eth0", "DHCP", True, 192.168, 10_120, -1,
     999_999_999_999, float("nan"), float("inf"), "1.92168E+11"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_an_example(cell):
    with pytest.raises(CellError, match=r"10\.1\.20\.30"):
        parse_address(cell)


@given(st.ip_addresses())
def test_every_address_is_read_in_any_of_its_spellings(address):
    for text in (str(address), address.exploded, str(address).upper()):
        assert parse_address(text) == (str(address), None)


@given(st.ip_addresses(v=4))
def test_padding_changes_nothing(address):
    assert parse_address(".".join(part.zfill(3) for part in str(address).split("."))).value == str(address)


@given(st.text() | st.floats() | st.integers() | st.dates())
def test_any_cell_is_an_address_or_a_sentence(cell):
    try:
        value = parse_address(cell).value
    except CellError as error:
        assert str(error).endswith(".")
    else:
        assert value is None or parse_address(value) == (value, None)


@pytest.mark.django_db
def test_a_sheet_finds_the_same_device_however_its_address_is_typed(checked):
    network, here = registers.get("network"), unit("Bilgi İşlem Dairesi Başkanlığı")
    device = row(network, here, ip_address="192.168.110.100")
    for cell in ("192.168.110.100", 192168110100, "192. 168. 110. 100"):
        batch = checked(network, [["Envanter no", "IP adresi"], [device.inventory_no, cell]])
        assert (batch.counts["unchanged"], batch.counts["errors"]) == (1, 0), cell
