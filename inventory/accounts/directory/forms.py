from __future__ import annotations

from typing import Any

from django import forms

from inventory.accounts.directory.models import DirectoryGroup
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
        group: Any = self.fields["group"]
        group.queryset = group.queryset.order_by(turkish("name"))
        if self.instance.pk:
            del self.fields["name"]
