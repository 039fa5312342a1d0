"""What a user chooses about a file: its form, its columns, and whose records come along."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imports.exporting.parts import records_of
from imports.exporting.personal import ASKED, offered
from imports.exporting.writing import forms_of
from inventory.computed.columns import shown
from inventory.listing.address import Listing
from inventory.pages import saved
from inventory.pages.form_fields import choice

SHOWN, ALL = "shown", "all"


class ExportForm(forms.Form):
    """Made for one listing; `query()` is the listing's URL query with what was chosen."""

    format = forms.ChoiceField(
        label=gettext_lazy("Biçim"),
        initial="xlsx",
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )
    columns = forms.ChoiceField(
        label=gettext_lazy("Sütunlar"), widget=forms.Select(attrs={"class": "form-select"}), initial=SHOWN
    )
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("Neler aktarılsın?"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("En az bir liste işaretleyiniz.")},
    )

    personal = forms.BooleanField(required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"}))

    def __init__(self, listing: Listing, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._listing = listing
        register = listing.register
        choice(self, "format").choices = list(forms_of(register).items())
        self._sets = saved.seen_by(listing.user, register).filter(kind=saved.Kind.COLUMNS)
        message = _("Listede görünenler (%(count)d sütun)") % {
            "count": sum(not column.is_personal for column in listing.columns)
        }
        every = _("Hepsi (%(count)d sütun)") % {"count": len(shown(register)) - len(register.personal)}
        choice(self, "columns").choices = [
            (SHOWN, message), (ALL, every), *((str(one.pk), _("Takım: %(name)s") % {"name": one}) for one in self._sets)
        ]  # fmt: skip
        if personal := offered(listing):
            labels = ", ".join(dict.fromkeys(column.label for column in personal))
            self.fields["personal"].label = _("%(columns)s da tam olarak aktarılsın") % {"columns": labels}
        else:
            del self.fields["personal"]
        records = [(child.slug, child.title) for child, _name in records_of(listing)]
        choice(self, "parts").choices = [(register.slug, register.title), *records]
        self.fields["parts"].initial = [register.slug]

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("format") in ("csv", "plain") and len(cleaned.get("parts", ())) > 1:
            self.add_error(
                "parts", _("CSV dosyasında tek liste olur. Birini seçiniz veya biçimi Excel ya da ODS yapınız.")
            )
        return cleaned

    def query(self) -> str:
        columns, parts = self.cleaned_data["columns"], self.cleaned_data["parts"]
        if columns == SHOWN:
            columns = ",".join(column.name for column in self._listing.columns)
        elif columns != ALL:
            columns = saved.columns_of(next(one for one in self._sets if str(one.pk) == columns))
        personal = None
        if self.cleaned_data.get("personal"):
            personal = "1"
            if columns != ALL:
                own = [column.name for column in self._listing.register.personal]
                columns = ",".join(dict.fromkeys((*columns.split(","), *own)))
        chosen = {"columns": columns, "parts": ",".join(parts), ASKED: personal}
        return self._listing.query(page=None, size=None, format=None, **chosen)
