"""How a cluster divides: by kind, unit, status or what falls due, at every zoom as the list has it."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from geo import legend, map_layers
from geo.cells import tile_of
from inventory import registers
from tests.geo.test_tiles import ZOOMS, place, read, spread, url  # noqa: F401 - spread is a fixture
from tests.pages import signed_in
from tests.rows import row, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


def divided(features: list[dict], by: str) -> Counter:
    parts: Counter = Counter()
    for each in features:
        parts.update(json.loads(each["parts"]) if "parts" in each else {str(each[by]): 1})
    return parts


@pytest.mark.parametrize("few", [0, 250])
@pytest.mark.parametrize(("by", "column"), [("kind", "kind_id"), ("unit", "responsible_unit_id"), ("status", "status")])
def test_parts_are_those_of_the_list(spread, here, admin, by, column, few, monkeypatch):  # noqa: F811
    """From the kept counts, looked up, and one by one; for who sees all and for who sees one unit."""
    monkeypatch.setattr(map_layers, "FEW", few)
    at = spread[0].location
    for client, seen in (
        (signed_in(admin), {}),
        (signed_in(user("goren", here, (here, "vehicles", 1))), {"responsible_unit": here}),
    ):
        rows = list(VEHICLES.model.objects.filter(location__cell__isnull=False, **seen).select_related("location"))
        for zoom in ZOOMS:
            there = [each for each in rows if tile_of(each.location.cell, zoom) == tile_of(at.cell, zoom)]
            wanted = Counter(str(getattr(each, column)) for each in there)
            for query in ({}, {"make": ["BMC"]}):
                if query:
                    wanted = Counter(str(getattr(each, column)) for each in there if each.make == "BMC")
                found = read(client.get(url(VEHICLES, zoom, at), {"by": by} | query)).get("vehicles", [])
                assert divided(found, by) == wanted, (zoom, query)


@pytest.mark.parametrize("few", [0, 250])
def test_what_falls_due_is_told_at_every_zoom(here, admin, few, monkeypatch):
    monkeypatch.setattr(map_layers, "FEW", few)
    at, inspections, today = place("Garaj"), registers.get("inspections"), timezone.localdate()
    for days in (-1, 0, 30, 31, 31, None):
        made = row(VEHICLES, here, location=at)
        if days is not None:
            row(
                inspections,
                here,
                vehicle=made,
                done_on=today - dt.timedelta(days=90),
                valid_until=today + dt.timedelta(days=days),
            )
    (by, *_others) = [key for key, _name in legend.dues(VEHICLES) if key.startswith("inspection")]
    wanted = Counter({"overdue": 1, "soon": 2, "later": 2, "none": 1})
    for zoom in ZOOMS:
        found = read(signed_in(admin).get(url(VEHICLES, zoom, at), {"by": by}))["vehicles"]
        assert divided(found, by) == wanted, zoom


def test_an_unknown_colour_divides_by_kind(spread, admin):  # noqa: F811
    at, client = spread[0].location, signed_in(admin)
    assert read(client.get(url(VEHICLES, 8, at), {"by": "renk"})) == read(client.get(url(VEHICLES, 8, at)))


@pytest.mark.parametrize("by", ["kind", "unit", "status"])
def test_any_colour_costs_as_many_queries(spread, admin, by, monkeypatch):  # noqa: F811
    monkeypatch.setattr(map_layers, "FEW", 0)
    client, address = signed_in(admin), url(VEHICLES, 8, spread[0].location)
    client.get(address)
    with CaptureQueriesContext(connection) as plain:
        client.get(address)
    with CaptureQueriesContext(connection) as asked:
        client.get(address, {"by": by})
    assert len(asked) == len(plain)
