"""What a user chooses about a comparison."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imports.checking.matching import key_label
from imports.comparing.models import Comparison, ComparisonLine
from imports.pages.forms import ENCODING_HELP, HeadingsForm, SheetField
from inventory.pages.form_fields import choice
from inventory.registers import Register


class CompareForm(forms.ModelForm):
    """The file, whose list it is, and how it writes numbers."""

    file = SheetField()
    field_order = ("source", "file", "locale", "encoding")

    class Meta:
        model = Comparison
        fields: tuple[str, ...] = ("source", "locale", "encoding")
        widgets = {
            "source": forms.TextInput(attrs={"class": "form-control"}),
            "locale": forms.Select(attrs={"class": "form-select"}),
            "encoding": forms.Select(attrs={"class": "form-select"}),
        }
        help_texts = {
            "source": gettext_lazy("Örneğin: Sigorta şirketi poliçe listesi, Mart 2026. Raporda görünür."),
            "locale": gettext_lazy("Metin olarak yazılmış sayı ve tarihler için."),
            "encoding": ENCODING_HELP,
        }


class ReadingForm(HeadingsForm):
    """How the list was read, to be corrected."""

    class Meta(CompareForm.Meta):
        fields = ("sheet", "header_row", "header_rows", "locale", "encoding")


class LinesForm(forms.Form):
    """Which lines are looked at; what it does not understand filters nothing."""

    verdict = forms.ChoiceField(choices=ComparisonLine.Verdict.choices, required=False)
    decision = forms.ChoiceField(
        label=gettext_lazy("Karar"), required=False, widget=forms.Select(attrs={"class": "form-select form-select-sm"})
    )
    column = forms.ChoiceField(
        label=gettext_lazy("Farklı alan"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
    )
    q = forms.CharField(
        label=gettext_lazy("Ara"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control form-control-sm"}),
    )

    def __init__(self, data, register: Register, columns: list[str]):
        super().__init__(data)
        waiting = ("open", ComparisonLine.Decision.OPEN.label)
        choice(self, "decision").choices = [
            ("", _("Hepsi")), waiting, *(each for each in ComparisonLine.Decision.choices if each[0])
        ]  # fmt: skip
        columns = [name for name in (*columns, "status") if name in register.columns]
        labels = {name: register.column(name).label for name in columns}
        choice(self, "column").choices = [("", _("Hepsi")), *labels.items()]
        self.full_clean()

    @property
    def chosen(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if value}


def known_by(register: Register) -> str:
    """The columns by which a row is found in the register, in words."""
    sets = [" + ".join(register.column(name).label for name in names) for names in register.identity]
    return ", ".join([key_label(register), *sets])
