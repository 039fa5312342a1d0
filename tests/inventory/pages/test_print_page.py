"""The list as it is printed: all that its filters find, and what is said where that is too much for paper."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory import registers
from inventory.pages import print_views
from tests.pages import signed_in
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")
URL = reverse("register-print", args=[VEHICLES])


@pytest.fixture
def parks():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def browser(parks):
    return signed_in(user("ayse", parks, (parks, "", 2)))


def page(browser, **query) -> str:
    return browser.get(URL, query).content.decode()


def test_all_rows_are_on_the_page_whatever_page_of_the_list_was_shown(parks, browser):
    elsewhere = unit("Fen İşleri Dairesi Başkanlığı")
    for number in range(60):
        row(VEHICLES, parks, plate=f"41 AA {100 + number}")
    row(VEHICLES, elsewhere, plate="41 ZZ 999")
    with CaptureQueriesContext(connection) as few:
        shown = page(browser, page="2", plate="41 AA 1", columns="plate,responsible_unit")
    assert all(f"41 AA {100 + number}" in shown for number in range(60)) and "41 ZZ 999" not in shown
    assert "<strong>60</strong>" in shown and "Plaka: 41 AA 1" in shown and "data-print-now" in shown
    assert 'name="selected"' not in shown and "sayfa 1" not in shown and "sayfa 2" not in shown
    assert len(few) < 25


def test_what_is_too_much_for_paper_goes_by_excel(parks, browser, monkeypatch):
    monkeypatch.setattr(print_views, "MOST_ROWS", 1)
    row(VEHICLES, parks, plate="41 AA 101")
    assert "41 AA 101" in page(browser, columns="plate")
    wide = page(browser, columns="all")
    assert "sütun bir sayfanın enine sığmaz" in wide and "41 AA 101" not in wide
    row(VEHICLES, parks, plate="41 AA 102")
    much = page(browser, columns="plate")
    assert "2 kayıt var; buradan en çok 1 kayıt yazdırılır" in much and "41 AA 101" not in much
    assert f"{reverse('register-export', args=[VEHICLES])}?columns=plate&amp;format=xlsx" in much
    assert "data-print-now" not in much


def test_a_filter_that_is_not_understood_prints_nothing(parks, browser):
    row(VEHICLES, parks, plate="41 AA 101")
    wrong = page(browser, model_year_from="iki bin")
    assert "Süzgeçlerden biri anlaşılamadı" in wrong and "41 AA 101" not in wrong and "data-print-now" not in wrong


@pytest.mark.parametrize("register", [pytest.param(r, id=r.slug) for r in registers.every()])
def test_every_register_has_it(register, parks):
    chief = signed_in(user("baskan", parks, is_superuser=True))
    address = reverse("register-print", args=[register])
    assert f'href="{address}?' in chief.get(reverse("register-list", args=[register])).content.decode()
    assert chief.get(address).status_code == 200
    # Who sees no list, prints none.
    stranger = signed_in(user("yabanci", parks))
    listed = stranger.get(reverse("register-list", args=[register])).status_code
    assert stranger.get(address).status_code == listed
