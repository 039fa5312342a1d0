"""How long what identifies a person is kept after she has left: PERSONAL_KEEP_DAYS, as the retention plan says.

A person's row stays, since the past names her; her identity number and e-mail go, from the row and from its history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from inventory import registers, writes
from inventory.history import Author
from inventory.many import by_id, chunked
from inventory.organization.holdings import Held, held_by
from inventory.organization.models import Person, User
from inventory.trail.keeping import record
from inventory.trail.models import Event

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

FORGOTTEN = ("identity_no", "email")
_CHUNK = 200


@dataclass(frozen=True)
class Leaver:
    """Somebody off duty since before the day asked for, and what she still holds."""

    person: Person
    since: dt.datetime
    held: list[Held]


class _Since(TypedDict):
    left: dt.datetime | None
    never_on: dt.datetime


def off_duty_before(moment: dt.datetime) -> QuerySet[WithAnnotations[Person, _Since]]:
    """The people off duty since before the moment of whom something is left to forget.

    Their history shows that: the first entry off duty after the last one on duty. Whose row came into the table
    in another way than through the application has none, and is left alone.
    """
    past = Person.history.filter(id=OuterRef("pk"))
    last = past.filter(active=True).order_by("-history_id").values("history_id")[:1]
    off = past.filter(active=False).order_by("history_id")
    kept = Q(**{f"{FORGOTTEN[0]}__gt": ""}) | Q(**{f"{FORGOTTEN[1]}__gt": ""})
    return (
        Person.objects.filter(active=False)
        .filter(kept | Exists(past.filter(kept)) | Q(account__email__gt=""))
        .annotate(last_on=Subquery(last))
        .annotate(
            left=Subquery(off.filter(history_id__gt=OuterRef("last_on")).values("history_date")[:1]),
            never_on=Subquery(off.values("history_date")[:1]),
        )
        .filter(Q(left__lt=moment) | Q(last_on__isnull=True, never_on__lt=moment))
        .order_by("pk")
    )


def leavers(moment: dt.datetime) -> Iterator[Leaver]:
    for chunk in by_id(off_duty_before(moment), _CHUNK):
        yield from (Leaver(person, person.left or person.never_on, held_by(person, None)) for person in chunk)


def forget(people: list[Person]) -> None:
    """Empty what identifies them in their rows, the history of these, and their accounts; kept in the trail."""
    register = registers.get("people")
    for part in chunked(people, _CHUNK):
        with transaction.atomic():
            writes.erase(register, part, FORGOTTEN, Author(reason="PERSONAL_KEEP_DAYS"))
            User.objects.filter(person__in=part).exclude(email="").update(email="")
        record(
            Event.Kind.PERSONAL_FORGOTTEN,
            register=register.slug,
            text=_("%(count)d kişi: %(columns)s")
            % {"count": len(part), "columns": ", ".join(register.column(name).label for name in FORGOTTEN)},
            people=[person.staff_no for person in part],
            columns=list(FORGOTTEN),
        )
