"""The panel of a list's filters.

A column that nothing is asked of has the same filters for everybody: they are drawn once for each language, and only
those of the other columns anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace

from django import forms
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from inventory.computed.columns import shown, the
from inventory.listing.address import Listing
from inventory.listing.filters import asked, end_of, filter_class
from inventory.registers import Register

#: Of one part of the panel: the fields of each column.
Part = dict[str, list[forms.BoundField]]
Drawn = dict[str, str]
# What Django's own templates leave around the options of a select.
_BETWEEN = re.compile(r"\s*(</?(?:select|option)\b[^>]*>)\s*")


@dataclass(frozen=True)
class Panel:
    """As HTML: the filters that the register offers first, all others, and those that the map sets."""

    first: SafeString
    more: SafeString
    hidden: SafeString
    is_more_open: bool


def panel(listing: Listing) -> Panel:
    register = listing.register
    first, rest, hidden = _blank(register, get_language() or "")
    if not listing.is_filtered:
        return Panel(_joined(first), _joined(rest), hidden, is_more_open=False)
    form = listing.filters.form
    first_asked, rest_asked = _parts(register, form)
    return Panel(
        _joined(first | _drawn(register, first_asked)),
        _joined(rest | _drawn(register, rest_asked)),
        _hidden(form) or hidden,
        # A filter in force is never hidden.
        bool(asked((field.html_name for fields in rest_asked.values() for field in fields), listing.params)),
    )


@cache
def _blank(register: Register, language: str) -> tuple[Drawn, Drawn, SafeString]:
    """The two parts and the hidden filters while nothing is asked for."""
    nobody = SimpleNamespace(user=None, as_of=None)
    form = filter_class(register)(queryset=register.model._default_manager.none(), request=nobody).form
    first, rest = _parts(register, form)
    return _drawn(register, first), _drawn(register, rest), _hidden(form)


def _parts(register: Register, form: forms.Form) -> tuple[Part, Part]:
    """The form's fields under the column that they narrow: those offered first, and the others."""
    first: Part = {name: [] for name in register.filters}
    rest: Part = {column.name: [] for column in shown(register)}
    for name in form.fields:
        base = name if name in rest else name.rpartition("_")[0]
        if base in first and not name.endswith("_blank"):
            first[base].append(form[name])
        elif base in rest:
            rest[base].append(form[name])
    return first, rest


def _drawn(register: Register, part: Part) -> Drawn:
    return {name: _filter(name, the(register, name).label, fields) for name, fields in part.items() if fields}


def _filter(column: str, label: str, fields: list[forms.BoundField]) -> str:
    inside = "".join(_field(label, end_of(field.name, column), field) for field in fields)
    legend = f'<legend class="form-label">{escape(label)}</legend>'
    return f'<fieldset class="mb-3 filter">{legend}<div class="filter-fields">{inside}</div></fieldset>\n'


def _field(label: str, end: str, field: forms.BoundField) -> str:
    """A control that is named by what it narrows, which stands above all of a column; one that is searched has its name
    from an element."""
    if isinstance(field.field.widget, forms.SelectMultiple):
        drawn = f'<label class="visually-hidden" for="{field.id_for_label}">{escape(label)}</label>{field}'
    else:
        name = f"{label}: {end}" if end else label
        drawn = field.as_widget(attrs={"aria-label": name, "id": False})
    errors = [f'<div class="text-danger small" role="alert">{escape(error)}</div>' for error in field.errors]
    return _BETWEEN.sub(r"\1", drawn) + "".join(errors)


def _hidden(form: forms.Form) -> SafeString:
    return _joined({field.name: str(field) for field in form.hidden_fields()})


def _joined(drawn: Drawn) -> SafeString:
    return mark_safe("".join(drawn.values()))  # noqa: S308 - drawn by templates, which escape
