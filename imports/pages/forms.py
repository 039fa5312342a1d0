"""What a user chooses about an import, before and after the upload."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imports import profiles
from imports.checking import besides
from imports.checking.composites import composites
from imports.checking.matching import Reading, key_label, labels_of
from imports.models import Batch, Profile
from inventory import registers
from inventory.listing.address import Listing
from inventory.models import Asset
from inventory.pages import saved
from inventory.pages.form_fields import choice, row_choice
from inventory.registers import Register

# The last row that Excel has.
LAST_ROW = 1_048_576
SHEETS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt")
GEOGRAPHIC = (".geojson", ".json", ".kml", ".kmz", ".zip", ".gpkg", ".dxf")
ENCODING_HELP = gettext_lazy("Yalnızca metin dosyaları (CSV) için; ş, ğ, ı gibi harfler bozuk görünürse seçiniz.")
_SMALL = {"class": "form-select form-select-sm"}


class SheetField(forms.FileField):
    """A spreadsheet to be read, not larger than the limit."""

    def __init__(self, **kwargs):
        accepted = {"class": "form-control", "accept": ",".join((*SHEETS, *GEOGRAPHIC))}
        message = gettext_lazy(
            "Excel, ODS veya CSV. Haritadaki yerleri için GeoJSON, KML, GeoPackage, DXF ya da "
            "zip içinde shapefile de olur."
        )
        widget = forms.ClearableFileInput(attrs=accepted)
        super().__init__(label=gettext_lazy("Dosya"), help_text=message, widget=widget, **kwargs)

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if file.size > settings.IMPORT_MAX_BYTES:
            raise forms.ValidationError(
                _("Dosya %(size)s, en çok %(most)s yüklenir; dosyayı bölüp parça parça yükleyiniz.")
                % {"size": filesizeformat(file.size), "most": filesizeformat(settings.IMPORT_MAX_BYTES)}
            )
        return file


class ChoicesForm(forms.ModelForm):
    """How the rows are taken; `query` is the filter of the list from which the user came."""

    missing_among = forms.ChoiceField(
        label=gettext_lazy("Hangi kayıtlar arasında"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        help_text=gettext_lazy("Dosya yalnızca bunların hepsini içermeliyse seçiniz; dışındakilere bakılmaz."),
    )

    class Meta:
        model = Batch
        fields: tuple[str, ...] = (
            "mode", "blank", "locale", "encoding", "as_of", "later", "reason", "missing", "missing_among",
            "missing_reason",
        )  # fmt: skip
        labels = {"mode": gettext_lazy("Ne yapılsın?")}
        widgets = {
            "mode": forms.Select(attrs={"class": "form-select"}),
            "blank": forms.Select(attrs={"class": "form-select"}),
            "locale": forms.Select(attrs={"class": "form-select"}),
            "encoding": forms.Select(attrs={"class": "form-select"}),
            "as_of": forms.DateTimeInput({"class": "form-control", "type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
            "later": forms.Select(attrs={"class": "form-select"}),
            "reason": forms.TextInput(attrs={"class": "form-control"}),
            "missing": forms.Select(attrs={"class": "form-select"}),
            "missing_reason": forms.TextInput(attrs={"class": "form-control"}),
        }
        help_texts = {
            "mode": gettext_lazy(
                "Kayıtlar envanter numarasından, yoksa plaka, seri no gibi ayırt edici bilgiden tanınır."
            ),
            "blank": gettext_lazy("Dosyada hiç bulunmayan sütunlara dokunulmaz."),
            "locale": gettext_lazy("Metin olarak yazılmış sayı ve tarihler için."),
            "encoding": ENCODING_HELP,
            "as_of": gettext_lazy(
                "Bu kütükten verilmiş Excel ve ODS dosyaları kendisi söyler; CSV gibi söylemeyenler için yazınız."
            ),
            "later": gettext_lazy("Sizden sonra bir başkası aynı alanı değiştirdiyse; önizlemede tek tek de seçilir."),
            "reason": gettext_lazy("Tarihçede görünür; istenirse boş kalabilir."),
            "missing": gettext_lazy("Kütükte olup bu dosyada bulunmayan kayıtlar denetimde gösterilir."),
            "missing_reason": gettext_lazy("Yalnızca hizmet dışı bırakılacaksa; her kaydın tarihçesine yazılır."),
        }

    #: The fields that stand under "the rows that the file lacks".
    ABOUT_MISSING = ("missing", "missing_among", "missing_reason")

    def __init__(self, *args, register: Register, user, query: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        among = query or self.instance.missing_among
        choice(self, "missing_among").choices = _scopes(register, user, among)
        self.initial["missing_among"] = among
        self.fields["later"].required = False  # a script that does not know it means what is safe
        if not issubclass(register.model, Asset):
            choices = [each for each in Batch.Missing.choices if each[0] != Batch.Missing.RETIRE]
            choice(self, "missing").choices = choices

    def about_missing(self) -> list[forms.BoundField]:
        return [self[name] for name in self.ABOUT_MISSING]

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        cleaned["later"] = cleaned.get("later") or Batch.Later.KEEP
        if cleaned.get("missing") == Batch.Missing.RETIRE and not cleaned.get("missing_reason"):
            self.add_error("missing_reason", _("Hizmet dışı bırakmanın gerekçesini yazınız."))
        return cleaned


def _scopes(register: Register, user, query: str) -> list[tuple[str, str]]:
    """Among which rows the file's rows are looked for: all, the list as it was filtered, or a saved view."""
    scopes = [("", _("Bütün kütük (yetkiniz içinde)"))]
    if query:
        filters = Listing(register, user, QueryDict(query)).described()
        scopes.append((query, "; ".join(f"{what}: {value}" for what, value in filters) or _("Listenin tamamı")))
    views = saved.seen_by(user, register).filter(kind=saved.Kind.VIEW)
    return scopes + [(view.query, _("Görünüm: %(name)s") % {"name": view.name}) for view in views if view.query]


