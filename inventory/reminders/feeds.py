"""A saved view as a calendar: one all-day event for each date of its rows that falls due (RFC 5545).

The address has a secret that a calendar program keeps. It is computed from the server's key and the row's salt, so the
page can show it again and a copy of the database gives it to nobody; a new salt is a new address. At each pull the
rights are those that its owner has then.
"""

from __future__ import annotations

import datetime as dt
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from inventory import access, registers
from inventory.columns import Column
from inventory.computed.columns import computed, named, on
from inventory.listing.address import Listing
from inventory.many import chunked
from inventory.models import SavedView
from inventory.organization.models import User
from inventory.pages.sharing import shared_with
from inventory.registers import Register
from inventory.reminders.dates import watched
from inventory.reminders.models import Feed, Rule
from inventory.reminders.wording import address, host
from inventory.search import capital

if TYPE_CHECKING:
    from icalendar import Event

#: The events of a calendar at most, and how long an overdue day stays in it.
MOST, KEPT = 2_000, dt.timedelta(365)
_PART = 500


def secret(feed: Feed, key: str = "") -> str:
    value = f"{feed.pk}:{feed.salt}"
    return salted_hmac(__name__, value, secret=key or settings.SECRET_KEY, algorithm="sha256").hexdigest()


def url(feed: Feed) -> str:
    return address(reverse("calendar", args=[feed.pk, secret(feed)]))


def opened(pk: int, given: str) -> Feed | None:
    """The feed at an address, as long as its owner's account is open and may see the list and the saved view."""
    feed = Feed.objects.select_related("view", "owner__person").filter(pk=pk).first()
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if feed is None or not any(constant_time_compare(secret(feed, key), given) for key in keys):
        return None
    register = register_of(feed.view)
    if not feed.owner.is_open or register is None or not access.may_see(register, feed.owner):
        return None
    return feed if seen_by(feed.owner).filter(pk=feed.view_id).exists() else None


def seen_by(user: User) -> QuerySet[SavedView]:
    """Her own views, and those that others share with her."""
    return SavedView.objects.filter(shared_with(user) | Q(shared=True))


def register_of(view: SavedView) -> Register | None:
    return next((each for each in registers.every() if each.slug == view.register), None)


def columns(register: Register) -> list[Column]:
    """The dates that fall due: what is valid until then, and what rules watch."""
    names = {column.name for column in computed(register).values() if column.state}
    if register.validity:
        names.update(register.validity.states())
    for date in Rule.objects.filter(active=True, date__startswith=f"{register.slug}.").values_list("date", flat=True):
        if found := watched(date):
            names.add(found[1].name)
    return [named(register, name) for name in sorted(names)]


def views(user: User, seen: QuerySet[SavedView]) -> list[SavedView]:
    """Of the saved views that she sees, those of registers with dates that fall due."""
    dated = {each.slug for each in registers.every() if access.may_see(each, user) and columns(each)}
    return [view for view in seen.filter(kind=SavedView.Kind.VIEW) if view.register in dated]


def calendar(feed: Feed, today: dt.date) -> bytes:
    register = register_of(feed.view)
    assert register
    # A quarter of a second, of which no other page has anything.
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//Varlik Kutugu//TR")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", feed.view.name)
    made.add("x-wr-calname", feed.view.name)
    made.add("refresh-interval", dt.timedelta(hours=6), parameters={"VALUE": "DURATION"})
    found = _days(register, feed, today)
    if len(found) > MOST:
        text = _("Takvime en yakın %(most)d gün sığdı; kalanlar için görünümü süzünüz.") % {"most": MOST}
        made.add("x-wr-caldesc", text)
    for day, column, row in found[:MOST]:
        made.add_component(_event(register, row, column, day, today))
    return made.to_ical()


def _days(register: Register, feed: Feed, today: dt.date) -> list[tuple[dt.date, Column, Any]]:
    """What falls due, the next first, then what is over, the latest first: as many as a calendar has, and one more
    where there are more."""
    dates, listing = columns(register), _listing(register, feed)
    late = Q(pk__in=())
    for column in dates:
        late |= Q(**{f"{column.name}__gte": today - KEPT})
    rows = on(listing.matching, dates, None).filter(late).order_by()
    found = (
        (day < today, abs((day - today).days), pk, at, day)
        for pk, *days in rows.values_list("pk", *(column.name for column in dates)).iterator()
        for at, day in enumerate(days)
        if day and day >= today - KEPT
    )
    first = nsmallest(MOST + 1, found)
    parts = chunked(sorted({pk for _over, _far, pk, _at, _day in first}), _PART)
    named = {
        row.pk: row
        for part in parts
        for row in listing.name(list(listing.with_references(listing.matching).filter(pk__in=part)))
    }
    # One that has gone meanwhile is in no calendar.
    return [(day, dates[at], named[pk]) for _over, _far, pk, at, day in first if pk in named]


def _listing(register: Register, feed: Feed) -> Listing:
    """What the view finds for its owner today, also where it was saved on a list of a past day."""
    query = QueryDict(feed.view.query).copy()
    for name in ("as_of", "page", "size", "columns"):
        query.pop(name, None)
    return Listing(register, feed.owner, query)


def _event(register: Register, row: Any, column: Column, day: dt.date, today: dt.date) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{register.slug}-{column.name}-{row.pk}@{host()}")
    event.add("sequence", row.version)
    # Of the day, so that what has not changed since this morning is the same, letter by letter.
    event.add("dtstamp", dt.datetime.combine(today, dt.time(), dt.UTC))
    event.add("dtstart", day)
    if day < dt.date.max:
        # Of the calendar's last day there is no day after; without an end an event is one day long (RFC 5545 3.6.1).
        event.add("dtend", day + dt.timedelta(1))
    event.add("summary", f"{capital(column.label)}: {row}")
    event.add("description", _("%(register)s: %(row)s. Yeni tarih kaydın sayfasında yazılır.") % {
        "register": register.one, "row": row,
    })  # fmt: skip
    event.add("url", address(reverse("register-detail", args=[register, row.pk])))
    event.add("categories", [register.title])
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def pulled(feed: Feed) -> bool:
    """Whether this is the first pull of the day, which is written down."""
    today = timezone.localdate()
    return feed.pulled_on != today and bool(Feed.objects.filter(pk=feed.pk).update(pulled_on=today))
