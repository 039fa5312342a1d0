"""The filters of a list, made from the register's columns (django-filter)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, ClassVar

import django_filters as df
from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.db.models import DecimalField, Q, QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from inventory import former, hooks, seen
from inventory.columns import Column, Type
from inventory.computed.columns import Computed, computed, source
from inventory.editing.fields import DayField, ExactField, WholeField
from inventory.naming import candidates
from inventory.pages.forms import DEGREE_ERRORS
from inventory.pages.widgets import DateInput, NumberInput, ReferenceSelectMultiple
from inventory.registers import Register
from inventory.search import LONGEST, fold, folded
from inventory.server.asked import whole
from inventory.trees import Tree, below


class SearchFilter(df.CharFilter):
    def __init__(self, register: Register, **kwargs: Any):
        super().__init__(**kwargs)
        self.register = register

    def filter(self, rows: QuerySet[Any], value: Any) -> Any:
        request = self.parent.request
        end = former.end_of(request.as_of) if request.as_of else None
        return seen.matching(self.register, request.user, rows, value, end) if value else rows


class TextFilter(df.CharFilter):
    """Contains, whatever the case and accents."""

    def filter(self, rows: QuerySet[Any], value: Any) -> Any:
        if not value:
            return rows
        # What a searched column holds, `search_text` holds too: it is read more quickly, on PostgreSQL by an index.
        # A past day's rows may be from before the column was searched.
        if self.field_name in getattr(rows.model, "searched", ()):
            rows = rows.filter(search_text__contains=fold(value))
        alias = f"_{self.field_name}_folded"
        return rows.alias(**{alias: folded(self.field_name)}).filter(**{f"{alias}__contains": fold(value)})


class RowsField(df.fields.ModelMultipleChoiceField):
    """Rows by their ids; a number that no database counts to is no row's."""

    def _check_values(self, value: Any) -> Any:
        known = [each for each in value if whole(each) is not None or str(each) == str(self.null_value)]
        if len(known) < len(value):
            wrong = next(each for each in value if each not in known)
            raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": wrong})
        return super()._check_values(value)


class ReferenceFilter(df.ModelMultipleChoiceFilter):
    """One or several rows, each with all below it when they form a tree."""

    field_class = RowsField

    def filter(self, rows: QuerySet[Any], value: Any) -> Any:
        if not value:
            return rows
        if isinstance(value[0], Tree) and self.parent.request.as_of:
            return rows.filter(former.below_then(self.field_name, value))
        if isinstance(value[0], Tree):
            reached = type(value[0])._default_manager.filter(below(value))
            return rows.filter(**{f"{self.field_name}__in": reached})
        return rows.filter(**{f"{self.field_name}__in": [row.pk for row in value]})


class YesNoFilter(df.ChoiceFilter):
    def __init__(self, **kwargs: Any):
        super().__init__(choices=(("true", _("Evet")), ("false", _("Hayır"))), empty_label="—", **kwargs)

    def filter(self, rows: QuerySet[Any], value: Any) -> Any:
        return rows.filter(**{self.field_name: value == "true"}) if value else rows


class BlankFilter(df.ChoiceFilter):
    """Only the rows in which a column is empty, or only those in which it is not."""

    def __init__(self, column: Column, **kwargs: Any):
        blank = Q(**{f"{column.name}__isnull": True}) if column.field.null else Q()
        if column.type in (Type.TEXT, Type.CODE, Type.LONG_TEXT, Type.CHOICE) and not column.field.null:
            blank = Q(**{column.name: ""})
        self.blank = blank
        super().__init__(choices=(("yes", _("boş")), ("no", _("dolu"))), empty_label="—", **kwargs)

    def filter(self, rows: QuerySet[Any], value: Any) -> Any:
        return rows if not value else rows.filter(self.blank if value == "yes" else ~self.blank)


class DayFilter(df.DateFilter):
    field_class = DayField


class MomentFilter(DayFilter):
    """By the whole day, the last one with it."""

    def filter(self, rows: QuerySet[Any], value: Any) -> Any:
        return super().filter(rows, value and dt.datetime.combine(value, self._time))

    @property
    def _time(self) -> dt.time:
        return dt.time.max if self.lookup_expr == "lte" else dt.time.min


class WholeFilter(df.NumberFilter):
    field_class = WholeField


class ExactFilter(df.NumberFilter):
    field_class = ExactField


def asked(names: Iterable[str], data: Mapping[str, Any]) -> list[str]:
    """Which of the filters the data has a value for."""
    values = data.getlist if isinstance(data, MultiValueDict) else lambda name: [data.get(name)]
    return [name for name in names if name in data and any(values(name))]


