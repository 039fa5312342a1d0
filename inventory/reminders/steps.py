"""On which days before and after a date somebody is reminded: "30, 15, 7, 1", and then every so many days."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

# Ten years, and as many steps as anybody reads.
_FURTHEST, _MOST = 3650, 12
#: A step that nobody could send, such as over a feast, is made up for so long after the day itself.
MADE_UP = 14
# Ninety years over: what the column of steps holds. There are no steps after it.
_OLDEST = -32_768


def normal(text: str) -> str:
    """Days before, each once, the furthest first.

    >>> normal("7;30, 15 1 gün"), normal("0")
    ('30, 15, 7, 1', '0')
    """
    words = re.findall(r"[^\s,;]+", text.replace("gün", " "))
    if not words or not all(re.fullmatch(r"\d{1,5}", word, re.ASCII) for word in words):
        sentence = _("“%(text)s” gün sayıları değil. Kaç gün önce hatırlatılacağını “30, 15, 7, 1” gibi yazınız.")
        raise ValueError(sentence % {"text": text.strip()})
    days = sorted({int(word) for word in words}, reverse=True)
    if days[0] > _FURTHEST or len(days) > _MOST:
        sentence = _("“%(text)s”: en çok %(most)d gün sayısı, her biri en çok %(furthest)d olarak yazınız.")
        raise ValueError(sentence % {"text": text.strip(), "most": _MOST, "furthest": _FURTHEST})
    return ", ".join(map(str, days))


def read(text: str) -> list[int]:
    """The days of a text in its normal form."""
    return [int(word) for word in text.split(", ")]


def step_on(day: dt.date, due: dt.date, before: Sequence[int], every: int | None) -> int | None:
    """The newest step that has come by the day, and no other, though some before it were missed: days before `due`,
    below zero days after it; None where none has come or all are over.

    >>> due = dt.date(2026, 3, 31)
    >>> [step_on(due + dt.timedelta(n), due, [30, 7], 7) for n in (-31, -30, -8, -7, 0, 6, 7, 15)]
    [None, 30, 30, 7, 7, 7, -7, -14]
    """
    left = (due - day).days
    if left < 0 and every and -left >= every:
        return max(-(-left // every * every), _OLDEST)
    if left < -MADE_UP and not every:
        return None
    return min((days for days in before if days >= left), default=None)
