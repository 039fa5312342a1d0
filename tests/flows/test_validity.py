"""What a row's state says of its days: a draft holds for nobody, and what has ended holds no more."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils import timezone

from inventory import history, registers
from inventory.listing.address import Listing
from inventory.organization.models import Unit
from inventory.pages.home.due import due_parts
from tests.flows.walks import in_state, states
from tests.pages import signed_in
from tests.rows import row, user

pytestmark = pytest.mark.django_db
LEASES = registers.get("lease-contracts")
TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
# What the list says of a contract whose last day is near, and of one whose last day has passed.
NEAR = {"draft": "no_result", "running": "soon", "ended": "ended", "closed": "ended"}
PASSED = NEAR | {"running": "ended"}


def until(day: dt.date, here: Unit) -> dict[str, int]:
    """A contract until the day in each state; their ids by the state."""
    made = {state: in_state(LEASES, here, state) for state in states(LEASES)}
    LEASES.model.objects.update(starts_on=day - 700 * DAY, ends_on=day)
    return {state: contract.pk for state, contract in made.items()}


@pytest.mark.parametrize(("days", "expected"), [(10, NEAR), (-10, PASSED)])
def test_only_a_contract_that_runs_falls_due(days, expected, here):
    made = until(TODAY + days * DAY, here)
    dues = dict(Listing(LEASES, None, {"columns": "due"}).rows.values_list("pk", "due"))
    assert {state: dues[pk] for state, pk in made.items()} == expected
    for due in set(expected.values()):
        found = Listing(LEASES, None, {"due": due}).matching.values_list("pk", flat=True)
        assert set(found) == {pk for state, pk in made.items() if expected[state] == due}


def test_home_and_the_page_of_a_contract_ask_for_what_runs_alone(here):
    made, admin = until(TODAY + 10 * DAY, here), user("yonetici", here, is_superuser=True)
    (part,) = [part for part in due_parts(admin) if part.register == LEASES]
    assert [(state, count) for state, count, _query in part.counts] == [("soon", 1)]
    assert [pk for pk, *_rest in part.lines] == [made["running"]]
    client = signed_in(admin)
    for state, pk in made.items():
        page = client.get(reverse("register-detail", args=[LEASES, pk])).content.decode()
        assert ("due-soon" in page) == (state == "running"), state


def test_a_past_day_counts_by_the_state_of_then_and_without_one_by_the_days(here):
    """Its contract had no state forty days ago, was a draft thirty, in force twenty and ended ten days ago."""
    sample = row(LEASES, here)
    values = {f.attname: getattr(sample, f.attname) for f in sample._meta.concrete_fields if not f.primary_key}
    values |= {"number": "K-1", "number_same": "k-1", "starts_on": TODAY - 700 * DAY, "ends_on": TODAY + 300 * DAY}
    made = LEASES.model.objects.create(**values)
    shown = {}
    for days, state in ((40, ""), (30, "draft"), (20, "running"), (10, "ended")):
        LEASES.model.objects.filter(pk=made.pk).update(state=state)
        noon = timezone.make_aware(dt.datetime.combine(TODAY - days * DAY, dt.time(12)))
        history.record(LEASES.model, [made.pk], history.CHANGED if shown else history.CREATED, history.Author(at=noon))
        asked = {"as_of": f"{TODAY - days * DAY:%d.%m.%Y}", "columns": "due"}
        (entry,) = Listing(LEASES, None, asked).rows
        shown[state] = entry.due
        found = Listing(LEASES, None, asked | {"due": entry.due}).matching
        assert [each.id for each in found] == [made.pk]
    assert shown == {"": "valid", "draft": "no_result", "running": "valid", "ended": "ended"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"counts": {}}, "counts rows of every state"),
        ({"counts": {"state": ("runing",)}}, "has no choice runing"),
        ({"ended": {"state": ("close",)}}, "has no choice close"),
        ({"ended": {"stat": ("closed",)}}, "has no field 'stat'"),
        ({"ended": {"notes": ("",)}}, "is open where 'notes' is blank"),
    ],
)
def test_a_validity_that_does_not_know_the_flow_stops_the_start(changes, why):
    with pytest.raises(ImproperlyConfigured, match=why):
        replace(LEASES, validity=replace(LEASES.validity, **changes), synonyms={})
