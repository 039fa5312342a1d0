"""Labels: the code that a phone reads, the number in plain, what the item is called and whose it is.

As PDF for sheets and rolls, and as ZPL for printers that draw by themselves.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import segno
from django.conf import settings

from inventory.papers.models import LabelFormat

if TYPE_CHECKING:
    from fpdf.fonts import TTFFont

_FONT = settings.NODE_MODULES / "dejavu-fonts-ttf" / "ttf" / "DejaVuSans.ttf"
# Around a code, in its own modules (ISO/IEC 18004).
_QUIET = 4
# Millimetres from a label's edge, and between its code and its text.
_EDGE, _BETWEEN = 1.0, 0.5
_POINT = 25.4 / 72
_NUMBER, _SMALLEST = 13.0, 5.0
# Lines of text stand so far apart, in their own size.
_LEADING = 1.2
# The width of what a roll's printer draws with, in dots for a millimetre (203 dpi).
_DOTS = 8


@dataclass(frozen=True)
class Label:
    number: str
    url: str
    title: str
    unit: str


@dataclass(frozen=True)
class _Box:
    """Millimetres on a page, from its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def code(self) -> _Box:
        """Where the code stands: a square at the left of a wide label, at the top of another."""
        height, width = self.height - 2 * _EDGE, self.width - 2 * _EDGE
        side = min(height, width / 2) if self._is_wide else min(width, height * 0.75)
        return _Box(self.x + _EDGE, self.y + _EDGE, side, side)

    @property
    def _is_wide(self) -> bool:
        return self.width >= 1.4 * self.height

    @property
    def text(self) -> _Box:
        code = self.code
        if self._is_wide:
            taken = _EDGE + code.width + _BETWEEN
            return _Box(self.x + taken, self.y + _EDGE, self.width - taken - _EDGE, self.height - 2 * _EDGE)
        taken = _EDGE + code.height
        return _Box(self.x + _EDGE, self.y + taken, self.width - 2 * _EDGE, self.height - taken - _EDGE)


def _boxes(form: LabelFormat, start: int) -> Iterator[tuple[int, _Box]]:
    """(page, place) of one label after the other, from the position `start` of the first page on."""
    width, height = float(form.label_width), float(form.label_height)
    place = start - 1
    while True:
        page, on_page = divmod(place, form.on_a_page)
        row, column = divmod(on_page, form.across)
        x = float(form.margin_left) + column * (width + float(form.gap_across))
        y = float(form.margin_top) + row * (height + float(form.gap_down))
        yield page, _Box(x, y, width, height)
        place += 1


