"""Empty pages say what to do next, and lead there whoever may do it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from inventory import registers
from inventory.organization.models import Unit
from tests.pages import signed_in
from tests.rows import row, unit, user

VEHICLES = registers.get("vehicles")


def signed(name: str, of: Unit, *grants) -> Client:
    return signed_in(user(name, of, *grants))


@pytest.fixture
def here(db):
    return unit("Park ve Bahçeler")


@pytest.fixture
def clerk(here):
    return signed("giren", here, (here, "vehicles", 2))


@pytest.fixture
def reader(here):
    return signed("bakan", here, (here, "vehicles", 1))


def empty(client: Client, name: str, *args: object, query: str = "") -> tuple[str, list[str]]:
    """The text of what stands in place of lines, and where its links lead."""
    page = client.get(reverse(name, args=args) + query).content.decode()
    found = re.search(r'<div class="empty.*?</div>\s*(?:</div>|$)', page, re.DOTALL).group()
    return found, re.findall(r'<a [^>]*href="([^"]+)"', found)


def test_an_empty_register_is_begun_by_who_may(clerk, reader):
    text, links = empty(clerk, "register-list", VEHICLES)
    assert "Henüz kayıt yok" in text and {"/vehicles/new/", "/vehicles/import/"} <= set(links)
    text, links = empty(reader, "register-list", VEHICLES)
    assert "birim yöneticinizden" in text and links == ["/account/"]


@pytest.mark.parametrize("name", ["register-list", "register-map"])
def test_filters_that_match_nothing_are_taken_away(clerk, here, name):
    row(VEHICLES, here)
    text, links = empty(clerk, name, VEHICLES, query="?colour=yok")
    assert "Bu koşullara uyan kayıt yok" in text and links == ["?"]


@pytest.mark.parametrize(
    ("name", "there"),
    [("batches", "/vehicles/import/"), ("comparisons", "/vehicles/compare/"), ("exports", "/vehicles/")],
)
def test_the_first_import_comparison_or_file_is_one_step_away(clerk, name, there):
    assert empty(clerk, name)[1] == [there]


def test_who_may_only_look_is_led_to_no_import(reader):
    assert empty(reader, "batches")[1] == []
    assert empty(reader, "comparisons")[1] == ["/vehicles/compare/"]


def test_what_was_not_found_may_have_been_deleted_and_the_other_way_round(clerk):
    assert empty(clerk, "search", query="?q=41+ABC")[1] == ["/deleted/?q=41%20ABC"]
    assert empty(clerk, "deleted", query="?q=41+ABC")[1] == ["/search/?q=41%20ABC"]
    assert "Durum" in empty(clerk, "deleted")[0]


def test_who_sees_no_items_is_not_led_to_deleted_ones(here):
    assert empty(signed("yetkisiz", here), "search", query="?q=41+ABC")[1] == []


def test_an_item_without_records_says_how_they_come_to_it(clerk, reader, here):
    item = row(VEHICLES, here)
    address = reverse("register-detail", args=[VEHICLES, item.pk])
    adding = reverse("register-new", args=["inspections"])
    for who, may in ((clerk, True), (reader, False)):
        text = who.get(address).content.decode()
        assert "Kaydı olmayanlar" in text and (adding in text) == may


def test_a_trail_without_entries_is_widened(db):
    boss = signed_in(user("yonetici", unit("Bilgi İşlem"), is_superuser=True))
    assert empty(boss, "trail", query="?first=01.01.1999&last=02.01.1999")[1] == ["/trail/"]
