"""Cells that fill two columns: "123/4" is block and parcel, "1/2" a share, "Ford Cargo" make and trade name."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from inventory import normal
from inventory.registers import Register
from inventory.search import fold


@dataclass(frozen=True)
class Composite:
    """Headings (folded, without marks) under which one cell fills several columns.

    `split` raises ValueError with a sentence for the user.
    """

    columns: tuple[str, ...]
    headings: tuple[str, ...]
    split: Callable[[str], tuple[object, ...]]


# Makes of two words, which would else be cut after the first.
_TWO_WORDS = ("alfa romeo", "aston martin", "land rover", "range rover", "new holland", "john deere", "massey ferguson",
              "hewlett packard", "western digital")  # fmt: skip
_BETWEEN = re.compile(r"\s*/\s*|\s+[-–]\s+")


def make_and_model(text: str) -> tuple[str, str]:
    """The make and what follows it: at a mark between them, else after the first word.

    >>> make_and_model("Ford Cargo 2528"), make_and_model("Mercedes-Benz / Actros")
    (('Ford', 'Cargo 2528'), ('Mercedes-Benz', 'Actros'))
    """
    make, mark, model = _split(_BETWEEN, text)
    if not mark:
        words = text.split()
        first = 2 if fold(" ".join(words[:2])) in _TWO_WORDS else 1
        make, model = " ".join(words[:first]), " ".join(words[first:])
    return make, model


def _split(between: re.Pattern[str], text: str) -> tuple[str, str, str]:
    mark = between.search(text)
    return (text[: mark.start()], mark[0], text[mark.end() :]) if mark else (text, "", "")


_MAKE_AND_MODEL = ("marka model", "marka modeli", "marka ve model", "markasi modeli", "make model")
_ALL = (
    Composite(("block", "parcel"), ("ada parsel", "ada parsel no", "block parcel"), normal.parcel),
    Composite(
        ("make", "trade_name"), (*_MAKE_AND_MODEL, "marka tipi", "marka tip", "marka ticari adi"), make_and_model
    ),
    Composite(("make", "model"), _MAKE_AND_MODEL, make_and_model),
    Composite(
        ("share_numerator", "share_denominator"),
        ("hisse", "hisse orani", "hisse pay payda", "pay payda", "share"),
        normal.share,
    ),
)


def composites(register: Register) -> list[Composite]:
    """Those whose columns the register has."""
    return [one for one in _ALL if set(one.columns) <= set(register.columns)]
