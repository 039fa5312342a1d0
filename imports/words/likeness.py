"""Which names a text may mean: by whole words, since a likeness of letters alone proposes nonsense."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from math import log

from rapidfuzz import fuzz, process

from imports.words.endings import stem

_WORD = re.compile(r"[^\W_]+")
# From so much on, in per cent, two words are one with a slip of the pen.
_SAME_WORD = 80
# Shorter words are compared as they are: "il" is no slip of "ip".
_SHORT = 3
# So much of what a text says must stand in a name that is proposed.
_ENOUGH = 0.4
# What a word weighs that no name has; one that a single name has weighs 1.
_UNKNOWN = 0.7
# A word that more of the names have than these proposes none of them: each directorate is one.
_TELLING, _TELLING_SHARE = 2, 0.1
# From so much on a text is the name, if no other is like it.
_SURE = 90
_SURE_LETTERS = 5


class Names:
    """Names (folded) among which the nearest to a text are looked for."""

    def __init__(self, names: Sequence[str]):
        self.names = list(names)
        self._words = [_words(name) for name in self.names]

    @cached_property
    def _holders(self) -> dict[str, list[int]]:
        """Word → the places of the names that have it. One that many names have says little."""
        holders = defaultdict(list)
        for place, words in enumerate(self._words):
            for word in words:
                holders[word].append(place)
        return holders

    def nearest(self, text: str, most: int = 3) -> list[int]:
        """The places of the names that share enough words with the text, the nearest first."""
        scores: Counter[int] = Counter()
        candidates: set[int] = set()
        whole, words = 0.0, _words(text)
        for word in words:
            like = self._like(word)
            whole += max(map(self._weight, like), default=_UNKNOWN)
            best: dict[int, float] = {}
            for other, ratio in like.items():
                for place in self._holders[other]:
                    best[place] = max(best.get(place, 0.0), ratio / 100 * self._weight(other))
                if len(self._holders[other]) <= max(_TELLING, _TELLING_SHARE * len(self.names)):
                    candidates.update(self._holders[other])
            scores.update(best)
        enough = [place for place in candidates if scores[place] >= _ENOUGH * whole]
        enough.sort(key=lambda place: (-scores[place], abs(len(self._words[place]) - len(words)), place))
        return enough[:most]

    def _weight(self, word: str) -> float:
        return 1 / (1 + log(len(self._holders[word])))

    def _like(self, word: str) -> dict[str, float]:
        """The words of the names that may be this one, with their likeness."""
        if len(word) < _SHORT or any(letter.isdigit() for letter in word):
            return {word: 100.0} if word in self._holders else {}
        alike = process.extract(word, self._holders.keys(), scorer=fuzz.ratio, limit=None, score_cutoff=_SAME_WORD)
        return {other: ratio for other, ratio, _place in alike if other[0] == word[0] and len(other) >= _SHORT}

    def sure(self, text: str) -> list[int]:
        """The places of the names that are the text but for a slip of the pen, word for word."""
        return [place for place, name in enumerate(self.names) if _is_slip(text, name)]


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(stem(word) for word in _WORD.findall(text)))


def _is_slip(text: str, name: str) -> bool:
    words, others = text.split(), name.split()
    if len(text) < _SURE_LETTERS or len(words) != len(others) or fuzz.ratio(text, name) < _SURE:
        return False
    return all(word == other or _is_slip_in(word, other) for word, other in zip(words, others, strict=True))


def _is_slip_in(word: str, other: str) -> bool:
    has_digits = any(letter.isdigit() for letter in word + other)
    is_short = min(len(word), len(other)) < _SHORT
    return not has_digits and not is_short and word[0] == other[0] and fuzz.ratio(word, other) >= _SAME_WORD
