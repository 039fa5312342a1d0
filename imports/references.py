"""Which row of another register a cell names, for a whole chunk of rows at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from rapidfuzz import process

from imports.meanings import UnknownValue, text_key
from inventory import registers
from inventory.columns import Column
from inventory.fields import NormalField
from inventory.models import GONE, Kind
from inventory.naming import candidates, names
from inventory.organization.models import Person, Unit
from inventory.registers import Register
from inventory.search import fold, folded

# Texts looked for in one query; SQLite allows 32,766 values in it.
_TEXTS = 500
# So many found texts of a column are remembered from chunk to chunk.
_REMEMBERED = 20_000
# From so many names the nearest to an unknown one are chosen.
_NAMES = 5_000
_NEAR = 60


class Lookup:
    """The rows that a reference column may name, found by text within what the user may see.

    `learn` the texts of a chunk in a few queries, then `choose` row by row without any. `answers` (key of a
    text → a row's id) are asked where a text names no row or several; `answered` are the texts so settled.
    """

    def __init__(self, register: Register, column: Column, user, answers: Mapping[str, str] | None = None):
        self._column = column
        self._target = registers.of(column.related_model)
        self._named_by = self._target.named_by if self._target else ("name",)
        self._everything = candidates(register, column, user, new=False)
        if self._target:
            self._everything = self._everything.select_related(*self._target.references)
        self._chosen_still = candidates(register, column, user)
        self._found: dict[str, list[Model]] = {}
        self._open: set[int] = set()
        self._current: dict[int, set[str]] = {}
        self._pool: dict[str, Model] | None = None
        self._near: dict[str, list[Model]] = {}
        self._answers = answers or {}
        self._meant: dict[str, Model] = {}
        self.answered: dict[str, Model] = {}
        self.beside = _beside(register, column, self._target)

    def learn(self, texts: Iterable[str]) -> None:
        if len(self._found) > _REMEMBERED:
            self._found.clear()
        new = sorted({text for text in texts if text not in self._found})
        for start in range(0, len(new), _TEXTS):
            self._learn(new[start : start + _TEXTS])

    def learn_current(self, ids: Iterable[int]) -> None:
        """The names of rows that the register's rows name now: they stay, even where the user may not
        see them or they are no longer chosen."""
        missing = {i for i in ids if i is not None and i not in self._current}
        if len(self._current) > _REMEMBERED:
            self._current.clear()
        references = self._target.references if self._target else ()
        rows = self._column.related_model._default_manager.select_related(*references)
        for row in rows.filter(pk__in=missing):
            self._current[row.pk] = names(row)

    def is_current(self, text: str, current: int | None) -> bool:
        """Whether the text names the row that stands in the cell's place now."""
        return self._key(text) in self._current.get(current, ())

    def choose(self, text: str, beside: Model | None = None) -> Model:
        """The one row that the text names; `beside` is the row's value of the column `self.beside`.

        Raises UnknownValue, which names the candidates or the nearest names.
        """
        try:
            return self._named(text, beside)
        except UnknownValue:
            row = self._meant.get(self._key(text))
            if row is None or (beside is not None and self.beside and not self._lies_in(row, beside)):
                raise
            self.answered[text] = row
            return row

    def _lies_in(self, row: Model, beside: Model) -> bool:
        return getattr(row, f"{self.beside}_id") == beside.pk

    def _named(self, text: str, beside: Model | None) -> Model:
        rows = self._found[text]
        if self.beside and beside is not None:
            rows = [row for row in rows if self._lies_in(row, beside)]
        if not rows:
            raise self._unknown(text, beside)
        still = [row for row in rows if row.pk in self._open]
        if not still:
            raise UnknownValue(_closed(rows[0], text), text)
        if len(still) > 1:
            # A plate is given out again; the vehicle in service has it.
            still = [row for row in still if getattr(row, "status", None) not in GONE] or still
        if len(still) > 1:
            raise self._ambiguous(text, still)
        return still[0]

    def _key(self, text: str) -> str:
        return text_key(self._column, text)

    def _learn(self, texts: list[str]) -> None:
        by_key: dict[str, dict[int, Model]] = defaultdict(dict)
        rows = list(self._everything) if self._column.related_model is Unit else self._surely(texts)
        self._index(rows, by_key)
        if rest := [text for text in texts if not self._of(text, by_key)]:
            self._index(self._folded(rest), by_key)
        for text in texts:
            self._found[text] = self._of(text, by_key)
        ids = {row.pk for text in texts for row in self._found[text]}
        self._open |= set(self._chosen_still.filter(pk__in=ids).values_list("pk", flat=True))
        if meant := {key: int(self._answers[key]) for t in texts if (key := self._key(t)) in self._answers}:
            rows_meant = self._chosen_still.in_bulk(set(meant.values()))
            self._meant |= {key: rows_meant[pk] for key, pk in meant.items() if pk in rows_meant}

    def _index(self, rows: Iterable[Model], by_key: dict[str, dict[int, Model]]) -> None:
        for row in rows:
            for key in names(row):
                by_key[key][row.pk] = row

    def _of(self, text: str, by_key: dict[str, dict[int, Model]]) -> list[Model]:
        found: dict[int, Model] = {}
        for key in {self._key(text), *(fold(form) for form in self._normal_forms(text).values())}:
            found |= by_key.get(key, {})
        return list(found.values())

    def _normal_forms(self, text: str) -> dict[str, str]:
        """The text as each code column would keep it: "41abc123" is the plate "41 ABC 123"."""
        forms = {}
        for field in self._fields(NormalField):
            try:
                forms[field.name] = field.to_python(text)
            except ValidationError:
                continue
        return forms

    def _fields(self, *kinds: type) -> list:
        fields = [self._column.related_model._meta.get_field(name) for name in self._named_by]
        return [field for field in fields if isinstance(field, kinds)]

    def _surely(self, texts: list[str]) -> QuerySet:
        """Rows by codes and by names that are unique, as they are written: the database has indexes there."""
        condition = Q(pk__in=[])
        parts = {part for text in texts for part in _parts(text)}
        for field in self._fields(NormalField):
            forms = {self._normal_forms(part).get(field.name) for part in parts} - {None, ""}
            condition |= Q(**{f"{field.name}__in": forms})
        for name in self._named_by:
            field = self._column.related_model._meta.get_field(name)
            if field.unique and not isinstance(field, NormalField):
                condition |= Q(**{f"{name}__in": parts})
        return self._everything.filter(condition)

    def _folded(self, texts: list[str]) -> QuerySet:
        """Rows by names however they are spelt: the database folds every row's name."""
        wanted = {fold(part) for text in texts for part in _parts(text)}
        rows, condition = self._everything, Q(pk__in=[])
        for name in self._named_by:
            if not isinstance(self._column.related_model._meta.get_field(name), NormalField):
                rows = rows.annotate(**{f"_{name}": folded(name)})
                condition |= Q(**{f"_{name}__in": wanted})
        return rows.filter(condition)

    def _unknown(self, text: str, beside: Model | None) -> UnknownValue:
        if self.beside and beside is not None and (elsewhere := self._found[text]):
            places = ", ".join(sorted({str(getattr(row, self.beside)) for row in elsewhere}))
            message = _("“%(text)s” %(beside)s içinde yok; şuralarda var: %(places)s. Birini düzeltiniz.")
            return UnknownValue(message % {"text": text, "beside": beside, "places": places}, text)
        near = self._nearest(self._key(text))
        told = {"text": text, "near": ", ".join(f"“{row}”" for row in near)}
        if near:
            message = _("“%(text)s” bulunamadı. %(near)s mi demek istediniz?")
        else:
            message = _("“%(text)s” bulunamadı; kayıtlı bir adı veya kodu yazınız.")
        return UnknownValue(message % told, text, self._offered(near))

    def _offered(self, rows: Iterable[Model]) -> list[tuple[int, str]]:
        return [(row.pk, _told_apart(self._target, row)) for row in rows]

    def _nearest(self, key: str) -> list[Model]:
        if self._pool is None:
            self._pool = {self._key(str(row)): row for row in self._chosen_still[:_NAMES]}
        if key not in self._near:
            close = process.extract(key, self._pool.keys(), limit=3, score_cutoff=_NEAR)
            self._near[key] = [self._pool[found] for found, _score, _place in close]
        return self._near[key]

    def _ambiguous(self, text: str, rows: list[Model]) -> UnknownValue:
        offered = self._offered(rows[:5])
        message = _("“%(text)s” birden çok kayda uyuyor: %(rows)s. Hangisi olduğunu kodu veya numarasıyla yazınız.")
        told = ", ".join(f"“{label}”" for _pk, label in offered)
        return UnknownValue(message % {"text": text, "rows": told}, text, offered)


def _beside(register: Register, column: Column, target: Register | None) -> str | None:
    """The column by which rows of one name are told apart: a neighbourhood by the row's district."""
    if target is None or target is register:
        return None
    names_of_rows = {name for together in target.identity for name in together}
    for name in register.columns:
        model = target.column(name).related_model if name in names_of_rows else None
        if model is not None and register.column(name).related_model is model:
            return name
    return None


def _parts(text: str) -> set[str]:
    """The text, what stands in its last parentheses, and its first word: "Ad Soyad (1234)", "1.2 Arsalar"."""
    parts = {text, text.split()[0]}
    if text.endswith(")") and "(" in text:
        parts.add(text[text.rindex("(") + 1 : -1].strip())
    return parts


def _told_apart(target: Register | None, row: Model) -> str:
    """The row with what distinguishes it from others of the same name."""
    if target is None:
        return str(row)
    values = [target.column(name).text(row) for name in (*target.named_by, *target.identity[-1])]
    more = [value for value in dict.fromkeys(values) if value and value not in str(row)]
    return f"{row} ({', '.join(more)})" if more else str(row)


def _closed(row: Model, text: str) -> str:
    sentences: Mapping[type, str] = {
        Unit: _("“%(text)s” kapanmış bir birim; yerine geçen açık birimi yazınız."),
        Person: _("“%(text)s” artık görevde değil; görevdeki bir kişiyi yazınız."),
        Kind: _("“%(text)s” yalnızca bir grup; altındaki türlerden birini yazınız."),
    }
    return sentences.get(type(row), _("“%(text)s” artık seçilemez; başka bir kayıt yazınız.")) % {"text": text}
