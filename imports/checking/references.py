"""Which row of another register a cell names, for a whole chunk of rows at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from imports.checking.meanings import NOTHING_SAID, Answered, Said, Source, UnknownValue
from imports.words.known import text_key
from imports.words.likeness import Names
from inventory import registers
from inventory.access import Unseen, hidden
from inventory.columns import Column, field_of
from inventory.fields import NormalField
from inventory.many import chunked
from inventory.models import GONE, Kind
from inventory.naming import candidates, choosable, names, text_of
from inventory.organization.models import Asker, Person, Unit
from inventory.registers import Register
from inventory.sameness.constraints import SUFFIX, SameField
from inventory.search import fold, folded

# Texts looked for in one query; SQLite allows 32,766 values in it.
_TEXTS = 500
# So many found texts of a column are remembered from chunk to chunk.
_REMEMBERED = 20_000
# So many rows of one name are named.
_NAMED = 5
# From so many names the nearest to an unknown one are chosen.
_NAMES = 5_000
# "1.2. Arsalar", "1.2 - Arsalar", "1.2)": a code as lists print it, and the name after it.
_CODED = re.compile(r"\(?(\d+(?:\.\d+)*)[.)\]]*(?:\s*[-–—:]\s*|\s+|(?=[^\W\d])|$)(.*)")


class Lookup:
    """The rows that a reference column may name, found by text within what the user may see.

    `learn` the texts of a chunk in a few queries, then `choose` row by row without any. What is
    `said` of a text is asked where it names no row or several; `answered` are the texts so settled.
    """

    def __init__(self, register: Register, column: Column, user: Asker, said: Said = NOTHING_SAID):
        self._column, self._user = column, user
        self._model = column.target
        self._target = registers.of(self._model)
        self._named_by = self._target.named_by if self._target else ("name",)
        self._everything = candidates(register, column, user)
        self._chosen_still = choosable(register, column, user)
        self._by_text: dict[str, list[Model]] = {}
        self._open: set[int] = set()
        self._current: dict[int | None, set[str]] = {}
        # A file says the same unknown text in a hundred thousand rows; what it may mean is worked out once.
        self._errors: dict[tuple[str, int | None], UnknownValue] = {}
        self._unseen_texts = {self._key(text) for text in Unseen.texts()}
        self._said = said
        self._meant: dict[str, Model] = {}
        self.answered: dict[str, Answered] = {}
        self.beside = _beside(register, column, self._target)

    def learn(self, texts: Iterable[str]) -> None:
        if len(self._by_text) > _REMEMBERED:
            self._by_text.clear()
            self._errors.clear()
        texts = set(texts)
        texts |= {means for text in texts if (means := self._said.table.get(self._key(text)))}
        new = sorted(text for text in texts if text not in self._by_text)
        for part in chunked(new, _TEXTS):
            self._learn(part)

    def learn_current(self, ids: Iterable[int]) -> None:
        """The names of rows that the register's rows name now: they stay, even where the user may not
        see them or they are no longer chosen."""
        missing = {i for i in ids if i is not None and i not in self._current}
        if len(self._current) > _REMEMBERED:
            self._current.clear()
        references = self._target.references if self._target else ()
        rows = self._model._default_manager.select_related(*references)
        unseen = hidden(self._target, self._user, missing)
        for row in rows.filter(pk__in=missing):
            self._current[row.pk] = names(row) | (self._unseen_texts if row.pk in unseen else set())

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
            for source, row in self._said_of(text, beside):
                if beside is None or not self.beside or self._lies_in(row, beside):
                    self.answered[text] = Answered(str(row), source)
                    return row
            raise

    def _said_of(self, text: str, beside: Model | None) -> Iterator[tuple[Source, Model]]:
        key = self._key(text)
        if key in self._meant:
            yield Source.ANSWER, self._meant[key]
        if key in self._said.table:
            with suppress(UnknownValue):
                yield Source.TABLE, self._named(self._said.table[key], beside)

    def _lies_in(self, row: Model, beside: Model) -> bool:
        return bool(getattr(row, f"{self.beside}_id") == beside.pk)

    def _named(self, text: str, beside: Model | None) -> Model:
        about = (text, beside.pk if self.beside and beside is not None else None)
        if error := self._errors.get(about):
            raise error.with_traceback(None)
        try:
            return self._one_of(self._by_text[text], text, beside)
        except UnknownValue as error:
            self._errors[about] = error
            raise

    def _one_of(self, rows: list[Model], text: str, beside: Model | None) -> Model:
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
        rows = list(self._everything) if self._model is Unit else self._surely(texts)
        self._index(rows, by_key)
        # A name that nothing keeps folded is looked for by itself: of several that have it, another text's code may
        # have brought one.
        if rest := [text for text in texts if not any(self._is_sure(text, row) for row in self._of(text, by_key))]:
            self._index(self._folded(rest), by_key)
        for text in texts:
            # A database gives them in any order, and the first of them are offered.
            self._by_text[text] = sorted(self._of(text, by_key), key=lambda row: row.pk)
        ids = {row.pk for text in texts for row in self._by_text[text]}
        self._open |= set(self._chosen_still.filter(pk__in=ids).values_list("pk", flat=True))
        answers = self._said.answers
        if meant := {key: int(answers[key]) for t in texts if (key := self._key(t)) in answers}:
            rows_meant = self._chosen_still.in_bulk(set(meant.values()))
            self._meant |= {key: rows_meant[pk] for key, pk in meant.items() if pk in rows_meant}

    def _index(self, rows: Iterable[Model], by_key: dict[str, dict[int, Model]]) -> None:
        for row in rows:
            for key in names(row):
                by_key[key][row.pk] = row

    def _of(self, text: str, by_key: dict[str, dict[int, Model]]) -> list[Model]:
        rows: dict[int, Model] = {}
        for key in {self._key(text), *(fold(form) for form in self._normal_forms(text).values())}:
            rows |= by_key.get(key, {})
        if not rows and (coded := self._coded(text)):
            code, name = coded
            # With both, both must agree: a code beside another row's name is a mistake in one of them.
            named = by_key.get(fold(name), {}) if name else None
            rows = {pk: row for pk, row in by_key.get(code, {}).items() if named is None or pk in named}
        if not rows and (name := text.partition(" · ")[0]) != text:
            # Offered as it was called then: somebody who works elsewhere since is still meant by her number.
            key = self._key(name)
            rows = {pk: row for pk, row in by_key.get(key, {}).items() if self._key(str(row)) == key}
        return list(rows.values())

    def _coded(self, text: str) -> tuple[str, str] | None:
        """The code and the name in a text, where rows are known by both."""
        match = _CODED.fullmatch(text) if {"code", "name"} <= set(self._named_by) else None
        return (match[1], match[2].strip()) if match else None

    def _normal_forms(self, text: str) -> dict[str, str]:
        """The text as each code column would keep it: "41abc123" is the plate "41 ABC 123"."""
        forms = {}
        for field in self._fields(NormalField):
            try:
                forms[field.name] = field.to_python(text)
            except ValidationError:
                continue
        return forms

    def _fields(self, *kinds: type) -> list[Any]:
        fields = [field_of(self._model, name) for name in self._named_by]
        return [field for field in fields if isinstance(field, kinds)]

    @cached_property
    def _kept_folded(self) -> list[str]:
        """The columns whose texts the table keeps folded, too."""
        kept = {f.of for f in self._model._meta.concrete_fields if isinstance(f, SameField)}
        return [name for name in self._named_by if name in kept]

    def _surely(self, texts: list[str]) -> QuerySet[Any]:
        """Rows by codes and by names that are kept folded: the database has indexes there."""
        condition = Q(pk__in=[])
        parts = {part for text in texts for part in self._parts(text)}
        for field in self._fields(NormalField):
            if field.name in self._kept_folded:
                continue
            forms = {self._normal_forms(part).get(field.name) for part in parts} - {None, ""}
            condition |= Q(**{f"{field.name}__in": forms})
        folded_parts = {fold(part) for part in parts}
        for name in self._kept_folded:
            condition |= Q(**{f"{name}{SUFFIX}__in": folded_parts})
        return self._everything.filter(condition)

    def _is_sure(self, text: str, row: Model) -> bool:
        """Whether all rows that the text means were found with this one."""
        if self._model is Unit:
            return True
        forms = {fold(form) for part in self._parts(text) for form in (part, *self._normal_forms(part).values())}
        sure = {*self._kept_folded, *(field.name for field in self._fields(NormalField))}
        return any(fold(getattr(row, name) or "") in forms for name in sure)

    def _folded(self, texts: list[str]) -> QuerySet[Any]:
        """Rows by names however they are spelt: the database folds every row's name."""
        wanted = {fold(part) for text in texts for part in self._parts(text)}
        rows, condition = self._everything, Q(pk__in=[])
        for name in self._named_by:
            is_code = isinstance(self._model._meta.get_field(name), NormalField)
            if not is_code and name not in self._kept_folded:
                rows = rows.annotate(**{f"_{name}": folded(name)})
                condition |= Q(**{f"_{name}__in": wanted})
        return rows.filter(condition)

    def _parts(self, text: str) -> set[str]:
        """The text, what stands in its last parentheses, its first word, its code and name: "Ad Soyad (1234)"; what
        stands before the first dot of a row as it is offered (`Row.choice`)."""
        name = text.partition(" · ")[0]
        parts = {text, text.split()[0], name, *(self._coded(text) or ())} - {""}
        for whole in {text, name}:
            if whole.endswith(")") and "(" in whole:
                parts.add(whole[whole.rindex("(") + 1 : -1].strip())
        return parts - {""}

    def _unknown(self, text: str, beside: Model | None) -> UnknownValue:
        if self.beside and beside is not None and (elsewhere := self._by_text[text]):
            places = ", ".join(sorted({str(getattr(row, self.beside)) for row in elsewhere}))
            message = _("“%(text)s” %(beside)s içinde yok; şuralarda var: %(places)s. Birini düzeltiniz.")
            return UnknownValue(message % {"text": text, "beside": beside, "places": places}, text)
        if self._key(text) in self._unseen_texts:
            message = _("“%(text)s” bir kaydın adı değil; adını yazınız ya da hücreyi boş bırakınız.")
            return UnknownValue(message % {"text": text}, text)
        near = self._nearest(self._key(text))
        values = {"text": text, "near": ", ".join(f"“{text_of(row)}”" for row in near)}
        if near:
            message = _("“%(text)s” bulunamadı. %(near)s mi demek istediniz?")
        else:
            message = _("“%(text)s” bulunamadı; kayıtlı bir adı veya kodu yazınız.")
        return UnknownValue(message % values, text, self._offered(near))

    def _offered(self, rows: Iterable[Model]) -> list[tuple[int, str]]:
        return [(row.pk, _distinguished(self._target, row)) for row in rows]

    def _nearest(self, key: str) -> list[Model]:
        rows, names = self._pool
        return [rows[place] for place in names.nearest(key)]

    @cached_property
    def _pool(self) -> tuple[list[Model], Names]:
        rows = list(self._chosen_still[:_NAMES])
        return rows, Names([self._key(str(row)) for row in rows])

    def _ambiguous(self, text: str, rows: list[Model]) -> UnknownValue:
        offered = self._offered(rows[:_NAMED])
        message = _("“%(text)s” birden çok kayda uyuyor: %(rows)s. Hangisi olduğunu kodu veya numarasıyla yazınız.")
        sentence = ", ".join(f"“{label}”" for _pk, label in offered)
        if len(rows) > _NAMED:
            sentence += _(" ve %(count)d kayıt daha") % {"count": len(rows) - _NAMED}
        return UnknownValue(message % {"text": text, "rows": sentence}, text, offered)


