"""Which row of the register a row of the sheet is: by its key, else by what the register calls identity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Set
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from imports.checking.drafts import Draft, Drafter
from imports.checking.matching import key_label
from inventory import access
from inventory.cells import CellError, parse_code, parse_integer
from inventory.models import GONE
from inventory.normal import capitals
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.sameness import conditions
from inventory.sameness.constraints import SUFFIX, Same
from inventory.search import fold

_Present = dict[str, Any]
Values = tuple[Any, ...]
_Match = tuple[tuple[str, ...], list[_Present]]
#: What is wrong with rows that were judged before it was found, perhaps in an earlier chunk: row → (column or "" for
#: the one by which its record is known, message).
Late = dict[int, tuple[str, str]]


class Identities:
    """Finds the rows of a chunk in one query for the key and one for each set of identity columns."""

    def __init__(
        self,
        register: Register,
        drafter: Drafter,
        columns: set[str],
        user: Asker,
        *,
        adds: bool,
        also: Set[str] = frozenset(),
    ):
        """`columns` are those that the sheet fills; `adds`: a row that is gone makes room for a new one.

        `also`: further columns that are to be known of the rows found.
        """
        self._register, self._drafter, self._adds = register, drafter, adds
        # Found however the user's scope is: a row that she may not see must not come twice.
        self._rows = access.visible_to(register, None)
        self._user = user
        self._seen: set[int] | None = None  # of the chunk's rows those that she may see
        self._ids: set[int] = set()
        wanted = columns | also | {"status"} | {name for names in register.identity for name in names}
        fields = [register.column(name).field for name in register.columns if name in wanted]
        #: The columns of identities with the attribute in which the register keeps what is compared.
        self._stored = {name: _stored(register, name) for names in register.identity for name in names}
        attributes = ("id", "version", register.key.name, *(field.attname for field in fields), *self._stored.values())
        self._attributes = list(dict.fromkeys(attributes))
        self._sets = [(names, must_be_filled(register, names)) for names in register.identity]
        self._blanks = {names: _must_be_blank(register, names) for names in register.identity}
        self._fields = {name: register.column(name) for names in register.identity for name in names}
        self._claimed: dict[int, int] = {}
        self._new: dict[Values, int] = {}
        self._cells: dict[int, int] = {}

    def find(self, drafts: list[Draft]) -> Late:
        """Give each draft its `present` row."""
        self._seen, self._ids = None, set()
        late: Late = {}
        if self._register.repeats:
            self._cells |= {draft.row: hash(tuple(draft.cells)) for draft in drafts}
        self._by_key([draft for draft in drafts if draft.key is not None])
        self._by_identity([draft for draft in drafts if draft.key is None], late)
        for draft in drafts:
            if draft.present is not None and not draft.lost:
                first = self._claimed.setdefault(draft.present["id"], draft.row)
                if first != draft.row and not self._is_repeated(draft, first):
                    self._refuse(draft, _twice(self.describe(draft.present), first))
                    late.setdefault(first, ("", _twice(self.describe(draft.present), draft.row)))
        return late

    def _is_repeated(self, draft: Draft, first: int) -> bool:
        """Whether the sheet says the earlier row once more, in all its cells."""
        if self._register.repeats and self._cells[first] == self._cells[draft.row]:
            draft.repeats = first
        return draft.repeats is not None

    def claimed(self) -> Set[int]:
        """The ids of the register's rows that some row of the sheet is."""
        return self._claimed.keys()

    def among(self, **condition: object) -> Iterator[_Present]:
        """The register's rows under a condition, as `find` gives them."""
        return self._rows.filter(**condition).values(*self._attributes).iterator()

    def describe(self, present: _Present) -> str:
        """The row's number; who may not see the row is not to learn it by asking for its plate."""
        if self._seen is None:
            seen = access.visible_to(self._register, self._user).filter(pk__in=self._ids)
            self._seen = set(seen.values_list("pk", flat=True))
        return self.number(present) if present["id"] in self._seen else _("başka bir birimde bir kayıt")

    def number(self, present: _Present) -> str:
        """The number of a row that the user sees."""
        return str(present[self._register.key.name])

    # By key ----------------------------------------------------------------------------------------------

    def _by_key(self, drafts: list[Draft]) -> None:
        key = self._register.key
        wanted: dict[int, Any] = {}
        for draft in drafts:
            try:
                if key.field.primary_key:
                    wanted[draft.row] = parse_integer(draft.key, "tr").value
                else:
                    wanted[draft.row] = key.field.to_python(capitals(parse_code(draft.key).value))
            except CellError as error:
                self._refuse(draft, str(error), key.name)
            except ValidationError as error:
                self._refuse(draft, " ".join(error.messages), key.name)
        # Longer numbers than an id can have would be an error of the database's own.
        asked = {each for each in wanted.values() if isinstance(each, str) or 0 < each < 2**63}
        rows = self._rows.filter(**{f"{key.name}__in": asked}).values(*self._attributes)
        present = {row[key.name]: row for row in rows}
        self._ids |= {row["id"] for row in present.values()}
        for draft in drafts:
            if draft.row in wanted:
                draft.present = present.get(wanted[draft.row])
                if draft.present is None:
                    message = _(
                        "Bu numarada bir kayıt yok. Yeni kayıtsa bu hücreyi boş bırakınız, değilse numarayı düzeltiniz."
                    )
                    self._refuse(draft, message, key.name)

    # By identity ------------------------------------------------------------------------------------------

    def _by_identity(self, drafts: list[Draft], late: Late) -> None:
        matches: dict[int, list[_Match]] = defaultdict(list)
        tuples: dict[int, list[tuple[tuple[str, ...], Values]]] = defaultdict(list)
        for names, must in self._sets:
            wanted = {draft.row: t for draft in drafts if (t := self._tuple(draft, names, must)) is not None}
            present = self._query(names, set(wanted.values())) if wanted else {}
            for row, values in wanted.items():
                tuples[row].append((names, values))
                if values in present:
                    matches[row].append((names, present[values]))
        for draft in drafts:
            if draft.row in matches:
                self._settle(draft, matches[draft.row])
            if draft.present is None and not draft.lost:
                self._check_new(draft, tuples.get(draft.row, []), late)

    def _tuple(self, draft: Draft, names: tuple[str, ...], must: set[str]) -> Values | None:
        if any(draft.values.get(name) not in (None, "") for name in self._blanks[names]):
            return None
        values = []
        for name in names:
            value = draft.values.get(name)
            if name in draft.failed or (value is None and name in draft.texts):
                return None
            if value is None:
                value = self._fields[name].field.get_default()
            if (value is None or value == "") and name in must:
                return None
            values.append(self._form(name, value))
        return tuple(values)

    def _query(self, names: tuple[str, ...], wanted: set[Values]) -> dict[Values, list[_Present]]:
        rows, stored = self._rows.filter(**dict.fromkeys(self._blanks[names], "")), [self._stored[n] for n in names]
        for place, attribute in enumerate(stored):
            values = {each[place] for each in wanted}
            among = Q(**{f"{attribute}__in": values - {None}})
            rows = rows.filter(among | Q(**{f"{attribute}__isnull": True}) if None in values else among)
        present: dict[Values, list[_Present]] = defaultdict(list)
        for row in rows.values(*self._attributes):
            own = tuple([row[attribute] for attribute in stored])
            if own in wanted:
                present[own].append(row)
                self._ids.add(row["id"])
        return present

    def _settle(self, draft: Draft, matches: list[_Match]) -> None:
        """One row, the first set's; other sets must not point to another row."""
        names, rows = matches[0]
        live = [row for row in rows if row.get("status") not in GONE]
        if len(live) == 1:
            draft.present = live[0]
            self._check_agreement(draft, live[0], names, matches[1:])
            return
        values = {"rows": ", ".join(self.describe(row) for row in live or rows), "key": key_label(self._register)}
        if len(live or rows) > 1:
            message = _("Bu satır birden çok kayda uyuyor: %(rows)s. Hangisi olduğunu %(key)s sütununa yazınız.")
            self._refuse(draft, message % values, names[-1])
        elif self._adds:
            message = _(
                "Hizmet dışı bir kayda da uyuyor (%(rows)s); yeni kayıt eklenir. "
                "Aynısıysa “Yalnızca güncelle”yi seçiniz."
            )
            self._drafter.warn(draft, names[-1], message % values)
        else:
            draft.present = rows[0]
            message = _(
                "Hizmet dışı bir kayda uyuyor (%(rows)s); o kayıt değişir. Yeni bir kayıtsa “Yalnızca ekle”yi seçiniz."
            )
            self._drafter.warn(draft, names[-1], message % values)

    def _check_agreement(
        self,
        draft: Draft,
        present: _Present,
        names: tuple[str, ...],
        others: list[_Match],
    ) -> None:
        for other_names, rows in others:
            live = [row for row in rows if row.get("status") not in GONE]
            if live and present["id"] not in {row["id"] for row in live}:
                message = _(
                    "Bu satır iki ayrı kayda uyuyor: %(first)s ile %(one)s, %(second)s ile %(other)s. "
                    "Birini düzeltiniz."
                ) % {
                    "first": self._labels(names),
                    "one": self.describe(present),
                    "second": self._labels(other_names),
                    "other": self.describe(live[0]),
                }
                draft.present = None
                self._refuse(draft, message, other_names[-1])
                return

    def _check_new(self, draft: Draft, tuples: list[tuple[tuple[str, ...], Values]], late: Late) -> None:
        """Two rows of the sheet that would become the same item."""
        if draft.values.get("status") in GONE:
            return
        for names, values in tuples:
            first = self._new.setdefault((names, values), draft.row)
            if first != draft.row and self._is_repeated(draft, first):
                return
            if first != draft.row:
                message = _(
                    "%(columns)s %(first)d. ve %(second)d. satırlarda aynı; tek kayıtsa satırlardan birini siliniz, "
                    "değilse düzeltiniz."
                )
                about = {"columns": self._labels(names), "first": first, "second": draft.row}
                self._refuse(draft, message % about, names[-1])
                late.setdefault(first, (names[-1], message % about))
                return

    def _form(self, name: str, value: object) -> object:
        """A value as the register keeps it to be compared: texts folded, rows by id."""
        if self._stored[name].endswith(SUFFIX):
            return fold(value)
        return value.pk if isinstance(value, models.Model) else value

    # Words ------------------------------------------------------------------------------------------------

    def _labels(self, names: tuple[str, ...]) -> str:
        return ", ".join(self._register.column(name).label for name in names)

    def _refuse(self, draft: Draft, message: str, column: str | None = None) -> None:
        self._drafter.refuse(draft, column or self.column_of(draft), message)
        draft.lost = True

    def column_of(self, draft: Draft) -> str:
        """The column by which the draft's row is known, for a finding's place."""
        if draft.key is not None:
            return self._register.key.name
        sets = [names for names, must in self._sets if self._tuple(draft, names, must) is not None]
        return sets[0][-1] if sets else self._register.key.name


