"""What pages share that write many rows at once: what is doubted about them, the writing, the way to take it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from imports import by_hand
from inventory import access, writes
from inventory.editing.doubts import Case, case_of, concerns, doubts, stored
from inventory.history import Author
from inventory.many import by_id
from inventory.models import Row
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.sameness.showing import message_and_link

# So many rows are named under a doubt.
_NAMED = 5
# So many different doubts are shown.
_SENTENCES = 50

Values = Mapping[str, object]
#: (sentence, the first rows that it is about, how many more).
Doubted = tuple[str, list[str], int]


def doubted(
    register: Register, values: Values, rows: QuerySet, user: Asker
) -> tuple[list[Doubted], list[tuple[str, int]]]:
    """What is doubted about the rows to be: (sentence, the first rows that it is about, how many more) of the first
    sentences, and (sentence, how many rows) of all: each row may have one of its own."""
    named: dict[str, list[Row]] = {}
    number: dict[str, int] = defaultdict(int)
    if concerns(register, set(values)):
        for chunk in by_id(rows.select_related(*register.references)):
            cases = [_case(row, values, user) for row in chunk]
            for place, _column, sentence in doubts(register, cases):
                number[sentence] += 1
                if len(named) < _SENTENCES:
                    named.setdefault(sentence, [])
                if sentence in named and len(named[sentence]) < _NAMED:
                    named[sentence].append(chunk[place])
    # One row may be named under several sentences, and is asked about once.
    access.veil(register, user, {id(row): row for some in named.values() for row in some}.values())
    shown = [(sentence, [str(row) for row in some], number[sentence] - len(some)) for sentence, some in named.items()]
    return shown, list(number.items())


def _case(row: Row, values: Values, user: Asker) -> Case:
    before = stored(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.fill()
    return case_of(row, before, user)


def written(
    form: forms.Form, name: str, by: Author, parts: Sequence[tuple[Register, QuerySet, dict[str, object]]]
) -> by_hand.Together | None:
    """All of it as one step; None where it was refused, the form saying why."""
    try:
        with by_hand.together(name, by) as step:
            for register, rows, values in parts:
                step.write(register, partial(writes.set_values, register, rows, values))
    except (ValidationError, writes.Refused) as refusal:
        why, url = message_and_link(refusal)
        message = _("Hiçbir kayıt değişmedi. %(why)s") % {"why": why}
        form.add_error(None, ValidationError("%(message)s", params={"message": message, "url": url}))
        return None
    return step


def message(done: by_hand.Together) -> SafeString:
    """What was done, with the way to take it back."""
    text = _("%(count)d kayıt değişti.") % {"count": done.changed}
    if done.batch is None:
        return format_html("{}", text)
    url = reverse("import-batch", args=[done.batch.pk])
    return format_html('{} <a class="alert-link" href="{}">{}</a>', text, url, _("Ayrıntısı ve geri alma"))
