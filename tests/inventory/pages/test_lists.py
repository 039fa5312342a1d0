"""A list's page: its rows joined in Python, its panel drawn where something is asked for."""

from __future__ import annotations

import re

import pytest
from django.http import QueryDict
from django.urls import reverse

from inventory import registers
from inventory.assets.vehicles.models import Vehicle
from inventory.listing.address import Listing
from inventory.listing.panel import panel
from inventory.organization.models import Unit
from tests.pages import signed_in
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")
URL = reverse("register-list", args=[VEHICLES])


@pytest.fixture
def browser():
    parks = unit("Park ve Bahçeler Dairesi Başkanlığı")
    vehicle = row(VEHICLES, parks)
    Vehicle.objects.filter(pk=vehicle.pk).update(plate="41 A 1", make="<b>'&\"</b>")
    return signed_in(user("ayse", parks, (parks, "", 2)))


def test_what_a_row_holds_is_text_and_no_html(browser):
    page = browser.get(URL, {"columns": "make,plate"}).content.decode()
    assert "<b>" not in page
    cell = "&lt;b&gt;&#x27;&amp;&quot;&lt;/b&gt;"
    assert re.search(rf'<td[^>]*><a href="/vehicles/\d+/\?columns=make%2Cplate&amp;at=list">{cell}</a></td>', page)
    assert re.search(r'aria-label="[^"]*41 A 1[^"]* kaydını seç"', page)


def test_what_all_units_of_a_kind_are_called_is_there_to_be_pointed_at(browser):
    page = browser.get(URL, {"columns": "plate,responsible_unit"}).content.decode()
    assert "<td><p>Park ve Bahçeler<i> Dairesi Başkanlığı</i></p></td>" in page
    branch = unit("Planlama Şube Müdürlüğü", unit("Fen İşleri Daire Başkanlığı"), kind=Unit.Kind.BRANCH)
    assert str(branch) == "Planlama Şube Müdürlüğü (Fen İşleri Daire Başkanlığı)"
    assert branch.spared == " Şube Müdürlüğü"
    assert unit("Zabıta Müdürlüğü").spared == ""


def test_only_the_filters_of_columns_that_are_asked_for_are_made(browser):
    asked = Listing(VEHICLES, None, QueryDict("make=ford&model_year_from=2020&plate="))
    assert {"make", "model_year_from", "model_year_to"} <= asked.filters.form.fields.keys()
    assert "plate" not in asked.filters.form.fields and "q" not in asked.filters.form.fields


def test_the_panel_shows_what_is_asked_for_beside_all_other_filters(browser):
    full = browser.get(URL).context["panel"]
    given = browser.get(URL, {"make": "ford", "model_year_from": "x", "kind": ""}).context["panel"]
    names = [re.findall(r'name="(\w+)"', each.first + each.more) for each in (full, given)]
    assert names[0] == names[1] and len(names[0]) > 30
    drawn = given.first + given.more
    assert 'value="ford"' in drawn and 'value="x"' in drawn and 'role="alert"' in drawn
    assert given.is_more_open and not full.is_more_open
    # The next reader sees none of it.
    assert panel(Listing(VEHICLES, None, {})) == full