def pages(form: LabelFormat, count: int, start: int = 1) -> int:
    return -(-(count + start - 1) // form.on_a_page)


def as_pdf(form: LabelFormat, labels: Sequence[Label], start: int = 1) -> bytes:
    """The sheets, the first label at the position `start`, counted by rows from 1."""
    drawing = _Drawing((float(form.page_width), float(form.page_height)))
    for (page, box), label in zip(_boxes(form, start), labels, strict=False):
        while drawing.pdf.page <= page:
            drawing.pdf.add_page()
        drawing.draw(box, label)
    return bytes(drawing.pdf.output())


class _Drawing:
    def __init__(self, page: tuple[float, float]):
        # It brings Pillow and fontTools, which a web process is spared until somebody prints.
        from fpdf import FPDF
        from fpdf.enums import RenderStyle

        self._fill = RenderStyle.F
        # Width and height as they are given, whichever is greater.
        self.pdf = FPDF(unit="mm", format=page)
        self.pdf.set_margin(0)
        self.pdf.set_auto_page_break(False)
        self.pdf.set_title("Etiketler")
        self.pdf.add_font("DejaVu", "", _FONT)
        self.pdf.set_font("DejaVu", size=_NUMBER)
        self._mask: int | None = None

    @property
    def _font(self) -> TTFFont:
        font: TTFFont = self.pdf.current_font  # type: ignore[assignment]  # the only one that was added
        return font

    def draw(self, box: _Box, label: Label) -> None:
        self._code(box.code, label.url)
        text = box.text
        number_size = max(_SMALLEST, min(_NUMBER, self._fitting(label.number, text.width), text.height / 4 / _POINT))
        size = max(_SMALLEST, number_size * 0.65)
        lines = [(number_size, label.number)]
        left = text.height - number_size * _POINT * _LEADING
        most = int(left / (size * _POINT * _LEADING))
        # The unit stands last, whatever there is room for of the name.
        unit = [(size, self._cut(label.unit, size, text.width))] if label.unit and most > 1 else []
        names = self._wrapped(label.title, size, text.width, min(most - len(unit), 3))
        lines += [(size, line) for line in names] + unit
        high = sum(each * _POINT * _LEADING for each, _line in lines)
        y = text.y + max(0.0, (text.height - high) / 2)
        for each, line in lines:
            self.pdf.set_font_size(each)
            self.pdf.text(text.x, y + each * _POINT, line)
            y += each * _POINT * _LEADING

    def _code(self, box: _Box, url: str) -> None:
        self._mask = _best_mask(url) if self._mask is None else self._mask
        rows = _modules(url, self._mask)
        module = box.width / (len(rows) + 2 * _QUIET)
        for n, row in enumerate(rows):
            y = box.y + (_QUIET + n) * module
            for first, length in row:
                # A little higher, so that no printer leaves a hair between two rows.
                self.pdf.rect(box.x + (_QUIET + first) * module, y, length * module, module * 1.02, style=self._fill)

    def _width(self, text: str, size: float) -> float:
        return float(self._font.get_text_width(text, size, None)[1]) * _POINT

    def _fitting(self, text: str, width: float) -> float:
        return width / max(self._width(text, 1.0), 0.01)

    def _cut(self, text: str, size: float, width: float) -> str:
        if self._width(text, size) <= width:
            return text
        letters = bisect_right(range(len(text)), width, key=lambda n: self._width(f"{text[:n]}…", size)) - 1
        return f"{text[: max(letters, 0)].rstrip()}…"

    def _wrapped(self, text: str, size: float, width: float, most: int) -> list[str]:
        """The text in at most so many lines, broken between words."""
        lines: list[str] = []
        words = text.split()
        while words and len(lines) < most:
            line, rest = words[0], words[1:]
            while rest and self._width(f"{line} {rest[0]}", size) <= width:
                line, rest = f"{line} {rest[0]}", rest[1:]
            words = rest
            is_last = len(lines) == most - 1
            lines.append(self._cut(" ".join((line, *words)) if is_last else line, size, width))
        return lines


def _best_mask(url: str) -> int:
    """The mask for codes like this one: to try all eight for each would take four fifths of the time."""
    return int(segno.make_qr(url, error="m", boost_error=False).mask)


def _modules(url: str, mask: int) -> list[list[tuple[int, int]]]:
    """The dark parts of a code, row by row: (first module, how many)."""
    rows = []
    for row in segno.make_qr(url, error="m", boost_error=False, mask=mask).matrix:
        runs, at = [], 0
        for is_dark, same in groupby(row):
            length = len(list(same))
            if is_dark:
                runs.append((at, length))
            at += length
        rows.append(runs)
    return rows


def as_zpl(form: LabelFormat, labels: Sequence[Label]) -> bytes:
    """One label after the other in ZPL II, in UTF-8 (^CI28); for rolls, where a position has no meaning."""
    box = _Box(0, 0, float(form.label_width), float(form.label_height))
    longest = max((label.url for label in labels), key=len, default="")
    module = int(box.code.width * _DOTS / (len(_modules(longest, 0)) + 2 * _QUIET))
    return "".join(_zpl(box, label, max(1, min(10, module))) for label in labels).encode()


def _zpl(box: _Box, label: Label, module: int) -> str:
    text, code = box.text, box.code
    x, y = (int(each * _DOTS) + _QUIET * module for each in (code.x, code.y))
    parts = [
        f"^XA^CI28^PW{box.width * _DOTS:.0f}^LL{box.height * _DOTS:.0f}",
        # A printer puts a code ten dots lower than its address says.
        f"^FO{x},{max(0, y - 10)}^BQN,2,{module}^FH_^FDMA,{_escaped(label.url)}^FS",
    ]
    high = max(16, min(40, int(text.height * _DOTS / 4)))
    top, bottom = int(text.y * _DOTS), int((text.y + text.height) * _DOTS)
    for words, size, lines in (
        (label.number, high, 1),
        (label.title, high * 2 // 3, 2),
        (label.unit, high * 2 // 3, 1),
    ):
        if words and top + size * lines <= bottom:
            field = f"^A0N,{size},{size}^FB{text.width * _DOTS:.0f},{lines}^FH_^FD{_escaped(words)}^FS"
            parts.append(f"^FO{text.x * _DOTS:.0f},{top}{field}")
            top += int(size * lines * _LEADING)
    return "".join((*parts, "^XZ\n"))


def _escaped(text: str) -> str:
    """So that nothing in a text is a command to the printer, nor the mark of an escape."""
    return "".join(f"_{ord(c):02X}" if c in "^~_\\" else c for c in " ".join(text.split()))
