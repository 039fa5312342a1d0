"""Whole and decimal numbers, exactly: Decimal all the way, no rounding.

Two marks in a number name each other ("1.234,56" and "4,572.83" are read alike in any locale). One mark with
three digits after it can group thousands or begin the decimals; then the locale decides and a warning says so.
"""

import re
from datetime import date, time, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.cells.cell import BLANK, Cell, CellError, Locale, Parsed, is_blank, show
from inventory.normal import is_scientific

# From here on, a float no longer holds every digit that was typed.
LARGEST_FLOAT = 1e15
# How far from the nearest decimal a float may be and still mean it: what summing thousands of cells leaves.
_FLOAT_NOISE = Decimal("1e-12")
# More is a typing error, and would leave the 28 digits in which Decimal counts exactly.
_MOST_DIGITS = 18

_DECIMAL_MARK = {"tr": ",", "en": "."}
_OTHER_MARK = {",": ".", ".": ","}
_MONEY = r"(?:₺|TL|TRY|%)?\s*"
_UNIT = r"\s*(?:₺|TL\.?|TRY|%|m²|m2|adet)?"
# "5-" is how accounting programs write -5; "250,-" and "1.250,00.-TL" is how officials close an amount.
_NUMBER = re.compile(
    rf"{_MONEY}(\()?\s*([-−+]?)\s*{_MONEY}([0-9.,](?:[0-9., ]*[0-9])?)\s*([.,]?-)?{_UNIT}\s*(\))?{_UNIT}",
    re.IGNORECASE,
)
_FOREIGN_MONEY = re.compile(r"[€$£]|\b(?:EUR|EURO|USD|GBP)\b", re.IGNORECASE)
_PLAIN = re.compile(r"[0-9]+")
_DIGITS_OR_NONE = re.compile(r"[0-9]*")


def parse_integer(cell: Cell, locale: Locale) -> Parsed:
    """A whole number as int; "10.554" is 10554 where "." groups thousands, and no other reading is whole."""
    if type(cell) is int:
        return Parsed(cell)
    number, other = _read(cell, locale, places=0)
    if number is None:
        return BLANK
    if number != number.to_integral_value():
        raise CellError(_not_whole(cell, number, other))
    if other is not None and other == other.to_integral_value():
        return Parsed(int(number), _two_readings(cell, number, other))
    return Parsed(int(number))


def parse_decimal(cell: Cell, locale: Locale, places: int = 2) -> Parsed:
    """A number as Decimal with exactly `places` places; more places in the cell are an error, not rounded."""
    number, other = _read(cell, locale, places)
    if number is None:
        return BLANK
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        raise CellError(_too_fine(cell, number, other, places))
    exact = number.quantize(Decimal(1).scaleb(-places))
    return Parsed(exact, None if other is None else _two_readings(cell, number, other))


def _read(cell: Cell, locale: Locale, places: int) -> tuple[Decimal | None, Decimal | None]:
    """The number and, where the cell can be read in two ways, the other one."""
    if cell is None or is_blank(cell):
        return None, None
    if isinstance(cell, bool):
        raise CellError(_("Burada evet/hayır değil, bir sayı olmalı; sayıyı yazınız."))
    if isinstance(cell, int | float):
        return _read_number(cell, places), None
    if isinstance(cell, date | time | timedelta):
        raise CellError(
            _(
                "Excel bu hücreyi tarih ya da saat yapmış (%(cell)s); hücre biçimini “Sayı” yapıp sayıyı "
                "yeniden yazınız."
            )
            % {"cell": show(cell)}
        )
    return _read_text(cell, locale)


def _read_number(cell: int | float, places: int) -> Decimal:
    if not abs(cell) < LARGEST_FLOAT:  # also when it is "not a number"
        raise CellError(
            _("%(cell)s sayısının son rakamları Excel’de kaybolmuş; hücreyi “Metin” yapıp sayıyı yeniden yazınız.")
            % {"cell": show(cell)}
        )
    if cell == int(cell):
        return Decimal(int(cell))
    # 15 digits are what a float keeps of any number typed; the rest is noise (0.1 + 0.2).
    number = Decimal(format(cell, ".15g"))
    nearest = round(number, places)
    return nearest if abs(number - nearest) <= abs(number) * _FLOAT_NOISE else number


