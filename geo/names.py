"""Names of places as people and files spell them, brought to one form in which they can be compared."""

from __future__ import annotations

import re

from inventory.search import fold

_MARKS = re.compile(r"[^0-9a-z ]+")
_BLANKS = re.compile(r"\s+")
# What a place is, written behind its name; the name may as well be nothing else.
_KINDS = ("mahallesi", "mahalle", "mah", "mh", "koyu", "ilcesi", "belediyesi", "belediye baskanligi")


def key(name: str) -> str:
    """One form of a place's name: no case, accents, marks or blanks, and nothing behind it that says what it is.

    >>> key("Yeni Mahalle") == key("YENİ MAH.") == key("yeni")
    True
    """
    words = _MARKS.sub(" ", fold(name).replace("'", "")).split()
    while len(words) > 1 and words[-1] in _KINDS:
        words.pop()
    return "".join(words)
