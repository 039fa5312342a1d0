"""Many lines at once (`Register.line_of`): pasted, scanned or taken from a list, then read and checked as a sheet."""

from __future__ import annotations

import csv
import re
from io import SEEK_END, StringIO
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.base import ContentFile
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from imports import batches
from imports.checking.matching import Reading, known_headings, match
from imports.filling import constants
from imports.models import Batch
from imports.pages.views import check
from imports.words.headings import heading_key
from imports.workbooks.delimited import records_of
from imports.workbooks.limits import UnreadableFile
from inventory import registers
from inventory.columns import Column, Type
from inventory.editing.lines import own_columns
from inventory.pages.forms import field
from inventory.pages.shared import changeable, form_page, rows_chosen, shown
from inventory.registers import Register
from inventory.server.asked import whole

# More come as a file.
MOST = 5_000
# Said in the file itself, or one column of texts with commas would be read as several.
_SEPARATOR = "sep=\t\n"
# As a day is written, and a price hardly ever.
_DAY = re.compile(r"\d{1,4}[-./ ]\d{1,2}[-./ ]\d{1,4}|\d{8}")


class PasteForm(forms.Form):
    """The row that the lines belong to, and their text: a line each, its cells parted by tabs as Excel copies them."""

    text = forms.CharField(
        label=gettext_lazy("Satırlar"),
        strip=False,
        widget=forms.Textarea(attrs={"class": "form-control font-monospace", "rows": 14, "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("En az bir satır yapıştırınız.")},
    )

    def __init__(self, register: Register, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register = register
        self.fields = {register.line_of: field(register, register.column(register.line_of), user), **self.fields}

    def clean_text(self) -> str:
        """As a text file's sheet, with a line of headings above where the first is none."""
        rows = self._rows()
        known = set(map(heading_key, known_headings(self.register)))
        if rows and not any(heading_key(cell) in known for cell in rows[0]):
            rows.insert(0, self._headings(rows))
        if len(rows) < 2:
            raise forms.ValidationError(self.fields["text"].error_messages["required"])
        if len(rows) - 1 > MOST:
            message = _("En çok %(most)d satır yapıştırılır; daha çoğunu Excel dosyası olarak yükleyiniz.")
            raise forms.ValidationError(message % {"most": MOST})
        matching = match(self.register, rows[0], 1)
        # A file's is only reported; here a price that nobody reads would be taken from the contract instead.
        if unknown := [f"“{each.text}”" for each in matching.headings if each.reading == Reading.UNKNOWN and each.text]:
            values = {"headings": ", ".join(unknown), "labels": ", ".join(self._labels())}
            message = _("Şu başlıklar tanınmadı: %(headings)s. Yerlerine bunlardan birini yazınız veya o sütunları "
                        "çıkarınız: %(labels)s.")  # fmt: skip
            raise forms.ValidationError(message % values)
        self.columns = matching.columns()
        if self.register.line_of in self.columns:
            message = _("“%(column)s” sütununu çıkarınız: satırların hepsi yukarıda seçtiğinize eklenir.")
            raise forms.ValidationError(message % {"column": self.register.column(self.register.line_of).label})
        sheet = StringIO(_SEPARATOR)
        sheet.seek(0, SEEK_END)
        csv.writer(sheet, "excel-tab").writerows(rows)
        return sheet.getvalue()

    def _rows(self) -> list[list[str]]:
        """The cells of the lines that say something, without the blank ones at a line's end."""
        text = self.cleaned_data["text"]
        delimiter = ";" if ";" in text and "\t" not in text else "\t"
        try:
            records = [cells for _number, cells in records_of(StringIO(text, newline=""), delimiter)]
        except UnreadableFile as error:
            raise forms.ValidationError(str(error)) from error
        ends = [max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0) for cells in records]
        return [cells[:end] for cells, end in zip(records, ends, strict=True) if end]

    def _labels(self) -> list[str]:
        return [column.label for column in own_columns(self.register)]

    def _headings(self, rows: list[list[str]]) -> list[str]:
        """Of columns that have none: in the order of the lines' own, but that a day is no price, nor a price a day."""
        width, labels = max(map(len, rows)), self._labels()
        left, headings = own_columns(self.register), list[str]()
        for place in range(width):
            cells = [row[place] for row in rows if place < len(row) and row[place].strip()]
            column = next((column for column in left if all(_may_hold(column, cell) for cell in cells)), None)
            if column is None:
                values = {"width": width, "most": len(labels), "labels": ", ".join(labels)}
                message = _("Satırlarda %(width)d sütun var; başlıksız en çok %(most)d olur: %(labels)s.")
                raise forms.ValidationError(message % values)
            left.remove(column)
            headings.append(column.label)
        return headings

    def given(self) -> dict[str, dict[str, str]]:
        """What no cell says: the row that the lines belong to, and what they take from it where that is part of
        what they are found by. A line that is there already is then found, and stays as it is."""
        line = self.register.model(**{self.register.line_of: self.cleaned_data[self.register.line_of]})
        line.fill()
        names = {self.register.line_of, *self.register.identity[0]} - self.columns
        values = {
            self.register.column(name): getattr(line, name, None) for name in self.register.columns if name in names
        }
        return {c.name: constants.of_value(c, value) for c, value in values.items() if value not in (None, "")}


def _may_hold(column: Column, cell: str) -> bool:
    match column.type:
        case Type.DATE:
            return _DAY.fullmatch(cell.strip()) is not None
        case kind if kind.is_number:
            return _DAY.fullmatch(cell.strip()) is None
    return True


@form_page
def paste(request: HttpRequest, register: Register) -> HttpResponse:
    """Lines as a sheet that lacks one column, the row that they all belong to; its check shows them before they are
    written, and it is undone as a whole."""
    if not register.line_of:
        raise Http404
    changeable(register, request.user)
    initial = request.GET.dict() | _pasted_before(request, register)
    form = PasteForm(register, request.user, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        name = _("%(parent)s: yapıştırılan satırlar") % {"parent": form.cleaned_data[register.line_of]}
        file = ContentFile(form.cleaned_data["text"].encode())
        name = f"{name.replace('/', '-')}.tsv"
        batch = batches.upload(register, request.user, file, name, constants=form.given(), is_pasted=True)
        check(batch)
        return redirect("import-batch", batch.pk)
    return _page(request, register, form)


def _pasted_before(request: HttpRequest, register: Register) -> dict[str, str]:
    """What stood in the form of a batch of one's own, to be corrected; blank where its file is gone."""
    own = Batch.objects.filter(user_id=request.user.pk or 0, register=register.slug, is_pasted=True)
    batch = own.filter(pk=whole(request.GET.get("batch", "")) or 0).first()
    if batch is None:
        return {}
    try:
        with batch.file.open("rb") as file:
            text = file.read().decode().removeprefix(_SEPARATOR)
    except FileNotFoundError:
        return {}
    return {register.line_of: batch.constants[register.line_of]["means"], "text": text}


@require_POST
def take(request: HttpRequest, register: Register, column: str) -> HttpResponse:
    """The rows chosen in another register's list, as lines to be pasted: the user says to which row, and sends them."""
    changeable(register, request.user)
    named = next((each for each in own_columns(register) if each.name == column), None)
    source = registers.of(named.related_model) if named and register.line_of else None
    if named is None or source is None:
        raise Http404
    rows = rows_chosen(request, shown(source, request.user))
    if rows.count() > MOST:
        messages.error(request, _("En çok %(most)d kayıt satır olarak eklenir; süzgeci daraltınız.") % {"most": MOST})
        return redirect(f"{reverse('register-list', args=[source])}?{request.POST.get('query', '')}")
    text = "\n".join((named.label, *_names(source, rows)))
    return _page(request, register, PasteForm(register, request.user, initial={"text": text}))


def _names(source: Register, rows: QuerySet[Any]) -> list[str]:
    """What each row is called, such as a car by its plate; by its number where that is blank or another's, too."""
    name = next(iter(source.named_by), source.key.name)
    alike = source.model._default_manager.filter(**{f"{name}__in": rows.order_by().values(name)}).order_by()
    shared = {
        "",
        None,
        *alike.values(name).annotate(count=Count("pk")).filter(count__gt=1).values_list(name, flat=True),
    }
    pairs = rows.order_by("pk").values_list(name, source.key.name)
    return [str(key if text in shared else text) for text, key in pairs]


def _page(request: HttpRequest, register: Register, form: PasteForm) -> HttpResponse:
    parent = registers.serving(register.column(register.line_of).target)
    context = {"register": register, "parent": parent, "form": form, "columns": own_columns(register)}
    return render(request, "imports/lines.html", context)
