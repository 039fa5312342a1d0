"""Text and yes/no."""

import re
from datetime import date, time, timedelta

from django.utils.translation import gettext as _

from inventory.cells.cell import BLANK, Cell, CellError, Parsed, is_blank, show
from inventory.cells.number import LARGEST_FLOAT
from inventory.normal import is_scientific
from inventory.search import fold

_YES = frozenset(["evet", "e", "var", "x", "1", "true", "dogru", "yes", "y", "+", "✓", "✔", "☑", "√"])
_NO = frozenset(["hayir", "h", "yok", "0", "false", "yanlis", "no", "n", "☐"])
# What a program leaves of a formula that fails, in any language: "#DIV/0!", "#BAŞV!", "#AD?", "#HATA!".
_FAILED = re.compile(r"#(?:N/A|YOK|[^\W\d_]+(?:/0)?[!?])")
# No database keeps a NUL, and no person sees the others; the tab and the line ends stay.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def parse_code(cell: Cell) -> Parsed:
    """A cell as text whose digits are a key (plates, serials, ada/parsel, shares), with single blanks: there a date is
    Excel's doing ("1/2" typed, 1 February kept) and an error, and so is a number in scientific notation."""
    if isinstance(cell, date | time | timedelta):
        raise CellError(
            _("Excel bu hücreyi tarih ya da saat yapmış (%(cell)s); hücreyi “Metin” yapıp değeri yeniden yazınız.")
            % {"cell": show(cell)}
        )
    parsed = parse_text(cell)
    if not isinstance(cell, str) or parsed.value is None:
        return parsed
    text = " ".join(str(parsed.value).split())
    if is_scientific(text):
        raise CellError(_lost_digits(text))
    return parsed._replace(value=text)


def parse_text(cell: Cell) -> Parsed:
    """A cell as text: whole numbers without ".0", zeros in front kept."""
    if is_blank(cell):
        return BLANK
    if isinstance(cell, bool):
        return Parsed(_("Evet") if cell else _("Hayır"))
    if isinstance(cell, float):
        return Parsed(_float_text(cell))
    if isinstance(cell, date | time | timedelta):
        return Parsed(show(cell))
    text = _CONTROLS.sub("", str(cell)).strip()
    if _FAILED.fullmatch(text):
        raise CellError(
            _("Bu hücrenin formülü hata veriyor (%(cell)s); formülü düzeltiniz ya da değeri yazınız.") % {"cell": text}
        )
    return Parsed(text)


def parse_boolean(cell: Cell) -> Parsed:
    """Yes or no, in the ways that people write them; a blank is neither."""
    if is_blank(cell):
        return BLANK
    if isinstance(cell, bool):
        return Parsed(cell)
    word = fold(show(cell))
    if word in _YES or word in _NO:
        return Parsed(word in _YES)
    raise CellError(_("“%(cell)s” anlaşılmadı; “evet” ya da “hayır” yazınız.") % {"cell": show(cell)})


def _float_text(cell: float) -> str:
    if not abs(cell) < LARGEST_FLOAT:  # also when not a number
        raise CellError(_lost_digits(show(cell)))
    return str(int(cell)) if cell.is_integer() else format(cell, ".15g")


def _lost_digits(text: str) -> str:
    return _(
        "“%(cell)s” Excel’in kısalttığı bir sayı, son rakamları kaybolmuş. Sütunu “Metin” biçimine alıp "
        "numarayı aslından yeniden yazınız."
    ) % {"cell": text}
