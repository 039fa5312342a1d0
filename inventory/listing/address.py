"""What a list's URL asks for: which rows, in which order, with which columns.

The list page, its totals, the export and bulk edit all read the same query through here, so that what
is exported or changed is what was seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Sum
from django.forms import Field, ModelMultipleChoiceField
from django.http import QueryDict
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django_filters import FilterSet

from inventory import access, former, seen, stock
from inventory.columns import Column, Type
from inventory.computed.columns import Computed, find, name_rows, shown, the, with_states
from inventory.computed.columns import on as computed_on
from inventory.editing.fields import DayField
from inventory.listing.filters import asked, end_of, filter_class
from inventory.listing.totals import exact_sum
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.search import Term, capital
from inventory.server.asked import whole

SIZES = (25, 50, 100, 250)
#: What an address says of how its rows are shown, not which they are.
SHOWN_BY = ("sort", "columns", "page", "size", "format", "at")


def narrowed(query: str, *, but: str = "") -> QueryDict:
    """Of an address's query only what filters: neither order nor page, and no past day; `but` stays, too."""
    params = QueryDict(query, mutable=True)
    for name in {*SHOWN_BY, "as_of"} - {but}:
        params.pop(name, None)
    return params


class Listing:
    """A register's rows as a query asks for them, within what the user may see.

    `params`: a QueryDict, or a dict of texts. `sort` names a column ("-" turns it round), `columns` are
    separated by commas ("all" is every one), `as_of` is a day; everything else is a filter. `only` narrows it
    beforehand.
    """

    def __init__(self, register: Register, user: Asker, params: Mapping[str, Any], only: Q | None = None):
        if not isinstance(params, QueryDict):
            query = QueryDict(mutable=True)
            for name, value in params.items():
                query.setlist(name, value if isinstance(value, list) else [value])
            params = query
        self.register, self.user, self.params, self.only = register, user, params, only or Q()
        self.errors: dict[str, list[str]] = {}
        self.as_of = self._day()
        if self.is_filtered and not self.filters.is_valid():
            self.errors |= {name: list(errors) for name, errors in self.filters.errors.items()}

    @cached_property
    def filters(self) -> FilterSet:
        """Those that are asked for, with their siblings of the same column."""
        request = SimpleNamespace(user=self.user, as_of=self.as_of)
        return filter_class(self.register)(self.params, queryset=self._all(), request=request)

    @cached_property
    def is_filtered(self) -> bool:
        """Whether anything is asked for, however it is misspelt."""
        return bool(asked(filter_class(self.register).base_filters, self.params))

    @cached_property
    def given(self) -> dict[str, object]:
        """The filters in force, by name, with what they ask for; none while one is wrong."""
        if not self.is_filtered or not self.filters.is_valid():
            return {}
        return {
            name: value
            for name, value in self.filters.form.cleaned_data.items()
            if not (value is None or value == "" or (isinstance(value, list | QuerySet) and not value))
        }

    def _day(self) -> dt.date | None:
        if not (text := self.params.get("as_of")):
            return None
        try:
            day: dt.date = DayField().clean(text)
        except ValidationError:
            self.errors["as_of"] = [_("Geçerli bir gün yazınız, örneğin 31.12.2024.")]
            return None
        if day > timezone.localdate():
            self.errors["as_of"] = [_("Bu gün henüz gelmedi; bugünü veya geçmiş bir günü yazınız.")]
            return None
        return day

    def _all(self) -> QuerySet[Any]:
        if self.as_of and self.end:
            past = former.as_of(self.register.model, self.as_of)
            return access.visible_to(self.register, self.user, past, self.end).filter(self.only)
        return access.visible_to(self.register, self.user).filter(self.only)

    @cached_property
    def end(self) -> dt.datetime | None:
        """The moment at which the list's past day is over."""
        return former.end_of(self.as_of) if self.as_of else None

    @cached_property
    def not_kept_before(self) -> dt.date | None:
        """See `former.not_kept_before`."""
        return former.not_kept_before(self.register.model, self.as_of) if self.as_of else None

    @property
    def not_kept(self) -> str:
        """What is said instead of figures for a day of which nothing is known."""
        return former.not_kept(self.not_kept_before) if self.not_kept_before else ""

    @cached_property
    def matching(self) -> QuerySet[Any]:
        """The filtered rows without order; none while a filter is wrong, so nothing is shown as if it fitted."""
        if self.errors:
            return self._all().none()
        rows = self.filters.qs if self.is_filtered else self._all()
        # Without it a computed column could not be sorted by.
        sorting = self.sorting
        return rows.alias(**{sorting.name: sorting.expression(self.as_of)}) if isinstance(sorting, Computed) else rows

    @property
    def rows(self) -> QuerySet[Any]:
        """The filtered rows in order; equal ones by id, so that pages never overlap, turned round with the rest, so
        that one index serves both directions."""
        column = self.sorting
        # Blanks come last either way; where there are none, saying so would keep an index from being used.
        last = {"nulls_last": True} if self.has_blanks else {}
        order = self.order.asc(**last) if self.ascending else self.order.desc(**last)
        # An empty text is a blank too.
        empty = [ExpressionWrapper(Q(**{column.name: ""}), BooleanField())] if column.blank_text else []
        return self.with_references(self.matching).order_by(*empty, order, "id" if self.ascending else "-id")

    def with_references(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows with all that the list's columns and the rows' own names show; `name` is for when they have been
        read."""
        model = self.register.model
        references = [] if self.end else former.paths(model, [*self._shown_references, *former.naming(model)])
        # Without a name, select_related would join every reference.
        rows = rows.select_related(*references) if references else rows
        return computed_on(rows, with_states(self.register, self.columns), self.as_of)

    @property
    def _shown_references(self) -> list[str]:
        return [c.name for c in self.columns if c.type == Type.REFERENCE and not isinstance(c, Computed)]

    def name(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Put into rows that have been read what they name, as far as the user may see it."""
        if self.end:
            model = self.register.model
            names = dict.fromkeys((*self._shown_references, *former.naming(model)))
            former.name_rows(model, rows, names, self.end)
        name_rows(rows, self.columns, self.user, self.end)
        return access.veil(self.register, self.user, rows, self.end)

    @property
    def sorting(self) -> Column:
        return the(self.register, self.sort.removeprefix("-"))

    @cached_property
    def order(self) -> Term:
        """What the rows are sorted by: names of the list's day; one that the user may not see is a blank."""
        return seen.order(self.register, self.user, self.sorting, self.end)

    @property
    def has_blanks(self) -> bool:
        """Whether `order` may be None."""
        column = self.sorting
        unseen = access.unseen_by(self.register, self.user, column, self.end)
        return column.field.null or unseen is not None or bool(self.end and column.type == Type.REFERENCE)

    @cached_property
    def sort(self) -> str:
        asked = self.params.get("sort", "")
        name = asked.removeprefix("-")
        # The order of masked values would show what they are.
        column = find(self.register, name)
        return asked if column and not column.is_personal else self.register.order

    @property
    def ascending(self) -> bool:
        return not self.sort.startswith("-")

    def sorted_by(self) -> str:
        label = self.sorting.label
        return label if self.ascending else _("%(column)s (tersten)") % {"column": label}

    @cached_property
    def columns(self) -> list[Column]:
        asked = ",".join(self.params.getlist("columns")).split(",")
        if asked == ["all"]:
            return shown(self.register)
        known = list(dict.fromkeys(name for name in asked if find(self.register, name)))
        return [the(self.register, name) for name in known or self.register.listed]

    @property
    def size(self) -> int:
        asked = whole(self.params.get("size", ""))
        return asked if asked in SIZES else 50

    def totals(self) -> tuple[int, list[tuple[Column, object]]]:
        """How many rows there are, and the exact sum of each summed column that is shown; None where none is known."""
        shown = {column.name for column in self.columns}
        summed = [self.register.column(name) for name in self.register.sums if name in shown]
        if self.not_kept_before:
            return 0, [(c, None) for c in summed]
        if self.kept:
            kept = dict(stock.figures(self.kept, measures=(stock.NUMBER, *(c.name for c in summed))))
            return kept.get(stock.NUMBER, 0), [(c, kept.get(c.name, 0)) for c in summed]
        sums = {f"sum_{c.name}": _sum(c) for c in summed}
        totals = self.matching.aggregate(**sums) if sums else {}
        return self.matching.count(), [(c, totals[f"sum_{c.name}"]) for c in summed]

    @cached_property
    def kept(self) -> stock.Chosen | None:
        """What is asked for, where the kept figures hold it."""
        if self.errors or self.as_of or self.only:
            return None
        return stock.chosen(self.register, self.user, self.given)

    def query(self, **changes: Any) -> str:
        """The URL query with some parameters set, or taken away (None)."""
        params = self.params.copy()
        for name, value in changes.items():
            params.pop(name, None)
            if value is not None:
                params[name] = value
        for name in [n for n, values in params.lists() if not any(str(value) for value in values)]:
            del params[name]
        if len(params.getlist("columns")) > 1:
            params["columns"] = ",".join(params.getlist("columns"))
        return str(params.urlencode())

    def faults(self) -> list[tuple[str, list[str]]]:
        """The filters that could not be understood: (what, why)."""
        fields = self.filters.form.fields
        return [
            (self._label(name) if name in fields else _("Tarihteki durum"), errors)
            for name, errors in self.errors.items()
        ]

    def described(self) -> list[tuple[str, str]]:
        """The filters in force: (what, value) as a person would say them."""
        parts = [(_("Tarihteki durum"), formats.date_format(self.as_of, "SHORT_DATE_FORMAT"))] if self.as_of else []
        parts += [(_("Uyarı"), self.not_kept)] if self.not_kept_before else []
        for name, value in self.given.items():
            field = self.filters.form.fields[name]
            parts.append((self._label(name), shown_value(field, value)))
        return parts

    def _label(self, name: str) -> str:
        label = capital(str(self.filters.form.fields[name].label))
        end = end_of(name, filter_class(self.register).base_filters[name].field_name)
        return f"{label} ({end})" if end else label


def _sum(column: Column) -> Term:
    """0 where there are no rows."""
    return Sum(column.name, default=0) if column.type == Type.INTEGER else exact_sum(column.name, column.places)


def shown_value(field: Field, value: Any) -> str:
    if isinstance(field, ModelMultipleChoiceField):
        return ", ".join(str(row) for row in value)
    choices = {str(key): str(text) for key, text in getattr(field, "choices", ())}
    if isinstance(value, list):
        return ", ".join(choices.get(str(v), str(v)) for v in value)
    if isinstance(value, dt.date):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, Decimal):
        return formats.number_format(value, use_l10n=True, force_grouping=True)
    return choices.get(str(value), str(value))
