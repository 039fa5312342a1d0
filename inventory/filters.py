"""The filters of a list, made from the register's columns (django-filter)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache

import django_filters as df
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from inventory.columns import Column, Type
from inventory.forms import ERRORS
from inventory.models import GONE, Asset
from inventory.naming import candidates
from inventory.registers import Register
from inventory.search import LONGEST, capital, fold, folded, matching
from inventory.trees import Tree, below
from inventory.widgets import DateInput, NumberInput, ReferenceSelectMultiple

SOON = dt.timedelta(days=30)


class SearchFilter(df.CharFilter):
    def filter(self, rows, value):
        return matching(rows, value) if value else rows


class TextFilter(df.CharFilter):
    """Contains, whatever the case and accents."""

    def filter(self, rows, value):
        if not value:
            return rows
        # What a searched column holds, `search_text` holds too: it is read more quickly, on PostgreSQL by an index.
        # A past day's rows may be from before the column was searched.
        if self.field_name in getattr(rows.model, "searched", ()):
            rows = rows.filter(search_text__contains=fold(value))
        alias = f"_{self.field_name}_folded"
        return rows.alias(**{alias: folded(self.field_name)}).filter(**{f"{alias}__contains": fold(value)})


class ReferenceFilter(df.ModelMultipleChoiceFilter):
    """One or several rows, each with all below it when they form a tree."""

    def filter(self, rows, value):
        if not value:
            return rows
        if isinstance(value[0], Tree):
            reached = type(value[0])._default_manager.filter(below(value))
            return rows.filter(**{f"{self.field_name}__in": reached})
        return rows.filter(**{f"{self.field_name}__in": [row.pk for row in value]})


class YesNoFilter(df.ChoiceFilter):
    def __init__(self, **kwargs):
        super().__init__(choices=(("true", _("Evet")), ("false", _("Hayır"))), empty_label="—", **kwargs)

    def filter(self, rows, value):
        return rows.filter(**{self.field_name: value == "true"}) if value else rows


class BlankFilter(df.ChoiceFilter):
    """Only the rows in which a column is empty, or only those in which it is not."""

    def __init__(self, column: Column, **kwargs):
        blank = Q(**{f"{column.name}__isnull": True}) if column.field.null else Q()
        if column.type in (Type.TEXT, Type.CODE, Type.LONG_TEXT, Type.CHOICE) and not column.field.null:
            blank = Q(**{column.name: ""})
        self.blank = blank
        super().__init__(choices=(("yes", _("boş")), ("no", _("dolu"))), empty_label="—", **kwargs)

    def filter(self, rows, value):
        return rows if not value else rows.filter(self.blank if value == "yes" else ~self.blank)


class DueFilter(df.ChoiceFilter):
    """Overdue, due soon, or no date at all; by the row's own date or by the newest of its records.

    What is gone, and a record that a later one has replaced, asks for nothing any more.
    """

    CHOICES = (
        ("overdue", _("süresi geçmiş")),
        ("soon", _("30 gün içinde dolacak")),
        ("none", _("kaydı yok")),
    )

    def __init__(self, register: Register, child: Register | None = None, **kwargs):
        self.register, self.child = register, child
        super().__init__(choices=self.CHOICES, empty_label="—", **kwargs)

    def filter(self, rows, value):
        if not value:
            return rows
        rows = _in_service(self.register, rows)
        if self.child is None:
            current = newest(self.register, rows) if self.register.parents else rows
            return current.filter(due_condition(self.register.due, value))
        records = self.child.model._default_manager.filter(**{self.field_name: OuterRef("id")})
        if value == "none":
            return rows.filter(~Exists(records))
        return rows.filter(Exists(newest(self.child, records).filter(due_condition(self.child.due, value))))


def _in_service(register: Register, rows: QuerySet) -> QuerySet:
    """Without the items that are gone, or the records of such items."""
    holder = register.column(register.parents[0]).related_model if register.parents else register.model
    if not issubclass(holder, Asset):
        return rows
    return rows.exclude(**{f"{register.parents[0]}__status__in" if register.parents else "status__in": GONE})


def due_condition(column: str, state: str) -> Q:
    today = timezone.localdate()
    return {
        "overdue": Q(**{f"{column}__lt": today}),
        "soon": Q(**{f"{column}__gte": today, f"{column}__lte": today + SOON}),
        "none": Q(**{f"{column}__isnull": True}),
    }[state]


def newest(register: Register, records: QuerySet) -> QuerySet:
    """Without the records that a later one of the same parent and series has replaced."""
    series = (*register.parents[:1], *register.due_series)
    later = register.model._default_manager.filter(
        **{f"{register.due}__gt": OuterRef(register.due)}, **{name: OuterRef(name) for name in series}
    )
    return records.filter(~Exists(later))


class RegisterFilters(df.FilterSet):
    def get_form_class(self):
        made = super().get_form_class()
        ends = {"_from": _("en az"), "_to": _("en çok")}
        for name, field in made.base_fields.items():
            attrs = field.widget.attrs
            if end := next((text for suffix, text in ends.items() if name.endswith(suffix)), None):
                attrs["placeholder"] = end
            if isinstance(field.widget, forms.SelectMultiple):
                attrs |= {"class": "form-select form-select-sm", "data-searchable": ""}
            elif isinstance(field.widget, forms.Select):
                attrs["class"] = "form-select form-select-sm"
            else:
                attrs["class"] = "form-control form-control-sm"
        return made


_offered: list[Callable[[Register], dict[str, df.Filter]]] = []


def offer(make: Callable[[Register], dict[str, df.Filter]]) -> None:
    """Give registers more filters than their columns make; called once, while the application starts."""
    _offered.append(make)


@cache
def filter_class(register: Register) -> type[df.FilterSet]:
    """The register's FilterSet: `q`, one or two filters for each column, and what falls due."""
    made: dict[str, df.Filter] = {"q": SearchFilter(label=_("Ara"), max_length=LONGEST)}
    for column in register.all_columns():
        made |= _filters(register, column)
    if register.due:
        label = register.column(register.due).field.verbose_name
        made["due"] = DueFilter(register, label=label)
    for child, name in register.children():
        if child.due:
            title = child.model._meta.verbose_name
            made[f"{child.slug}_due"] = DueFilter(register, child, field_name=name, label=title)
    for make in _offered:
        made |= make(register)
    return type(f"{register.model.__name__}Filters", (RegisterFilters,), made)


