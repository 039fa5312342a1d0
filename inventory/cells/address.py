"""Addresses in a network, IPv4 and IPv6, in the one form in which they are kept."""

import re
from ipaddress import ip_address

from django.utils.translation import gettext as _

from inventory.cells.cell import BLANK, Cell, CellError, Parsed, is_blank, show

_PADDED = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}", re.ASCII)
# As columns of a printed list stand below each other: "10.  0.  0.  1".
# An address has at most 39 characters; what is cut off here makes none of a longer text.
_LONGEST = 200
_BLANKS = re.compile(r"\s*([.:])\s*")


def parse_address(cell: Cell) -> Parsed:
    """An address as text: "10.1.20.30", "2001:db8::1".

    Excel in Turkish takes "192.168.110.100" for the number 192168110100, whose groups of three give the address
    back. Zeros in front of a part are padding, though some programs read them as octal: both come with a warning.
    """
    if is_blank(cell):
        return BLANK
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_number(cell)
    text = _BLANKS.sub(r"\1", cell.strip()[:_LONGEST]) if isinstance(cell, str) else ""
    plain = ".".join(part.lstrip("0") or "0" for part in text.split(".")) if _PADDED.fullmatch(text) else text
    try:
        address = str(ip_address(plain))
    except ValueError:
        raise _no_address(cell) from None
    if "%" in address:  # the name of a network card, which means something on one machine only
        raise _no_address(cell)
    return Parsed(address, None if plain == text else _read_as(cell, address))


def _from_number(cell: int | float) -> Parsed:
    digits = f"{cell:,.0f}" if cell == cell and abs(cell) < 10**12 and cell == int(cell) else ""
    try:
        address = str(ip_address(digits.replace(",", ".")))
    except ValueError:
        raise _no_address(cell) from None
    return Parsed(address, _read_as(cell, address))


def _no_address(cell: Cell) -> CellError:
    return CellError(
        _("“%(cell)s” bir IP adresi değil; yalnızca adresi “10.1.20.30” gibi yazınız.") % {"cell": show(cell)}
    )


def _read_as(cell: Cell, address: str) -> str:
    return _("“%(cell)s” %(address)s olarak okundu. Yanlışsa hücreyi “Metin” yapıp adresi yeniden yazınız.") % {
        "cell": show(cell),
        "address": address,
    }
