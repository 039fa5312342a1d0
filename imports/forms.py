"""What a user chooses about an import, before and after the upload."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imports.composites import composites
from imports.matching import Reading, key_label
from imports.models import Batch
from inventory.registers import Register

# The last row that Excel has.
LAST_ROW = 1_048_576


class ChoicesForm(forms.ModelForm):
    """How the rows are taken."""

    class Meta:
        model = Batch
        fields = ("mode", "blank", "locale", "reason")
        widgets = {
            "mode": forms.Select(attrs={"class": "form-select"}),
            "blank": forms.Select(attrs={"class": "form-select"}),
            "locale": forms.Select(attrs={"class": "form-select"}),
            "reason": forms.TextInput(attrs={"class": "form-control"}),
        }
        help_texts = {
            "mode": gettext_lazy(
                "Kayıtlar envanter numarasından, yoksa plaka, seri no gibi ayırt edici bilgiden tanınır."
            ),
            "blank": gettext_lazy("Dosyada hiç bulunmayan sütunlara dokunulmaz."),
            "locale": gettext_lazy("Metin olarak yazılmış sayı ve tarihler için."),
            "reason": gettext_lazy("Tarihçede görünür; istenirse boş kalabilir."),
        }


class UploadForm(ChoicesForm):
    file = forms.FileField(
        label=gettext_lazy("Dosya"),
        widget=forms.ClearableFileInput(
            attrs={"class": "form-control", "accept": ".xlsx,.xlsm,.xls,.ods,.csv,.tsv,.txt"}
        ),
    )
    field_order = ("file", "mode", "blank", "locale", "reason")

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            raise forms.ValidationError(
                _("Dosya %(size)s, en çok %(most)s yüklenir; dosyayı bölüp parça parça yükleyiniz.")
                % {"size": filesizeformat(file.size), "most": filesizeformat(settings.IMPORT_MAX_BYTES)}
            )
        return file


class MatchingForm(ChoicesForm):
    """The same choices after the upload, with the sheet, the header row and each heading's column."""

    sheet = forms.ChoiceField(
        label=gettext_lazy("Sayfa"), required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
    header_row = forms.IntegerField(
        label=gettext_lazy("Başlık satırı"),
        required=False,
        min_value=1,
        max_value=LAST_ROW,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
        help_text=gettext_lazy("Sütun adlarının bulunduğu satırın numarası; boşsa önerilir."),
    )
    field_order = ("sheet", "header_row", "mode", "blank", "locale", "reason")

    class Meta(ChoicesForm.Meta):
        fields = ("sheet", "header_row", *ChoicesForm.Meta.fields)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.choices = [field.name for field in self]
        read = self.instance.read
        self.was_at = (self.instance.sheet or read.get("sheet", ""), self.instance.header_row)
        self.initial["sheet"] = self.was_at[0]
        self.fields["sheet"].choices = [(name, name) for name in read.get("sheets", ())] or [("", "—")]
        options = column_options(self.instance.of)
        for place, heading in enumerate(self.instance.headings):
            if heading["reading"] != Reading.COMPUTED:
                field = forms.ChoiceField(
                    choices=options,
                    required=False,
                    initial=heading["columns"],
                    label=heading["text"],
                    widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
                )
                self.fields[f"column-{place}"] = field

    def chosen(self) -> list[forms.BoundField]:
        return [self[name] for name in self.choices]

    def lines(self) -> list[tuple[dict, forms.BoundField | None]]:
        """Each heading of the sheet with the field that says which column it is."""
        register, lines = self.instance.of, []
        for place, heading in enumerate(self.instance.headings):
            near = [register.column(name).label for name in heading["near"]]
            name = f"column-{place}"
            lines.append((heading | {"near_labels": near}, self[name] if name in self.fields else None))
        return lines

    def keep(self) -> Batch:
        """The batch with the choices; another sheet or header row has other headings, so they are matched anew."""
        batch = self.save(commit=False)
        if (batch.sheet, batch.header_row) != self.was_at:
            batch.mapping = {}
        else:
            batch.mapping = {
                heading["text"]: self.cleaned_data[field.name] for heading, field in self.lines() if field is not None
            }
        return batch


def column_options(register: Register) -> list[tuple[str, str]]:
    """What a heading may be: nothing, the key, two columns in one cell, or a column."""
    key = register.key.name
    options = [("", _("— okunmasın —")), (key, _("%(label)s (kaydı tanır)") % {"label": key_label(register)})]
    for one in composites(register):
        labels = "/".join(register.column(name).label for name in one.columns)
        options.append(("+".join(one.columns), labels))
    return options + [(c.name, c.label) for c in register.all_columns() if c.editable]
