"""What one sheet of an export holds: a listing's rows, column by column and a chunk at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice

from django.db.models import Model, Q
from django.http import QueryDict

from inventory import access, registers
from inventory.columns import Column, Type
from inventory.listing import Listing
from inventory.registers import Register

CHUNK = 2_000
# So many names of a reference column are remembered; beyond, all are looked up anew.
_REMEMBERED = 20_000

Values = list[object]


class Part:
    """One listing on its way into a sheet; what identifies a person only comes along when it is asked for."""

    def __init__(self, listing: Listing, *, personal: bool = False):
        self.listing, self.personal = listing, personal

    @property
    def register(self) -> Register:
        return self.listing.register

    @cached_property
    def columns(self) -> list[Column]:
        """The list's columns, the key in front: by it a changed sheet finds its rows again."""
        key = self.register.key
        asked = [column for column in self.listing.columns if column.name != key.name]
        return [key, *(column for column in asked if self.personal or not column.is_personal)]

    @cached_property
    def totals(self) -> tuple[int, dict[str, object]]:
        """The number of rows, and the exact sums by column name."""
        count, sums = self.listing.totals()
        return count, {column.name: total for column, total in sums if total is not None}

    def chunks(self, *also: str) -> Iterator[list[Values]]:
        """For each chunk of rows the values of each column, as a person names them: str, int, Decimal, date, None.

        `also`: fields whose stored values follow those of the columns. One query streams the rows; the names of
        referred rows are looked up once for a chunk that brings new ones.
        """
        names = [*(column.field.attname for column in self.columns), *also]
        makers = [*(_maker(column) for column in self.columns), *[list] * len(also)]
        rows = self.listing.rows.values_list(*names).iterator(chunk_size=CHUNK)
        while chunk := list(islice(rows, CHUNK)):
            yield [make(values) for make, values in zip(makers, zip(*chunk, strict=True), strict=True)]


def _maker(column: Column) -> Callable[[tuple], Values]:
    """From the stored values of a column to what `Column.value` says of each."""
    if column.type == Type.REFERENCE:
        return _References(column.related_model).names
    if column.type in (Type.CHOICE, Type.BOOLEAN):
        texts = {value: str(text) for value, text in column.choices.items()} if column.type == Type.CHOICE else {
            flag: column.show(flag) for flag in (True, False)
        }  # fmt: skip
        return lambda values: [None if v is None or v == "" else texts.get(v, v) for v in values]
    if column.type == Type.CODE:
        return lambda values: [None if v is None or v == "" else str(v) for v in values]
    if column.type in (Type.TEXT, Type.LONG_TEXT):
        return lambda values: [v or None for v in values]
    return list


class _References:
    """The names of the rows that a column refers to, by id."""

    def __init__(self, model: type[Model]):
        self._rows = model._default_manager.all()
        if target := registers.of(model):
            # A parcel is named by its neighbourhood.
            self._rows = self._rows.select_related(*target.references)
        self._names: dict[int | None, str | None] = {None: None}

    def names(self, ids: tuple[int | None, ...]) -> Values:
        if missing := set(ids) - self._names.keys():
            if len(self._names) > _REMEMBERED:
                self._names = {None: None}
                missing = set(ids) - {None}
            self._names |= {row.pk: str(row) for row in self._rows.filter(pk__in=missing)}
        return [self._names.get(pk) for pk in ids]


# Which parts an export has ---------------------------------------------------------------------------------


def records_of(listing: Listing) -> list[tuple[Register, str]]:
    """The registers of records that the user may take along with the listing, and the column that leads to it."""
    return [
        (child, name) for child, name in listing.register.children() if access.may_see(child, listing.user)
    ]  # fmt: skip


def parts_of(register: Register, user, params: QueryDict | dict, *, personal: bool = False) -> list[Part]:
    """The parts that a query asks for: `parts` names the register itself and records of its rows, by slug.

    Without `parts` it is the list alone. Records come with all their columns. `personal`: with those that identify
    people, which is the caller's to permit and to record (`imports.exporting.personal`).
    """
    listing = Listing(register, user, params)
    asked = ",".join(listing.params.getlist("parts")).split(",")
    found = [Part(listing, personal=personal)] if register.slug in asked or asked == [""] else []
    for child, name in records_of(listing):
        if child.slug in asked:
            query = {"columns": "all"} | ({"as_of": listing.params["as_of"]} if listing.as_of else {})
            only = Q(**{f"{name}__in": listing.matching.values("id")})
            found.append(Part(Listing(child, user, query, only=only), personal=personal))
    return found or [Part(listing, personal=personal)]
