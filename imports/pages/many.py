"""What pages share that write many rows at once: what is doubted about them, the writing, the way to take it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from imports import by_hand, watching
from imports.batches import ask_to_apply, writes_of
from imports.by_hand import MOST_CHANGES, Part, Values
from imports.models import Batch
from imports.pages.views import AT_ONCE_ROWS
from inventory import access
from inventory.editing.doubts import Case, case_of, concerns, doubts, stamp, stored
from inventory.models import Row
from inventory.organization.models import Asker
from inventory.pages.shared import author
from inventory.refusals import Refused
from inventory.sameness.showing import message_and_link
from inventory.trail.keeping import detail

# So many rows are named under a doubt.
_NAMED = 5
# So many changes are reported to the trail.
_REPORTED = 3
# So many different doubts are shown.
_SENTENCES = 50

#: (sentence, the first rows that it is about, how many more).
_About = tuple[str, list[str], int]


def doubted(parts: Iterable[Part], user: Asker) -> dict[str, Any]:
    """What is doubted about the rows to be, for the page: the first sentences, how many more there are, and their
    stamp."""
    first, every = list[_About](), list[tuple[str, int]]()
    for part in parts:
        some, of_all = _doubted(part, user)
        first += some
        every += of_all
    more = len(every) - len(first)
    return {"doubts": first, "more_doubts": more, "stamp": stamp([str(each) for each in (*first, *every)])}


def _doubted(part: Part, user: Asker) -> tuple[list[_About], list[tuple[str, int]]]:
    """The first sentences, and (sentence, how many rows) of all: each row may have one of its own."""
    register = part.register
    named: dict[str, list[Row]] = {}
    number: dict[str, int] = defaultdict(int)
    if concerns(register, set(part.values)):
        for chunk in part.rows:
            cases = [_case(row, part.values, user) for row in chunk]
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


def write(
    request: HttpRequest, form: forms.Form, name: str, reason: str, parts: Sequence[Part], back: str
) -> HttpResponse | None:
    """Do it as one batch under its name: at once, or by a worker where it is many rows. Leads back with a
    message, or to the step's own page; None where it was refused, the form saying why."""
    try:
        batch = by_hand.planned(name, author(request, reason), parts)
        detail(batch=batch and batch.pk, rows=writes_of(batch) if batch else 0, **_changes(parts))
        if batch and writes_of(batch) > AT_ONCE_ROWS:
            if ask_to_apply(batch):
                watching.start(batch)
            return redirect("import-batch", batch.pk)
        if batch:
            watching.look_after(batch)
            by_hand.apply(batch)
    except (ValidationError, Refused) as refusal:
        why, url = message_and_link(refusal)
        message = _("Hiçbir kayıt değişmedi. %(why)s") % {"why": why}
        form.add_error(None, ValidationError("%(message)s", params={"message": message, "url": url}))
        return None
    if batch and batch.state != Batch.State.APPLIED:
        return redirect("import-batch", batch.pk)
    messages.success(request, _message(batch))
    return redirect(back)


def _changes(parts: Sequence[Part]) -> dict[str, Any]:
    """What became what in most rows, for the trail, and how many changes more there were, where all were counted."""
    counted = [(part.register.slug, change, count) for part in parts for change, count in part.changes.items()]
    counted.sort(key=lambda each: -each[2])
    first = [[slug, *change, count] for slug, change, count in counted[:_REPORTED]]
    is_all = all(len(part.changes) < MOST_CHANGES for part in parts)
    return {"changes": first, "more_changes": len(counted) - len(first) if is_all else "many"}


def _message(batch: Batch | None) -> SafeString:
    """What was done, with the way to take it back."""
    text = _("%(count)s kayıt değişti.") % {"count": intcomma(writes_of(batch) if batch else 0)}
    if batch is None:
        return format_html("{}", text)
    url = reverse("import-batch", args=[batch.pk])
    return format_html('{} <a class="alert-link" href="{}">{}</a>', text, url, _("Ayrıntısı ve geri alma"))