class UploadForm(ChoicesForm):
    file = SheetField()
    profile = forms.ModelChoiceField(
        label=gettext_lazy("Profil"),
        queryset=Profile.objects.none(),
        required=False,
        empty_label=gettext_lazy("— profil kullanılmasın —"),
        widget=forms.Select(attrs={"class": "form-select"}),
        help_text=gettext_lazy("Daha önce kaydedilmiş başlık ve değer eşleştirmeleri; öteki seçimleri de belirler."),
    )

    def __init__(self, *args, register: Register, user, **kwargs):
        super().__init__(*args, register=register, user=user, **kwargs)
        row_choice(self, "profile").queryset = profiles.visible_profiles(user, register)

    def first(self) -> list[forms.BoundField]:
        """What is asked of everybody; a profile only where there is one."""
        offered = row_choice(self, "profile").queryset
        has_profiles = offered is not None and offered.exists()
        return [self[name] for name in ("file", "profile", "mode", "reason") if name != "profile" or has_profiles]

    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in ("blank", "locale", "encoding", "as_of", "later", *self.ABOUT_MISSING)]

    def more_open(self) -> bool:
        """A choice that was made, or is wrong, is not hidden."""
        return bool(self.initial.get("missing_among")) or any(field.errors for field in self.more())


class HeadingsForm(forms.ModelForm):
    """Of a kept sheet, after the upload: which sheet and header rows are read, and as what each heading."""

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
    header_rows = forms.TypedChoiceField(
        label=gettext_lazy("Başlık kaç satır"),
        required=False,
        choices=[("", gettext_lazy("Dosyadan anla")), (1, "1"), (2, "2")],
        coerce=int,
        empty_value=None,
        widget=forms.Select(attrs={"class": "form-select"}),
        help_text=gettext_lazy("Alt alta iki satıra yazılmış başlıklar birleştirilir."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        read = self.instance.read
        self.was_at = (
            self.instance.sheet or read.get("sheet", ""),
            self.instance.header_row,
            self.instance.header_rows,
        )
        self.initial["sheet"] = self.was_at[0]
        choice(self, "sheet").choices = [(name, name) for name in read.get("sheets", ())] or [("", "—")]
        options = column_options(self.instance.of)
        for place, heading in enumerate(self.instance.headings):
            if heading["reading"] != Reading.COMPUTED:
                self.ask_of(place, heading, options)

    def ask_of(self, place: int, heading: dict, options: list[tuple[str, str]]) -> None:
        """Which column the heading is, and whether its blanks take the value above."""
        text = heading["text"]
        self.fields[f"column-{place}"] = forms.ChoiceField(
            choices=options,
            required=False,
            initial=heading["columns"],
            label=_("%(heading)s hangi sütun") % {"heading": text},
            widget=forms.Select(attrs=_SMALL),
        )
        if heading["fillable"] or text in self.instance.filled:
            self.fields[f"filled-{place}"] = forms.BooleanField(
                required=False,
                initial=text in self.instance.filled,
                label=_("Boşlar üsttekiyle dolsun"),
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )

    def chosen(self) -> list[forms.BoundField]:
        return [self[name] for name in ("sheet", "header_row", "header_rows", "locale", "encoding")]

    def lines(self) -> list[dict]:
        """Each heading of the sheet with the fields that say what becomes of it."""
        register, lines = self.instance.of, []
        for place, heading in enumerate(self.instance.headings):
            fields = {
                name: self[f"{name}-{place}"]
                for name in ("column", "blank", "filled")
                if f"{name}-{place}" in self.fields
            }
            near = [(name, labels_of(register, [name])) for name in heading["near"]] if "column" in fields else []
            lines.append(heading | fields | {"near_columns": near})
        return lines

    def keep(self):
        """The row with the choices; another sheet or header row has other headings, so they are matched anew."""
        kept = self.save(commit=False)
        kept.mapping, kept.filled = {}, []
        for place, heading in self.kept_headings():
            kept.mapping[heading["text"]] = self.cleaned_data[f"column-{place}"]
            if self.cleaned_data.get(f"filled-{place}"):
                kept.filled.append(heading["text"])
        return kept

    def changed_headings(self) -> dict[str, str]:
        """What the user said of headings that were read otherwise."""
        chosen = {heading["text"]: self.cleaned_data[f"column-{place}"] for place, heading in self.kept_headings()}
        was = {heading["text"]: heading["columns"] for heading in self.instance.headings}
        return {text: columns for text, columns in chosen.items() if columns != was[text]}

    def kept_headings(self) -> list[tuple[int, dict]]:
        """The headings that were asked about, if they are still those of the chosen rows."""
        now = (self.instance.sheet, self.instance.header_row, self.instance.header_rows)
        headings = enumerate(self.instance.headings) if now == self.was_at else ()
        return [(place, heading) for place, heading in headings if f"column-{place}" in self.fields]


class MatchingForm(HeadingsForm, ChoicesForm):
    """The same choices after the upload, with what becomes of each heading and of its blanks."""

    class Meta(ChoicesForm.Meta):
        fields = ("sheet", "header_row", "header_rows", *ChoicesForm.Meta.fields)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, register=kwargs["instance"].of, user=user, **kwargs)

    def ask_of(self, place: int, heading: dict, options: list[tuple[str, str]]) -> None:
        super().ask_of(place, heading, options)
        self.fields[f"blank-{place}"] = forms.ChoiceField(
            choices=[("", _("Yukarıda seçildiği gibi")), *Batch.Blank.choices],
            required=False,
            initial=self.instance.blanks.get(heading["columns"].split("+")[0], ""),
            label=_("%(heading)s boşsa") % {"heading": heading["text"]},
            widget=forms.Select(attrs=_SMALL),
        )

    def chosen(self) -> list[forms.BoundField]:
        return [*super().chosen(), *(self[name] for name in ("mode", "blank", "as_of", "later", "reason"))]

    def keep(self) -> Batch:
        batch = super().keep()
        batch.blanks = {}
        for place, heading in self.kept_headings():
            column = batch.mapping[heading["text"]]
            if column and (blank := self.cleaned_data[f"blank-{place}"]):
                batch.blanks |= dict.fromkeys(column.split("+"), blank)
        return batch


def column_options(register: Register) -> list[tuple[str, str]]:
    """What a heading may be: nothing, the key, two columns in one cell, or a column."""
    key = register.key.name
    options = [("", _("— okunmasın —")), (key, _("%(label)s (kaydı tanır)") % {"label": key_label(register)})]
    for one in composites(register):
        labels = "/".join(register.column(name).label for name in one.columns)
        options.append(("+".join(one.columns), labels))
    options += [(c.name, c.label) for c in register.all_columns() if c.editable]
    return options + list(besides.names(register).items())


class BatchFilter(forms.Form):
    """The list of imports, narrowed."""

    register = forms.ChoiceField(
        label=gettext_lazy("Kütük"), required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Durum"),
        required=False,
        choices=[("", gettext_lazy("Hepsi")), *Batch.State.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args, slugs: Iterable[str], **kwargs):
        super().__init__(*args, **kwargs)
        known = [(register.slug, register.title) for register in registers.every() if register.slug in set(slugs)]
        choice(self, "register").choices = [("", _("Hepsi")), *known]

    def is_narrowing(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())

    def narrowed(self, batches: QuerySet[Batch]) -> QuerySet[Batch]:
        """Those that were asked for; a filter that is not understood leaves all."""
        chosen = self.cleaned_data if self.is_valid() else {}
        if state := chosen.get("state"):
            batches = batches.filter(state=state)
        if slug := chosen.get("register"):
            # One step may have written rows of several registers.
            parts = Batch.objects.filter(register=slug, whole__isnull=False)
            batches = batches.filter(Q(register=slug) | Q(pk__in=parts.values("whole")))
        return batches
