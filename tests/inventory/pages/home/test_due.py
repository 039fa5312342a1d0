"""What falls due."""

import datetime as dt

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from inventory import registers
from inventory.listing.address import Listing
from inventory.models import Status
from inventory.organization.models import Grant
from inventory.pages.home.due import DuePart, due_parts
from tests.pages import signed_in
from tests.rows import row, user

pytestmark = pytest.mark.django_db
VEHICLES, EQUIPMENT = registers.get("vehicles"), registers.get("equipment")
INSPECTIONS = registers.get("inspections")
TODAY = timezone.localdate()


def test_what_falls_due_is_reported_with_the_longest_overdue_first(parks, police, admin):
    for days in (-5, -40, 10, 200):
        vehicle = row(VEHICLES, parks, plate=f"41 AA {300 + days}")
        until = TODAY + dt.timedelta(days=days)
        row(INSPECTIONS, parks, vehicle=vehicle, done_on=until - dt.timedelta(days=700), valid_until=until)
    part = parts(admin)["Muayene geçerliliği"]
    assert [(state, number) for state, number, _query in part.counts] == [("overdue", 2), ("soon", 1)]
    days = [(day, state) for _pk, _title, day, state in part.lines]
    expected = ((-40, "overdue"), (-5, "overdue"), (10, "soon"))
    assert days == [(TODAY + dt.timedelta(days=n), state) for n, state in expected]
    for state, number, query in part.counts:
        assert Listing(VEHICLES, admin, QueryDict(query)).matching.count() == number, state
    shown = signed_in(admin).get(reverse("home-card", args=["due"])).content.decode()
    assert "2 Süresi geçmiş" in shown
    assert "inspection_due=overdue" in shown
    stranger = user("ayse", police, (police, "", Grant.Level.MANAGE))
    assert due_parts(stranger) == []


def parts(account) -> dict[str, DuePart]:
    return {part.label: part for part in due_parts(account)}


def test_what_a_latest_date_hides_is_reported(parks, admin):
    """A failed inspection, a policy that begins later, own-damage insurance alone: nothing of it is valid today."""
    insurances, day = registers.get("insurances"), dt.timedelta(days=1)
    failed, later, other = (row(VEHICLES, parks, plate=f"41 AB {100 + n}") for n in range(3))
    row(INSPECTIONS, parks, vehicle=failed, done_on=TODAY - day, valid_until=TODAY + 700 * day, result="failed")
    for vehicle, cover, begins in ((later, "liability", TODAY + 40 * day), (other, "own_damage", TODAY - day)):
        row(insurances, parks, vehicle=vehicle, kind=cover, starts_on=begins, ends_on=begins + 365 * day)
    missing = {"inspection": [failed, later, other], "liability": [failed, later, other], "own_damage": []}
    for name, vehicles in missing.items():
        found = Listing(VEHICLES, admin, {f"{name}_due": "missing"}).matching
        assert {v.pk for v in found} == {v.pk for v in vehicles}, name
    assert Listing(VEHICLES, admin, {"own_damage_due": "valid"}).matching.get() == other


def test_a_replaced_record_and_a_vehicle_that_is_gone_ask_for_nothing(parks, admin):
    renewed, gone = row(VEHICLES, parks), row(VEHICLES, parks, status=Status.DISPOSED, status_reason="hurda")
    past, coming = TODAY - dt.timedelta(days=30), TODAY + dt.timedelta(days=700)
    for vehicle, until in ((renewed, past), (renewed, coming), (gone, past)):
        row(INSPECTIONS, parks, vehicle=vehicle, done_on=until - dt.timedelta(days=730), valid_until=until)
    assert "Muayene geçerliliği" not in parts(admin)
    for state in ("overdue", "missing", "soon"):
        assert not Listing(VEHICLES, admin, {"inspection_due": state}).matching.exists()
        assert not Listing(INSPECTIONS, admin, {"due": state}).matching.exists()
