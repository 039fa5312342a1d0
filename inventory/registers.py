"""The one idea: a register is a model and one declaration; everything else is shared.

Each register's package declares itself in `register.py`, found as Django's admin finds its own.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models
from django.utils.functional import Promise

from inventory.columns import Column, Type
from inventory.search import capital

Text = str | Promise
Group = Literal["asset", "record", "list"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Register:
    """What the shared pages, sheets and rules need to know of one table.

    Every name is checked when the declaration is read, so a misspelt column stops `manage.py check`.
    """

    slug: str
    model: type[models.Model]
    #: asset: an item somebody answers for; record: what happened to one; list: what the others refer to.
    group: Group = "asset"
    #: A name in the icon set.
    icon: str = "list"
    #: The only field list: list, detail, form, filter, import, export, history and API read it.
    columns: tuple[str, ...]
    #: Headings of the form and the detail page: (heading, the column that it stands above).
    sections: tuple[tuple[Text, str], ...] = ()
    #: The columns a list shows until the user chooses others.
    listed: tuple[str, ...]
    #: The columns offered first as filters; all others stand under "more filters".
    filters: tuple[str, ...] = ()
    #: Sets of columns by which a sheet's row is found in the register, tried in this order.
    identity: tuple[tuple[str, ...], ...]
    #: Columns by any of which a person may name a row in another register's cell.
    named_by: tuple[str, ...] = ()
    #: Columns whose sum means something.
    sums: tuple[str, ...] = ()
    #: A column of choices by which items are counted apart, beside their unit, kind and status (`inventory.stock`).
    split: str = ""
    #: The list's order until the user chooses another; "-" in front turns it round.
    order: str
    #: The way from a row to the unit that answers for it, "" when the row is itself a unit, None when
    #: the list belongs to the whole municipality.
    scope: str | None = "responsible_unit"
    #: Every account that holds a grant may read it (names that others refer to).
    public: bool = False
    #: Only those who manage may change it.
    stewards_only: bool = False
    #: The register under which a record stands in the menu and whose grants hold for it.
    belongs_to: str | None = None
    #: Columns that name the row on whose page these rows are shown.
    parents: tuple[str, ...] = ()
    #: A row's page shows the items that name it, such as those that stand at a place.
    shows_items: bool = False
    #: The date after which a row asks for attention, and the columns that tell its series apart.
    due: str | None = None
    due_series: tuple[str, ...] = ()
    #: More headings that sheets use for a column: {"plate": ("plaka no", "araç plakası")}; those of the model's
    #: SYNONYMS are added to them.
    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self):
        shared = getattr(self.model, "SYNONYMS", {})
        synonyms = {
            name: tuple(dict.fromkeys((*self.synonyms.get(name, ()), *shared.get(name, ()))))
            for name in (*self.synonyms, *(name for name in shared if name in self.columns))
        }
        object.__setattr__(self, "synonyms", synonyms)
        named = (*self.listed, *self.filters, *self.sums, *self.parents, *self.synonyms, *self.named_by)
        named += tuple(name for names in self.identity for name in names)
        named += (*self.due_series, self.order.removeprefix("-"), *(first for _, first in self.sections))
        named += tuple(filter(None, (self.due, self.split)))
        for name in named:
            if name not in self.columns and name != self.model._meta.pk.name:
                raise ImproperlyConfigured(f"register {self.slug!r}: {name!r} is not one of its columns")
        self._by_name  # noqa: B018 - finds every column's field now, not on the first page

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        found = {}
        for name in self.columns:
            try:
                found[name] = Column(self.model._meta.get_field(name))
            except FieldDoesNotExist as error:
                raise ImproperlyConfigured(f"register {self.slug!r}: no field {name!r}") from error
            found[name].type  # noqa: B018 - an unknown field type stops the start as well
        return found

    def column(self, name: str) -> Column:
        """Raises KeyError for a name that is not in `columns`."""
        return self._by_name[name]

    def all_columns(self) -> list[Column]:
        return list(self._by_name.values())

    @cached_property
    def key(self) -> Column:
        """The column that a sheet carries to find its rows again: the inventory number, or the row's id."""
        name = "inventory_no" if "inventory_no" in self.columns else self.model._meta.pk.name
        return Column(self.model._meta.get_field(name))

    @cached_property
    def personal(self) -> tuple[Column, ...]:
        """The columns that identify a person, shown masked."""
        return tuple(column for column in self.all_columns() if column.is_personal)

    @property
    def references(self) -> tuple[str, ...]:
        """The columns to join so that a page of rows costs one query."""
        return tuple(column.name for column in self.all_columns() if column.type == Type.REFERENCE)

    @property
    def title(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @property
    def one(self) -> str:
        return capital(self.model._meta.verbose_name)

    def sectioned(self) -> list[tuple[str, list[Column]]]:
        """The columns under their headings; those before the first heading under an empty one."""
        headings = {first: str(heading) for heading, first in self.sections}
        parts: list[tuple[str, list[Column]]] = [("", [])]
        for column in self.all_columns():
            if column.name in headings:
                parts.append((headings[column.name], []))
            parts[-1][1].append(column)
        return [part for part in parts if part[1]]

    def children(self) -> list[tuple["Register", str]]:
        """The registers whose rows are shown on a row's page, with the column that points here."""
        return [
            (register, name)
            for register in every()
            for name in register.parents
            if register.column(name).related_model is self.model
        ]

    def naming(self) -> list[tuple["Register", str]]:
        """The registers of items that name a row of this one, with the column that does."""
        return [
            (register, column.name)
            for register in every("asset")
            for column in register.all_columns()
            if column.related_model is self.model
        ]

    @property
    def granted_as(self) -> str:
        """The slug that a grant names."""
        return self.belongs_to or self.slug


_registers: dict[str, Register] = {}


def register(declaration: Register) -> Register:
    """Add a register; its slug and its model must be new."""
    if declaration.slug in _registers or any(r.model is declaration.model for r in _registers.values()):
        raise ImproperlyConfigured(f"register {declaration.slug!r} is declared twice")
    _registers[declaration.slug] = declaration
    return declaration


def get(slug: str) -> Register:
    """Raises KeyError for an unknown slug."""
    return _registers[slug]


def of(model: type[models.Model]) -> Register | None:
    return next((r for r in _registers.values() if r.model is model), None)


def every(*groups: Group) -> list[Register]:
    """All registers in the order of INSTALLED_APPS, or those of the given groups."""
    return [r for r in _registers.values() if not groups or r.group in groups]


def grantable() -> list[tuple[str, str]]:
    """The registers that a grant may name, as choices."""
    return [(r.slug, r.title) for r in every() if not r.belongs_to]


def with_kinds() -> list[tuple[str, str]]:
    """The registers that keep a type list, as choices."""
    return [(r.slug, r.title) for r in every("asset")]