def _beside(register: Register, column: Column, target: Register | None) -> str | None:
    """The column by which rows of one name are distinguished: a neighbourhood by the row's district."""
    if target is None or target is register:
        return None
    names_of_rows = {name for together in target.identity for name in together}
    for name in register.columns:
        model = target.column(name).related_model if name in names_of_rows else None
        if model is not None and register.column(name).related_model is model:
            return name
    return None


def _distinguished(target: Register | None, row: Model) -> str:
    """The row with what distinguishes it from others of the same name."""
    text = text_of(row)
    if target is None:
        return text
    values = [target.column(name).text(row) for name in (*target.named_by, *target.identity[-1])]
    more = [value for value in dict.fromkeys(values) if value and value not in text]
    return f"{text} ({', '.join(more)})" if more else text


def _closed(row: Model, text: str) -> str:
    sentences: Mapping[type, str] = {
        Unit: _("“%(text)s” kapanmış bir birim; yerine geçen açık birimi yazınız."),
        Person: _("“%(text)s” artık görevde değil; görevdeki bir kişiyi yazınız."),
        Kind: _("“%(text)s” yalnızca bir grup; altındaki türlerden birini yazınız."),
    }
    return sentences.get(type(row), _("“%(text)s” artık seçilemez; başka bir kayıt yazınız.")) % {"text": text}
