"""The forms by which documents come in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from inventory import access
from inventory.documents.filters import kinds_for
from inventory.documents.links import documents
from inventory.documents.models import DocumentKind
from inventory.documents.types import ACCEPTED, NAMES
from inventory.editing.fields import DayField
from inventory.organization.models import Asker
from inventory.pages.widgets import DateInput
from inventory.registers import Register


@dataclass(frozen=True)
class Limits:
    """What an upload may hold, for its page and for the browser, which looks before it sends."""

    most: int
    accepted: str = ACCEPTED
    kinds: str = NAMES

    @property
    def bytes(self) -> int:
        return settings.DOCUMENT_MAX_BYTES

    @property
    def all_bytes(self) -> int:
        return settings.DOCUMENT_UPLOAD_MAX_BYTES


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several, within the limits that its form sets."""

    widget = FilesInput
    limits: Limits

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        if len(files) > self.limits.most == 1:
            raise forms.ValidationError(_("Yeni sürüm tek dosyadır; bir dosya seçiniz."))
        if len(files) > self.limits.most:
            message = _("Bir kerede en çok %(count)d dosya yüklenir; kalanını sonra yükleyiniz.")
            raise forms.ValidationError(message, params={"count": self.limits.most})
        if sum(each.size for each in files if each) > self.limits.all_bytes:
            message = _("Dosyalar birlikte en çok %(size)s olabilir; kalanını sonra yükleyiniz.")
            raise forms.ValidationError(message, params={"size": filesizeformat(self.limits.all_bytes)})
        # The message about an empty file or a bad name names that file alone.
        return [each for each in files if each] or super().clean(None, initial)


class UploadForm(forms.Form):
    """Files for rows of one register: of one kind, with what they have in common."""

    file = FilesField(label=_("Dosyalar"))
    kind = forms.ModelChoiceField(DocumentKind.objects.none(), label=_("Belge türü"), empty_label=_("Seçiniz"))
    doc_no = forms.CharField(label=_("Belge sayısı"), max_length=60, required=False)
    doc_on = DayField(label=_("Belge tarihi"), required=False, widget=DateInput)
    valid_until = DayField(label=_("Geçerlilik bitişi"), required=False, widget=DateInput)
    confidential = forms.BooleanField(label=_("Gizli: yalnızca kaydı değiştirebilenler görür"), required=False)

    def __init__(self, register: Register, *args: Any, most: int | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.limits = Limits(settings.DOCUMENT_MAX_FILES if most is None else most)
        self.fields["file"].limits = self.limits  # type: ignore[attr-defined]
        kinds: QuerySet[DocumentKind] = kinds_for(register)
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]
        _look_alike(self)

    @property
    def values(self) -> dict[str, Any]:
        """The columns that all of the documents take."""
        return {name: self.cleaned_data[name] for name in ("doc_no", "doc_on", "valid_until", "confidential")}


class MatchForm(forms.Form):
    """Files whose names say to which rows of a register they belong; the register is chosen first."""

    register = forms.ChoiceField(label=_("Kütük"))

    def __init__(self, user: Asker, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["register"].choices = choices(user)  # type: ignore[attr-defined]
        _look_alike(self)


def _look_alike(form: forms.Form) -> None:
    """As controls look on all pages."""
    looks: dict[type[forms.Widget], str] = {forms.Select: "form-select", forms.CheckboxInput: "form-check-input"}
    for field in form.fields.values():
        field.widget.attrs["class"] = looks.get(type(field.widget), "form-control")


def choices(user: Asker) -> list[tuple[str, str]]:
    """The registers to whose rows the user may add documents: what there is before what happens to it."""
    followed: Iterable[Register] = access.followed(documents())
    in_order = sorted(followed, key=lambda each: each.group != "asset")
    return [(each.slug, each.title) for each in in_order if access.may_change(each, user)]
