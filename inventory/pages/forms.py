"""Forms made from a register's columns."""

from __future__ import annotations

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.access import Unseen
from inventory.columns import Column, Type
from inventory.editing.fields import DayField, ExactField, MomentFormField, WholeField
from inventory.editing.wording import messages
from inventory.flows.declared import Step
from inventory.models import GONE, Status
from inventory.naming import candidates, choosable
from inventory.normal import is_masked, masked
from inventory.pages.form_fields import choice
from inventory.pages.widgets import DateInput, MomentInput, NumberInput, ReferenceSelect
from inventory.registers import Register
from inventory.sameness.showing import LinkedErrors
from inventory.search import capital
from inventory.server.asked import whole

DEGREE_ERRORS = {"invalid": _("Ondalık derece yazınız; örneğin 29,9187654.")}


class MaskedField(forms.CharField):
    """What identifies a person: the form shows it masked, and a mask sent back leaves what there is.

    Also the mask of a number that somebody else has changed meanwhile: nobody types stars.
    """

    def __init__(self, current: str, **kwargs):
        # Longer than a number, as it may be typed with blanks.
        super().__init__(max_length=40, **kwargs)
        self.current = current
        if current:
            untouched = _("Yıldızlı numaraya dokunmazsanız olduğu gibi kalır; değiştirmek için silip yenisini yazınız.")
            self.help_text = f"{self.help_text} {untouched}".strip()
        self.widget.attrs["autocomplete"] = "off"

    def prepare_value(self, value):
        return masked(self.current) if self.current and (value == self.current or is_masked(value or "")) else value

    def clean(self, value):
        text = super().clean(value)
        return self.current if self.current and is_masked(text) else text


class KeptReference(forms.ModelChoiceField):
    """Names a row that the editor may not see: it stays unless she chooses another, and is not shown."""

    def __init__(self, rows, current: int, **kwargs):
        super().__init__(rows, required=False, **kwargs)
        self._everything, self.current = rows.model._default_manager, current
        self.widget.blank = str(Unseen(current))
        message = _("Burada size görünmeyen bir kayıt var. Dokunmazsanız olduğu gibi kalır.")
        self.help_text = f"{self.help_text} {message}".strip()

    def prepare_value(self, value):
        return None if value == self.current else super().prepare_value(value)

    def clean(self, value):
        # Read whole, since the row that names it is written with its name (`search_text`).
        return super().clean(value) or self._everything.get(pk=self.current)


def field(register: Register, column: Column, user, current=None) -> forms.Field:
    """The form field of a column; a reference that is no longer chosen stays if it is the current one."""
    label = capital(column.field.verbose_name)
    made: forms.Field
    match column.type:
        case _ if column.is_personal:
            made = MaskedField(current or "", label=label, required=False, help_text=column.field.help_text)
        case Type.REFERENCE:
            made = _reference(register, column, user, current)
        case Type.DATE:
            made = _of_model(column, widget=DateInput, form_class=DayField)
        case Type.MOMENT:
            made = _of_model(column, widget=MomentInput, form_class=MomentFormField)
        case Type.MONEY | Type.AREA | Type.DECIMAL:
            made = _of_model(column, widget=NumberInput, localize=True, form_class=ExactField)
        case Type.DEGREE:
            made = _of_model(column, widget=NumberInput, localize=True)
        case Type.INTEGER:
            made = _of_model(column, widget=NumberInput({"inputmode": "numeric"}), form_class=WholeField)
        case Type.LONG_TEXT:
            made = _of_model(column, widget=forms.Textarea(attrs={"rows": 3}))
        case _:
            made = _of_model(column)
    made.error_messages |= messages(column) | (DEGREE_ERRORS if column.type == Type.DEGREE else {})
    control = "form-check-input" if column.type == Type.BOOLEAN else "form-control"
    made.widget.attrs.setdefault("class", "form-select" if isinstance(made.widget, forms.Select) else control)
    return made


