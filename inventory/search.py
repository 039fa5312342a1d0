"""Turkish text: folded for finding, keyed for sorting. One form on SQLite and PostgreSQL."""

import re
import unicodedata
from functools import lru_cache
from typing import Any, overload

from django.db.backends.signals import connection_created
from django.db.models import BooleanField, Expression, F, Func, Q, QuerySet, Subquery, TextField
from django.dispatch import receiver
from django.utils.translation import get_language

#: What rows are ordered by, or compared with.
Term = F | Expression | Subquery

# str.lower() is no help: 'İ'.lower() is two characters and 'I'.lower() is not 'ı'.
# Word and Excel put dashes of their own in place of "-".
# Of other accents those that makes and names have: PostgreSQL folds letter by letter what `fold` takes apart.
_LETTERS = "İIıŞşĞğÜüÖöÇçÂâÎîÛû‐‑‒–—−" + "ÉéËëÈèÊêÁáÀàÄäÃãÅåÍíÌìÏïÓóÒòÔôÕõÚúÙùÑñÝýŠšŽžČčŘř"
_PLAIN = "iiissgguuooccaaiiuu------" + "eeeeeeeeaaaaaaaaaaiiiiiioooooooouuuunnyysszzccrr"
_FOLDS = str.maketrans(_LETTERS, _PLAIN)
# What stands in a text and nobody sees: soft hyphens, blanks of no width, marks of direction.
_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"

# The 29 letters; q, w and x stand where Turkish dictionaries put them.
_ALPHABET = "aâbcçdefgğhıiîjklmnoöpqrsştuûüvwxyz"
# Sorting keys keep digits and punctuation before letters and give letters code points in alphabet order.
_KEYS = str.maketrans(
    {
        form: chr(0x100 + place)
        for place, letter in enumerate(_ALPHABET)
        for form in (letter, {"i": "İ", "ı": "I"}.get(letter, letter.upper()))
    }
)


def fold(text: object) -> str:
    """The form in which texts are compared: no case, no accents, single blanks, nothing that is not seen.

    >>> fold("İZMİT  Çınar\u200blı")
    'izmit cinarli'
    """
    plain = str(text)
    if plain.isascii():
        return " ".join(plain.lower().split())
    plain = plain.translate(_FOLDS)
    if not plain.isascii():
        letters = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in letters if not _is_no_letter(c)).translate(_FOLDS)
    return " ".join(plain.casefold().split())


def _is_no_letter(character: str) -> bool:
    """A mark on the letter before it, or what nobody sees (Cf: a format character)."""
    return unicodedata.combining(character) != 0 or unicodedata.category(character) == "Cf"


def capital(text: object) -> str:
    """The text with its first letter capital, as the active language has it: "ilçe" is "İlçe" in Turkish."""
    message = str(text)
    if message[:1] == "i" and (get_language() or "").startswith("tr"):
        return f"İ{message[1:]}"
    return message[:1].upper() + message[1:]


@overload
def turkish_key(text: str) -> str: ...
@overload
def turkish_key(text: None) -> None: ...
def turkish_key(text: str | None) -> str | None:
    """A text whose plain order is the Turkish alphabet's; None stays None."""
    return None if text is None else text.translate(_KEYS)


class _Turkish(Func):
    """A text in Turkish order: an ICU collation on PostgreSQL, our key function on SQLite."""

    output_field = TextField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="turkish_key", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template='(%(expressions)s) COLLATE "tr-x-icu"', **extra)


def turkish(text: str | Term) -> Func:
    """An expression to order by: `queryset.order_by(turkish("name"))`."""
    return _Turkish(F(text) if isinstance(text, str) else text)


@receiver(connection_created)
def _teach_sqlite(connection: Any, **_: object) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function("turkish_key", 1, turkish_key, deterministic=True)
        connection.connection.create_function("has_words", 2, _has_words, deterministic=True)
        connection.connection.create_function("begins_words", 2, begins_words, deterministic=True)
        connection.connection.create_function("turkish_fold", 1, _fold_or_none, deterministic=True)


def _fold_or_none(text: str | None) -> str | None:
    return None if text is None else fold(text)


# More is a text that was pasted by mistake, and more than a database takes for one condition.
LONGEST, MOST_WORDS = 1_000, 50


@lru_cache(maxsize=256)
def words(query: str) -> tuple[str, ...]:
    return tuple(fold(query).split())


def matching(queryset: QuerySet[Any], query: str) -> QuerySet[Any]:
    """The rows whose `search_text` has every word of the query, anywhere; none for what is no search any more."""
    return queryset.none() if is_none(query) else queryset.filter(condition(query))


def is_none(query: str) -> bool:
    """Whether the text is no search any more, but something pasted."""
    return len(query) > LONGEST or len(set(words(query))) > MOST_WORDS


def condition(query: str) -> Q:
    """Every word of the query stands in the row's `search_text`."""
    every = Q()
    for word in dict.fromkeys(words(query)):
        has = Q()
        for form in _forms(word):
            has |= Q(search_text__contains=form)
        every &= has
    return every


def _forms(word: str) -> list[str]:
    """ "41-ABC-123" is how some write a plate."""
    closed = word.replace("-", "")
    return [word, closed] if closed != word else [word]


class HasWords(Func):
    """Whether a folded text has every word of the query, as `condition` asks of a column. A text that is dear to
    compute is computed once, where a condition for each word computes it for each."""

    output_field = BooleanField()
    sqlite_function, before = "has_words", ""

    def __init__(self, text: Term, query: str):
        super().__init__(text)
        self._query = query

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        text, params = compiler.compile(self.get_source_expressions()[0])
        return f"{self.sqlite_function}({text}, %s)", [*params, self._query]

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        text, params = compiler.compile(self.get_source_expressions()[0])
        patterns = [f"{self.before}({'|'.join(map(re.escape, _forms(word)))})" for word in words(self._query)]
        return f"({text}) ~ ALL(%s)", [*params, patterns]


class BeginsWords(HasWords):
    """Whether every word of the query begins one of the text's: "arsa" stands in "marsal", and is not meant by it."""

    sqlite_function, before = "begins_words", "(^|[^a-z0-9])"


def _has_words(text: str | None, query: str) -> bool:
    return text is not None and all(any(form in text for form in _forms(word)) for word in words(query))


def begins_words(text: str | None, query: str) -> bool:
    """The same of a text that is folded."""
    return text is not None and all(pattern.search(text) for pattern in _beginnings(query))


@lru_cache(maxsize=256)
def _beginnings(query: str) -> list[re.Pattern[str]]:
    return [re.compile(f"(?<![a-z0-9])(?:{'|'.join(map(re.escape, _forms(word)))})") for word in words(query)]


class _Folded(Func):
    """A column folded by the database itself, for the rare filter on one text column."""

    output_field = TextField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="turkish_fold", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        # Letters without a counterpart are left out.
        template = f"lower(translate((%(expressions)s)::text, '{_LETTERS}{_UNSEEN}', '{_PLAIN}'))"
        return self.as_sql(compiler, connection, template=template, **extra)


def folded(text: str | Term) -> Func:
    """A text, or the column of this name, as `fold` would leave it, but for runs of blanks and rare accents."""
    return _Folded(F(text) if isinstance(text, str) else text)
