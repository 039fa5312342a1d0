"""A Turkish word without the endings that headings and lists carry or leave off as they please."""

import re
from functools import lru_cache

# Folded text: ı, ö and ü are i, o and u here.
_PLURAL = re.compile(r"(?<=\w\w\w)l[ae]r(?:[iu])?$")
# "plaka-sı" after a vowel, "cins-i" after a consonant; "adres" and "adresi" meet in "adre".
_AFTER_VOWEL = re.compile(r"(?<=\w[aeiou])s[iu]?$")
_AFTER_CONSONANT = re.compile(r"(?<=\w[^\W\daeiou_])[iu]$")
# "renk" is "rengi", "sahip" is "sahibi".
_HARD = {"b": "p", "d": "t", "g": "k"}
# One word in all its short forms.
_ONE = {
    word: one
    for one, words in {"no": ("numara", "numar", "num", "nr", "nosu", "nu"), "tarih": ("tar", "trh")}.items()
    for word in words
}


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A folded word without plural and possessive; the same for every spelling, and not always a word.

    >>> stem("cinsi") == stem("cins"), stem("numarasi") == stem("no"), stem("rengi") == stem("renk")
    (True, True, True)
    """
    if word.isdigit():
        return word
    for ending in (_PLURAL, _AFTER_VOWEL, _AFTER_CONSONANT):
        word = ending.sub("", word)
    # "sayısı" has lost one ending and is "sayı", which loses the other.
    word = _AFTER_CONSONANT.sub("", word)
    word = _ONE.get(word, word)
    return word[:-1] + _HARD[word[-1]] if len(word) > 2 and word[-1] in _HARD else word


def stems(key: str) -> str:
    """The words of a folded text by their stems.

    >>> stems("garanti bitisi") == stems("garanti bitis")
    True
    """
    return " ".join(stem(word) for word in key.split())