def _read_text(cell: str, locale: Locale) -> tuple[Decimal, Decimal | None]:
    text = " ".join(cell.split())
    if is_scientific(text):
        raise CellError(
            _("“%(cell)s” bilimsel gösterimle yazılmış; sayıyı bütün rakamlarıyla yazınız.") % {"cell": show(cell)}
        )
    if _FOREIGN_MONEY.search(text):
        raise CellError(_("“%(cell)s” Türk lirası değil; tutarı TL olarak yazınız.") % {"cell": show(cell)})
    number = other = None
    if match := _NUMBER.fullmatch(text):
        opened, sign, digits, after, closed = match.groups()
        minuses = [bool(opened), sign in ("-", "−"), after == "-"]
        if sum(minuses) <= 1 and bool(opened) == bool(closed) and sum(map(str.isdigit, digits)) <= _MOST_DIGITS:
            number, other = _read_digits(digits, locale)
    if number is None:
        raise CellError(_("“%(cell)s” bir sayı değil; yalnızca sayıyı “1.234,56” gibi yazınız.") % {"cell": show(cell)})
    if any(minuses):
        return -number, None if other is None else -other
    return number, other


def _read_digits(digits: str, locale: Locale) -> tuple[Decimal | None, Decimal | None]:
    """The number and the other reading, both None when the marks make no sense."""
    if _PLAIN.fullmatch(digits):
        return Decimal(digits), None
    marks = [c for c in digits if c in ".,"]
    if " " in digits:  # blanks group, so a mark can only begin the decimals
        return _grouped(digits, " ", marks[0] if marks else ","), None
    if len(set(marks)) == 2:
        return _grouped(digits, _OTHER_MARK[marks[-1]], marks[-1]), None
    if not marks:
        return None, None
    as_grouped = _grouped(digits, marks[0], _OTHER_MARK[marks[0]])
    as_decimal = _grouped(digits, _OTHER_MARK[marks[0]], marks[0])
    if as_decimal is None or as_grouped is None:
        return (as_grouped if as_decimal is None else as_decimal), None
    return (as_decimal, as_grouped) if marks[0] == _DECIMAL_MARK[locale] else (as_grouped, as_decimal)


def _grouped(digits: str, group: str, decimal: str) -> Decimal | None:
    """The number when `group` separates thousands and `decimal` begins the decimals; None if they do not."""
    whole, mark, rest = digits.partition(decimal)
    first, *groups = whole.split(group)
    if groups and (not 1 <= len(first) <= 3 or first.startswith("0") or any(len(g) != 3 for g in groups)):
        return None
    plain = first + "".join(groups)
    if not _DIGITS_OR_NONE.fullmatch(plain) or not (_PLAIN if mark else _DIGITS_OR_NONE).fullmatch(rest):
        return None
    return Decimal(f"{plain or '0'}.{rest or '0'}")


def _show(number: Decimal) -> str:
    """The number with Turkish marks, for a message."""
    return f"{number.normalize():f}".replace(".", ",")


def _two_readings(cell: Cell, number: Decimal, other: Decimal) -> str:
    return _("“%(cell)s” hem %(first)s hem %(second)s olabilir; %(first)s okundu. Yanlışsa hücreyi düzeltiniz.") % {
        "cell": show(cell),
        "first": _show(number),
        "second": _show(other),
    }


def _not_whole(cell: Cell, number: Decimal, other: Decimal | None) -> str:
    if other is None:
        return _("“%(cell)s” tam sayı değil; virgülsüz bir sayı yazınız.") % {"cell": show(cell)}
    return _("“%(cell)s” %(first)s okunuyor, ama tam sayı olmalı; %(second)s ise öyle yazınız.") % {
        "cell": show(cell),
        "first": _show(number),
        "second": _show(other),
    }


def _too_fine(cell: Cell, number: Decimal, other: Decimal | None, places: int) -> str:
    if other is not None:
        return _(
            "“%(cell)s” %(first)s okunuyor ve en çok %(places)d ondalık basamak olabilir; %(second)s demekse "
            "öyle yazınız, değilse yuvarlayınız."
        ) % {"cell": show(cell), "first": _show(number), "second": _show(other), "places": places}
    return _("“%(cell)s” en çok %(places)d ondalık basamak taşıyabilir; sayıyı kendiniz yuvarlayınız.") % {
        "cell": show(cell),
        "places": places,
    }
