"""A list's order and the way back to it."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inventory import registers
from inventory.listing.address import Listing
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def admin(here):
    return user("yonetici", here, is_superuser=True)


@pytest.fixture
def client(admin) -> Client:
    signed_in = Client()
    signed_in.force_login(admin)
    return signed_in


@pytest.fixture
def fleet(here):
    """Two vehicles with a plate and a machine without."""
    return [
        row(VEHICLES, here, plate=plate, fleet_no=f"F-{n}") for n, plate in enumerate(("", "41 ABC 102", "41 ABC 101"))
    ]


@pytest.mark.parametrize(("sort", "order"), [("plate", [2, 1, 0]), ("-plate", [1, 2, 0])])
def test_what_has_no_plate_comes_last(fleet, admin, sort, order):
    assert [found.pk for found in Listing(VEHICLES, admin, {"sort": sort}).rows] == [fleet[n].pk for n in order]


def test_the_way_through_the_list_starts_at_its_first_row(fleet, client):
    second = client.get(reverse("register-detail", args=[VEHICLES, fleet[1].pk]), {"sort": "plate", "at": "1"})
    first = client.get(second.context["before"])
    assert first.context["row"] == fleet[2]
    assert first.context["after"]


def test_a_saved_row_stands_where_it_stood_in_the_list(fleet, client):
    query = "?sort=plate&at=1"
    shown = client.get(reverse("register-edit", args=[VEHICLES, fleet[1].pk]) + query)
    data = {f.html_name: f.value() for f in shown.context["form"] if f.value() not in (None, False, "")}
    saved = client.post(reverse("register-edit", args=[VEHICLES, fleet[1].pk]) + query, data | {"colour": "Mavi"})
    assert saved.url == reverse("register-detail", args=[VEHICLES, fleet[1].pk]) + query


def test_a_wrong_filter_is_named_as_the_page_names_it(fleet, client):
    shown = client.get(reverse("register-list", args=[VEHICLES]), {"model_year_from": "abc"}).content.decode()
    assert "Model yılı (en az): “" in shown
    assert "<code>" not in shown


def test_nothing_leaves_service_on_a_day_to_come(fleet, client):
    tomorrow = f"{timezone.localdate() + dt.timedelta(days=1):%d.%m.%Y}"
    data = {"status": "retired", "status_on": tomorrow, "status_reason": "Hurda"}
    answer = client.post(reverse("register-retire", args=[VEHICLES, fleet[0].pk]), data)
    assert "status_on" in answer.context["form"].errors
    fleet[0].refresh_from_db()
    assert fleet[0].status == "in_use"


def test_a_column_whose_name_ends_as_a_limit_is_called_by_its_own():
    here, register = unit("Park ve Bahçeler Dairesi Başkanlığı"), registers.get("network")
    switch = row(register, here)
    asked = Listing(register, None, {"linked_to": str(switch.pk), "cost_to": "5"})
    assert [what for what, _value in asked.described()] == ["Bağlı olduğu cihaz", "Edinme bedeli (TL) (en çok)"]
