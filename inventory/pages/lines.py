"""The lines of a row as its form shows them: those that stand, and new ones."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory import access
from inventory.columns import Type
from inventory.editing.doubts import stored
from inventory.editing.lines import line_name, own_columns
from inventory.models import Row
from inventory.organization.models import Asker
from inventory.pages.forms import VersionField, field, mark_faults
from inventory.registers import Register
from inventory.sameness.showing import LinkedErrors
from inventory.server.asked import wholes

# A form with more would be slow to open; they are edited on their own pages, many at once, or in Excel.
MOST = 500
# Offered where the browser runs no scripts, too.
BLANK = 3


class LineForm(forms.ModelForm):
    """One line: what is typed in it, the version that was seen, and whether it goes."""

    version = VersionField(required=False)
    remove = forms.BooleanField(required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"}))

    #: Made with the columns of a register by `Lines`.
    register: Register

    def __init__(self, *args: Any, hidden: Mapping[str, set[int]], may_remove: bool, **kwargs: Any):
        super().__init__(*args, **kwargs | {"error_class": LinkedErrors, "use_required_attribute": False})
        row = self.instance
        self.stands: Any = copy(row) if row.pk else None
        self.may_remove = may_remove
        self.initial["version"] = row.version
        self.name = line_name(self.register, row) if row.pk else _("Yeni satır")
        for column in own_columns(self.register):
            current = getattr(row, column.field.attname)
            if column.type == Type.REFERENCE and row.pk and self._stays(column.name, current, hidden):
                del self.fields[column.name]
                continue
            made = self.fields[column.name]
            made.widget.attrs["aria-label"] = f"{self.name}: {made.label}"
            if column.type == Type.REFERENCE and row.pk:
                made.widget.known = {str(current): getattr(row, column.name)}
        if not may_remove:
            del self.fields["remove"]
        else:
            self.fields["remove"].widget.attrs["aria-label"] = f"{self.name}: {_('Çıkar')}"

    def _stays(self, name: str, current: int | None, hidden: Mapping[str, set[int]]) -> bool:
        """What a line is of is not exchanged: it goes, and another comes. Nor is what its editor may not see."""
        return name in self.register.identity[0] or current in hidden.get(name, ())

    @property
    def is_removed(self) -> bool:
        return bool(self.cleaned_data.get("remove"))

    @property
    def is_changed(self) -> bool:
        if self.stands is None:
            return self.has_changed()
        return self.is_removed or stored(self.instance) != stored(self.stands)

    def cells(self) -> list[tuple[str, forms.BoundField | None]]:
        """(text, None) of what stays, ("", control) of what is typed."""
        names = [column.name for column in own_columns(self.register)]
        return [
            ("", self[name]) if name in self.fields else (self.register.column(name).text(self.instance), None)
            for name in names
        ]

    def full_clean(self):
        super().full_clean()
        if self.is_bound and self.is_removed:
            # Nobody mends what goes.
            self.errors.clear()

    def _post_clean(self):
        self.instance = forms.models.construct_instance(self, self.instance, self.fields, None)


class Lines:
    """The lines that a form shows of one register: `forms` of those that stand and of new ones, `blank` to copy."""

    def __init__(self, register: Register, user: Asker, parent: Row | None, data: QueryDict | None):
        self.register, self.user, self.parent, self.data = register, user, parent, data
        self.columns = own_columns(register)

    @cached_property
    def _rows(self) -> list[Any]:
        """Those that the user may change, one more than are shown."""
        if self.parent is None:
            return []
        rows = access.editable_by(self.register, self.user).filter(**{self.register.line_of: self.parent})
        return list(rows.select_related(*self.register.joined).order_by("pk")[: MOST + 1])

    @property
    def are_too_many(self) -> bool:
        """A form that was opened with its lines is saved with them, though others have come."""
        return len(self._rows) > MOST and self._opened_with.isdisjoint(row.pk for row in self._rows)

    @cached_property
    def _form(self) -> type[LineForm]:
        columns = {column.name: field(self.register, column, self.user) for column in self.columns}
        meta = type("Meta", (), {"model": self.register.model, "fields": list(columns)})
        attrs = {**columns, "Meta": meta, "register": self.register}
        return type("LineForm", (LineForm,), attrs)

    @cached_property
    def may_remove(self) -> bool:
        return any(form.may_remove for form in self.forms)

    @cached_property
    def forms(self) -> list[LineForm]:
        return [*self._standing(), *(self._new(number) for number in self._numbers()[:MOST])]

    def _standing(self) -> list[LineForm]:
        rows = [] if self.are_too_many else self._rows
        hidden = access.unseen(self.register, self.user, rows)
        ids = [row.pk for row in rows]
        gone = set(access.managed_by(self.register, self.user).filter(pk__in=ids).values_list("pk", flat=True))
        return [
            self._form(
                self._posted(row.pk),
                instance=row,
                prefix=self._prefix(row.pk),
                hidden=hidden,
                may_remove=row.pk in gone,
            )
            for row in rows
        ]

    def _posted(self, pk: int) -> QueryDict | None:
        """None of a line that came after the form had been opened: it stays as it is."""
        return self._came[self._prefix(pk)] if pk in self._opened_with else None

    @cached_property
    def _came(self) -> dict[str, QueryDict]:
        """What came of each line, by its prefix: of all lines it would be copied for each that is merged."""
        start, parts = self._prefix(""), dict[str, QueryDict]()
        for name, values in self.data.lists() if self.data is not None else ():
            if name.startswith(start):
                parts.setdefault(name.rpartition("-")[0], QueryDict(mutable=True)).setlist(name, values)
        return parts

    @cached_property
    def _opened_with(self) -> set[int]:
        """The lines that the form had when it was opened."""
        prefixes = [prefix for prefix, part in self._came.items() if f"{prefix}-version" in part]
        return set(wholes([prefix.removeprefix(self._prefix("")) for prefix in prefixes]))

    def _new(self, number: int) -> LineForm:
        prefix = self._prefix(f"new{number}")
        return self._form(self._came.get(prefix), prefix=prefix, hidden={}, may_remove=False, empty_permitted=True)

    @property
    def blank(self) -> LineForm:
        """One that the browser copies, its number put in place of the letter."""
        return self._form(prefix=self._prefix("newN"), hidden={}, may_remove=False)

    def _prefix(self, which: object) -> str:
        return f"{self.register.slug}-{which}"

    def _numbers(self) -> list[int]:
        """Those of the new lines that came, or of the blank ones to offer."""
        if self.data is None:
            return list(range(BLANK))
        start = self._prefix("new")
        return sorted(set(wholes([prefix.removeprefix(start) for prefix in self._came if prefix.startswith(start)])))

    def is_valid(self) -> bool:
        invalid = [form for form in self.forms if form.is_bound and not form.is_valid()]
        return not invalid and not self.too_many_came

    @property
    def too_many_came(self) -> bool:
        return len(self._numbers()) > MOST

    @property
    def changed(self) -> list[LineForm]:
        """What is to be written: not the lines that came as they stand, nor the new ones that were left blank."""
        return [form for form in self.forms if form.is_bound and form.is_changed]

    @property
    def vanished(self) -> int:
        """How many lines came that somebody has taken out meanwhile."""
        return len(self._opened_with.difference(row.pk for row in self._rows))

    @property
    def most(self) -> int:
        return MOST

    @property
    def hints(self) -> list[str]:
        """The help of the columns, said once under all lines; "" of none."""
        helped = [(column.label, str(column.field.help_text)) for column in self.columns if column.field.help_text]
        texts = dict.fromkeys(text for _label, text in helped)
        hints = [f"{', '.join(label for label, own in helped if own == text)}: {text}" for text in texts]
        if not self.may_remove and any(form.stands for form in self.forms):
            hints.append(_("Satır çıkarmaya yetkiniz yok; kütüğü yönetenlerden isteyiniz."))
        return hints

    @property
    def _query(self) -> str:
        return f"{self.register.line_of}={self.parent.pk}" if self.parent else ""

    @property
    def list_url(self) -> str:
        return f"{reverse('register-list', args=[self.register])}?{self._query}"

    @property
    def paste_url(self) -> str:
        return f"{reverse('register-lines', args=[self.register])}?{self._query}"


def lines_of(register: Register, user: Asker, row: Row | None, data: QueryDict | None) -> list[Lines]:
    """Of each register of lines that the user may change."""
    return [Lines(child, user, row, data) for child in register.lines() if access.may_change(child, user)]


def say_faults(form: forms.BaseForm, lines: list[Lines]) -> None:
    """The row's form says how many of its lines are wrong; each control with an error shows it."""
    wrong = [line for each in lines for line in each.forms if line.is_bound and line.errors]
    for each in wrong:
        mark_faults(each)
    if any(each.too_many_came for each in lines):
        message = _("Burada bir kerede en çok %(most)d yeni satır eklenir; daha çoğunu yapıştırınız.")
        form.add_error(None, message % {"most": MOST})
    if wrong:
        message = ngettext("%(count)d satır düzeltilmeli.", "%(count)d satır düzeltilmeli.", len(wrong))
        form.add_error(None, message % {"count": len(wrong)})
