"""Where items stood: by today's locations in a list of today, by those of its day in a list of the past."""

from __future__ import annotations

import datetime as dt
from typing import cast

from django.db.models import F, OuterRef, Q, QuerySet

from geo.models import Location
from inventory import former
from inventory.listing.address import Listing
from inventory.search import Term


def places(end: dt.datetime | None) -> QuerySet:
    """The locations by which a list's rows stand, as rows that have `id` and all fields of a location."""
    return former.then(Location, end) if end else Location.objects.all()


def standing(end: dt.datetime | None, condition: Q) -> Q:
    """The rows of items that stand at a location for which the condition holds."""
    return Q(location__in=places(end).filter(condition).values("id"))


def lying(listing: Listing, condition: Q) -> Q:
    """The rows, of items or of locations, where the condition holds for the location; an empty one holds for all."""
    if not condition or listing.register.model is Location:
        return condition
    return standing(listing.end, condition) if listing.end else _seen_from_items(condition)


def _seen_from_items(condition: Q) -> Q:
    made = Q(_connector=condition.connector, _negated=condition.negated)
    for each in condition.children:
        if isinstance(each, Q):
            made.children.append(_seen_from_items(each))
        else:
            name, value = cast(tuple[str, object], each)
            made.children.append((f"location__{name}", value))
    return made


def of_location(listing: Listing, name: str, way: str = "location") -> Term:
    """A field of the location that a row of items names; `way` may lead through another item that it names."""
    item, _way, _column = way.rpartition("__")
    if not listing.end:
        return F(f"{way}__{name}")
    if not item:
        return former.value(Location, OuterRef(way), listing.end, name)
    # The item's own location is looked up first, as it was on that day.
    there = former.then(listing.register.model, listing.end).filter(id=OuterRef(item))
    value = former.value(Location, OuterRef("location"), listing.end, name)
    return former.first(there.annotate(_value=value), "_value")
