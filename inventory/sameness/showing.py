"""An error that names a row, on a page: with the way to it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def linked(sentence: str, url: str) -> str | SafeString:
    """The sentence, and behind it a link to the row's page, if it has one for who reads."""
    if not url:
        return sentence
    # In another window: what was typed in this one is not saved yet.
    return format_html('{} <a href="{}" target="_blank" rel="noopener">{}</a>', sentence, url, _("Kaydı açınız"))


class LinkedErrors(ErrorList):
    """A form's errors; those of `sameness.twins` lead to the row that is there already."""

    def __getitem__(self, place: Any) -> Any:
        error, sentence = self.data[place], super().__getitem__(place)
        params = error.params if isinstance(error, ValidationError) else None
        return linked(sentence, (params or {}).get("url", ""))


def message_and_link(refusal: Exception) -> tuple[str, str]:
    """(why a write was refused, the page of the row that it names or ""); of a ValidationError or of a Refused."""
    if not isinstance(refusal, ValidationError):
        return str(refusal), getattr(refusal, "url", "")
    errors = [error for of_column in refusal.update_error_dict({}).values() for error in of_column]
    return " ".join(refusal.messages), next((url for each in errors if (url := (each.params or {}).get("url"))), "")
