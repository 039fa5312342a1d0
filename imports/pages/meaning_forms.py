"""What the unknown texts of a sheet mean: one question for each."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from imports.checking.meanings import is_possible
from imports.models import Batch
from inventory import access, registers
from inventory.columns import Column, Type
from inventory.naming import choosable, text_of


class UnknownForm(forms.Form):
    """`meaning-0` … answer the texts in `batch.unknown`; an empty one stays unanswered."""

    def __init__(self, batch: Batch, data=None):
        super().__init__(data)
        self.batch, self.register = batch, batch.of
        for place, unknown in enumerate(batch.unknown):
            name = f"meaning-{place}"
            self.fields[name] = self._field(self.register.column(unknown["column"]), unknown, self.data.get(name))

    def _field(self, column: Column, unknown: dict, chosen: str | None) -> forms.Field:
        attributes = {"class": "form-select form-select-sm", "data-placeholder": _("Anlamını seçiniz")}
        near = [tuple(pair) for pair in unknown["near"]]
        if column.type == Type.CHOICE:
            near = [(str(value), str(label)) for value, label in column.choices.items() if value != ""]
        else:
            attributes["data-options-url"] = reverse("register-options", args=[self.register, column.name])
            if chosen and chosen not in dict(near):
                near.append((chosen, self._label(column, chosen)))
        # What is offered is only a part of what may be chosen: `clean` judges.
        return forms.CharField(
            required=False,
            label=_("%(column)s: “%(text)s” ne demek?") % {"column": column.label, "text": unknown["text"]},
            widget=forms.Select(attrs=attributes, choices=[("", ""), *near]),
        )

    def _label(self, column: Column, chosen: str) -> str:
        if not is_possible(self.register, column, self.batch.user, chosen):
            return "?"
        return text_of(choosable(self.register, column, self.batch.user).get(pk=chosen))

    def questions(self) -> list[dict]:
        """Each unknown text with its column's label, its field, and where a new row of that name is made."""
        asked = []
        for place, unknown in enumerate(self.batch.unknown):
            column = self.register.column(unknown["column"])
            asked.append(
                unknown | {"label": column.label, "field": self[f"meaning-{place}"]} | self._making(column, unknown)
            )
        return asked

    def _making(self, column: Column, unknown: dict) -> dict[str, str]:
        """Where the missing row is added, or who adds such rows; a status cannot be added at all."""
        target = registers.of(column.related_model) if column.type == Type.REFERENCE else None
        if target is None or target.group == "asset":
            return {}
        if not access.may_change(target, self.batch.user):
            return {"asked_of": target.title}
        first = {"name": unknown["text"]} if "name" in target.columns else {}
        if "register" in target.columns:
            first["register"] = self.register.slug
        return {"made_at": f"{reverse('register-new', args=[target])}?{urlencode(first)}", "made": target.one}

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        for place, unknown in enumerate(self.batch.unknown):
            column, means = self.register.column(unknown["column"]), cleaned.get(f"meaning-{place}")
            if means and not is_possible(self.register, column, self.batch.user, means):
                self.add_error(f"meaning-{place}", _("Bu seçilemez; listeden başka birini seçiniz."))
        return cleaned

    def given(self) -> dict[tuple[str, str], str]:
        """(column, text) → what it means, for the texts that were answered."""
        values = {}
        for place, unknown in enumerate(self.batch.unknown):
            if means := self.cleaned_data[f"meaning-{place}"]:
                values[unknown["column"], unknown["text"]] = means
        return values
