"""Text that is pasted to become a sheet: a line each, its cells parted by tabs as Excel copies them."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from io import SEEK_END, StringIO
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imports.checking.matching import Reading, known_headings, match
from imports.models import Batch
from imports.words.headings import heading_key
from imports.workbooks.delimited import records_of
from imports.workbooks.limits import UnreadableFile
from inventory.columns import Column, Type
from inventory.registers import Register
from inventory.server.asked import whole

# More come as a file.
MOST = 5_000
# Said in the file itself, or one column of texts with commas would be read as several.
SEPARATOR = "sep=\t\n"
# As a day is written, and a price hardly ever.
_DAY = re.compile(r"\d{1,4}[-./ ]\d{1,2}[-./ ]\d{1,4}|\d{8}")
_MOMENT = re.compile(rf"(?:{_DAY.pattern})(?:[T ]+\d{{1,2}}[:.]\d{{2}}\S*)?")


def asked_for(request: HttpRequest, register: Register, copied: int | None = None) -> Batch | None:
    """The user's own batch whose lines the address asks for, to be corrected: those of lines, or of the row copied."""
    own = Batch.objects.filter(user_id=request.user.pk or 0, register=register.slug, is_pasted=True, copied=copied)
    return own.filter(pk=whole(request.GET.get("batch", "")) or 0).exclude(file="").first()


def text_of(batch: Batch) -> str:
    """What was pasted; blank where its file is gone."""
    try:
        with batch.file.open("rb") as file:
            return file.read().decode().removeprefix(SEPARATOR)
    except FileNotFoundError:
        return ""


class PastedForm(forms.Form):
    """The lines; those without headings have the columns that are `offered`, in their order."""

    text = forms.CharField(
        label=gettext_lazy("Satırlar"),
        strip=False,
        widget=forms.Textarea(attrs={"class": "form-control font-monospace", "rows": 14, "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("En az bir satır yapıştırınız.")},
    )

    def __init__(self, register: Register, offered: Sequence[Column], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.register, self.offered = register, list(offered)

    def refuse(self, columns: set[str]) -> None:
        """Raises ValidationError for a column that may not be among the lines'."""

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
        self.refuse(self.columns)
        sheet = StringIO(SEPARATOR)
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
        return [column.label for column in self.offered]

    def _headings(self, rows: list[list[str]]) -> list[str]:
        """Of columns that have none: in the order of the lines' own, but that a day is no price and names no row."""
        width, labels = max(map(len, rows)), self._labels()
        left, headings = list(self.offered), list[str]()
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


def _may_hold(column: Column, cell: str) -> bool:
    match column.type:
        case Type.DATE:
            return _DAY.fullmatch(cell.strip()) is not None
        case Type.MOMENT:
            return _MOMENT.fullmatch(cell.strip()) is not None
        case kind if kind.is_number or kind == Type.REFERENCE:
            return _MOMENT.fullmatch(cell.strip()) is None
    return True
