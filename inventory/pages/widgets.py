"""Form controls: dates and numbers as the office writes them, references searched by name."""

from typing import Any

from django import forms
from django.db.models import Model
from django.urls import reverse

from inventory.columns import Column
from inventory.naming import text_of
from inventory.registers import Register
from inventory.server.asked import wholes


class DateInput(forms.DateInput):
    def __init__(self, attrs=None):
        # Digits alone are a day, too: a phone's keys for numbers need no point.
        look = {"placeholder": "gg.aa.yyyy", "data-date": "", "inputmode": "numeric", "autocomplete": "off"}
        super().__init__({**look, **(attrs or {})})


class MomentInput(forms.TextInput):
    def __init__(self, attrs=None):
        super().__init__({"placeholder": "gg.aa.yyyy ss:dd", "autocomplete": "off", **(attrs or {})})


class NumberInput(forms.TextInput):
    """A text control, since a browser's number control refuses "1.234,56"."""

    def __init__(self, attrs=None):
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})


class _Searched(forms.Select):
    """A select that carries only what is chosen; the rest is looked up as the user types."""

    #: What choosing nothing is called.
    blank = ""

    def __init__(self, register: Register, column: Column, attrs: dict[str, Any] | None = None):
        self.register, self.column = register, column
        #: Rows that have been read already, by id.
        self.known: dict[str, Model] = {}
        super().__init__(attrs)

    def __deepcopy__(self, memo):
        copy = super().__deepcopy__(memo)
        copy.register, copy.column, copy.blank, copy.known = self.register, self.column, self.blank, self.known
        return copy

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        url = reverse("register-options", args=[self.register, self.column.name])
        # A filter may also name what is no longer chosen: groups, closed units, people who left.
        context["widget"]["attrs"]["data-options-url"] = f"{url}?all=1" if self.allow_multiple_selected else url
        if self.blank:
            context["widget"]["attrs"]["data-placeholder"] = self.blank
        return context

    def optgroups(self, name, value, attrs=None):
        chosen = [str(number) for number in wholes(value)]
        choices: Any = self.choices
        known = bool(chosen) and self.known.keys() >= set(chosen)
        rows = [self.known[pk] for pk in chosen] if known else choices.queryset.filter(pk__in=chosen) if chosen else ()
        options = [(row.pk, text_of(row)) for row in rows]
        if not self.allow_multiple_selected:
            options.insert(0, ("", self.blank))
        return [
            (None, [self.create_option(name, pk, text, str(pk) in chosen, i)], i)
            for i, (pk, text) in enumerate(options)
        ]


class ReferenceSelect(_Searched):
    pass


class ReferenceSelectMultiple(_Searched, forms.SelectMultiple):
    pass
