"""Lease lines and their contracts: dates and price, and how a contract is chosen."""

from __future__ import annotations

import datetime as dt
import importlib

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from inventory import naming, registers, writes
from inventory.editing import doubts
from inventory.models import SavedView
from tests.pages import signed_in
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


@pytest.fixture
def here():
    return unit("Destek Hizmetleri Dairesi Başkanlığı")


@pytest.fixture
def contract(here):
    terms = {"starts_on": FIRST, "ends_on": LAST, "monthly_price": 25_000}
    return row(registers.get("lease-contracts"), here, number="2026 KRL 7", contractor="Örnek Filo A.Ş.", **terms)


def test_a_line_takes_dates_and_price_from_its_contract_unless_others_are_typed(here, contract):
    lines, vehicle = registers.get("leased-vehicles"), row(registers.get("vehicles"), here, ownership="leased")
    client = signed_in(user("ayse", here, is_superuser=True))
    url = f"{reverse('register-new', args=[lines])}?vehicle={vehicle.pk}"
    answer = client.post(url, {"contract": contract.pk, "vehicle": vehicle.pk, "starts_on": "01.06.2026"})
    assert answer.status_code == 302, answer.context["form"].errors
    line = lines.model.objects.get()
    assert (line.starts_on, line.ends_on, line.monthly_price) == (dt.date(2026, 6, 1), LAST, 25_000)


def test_a_line_outside_its_contract_is_refused_with_the_contracts_dates(here, contract):
    with pytest.raises(ValidationError, match=r"01\.01\.2026 ile 31\.12\.2026") as refused:
        row(registers.get("leased-vehicles"), here, contract=contract, starts_on=FIRST, ends_on=LAST + dt.timedelta(1))
    assert set(refused.value.message_dict) == {"ends_on"}


def test_a_contract_is_offered_and_understood_with_contractor_and_dates(here, contract):
    lines = registers.get("leased-vehicles")
    url = reverse("register-options", args=[lines, "contract"])
    (offered,) = signed_in(user("ayse", here, is_superuser=True)).get(url, {"q": "örnek filo"}).json()["options"]
    assert offered["text"] == "2026 KRL 7 · Örnek Filo A.Ş. · 01.01.2026 – 31.12.2026"
    assert {naming.fold(offered["text"]), naming.fold("2026 KRL 7")} <= naming.names(contract)


def test_the_vehicle_of_the_typed_plate_is_offered_first(here):
    vehicles, lines = registers.get("vehicles"), registers.get("leased-vehicles")
    # Its number has the digits of the other's plate, and its plate comes first.
    row(vehicles, here, plate="41 TST 001", fleet_no="F 003", ownership="leased")
    row(vehicles, here, plate="41 TST 003", fleet_no="F 007", ownership="leased")
    url = reverse("register-options", args=[lines, "vehicle"])
    client = signed_in(user("ayse", here, is_superuser=True))
    for asked in ("41 TST 003", "41 tst 003", "003 41 tst"):
        offered = client.get(url, {"q": asked}).json()["options"]
        assert [each["text"][:10] for each in offered] == ["41 TST 003", "41 TST 001"], asked


def test_contracts_and_vehicles_that_are_over_are_offered_last(here):
    contracts, vehicles, lines = (registers.get(slug) for slug in ("lease-contracts", "vehicles", "leased-vehicles"))
    today, week = timezone.localdate(), dt.timedelta(7)
    row(contracts, here, number="K-1", state="running", starts_on=today - 3 * week, ends_on=today - week)
    row(contracts, here, number="K-2", starts_on=today, ends_on=today + week)
    contracts.model.objects.filter(number="K-2").update(state="closed")
    row(contracts, here, number="K-3", state="running", starts_on=today, ends_on=today)
    for number, status in enumerate(["retired", "in_use"], 1):
        row(vehicles, here, plate=f"41 TST {number:03d}", ownership="leased", status=status, status_reason="satıldı")
    client = signed_in(user("ayse", here, is_superuser=True))

    def offered(column):
        url = reverse("register-options", args=[lines, column])
        return [each["text"].split(" · ")[0] for each in client.get(url).json()["options"]]

    assert offered("contract") == ["K-3", "K-1", "K-2"]
    assert [each[:10] for each in offered("vehicle")] == ["41 TST 002", "41 TST 001"]


def test_a_contract_that_no_longer_covers_its_lines_is_refused(here, contract):
    row(registers.get("leased-vehicles"), here, contract=contract, starts_on=FIRST, ends_on=LAST)
    contract.ends_on = LAST - dt.timedelta(1)
    with pytest.raises(ValidationError, match="41 ABC"):
        writes.save(registers.get("lease-contracts"), contract, SYSTEM)


def test_what_is_hardly_leased_is_doubted(here, contract):
    lines, vehicles = registers.get("leased-vehicles"), registers.get("vehicles")
    other = row(registers.get("lease-contracts"), here, number="K-2", starts_on=FIRST, ends_on=LAST)
    leased, owned = (row(vehicles, here, ownership=how) for how in ("leased", "owned"))
    gone = row(vehicles, here, ownership="leased", status="retired", status_reason="iade")
    row(lines, here, contract=contract, vehicle=leased, starts_on=FIRST, ends_on=dt.date(2026, 6, 30))

    def doubted(vehicle, starts_on):
        line = lines.model(contract=other, vehicle=vehicle, starts_on=starts_on, ends_on=LAST)
        case = doubts.Case(line, {}, frozenset(lines.columns))
        return [found.sentence for found in doubts.doubts(lines, [case])]

    assert doubted(leased, dt.date(2026, 7, 1)) == []
    assert doubted(leased, dt.date(2026, 6, 30)) == [
        f"{leased} bu günlerde 2026 KRL 7 ile de kiralanmış (01.01.2026 – 30.06.2026)."
    ]
    assert doubted(owned, FIRST) == [f"{owned} kiralık değil, belediyenin aracı olarak kayıtlı."]
    assert doubted(gone, FIRST) == [f"{gone} hizmette değil (Hizmet dışı)."]


def test_saved_views_keep_what_they_ask_for(here):
    owner = user("ayse", here)
    query = "inspections_due=none&kind=3&leased-vehicles_due=soon"
    view = SavedView.objects.create(register="vehicles", owner=owner, name="a", query=query)
    importlib.import_module("inventory.migrations.0009_saved_due_filters").rename(apps, None)
    view.refresh_from_db()
    assert view.query == "inspection_due=missing&kind=3&lease_due=soon"
