"""The form in which columns that a file lacks are given once for all its rows."""

from __future__ import annotations

from collections.abc import Collection

from django import forms
from django.utils.translation import gettext as _

from imports.filling import constants
from inventory.columns import Column, Type
from inventory.pages.forms import field
from inventory.registers import Register

# What is the same in all rows of a file is where they belong and what they are, not what each of them says.
_OFFERED = (Type.REFERENCE, Type.CHOICE, Type.BOOLEAN, Type.DATE)
_PREFIX = "all"


class ConstantsForm(forms.Form):
    """`all-<column>` for each column that the file does not fill; `given` are those that stand already."""

    def __init__(
        self, register: Register, user, data=None, *, given: constants.Constants, filled: Collection[str] = ()
    ):
        super().__init__(data, prefix=_PREFIX)
        self.register = register
        self.required: list[str] = []
        self.further: list[str] = []
        for column in register.all_columns():
            if column.name in filled or not constants.may_be_given(register, column):
                continue
            is_required = not column.field.blank and not column.field.has_default()
            if not is_required and column.type not in _OFFERED and column.name not in given:
                continue
            self.fields[column.name] = made = _field(register, column, user)
            made.required = False
            self.initial[column.name] = given.get(column.name, {}).get("means")
            (self.required if is_required or column.name in given else self.further).append(column.name)

    def first(self) -> list[forms.BoundField]:
        """What new rows need, and what was given."""
        return [self[name] for name in self.required]

    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.further]

    def given(self) -> dict[str, dict[str, str]]:
        """What was filled in, as a batch keeps it."""
        return {
            name: constants.of_value(self.register.column(name), _stored(self.register.column(name), value))
            for name, value in self.cleaned_data.items()
            if value not in (None, "")
        }


def _field(register: Register, column: Column, user) -> forms.Field:
    if column.type == Type.CHOICE:
        choices = [("", "—"), *((value, label) for value, label in column.choices.items() if value != "")]
        return forms.ChoiceField(label=column.label, choices=choices, widget=_select())
    if column.type == Type.BOOLEAN:
        return forms.ChoiceField(
            label=column.label, choices=[("", "—"), ("True", _("Evet")), ("False", _("Hayır"))], widget=_select()
        )
    made = field(register, column, user)
    made.help_text = ""
    return made


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


def _stored(column: Column, value: object) -> object:
    return value == "True" if column.type == Type.BOOLEAN else value