def _of_model(column: Column, **more) -> forms.Field:
    """What the column's model field makes."""
    made = column.field.formfield(label=capital(column.field.verbose_name), **more)
    assert made is not None  # only what is typed in is asked for
    return made


def _reference(register: Register, column: Column, user, current: int | None) -> forms.ModelChoiceField:
    rows, there = choosable(register, column, user), None
    if current is not None:
        everything = candidates(register, column, user)
        rows = everything.filter(Exists(rows.filter(pk=OuterRef("pk"))) | Q(pk=current))
        there = everything.filter(pk=current).first()
    label, help_text = capital(column.field.verbose_name), column.field.help_text
    widget = ReferenceSelect(register, column)
    if current is not None and there is None:
        return KeptReference(rows, current, label=label, help_text=help_text, widget=widget)
    made = forms.ModelChoiceField(
        rows, required=not column.field.blank, label=label, help_text=help_text, widget=widget
    )
    # The field has a copy.
    assert isinstance(made.widget, ReferenceSelect)
    made.widget.known = {} if there is None else {str(current): there}
    return made


class VersionField(forms.Field):
    """The version of the row that the editor saw. A blank, or what cannot be read, is no row's, and so a conflict."""

    widget = forms.HiddenInput

    def to_python(self, value) -> int:
        return whole(value or "") or 0


def mark_faults(form: forms.BaseForm) -> None:
    """Each control with an error shows it."""
    for bound in form:
        if bound.errors:
            attrs = bound.field.widget.attrs
            attrs["class"] = f"{attrs.get('class', '')} is-invalid".strip()


class RowForm(forms.ModelForm):
    """A row's form, in the register's sections; it carries the version that the editor saw."""

    version = VersionField(required=False)
    reason = forms.CharField(
        label=_("Değişikliğin gerekçesi"),
        required=False,
        max_length=250,
        help_text=_("Tarihçede görünür; istenirse boş kalabilir."),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, register: Register, user, *args, **kwargs):
        super().__init__(*args, **kwargs | {"error_class": LinkedErrors})
        self.register = register
        for column in register.typed_columns():
            current = getattr(self.instance, column.field.attname)
            self.fields[column.name] = field(register, column, user, current)
        self.initial.setdefault("version", self.instance.version)
        mark_faults(self)

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        parts = []
        for heading, columns in self.register.sectioned():
            fields = [self[column.name] for column in columns if column.name in self.fields]
            if fields:
                parts.append((heading, fields))
        return parts

    def _post_clean(self):
        """Only put the values into the row: `writes.save` checks it, once, for every way of writing."""
        self.instance = forms.models.construct_instance(self, self.instance, self.fields, None)


def row_form(register: Register, user, *args, **kwargs) -> RowForm:
    meta = type("Meta", (), {"model": register.model, "fields": _editable(register)})
    made = type(f"{register.model.__name__}Form", (RowForm,), {"Meta": meta})
    return made(register, user, *args, **kwargs)


def _editable(register: Register) -> list[str]:
    return [column.name for column in register.typed_columns()]


def bulk_columns(register: Register) -> list[Column]:
    """What many rows may be given at once, first what rows often have in common. No two people have one number."""
    columns = [column for column in register.typed_columns() if not column.is_personal]
    return sorted(columns, key=lambda column: column.type not in (Type.REFERENCE, Type.CHOICE))


