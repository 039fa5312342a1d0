from __future__ import annotations

from django import forms

from inventory.directory.models import DirectoryGroup
from inventory.search import turkish


class DirectoryGroupForm(forms.ModelForm):
    """The name is written once: another one is another group."""

    class Meta:
        model = DirectoryGroup
        fields = ("name", "group")
        widgets = {
            "name": forms.TextInput({"class": "form-control", "autocomplete": "off", "spellcheck": "false"}),
            "group": forms.Select({"class": "form-select"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = self.fields["group"].queryset.order_by(turkish("name"))
        if self.instance.pk:
            del self.fields["name"]