class RegisterFilters(df.FilterSet):
    #: Name of a filter → the computed column that it narrows.
    computed: ClassVar[dict[str, Computed]] = {}
    #: All of the class; of an instance, those that it has.
    base_filters: dict[str, df.Filter]

    def __init__(self, data: Mapping[str, Any] | None = None, *args: Any, **kwargs: Any):
        """With data only the filters of the columns that it asks for: a form of some sixty fields costs more than many
        a query."""
        if data is not None:
            every = self.base_filters
            columns = {every[name].field_name for name in asked(every, data)}
            self.base_filters = {name: each for name, each in every.items() if each.field_name in columns}
        super().__init__(data, *args, **kwargs)

    def filter_queryset(self, rows: QuerySet[Any]) -> Any:
        """A computed column is put beside the rows before anything asks for it, as of the list's day."""
        asked = {name for name, value in self.form.cleaned_data.items() if value not in (None, "", [])}
        needed = {column for name, column in self.computed.items() if name in asked}
        rows = rows.alias(**{column.name: column.expression(self.request.as_of) for column in needed})
        return super().filter_queryset(rows)

    def get_form_class(self) -> Any:
        made = super().get_form_class()
        for name, field in made.base_fields.items():
            attrs = field.widget.attrs
            if (end := end_of(name, self.base_filters[name].field_name)) and not isinstance(field.widget, forms.Select):
                attrs["placeholder"] = end
            if isinstance(field.widget, forms.SelectMultiple):
                attrs |= {"class": "form-select form-select-sm", "data-searchable": ""}
            elif isinstance(field.widget, forms.Select):
                attrs["class"] = "form-select form-select-sm"
            else:
                attrs["class"] = "form-control form-control-sm"
        return made


#: What a list's address says beside its filters, which have the columns' names.
BESIDE = {"sort", "size", "columns", "page", "as_of", "at", "parts", "format", "limit", "offset", "cursor"}


def end_of(name: str, column: str) -> str:
    """What a filter says of its column beside the column's name: "linked_to" is a column, "cost_to" an end of one."""
    return str({"_from": _("en az"), "_to": _("en çok"), "_blank": _("boş mu")}.get(name.removeprefix(column), ""))


@cache
def filter_class(register: Register) -> type[df.FilterSet]:
    """The register's FilterSet: `q`, and one or two filters for each column, held or computed."""
    made: dict[str, df.Filter] = {"q": SearchFilter(register, label=_("Ara"), max_length=LONGEST)}
    for column in register.all_columns():
        made |= _filters(register, column)
    by_filter: dict[str, Computed] = {}
    for column in computed(register).values():
        own = _filters(register, column)
        made |= own
        by_filter |= dict.fromkeys(own, column)
    for make in hooks.filters:
        made |= make(register)
    if taken := made.keys() & BESIDE:
        raise ImproperlyConfigured(f"register {register.slug!r}: {sorted(taken)} is a list's own parameter")
    return type(f"{register.model.__name__}Filters", (RegisterFilters,), made | {"computed": by_filter})


_NUMBERS = {Type.INTEGER: WholeFilter, Type.DEGREE: df.NumberFilter}


def _filters(register: Register, column: Column) -> dict[str, df.Filter]:
    name, label = column.name, column.field.verbose_name
    made: dict[str, df.Filter] = {}
    if column.is_personal:
        # Whether it is there, and nothing more: by a filter on its value it could be guessed digit by digit.
        return {f"{name}_blank": BlankFilter(column, field_name=name, label=label)}
    match column.type:
        case Type.REFERENCE:
            of, there = source(register, column)
            made[name] = ReferenceFilter(
                field_name=name,
                label=label,
                queryset=lambda request: candidates(of, there, request.user),
                widget=ReferenceSelectMultiple(of, there),
            )
        case Type.CHOICE:
            made[name] = df.MultipleChoiceFilter(
                field_name=name,
                label=label,
                choices=lambda: list(column.choices.items()),
                # The column is the row's own, so no row is found twice; DISTINCT would sort all of them.
                distinct=False,
            )
        case Type.BOOLEAN:
            made[name] = YesNoFilter(field_name=name, label=label)
        case Type.DATE | Type.MOMENT:
            kind_of_day = DayFilter if column.type == Type.DATE else MomentFilter
            for end, lookup in (("from", "gte"), ("to", "lte")):
                made[f"{name}_{end}"] = kind_of_day(
                    field_name=name,
                    lookup_expr=lookup,
                    label=label,
                    widget=DateInput,
                )
        case Type.INTEGER | Type.DECIMAL | Type.MONEY | Type.AREA | Type.DEGREE:
            kind = _NUMBERS.get(column.type, ExactFilter)
            how: dict[str, object] = {}
            if isinstance(column.field, DecimalField):
                how["decimal_places"] = column.field.decimal_places
            elif kind is df.NumberFilter:
                how["error_messages"] = DEGREE_ERRORS
            for end, lookup in (("from", "gte"), ("to", "lte")):
                made[f"{name}_{end}"] = kind(
                    field_name=name,
                    lookup_expr=lookup,
                    label=label,
                    widget=NumberInput,
                    localize=True,
                    **how,
                )
        case _:
            made[name] = TextFilter(field_name=name, label=label, max_length=LONGEST)
    if column.field.null or column.blank_text:
        made[f"{name}_blank"] = BlankFilter(column, field_name=name, label=label)
    return made