class BulkForm(forms.Form):
    """Any columns of many rows at once: a box says that a column is to be written, and its field what."""

    reason = forms.CharField(
        label=_("Değişikliğin gerekçesi"),
        max_length=250,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, register: Register, user, *args, **kwargs):
        super().__init__(*args, **kwargs | {"error_class": LinkedErrors})
        self.columns = bulk_columns(register)
        for column in self.columns:
            made = field(register, column, user)
            made.required = False
            made.initial = None
            self.fields[column.name] = made
            self.fields[f"change_{column.name}"] = forms.BooleanField(
                required=False,
                label=_("“%(column)s” yazılsın") % {"column": made.label},
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField, bool]]:
        """The box and the field of each column, and whether it was chosen."""
        boxes = [(self[f"change_{column.name}"], self[column.name]) for column in self.columns]
        return [(box, field, bool(box.value())) for box, field in boxes]

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if not any(cleaned.get(f"change_{column.name}") for column in self.columns):
            raise forms.ValidationError(_("Değişecek en az bir alanı işaretleyiniz."))
        for column in self.columns:
            required = not column.field.blank and column.type not in (Type.BOOLEAN, Type.CHOICE)
            if cleaned.get(f"change_{column.name}") and required and cleaned.get(column.name) in (None, ""):
                self.add_error(column.name, _("Bu alan boş bırakılamaz."))
        return cleaned

    def values(self) -> dict[str, object]:
        """The columns to write with their values, in the form in which a row holds them."""
        values = {c.name: self.cleaned_data[c.name] for c in self.columns if self.cleaned_data[f"change_{c.name}"]}
        blanks = {c.name: "" for c in self.columns if not c.field.null and values.get(c.name, 0) is None}
        return values | blanks


def reason_of_step(is_back: bool, longest: int = 250) -> forms.CharField:
    return forms.CharField(
        label=_("Gerekçe"),
        required=is_back,
        max_length=longest,
        help_text=_("Geri adımda zorunludur.") if is_back else _("Tarihçede görünür; istenirse boş kalabilir."),
        error_messages={"required": _("Geri adımın gerekçesini yazınız.")},
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class StepForm(forms.Form):
    """What a step of a flow needs, filled with what the row holds; its reason, without which nothing goes back."""

    version = VersionField(required=False)

    def __init__(self, register: Register, user, row, step: Step, is_back: bool, *args, **kwargs):
        super().__init__(*args, **kwargs | {"error_class": LinkedErrors})
        self.fields["version"].initial = row.version
        self._needs = step.needs
        for name in step.needs:
            current = getattr(row, register.column(name).field.attname)
            self.fields[name] = made = field(register, register.column(name), user, current)
            made.initial = current
            # A box that is not ticked says no, and is not blank.
            made.required = not isinstance(made, KeptReference | MaskedField | forms.BooleanField)
        self.fields["reason"] = reason_of_step(is_back)
        mark_faults(self)

    def values(self) -> dict[str, object]:
        """The needed columns, in the form in which a row holds them."""
        return {name: self.cleaned_data[name] for name in self._needs}


class StatusForm(forms.Form):
    """Another status of an item. Who takes it out of service, or brings it back, says why."""

    status = forms.ChoiceField(label=_("Yeni durum"), widget=forms.Select(attrs={"class": "form-select"}))
    status_on = DayField(label=_("Tarih"), widget=DateInput(attrs={"class": "form-control"}))
    status_reason = forms.CharField(
        label=_("Gerekçe"),
        required=False,
        max_length=250,
        help_text=_("Hizmet dışı bırakırken, kayıttan düşerken ve hizmete geri alırken zorunludur."),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, current: str, *args, **kwargs):
        super().__init__(*args, **kwargs | {"error_class": LinkedErrors})
        others = [(status.value, status.label) for status in Status if status != current]
        choice(self, "status").choices = [("", _("Seçiniz")), *others]
        self.fields["status_reason"].required = current in GONE

    def clean_status_reason(self):
        reason = self.cleaned_data["status_reason"]
        if not reason and self.cleaned_data.get("status") in GONE:
            raise forms.ValidationError(_("Hizmet dışı kalan veya düşülen kayıt için gerekçe yazınız."))
        return reason

    def clean_status_on(self):
        """The status counts at once, so its day may not be still to come."""
        day = self.cleaned_data["status_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Bugünü veya geçmiş bir günü yazınız."))
        return day
