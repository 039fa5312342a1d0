"""The one idea: a register is a model and one declaration; everything else is shared.

Each register's package declares itself in `register.py`, found as Django's admin finds its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models

from inventory import former
from inventory.columns import Column, Type, field_of
from inventory.computed.declared import Through, Total, Validity
from inventory.editing.wording import messages
from inventory.flows.declared import Flow
from inventory.search import capital

if TYPE_CHECKING:
    from inventory.editing.doubts import Rule
    from inventory.fields import Text
    from inventory.models import Row
    from inventory.organization.models import Asker

Group = Literal["asset", "record", "list"]
#: (rows as they are and as they will be, user) → (place among them, column, sentence) of each that may not be so. A new
#: row is None before, a deleted one None afterwards; the user None is the system itself.
Guard = Callable[[Sequence[tuple[Any, Any]], "Asker"], Iterable[tuple[int, str, str]]]


@dataclass(frozen=True, kw_only=True)
class Completing:
    """What of a row follows from other rows, and is filled in before the row is judged."""

    #: (values of rows by column, user): fills in blanks. A sheet gives a thousand at once.
    fill: Callable[[Sequence[dict[str, Any]], Asker], None]
    #: The page that does it for all rows that still wait, and the list of these (a list's query).
    label: Text
    waiting: dict[str, str]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Register:
    """What the shared pages, sheets and rules need to know of one table.

    Every name is checked when the declaration is read, so a misspelt column stops `manage.py check`.
    """

    slug: str
    model: type[Row]
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
    #: The columns by which a row's page answers at a glance; none named are those of `listed` that the rows hold. What
    #: the state or a due date says already is left out (`inventory.pages.facts`).
    head: tuple[str, ...] = ()
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
    #: the list belongs to the whole municipality; or what leads to rows of any register (`follows`).
    scope: str | None = "responsible_unit"
    #: A yes or no: where it is yes, only those who may change the row see it.
    confidential: str = ""
    #: Every account that holds a grant may read it (names that others refer to).
    public: bool = False
    #: Only those who manage may change it.
    stewards_only: bool = False
    #: What its rows may not become whatever the rights to them, such as what decides over accounts
    #: (inventory.organization.authority).
    guard: Guard | None = None
    #: The name of the page on which rows are made, where that is not the register's own form.
    made_on: str = ""
    #: The register under which a record stands in the menu and whose grants hold for it.
    belongs_to: str | None = None
    #: The register under which it stands in the menu though its grants are its own; who does not see that one finds it
    #: in the first line.
    stands_under: str = ""
    #: The register whose kinds its rows name; none named is its own.
    kinds_of: str = ""
    #: The heading above it in that register's menu.
    heading: Text = ""
    #: Columns that name the row on whose page these rows are shown.
    parents: tuple[str, ...] = ()
    #: The one of `parents` whose lines these rows are: edited in its form, summed on its page, pasted and taken from a
    #: list's selection.
    line_of: str = ""
    #: Sums of lines that the list of the rows shows to which they belong.
    totals: tuple[Total, ...] = ()
    #: What of its rows follows from rows elsewhere, such as a fill's vehicle from a plate or a card.
    completing: Completing | None = None
    #: A sheet may say a row twice: what it says again, word for word, is left out with a word.
    repeats: bool = False
    #: A row's page shows the items that name it, such as those that stand at a place.
    shows_items: bool = False
    #: What is said of values that no rule forbids and that are hardly right (`inventory.editing.doubts`).
    warnings: tuple[Rule, ...] = ()
    #: From when to when a row holds, and what that means for the item that it belongs to.
    validity: Validity | None = None
    #: Columns of a row that a column names, shown beside these.
    through: tuple[Through, ...] = ()
    #: Further columns that no row holds (`inventory.computed.columns.Computed`).
    computed: tuple[Column, ...] = ()
    #: The states of its rows, and the steps between them; any other writing leaves the state alone.
    flow: Flow | None = None
    #: Columns whose values are one row's own, left blank in a copy of it. Records that have some are made many at once
    #: from one that stands, too ("Çoğalt"), as items are.
    once: tuple[str, ...] = ()
    #: What a blank of a column means, shown in its place on pages; in a sheet it stays blank.
    blanks: dict[str, Text] = field(default_factory=dict)
    #: More headings that sheets use for a column: {"plate": ("plaka no", "araç plakası")}; those of the model's
    #: SYNONYMS are added to them.
    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Register {self.slug}>"

    def __str__(self) -> str:
        """As it stands in addresses and forms."""
        return self.slug

    def __post_init__(self) -> None:
        shared = getattr(self.model, "SYNONYMS", {})
        synonyms = {
            name: tuple(dict.fromkeys((*self.synonyms.get(name, ()), *shared.get(name, ()))))
            for name in (*self.synonyms, *(name for name in shared if name in self.columns))
        }
        object.__setattr__(self, "synonyms", synonyms)
        # `listed` and `filters` may name computed columns too, which other registers give (`computed.columns.check`).
        named = (*self.head, *self.sums, *self.once, *self.parents, *self.synonyms, *self.named_by)
        named += tuple(name for names in self.identity for name in names)
        named += (self.order.removeprefix("-"), *(first for _, first in self.sections))
        named += tuple(filter(None, (self.split, self.confidential, *self.blanks)))
        named += tuple(name for rule in self.warnings for name in rule.columns)
        for name in named:
            if name not in self.columns and name != self.model._meta.pk.name:
                raise ImproperlyConfigured(f"register {self.slug!r}: {name!r} is not one of its columns")
        if not self.head:
            object.__setattr__(self, "head", tuple(name for name in self.listed if name in self.columns))
        self._by_name  # noqa: B018 - finds every column's field now, not on the first page
        if self.flow:
            self.flow.check(self.slug, self._by_name)
        if self.validity:
            self.validity.check(self.slug, self.model)
            if self.flow and self.flow.column not in self.validity.counts:
                raise ImproperlyConfigured(f"register {self.slug!r}: its validity counts rows of every state")
        for declared in self.through:
            declared.check(self.slug, self.model)
        for total in self.totals:
            total.check(self.slug, self.model)
        if self.totals and not self.line_of:
            raise ImproperlyConfigured(f"register {self.slug!r}: only lines are added up beside other rows")
        if self.line_of and (self.line_of not in self.parents or self.column(self.line_of).field.null):
            raise ImproperlyConfigured(f"register {self.slug!r}: {self.line_of!r} is not a parent that each row has")

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        by_name = {}
        for name in self.columns:
            try:
                by_name[name] = Column(field_of(self.model, name))
            except FieldDoesNotExist as error:
                raise ImproperlyConfigured(f"register {self.slug!r}: no field {name!r}") from error
            by_name[name].type  # noqa: B018 - an unknown field type stops the start as well
            # In every way in: forms, sheets, commands.
            by_name[name].field.error_messages.update(messages(by_name[name]))
        return by_name

    def column(self, name: str) -> Column:
        """Raises KeyError for a name that is not in `columns`."""
        return self._by_name[name]

    def all_columns(self) -> list[Column]:
        return list(self._by_name.values())

    def typed_columns(self) -> list[Column]:
        """What forms offer, and what going back to earlier values changes: not the state, which is for steps."""
        state = self.flow.column if self.flow else ""
        return [column for column in self.all_columns() if column.editable and column.name != state]

    @cached_property
    def key(self) -> Column:
        """The column that a sheet carries to find its rows again: the inventory number, or the row's id."""
        number = next(iter(self.model.numbered or ()), "")
        return Column(field_of(self.model, number if number in self.columns else self.model._meta.pk.name))

    def text(self, column: Column, row: models.Model) -> str:
        """What a page shows of a row's column."""
        return column.text(row) or str(self.blanks.get(column.name, ""))

    @cached_property
    def personal(self) -> tuple[Column, ...]:
        """The columns that identify a person, shown masked."""
        return tuple(column for column in self.all_columns() if column.is_personal)

    @property
    def references(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.all_columns() if column.type == Type.REFERENCE)

    @cached_property
    def joined(self) -> tuple[str, ...]:
        """What to join so that a page of rows costs one query: the references, and what stands in their names."""
        return tuple(former.paths(self.model, self.references))

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

    def complete(self, rows: Sequence[Row], user: Asker) -> None:
        """Fill in of the rows what follows from others."""
        if self.completing:
            before = [{name: getattr(row, name) for name in self.columns} for row in rows]
            after = [values.copy() for values in before]
            self.completing.fill(after, user)
            for row, old, new in zip(rows, before, after, strict=True):
                for name, value in new.items():
                    if value is not old[name]:
                        setattr(row, name, value)

    def children(self) -> list[tuple[Register, str]]:
        """The registers whose rows are shown on a row's page, with the column that points here."""
        return [(child, column.name) for child, column in naming(self.model) if column.name in child.parents]

    def lines(self) -> list[Register]:
        """The registers whose rows are the lines of a row."""
        return [child for child, column in self.children() if column == child.line_of]

    def taken_by(self) -> list[tuple[Register, str]]:
        """The registers whose lines name rows of this one, with the column: many are taken from its list at once."""
        lines = [(child, column.name) for child, column in naming(self.model) if child.line_of]
        return [(child, name) for child, name in lines if name != child.line_of]

    def naming(self, model: type[models.Model]) -> list[Column]:
        """The columns that name rows of the model."""
        return [column for column in self.all_columns() if column.related_model is model]

    @cached_property
    def follows(self) -> Any:
        """The table by which a row belongs to rows of any register: an item (`scope="item"`), or links to several.
        Whoever sees one of those rows sees this one."""
        if not self.scope or "__" in self.scope:
            return None
        related = self.model._meta.get_field(self.scope).related_model
        if not isinstance(related, type):
            return None
        return related if {"register", "row"} <= {field.name for field in related._meta.get_fields()} else None

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


def of(model: type[models.Model] | None) -> Register | None:
    return next((r for r in _registers.values() if r.model is model), None)


def serving(model: type[models.Model]) -> Register:
    """The register of these rows; raises KeyError where there is none."""
    if (register := of(model)) is None:
        raise KeyError(model)
    return register


def every(*groups: Group) -> list[Register]:
    """All registers in the order of INSTALLED_APPS, or those of the given groups."""
    return [r for r in _registers.values() if not groups or r.group in groups]


def naming(model: type[models.Model], *groups: Group) -> list[tuple[Register, Column]]:
    """Every register's columns that name rows of the model; of the given groups' registers."""
    return [(register, column) for register in every(*groups) for column in register.naming(model)]


def grantable() -> list[tuple[str, Text]]:
    """The registers that a grant may name, as choices; the titles lazily, since they are kept for all languages."""
    return [(r.slug, r.model._meta.verbose_name_plural or r.slug) for r in every() if not r.belongs_to]


def with_kinds() -> list[tuple[str, Text]]:
    """The registers that keep a type list, as choices."""
    return [(r.slug, r.model._meta.verbose_name_plural or r.slug) for r in every("asset")]
