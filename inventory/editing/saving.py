"""Saving what a form holds: its errors in their places, its doubts said once before it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from inventory import writes
from inventory.editing.doubts import Doubted, case_of, doubts, stamp
from inventory.models import Row
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.writes import Author

#: What the button "save all the same" is called in a request.
ACCEPTED = "accepted"


def save(
    register: Register,
    form: Any,
    row: Row,
    before: Mapping[str, object],
    by: Author,
    accepted: str,
    write: Callable[[Register, Row, Author], Row] = writes.save,
) -> Row | None:
    """The row, written; or None with the form's errors set, or its `doubts` while `accepted` is not their stamp.

    `before`: the stored values, none of a new row; `write`: one of the ways of `writes`. A Conflict is the caller's.
    """
    row.fill()
    register.complete([row], by.user)
    with said_in(form):
        if _doubted(register, form, row, before, by.user, accepted):
            # What is wrong is said together with what is doubted.
            stands = register.model._default_manager.filter(pk=row.pk).first() if row.pk else None
            writes.check(register, row, stands, by)
            return None
        return write(register, row, by)
    return None


@contextmanager
def said_in(form: Any) -> Iterator[None]:
    """What a write refuses stands in the form, under its column. A Conflict is the caller's."""
    try:
        yield
    except ValidationError as error:
        for name, errors in error.update_error_dict({}).items():
            form.add_error(name if name in form.fields else None, errors)
    except writes.Conflict:
        raise
    except writes.Refused as refusal:
        form.add_error(None, refusal.as_error())


def _doubted(
    register: Register, form: Any, row: Row, before: Mapping[str, object], user: Asker, accepted: str
) -> list[Doubted]:
    """What is doubted and was not accepted yet; the form then shows it, and offers to save all the same."""
    doubted = doubts(register, [case_of(row, before, user)])
    form.stamp = stamp([each.sentence for each in doubted])
    if not doubted or accepted == form.stamp:
        return []
    form.doubts = [each.sentence for each in doubted]
    return doubted


def accepted(request: HttpRequest) -> str:
    return request.POST.get(ACCEPTED, "")