def _stored(register: Register, name: str) -> str:
    """The attribute of a column, or of the one that keeps its text folded."""
    fields = {field.name for field in register.model._meta.concrete_fields}
    return f"{name}{SUFFIX}" if f"{name}{SUFFIX}" in fields else register.column(name).field.attname


def must_be_filled(register: Register, names: tuple[str, ...]) -> set[str]:
    """The columns of a set without which it identifies nothing: a make without a serial number is no identity."""
    must = {name for name in names if not register.column(name).field.blank}
    for constraint in register.model._meta.constraints:
        if isinstance(constraint, Same) and set(constraint.columns) <= set(names) and constraint.condition is not None:
            must |= set(conditions.never_blank(constraint.condition))
    return must or set(names)


def _must_be_blank(register: Register, names: tuple[str, ...]) -> set[str]:
    """The columns that are blank where a set identifies a row: what has a receipt is known by that alone."""
    blank: set[str] = set()
    for constraint in register.model._meta.constraints:
        if isinstance(constraint, Same) and set(constraint.columns) == set(names) and constraint.condition is not None:
            blank |= set(conditions.always_blank(constraint.condition))
    return blank & set(register.columns)


def _twice(item: str, other_row: int) -> str:
    return _("%(row)d. satır da aynı kayda uyuyor (%(item)s); bir kayıt dosyada bir kez olmalı, birini siliniz.") % {
        "item": item,
        "row": other_row,
    }