def _filters(register: Register, column: Column) -> dict[str, df.Filter]:
    name, label = column.name, column.field.verbose_name
    made: dict[str, df.Filter] = {}
    if column.is_personal:
        # Whether it is there, and nothing more: by a filter on its value it could be guessed digit by digit.
        return {f"{name}_blank": BlankFilter(column, field_name=name, label=label)}
    match column.type:
        case Type.REFERENCE:
            made[name] = ReferenceFilter(
                field_name=name,
                label=label,
                queryset=lambda request: candidates(register, column, request.user, new=False),
                widget=ReferenceSelectMultiple(register, column),
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
        case Type.DATE:
            for end, lookup in (("from", "gte"), ("to", "lte")):
                made[f"{name}_{end}"] = df.DateFilter(
                    field_name=name,
                    lookup_expr=lookup,
                    label=label,
                    widget=DateInput,
                    error_messages=ERRORS[column.type],
                )
        case Type.INTEGER | Type.DECIMAL | Type.MONEY | Type.AREA | Type.DEGREE:
            for end, lookup in (("from", "gte"), ("to", "lte")):
                made[f"{name}_{end}"] = df.NumberFilter(
                    field_name=name,
                    lookup_expr=lookup,
                    label=label,
                    widget=NumberInput,
                    localize=True,
                    error_messages=ERRORS[column.type],
                )
        case _:
            made[name] = TextFilter(field_name=name, label=label, max_length=LONGEST)
    if column.field.null or (column.field.blank and column.type != Type.BOOLEAN):
        made[f"{name}_blank"] = BlankFilter(column, field_name=name, label=label)
    return made


Group = tuple[str, list[forms.BoundField]]


def grouped(register: Register, form: forms.Form) -> tuple[list[Group], list[Group]]:
    """The filter form's fields under the column that they narrow: those offered first, and the others."""
    first: dict[str, list[forms.BoundField]] = {name: [] for name in register.filters}
    rest: dict[str, list[forms.BoundField]] = {name: [] for name in register.columns}
    due: list[Group] = []
    for name in form.fields:
        base = name if name in rest else name.rpartition("_")[0]
        if base in first and not name.endswith("_blank"):
            first[base].append(form[name])
        elif base in rest:
            rest[base].append(form[name])
        elif name != "q" and not form.fields[name].widget.is_hidden:
            due.append((capital(form.fields[name].label), [form[name]]))
    return _labelled(register, first) + due, _labelled(register, rest)


_blank: dict[tuple[str, str], str] = {}


def drawn(register: Register, groups: list[Group]) -> str:
    """Groups of filters as HTML. While nothing is asked for they are the same for everybody: drawn once for each
    language, since fifty fields take a third of a list's time."""
    fields = [field for _label, found in groups for field in found]
    if any(field.value() not in (None, "", []) or field.errors for field in fields):
        return render_to_string("inventory/_more_filters.html", {"groups": groups})
    key = (register.slug, get_language())
    if key not in _blank:
        _blank[key] = render_to_string("inventory/_more_filters.html", {"groups": groups})
    return _blank[key]


def _labelled(register: Register, fields: dict[str, list[forms.BoundField]]) -> list[Group]:
    return [(register.column(name).label, found) for name, found in fields.items() if found]
