"""The charts in a real browser."""

import pytest
from django.urls import reverse

from inventory import registers
from tests.e2e.conftest import violations
from tests.rows import kind, row, unit, user

pytestmark = pytest.mark.django_db(transaction=True)
VEHICLES, EQUIPMENT = registers.get("vehicles"), registers.get("equipment")


@pytest.fixture
def fleet(transactional_db):
    parks, police = unit("Park ve Bahçeler Dairesi Başkanlığı"), unit("Zabıta Dairesi Başkanlığı")
    for code, where, count in (("1", parks, 5), ("2", police, 2)):
        for _ in range(count):
            row(VEHICLES, where, kind=kind(VEHICLES, code, f"Araç {code}"))
    row(EQUIPMENT, parks)
    return parks


def test_charts_are_drawn_at_both_sizes(fleet, sized_page, sign_in):
    page = sized_page
    sign_in(page, user("yonetici", fleet, is_superuser=True))
    page.goto(page.base + reverse("physical-resources"))
    chart = page.get_by_role("img", name="Araç türlerine göre resmî ve kiralık araçlar: grafik.")
    chart.wait_for()
    assert chart.evaluate("c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v)")
    assert violations(page) == []


def test_a_bar_leads_to_its_list(fleet, page, sign_in):
    sign_in(page, user("yonetici", fleet, is_superuser=True))
    page.goto(page.base + reverse("physical-resources"))
    chart = page.get_by_role("img", name="Araç türlerine göre resmî ve kiralık araçlar: grafik.")
    chart.scroll_into_view_if_needed()
    # Where Chart.js itself says that the first, longest bar lies.
    bar = chart.evaluate("c => { const e = Chart.getChart(c).getDatasetMeta(0).data[0]; return {x: e.x - 20, y: e.y} }")
    chart.click(position=bar)
    page.wait_for_url("**/vehicles/?*ownership=owned*")
    page.get_by_text("5 kayıt").first.wait_for()
