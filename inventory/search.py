"""Turkish text: folded for finding, keyed for sorting. One form on SQLite and PostgreSQL."""

import unicodedata
from functools import lru_cache

from django.db.backends.signals import connection_created
from django.db.models import F, Func, Q, QuerySet, TextField
from django.dispatch import receiver
from django.utils.translation import get_language

# str.lower() is no help: 'İ'.lower() is two characters and 'I'.lower() is not 'ı'.
_LETTERS, _PLAIN = "İIıŞşĞğÜüÖöÇçÂâÎîÛû", "iiissgguuooccaaiiuu"
_FOLDS = str.maketrans(_LETTERS, _PLAIN)

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
    """The form in which texts are compared: no case, no accents, single blanks.

    >>> fold("İZMİT  Çınarlı")
    'izmit cinarli'
    """
    plain = str(text)
    if plain.isascii():
        return " ".join(plain.lower().split())
    plain = plain.translate(_FOLDS)
    if not plain.isascii():
        letters = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in letters if not unicodedata.combining(c)).translate(_FOLDS)
    return " ".join(plain.lower().split())


def capital(text: object) -> str:
    """The text with its first letter capital, as the active language has it: "ilçe" is "İlçe" in Turkish."""
    told = str(text)
    if told[:1] == "i" and (get_language() or "").startswith("tr"):
        return f"İ{told[1:]}"
    return told[:1].upper() + told[1:]


def turkish_key(text: str | None) -> str | None:
    """A text whose plain order is the Turkish alphabet's; None stays None."""
    return None if text is None else text.translate(_KEYS)


class _Turkish(Func):
    """A text in Turkish order: an ICU collation on PostgreSQL, our key function on SQLite."""

    output_field = TextField()
    arity = 1

    def as_sqlite(self, compiler, connection, **extra):
        return self.as_sql(compiler, connection, function="turkish_key", **extra)

    def as_postgresql(self, compiler, connection, **extra):
        return self.as_sql(compiler, connection, template='(%(expressions)s) COLLATE "tr-x-icu"', **extra)


def turkish(field: str) -> Func:
    """An expression to order by: `queryset.order_by(turkish("name"))`."""
    return _Turkish(F(field))


@receiver(connection_created)
def _teach_sqlite(connection, **_):
    if connection.vendor == "sqlite":
        connection.connection.create_function("turkish_key", 1, turkish_key, deterministic=True)
        connection.connection.create_function("turkish_fold", 1, _fold_or_none, deterministic=True)


def _fold_or_none(text: str | None) -> str | None:
    return None if text is None else fold(text)


# More is a text that was pasted by mistake, and more than a database takes for one condition.
LONGEST, MOST_WORDS = 1_000, 50


@lru_cache(maxsize=256)
def words(query: str) -> tuple[str, ...]:
    return tuple(fold(query).split())


def matching(queryset: QuerySet, query: str) -> QuerySet:
    """The rows whose `search_text` has every word of the query, anywhere; none for what is no search any more."""
    asked = dict.fromkeys(words(query))
    if len(query) > LONGEST or len(asked) > MOST_WORDS:
        return queryset.none()
    condition = Q()
    for word in asked:
        has = Q(search_text__contains=word)
        # "41-ABC-123" is how some write a plate.
        condition &= has | Q(search_text__contains=word.replace("-", "")) if "-" in word else has
    return queryset.filter(condition)


class _Folded(Func):
    """A column folded by the database itself, for the rare filter on one text column."""

    output_field = TextField()
    arity = 1

    def as_sqlite(self, compiler, connection, **extra):
        return self.as_sql(compiler, connection, function="turkish_fold", **extra)

    def as_postgresql(self, compiler, connection, **extra):
        template = f"lower(translate((%(expressions)s)::text, '{_LETTERS}', '{_PLAIN}'))"
        return self.as_sql(compiler, connection, template=template, **extra)


def folded(field: str) -> Func:
    """A text column as `fold` would leave it, but for runs of blanks and rare accents."""
    return _Folded(F(field))
