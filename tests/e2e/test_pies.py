"""The rings of clusters: their colours are the legend's, whichever colours are chosen."""

import math

import pytest

from inventory.models import Status
from tests.e2e.conftest import violations
from tests.e2e.test_maps import MAP, VEHICLES, drawn, fleet, open_map, point  # noqa: F401 - fleet is a fixture
from tests.rows import user

pytestmark = pytest.mark.django_db(transaction=True)
PIXEL = """([sel, [x, y]]) => {
  const shown = document.querySelector(sel).map.getCanvas();
  const copy = new OffscreenCanvas(shown.width, shown.height).getContext("2d");
  copy.drawImage(shown, 0, 0);
  const ratio = shown.width / shown.clientWidth;
  return "rgb(" + [...copy.getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3).join(", ") + ")";
}"""


def ring(page, degrees: float) -> str:
    """The colour of the ring around the garage's three trucks, so many degrees clockwise from its top."""
    x, y = (page.evaluate(f"s => document.querySelector(s).map.project([29.9, 40.7]).{axis}", MAP) for axis in "xy")
    at = 11 + 4 * math.log10(3) / 2 + 2
    turn = math.radians(degrees)
    return page.evaluate(PIXEL, [MAP, [x + at * math.sin(turn), y - at * math.cos(turn)]])


def mark(page, name: str) -> str:
    line = page.locator("#map-legend li").filter(has_text=name)
    return line.locator(".map-mark").evaluate("m => getComputedStyle(m).backgroundColor")


def settle(page) -> None:
    page.evaluate("s => new Promise(done => { const m = document.querySelector(s).map; m.once('idle', () => done(1)); m.triggerRepaint(); })", MAP)  # fmt: skip # noqa: E501
    page.wait_for_timeout(300)


def test_rings_have_the_colours_of_the_legend(fleet, sized_page, sign_in):  # noqa: F811
    page = sized_page
    VEHICLES.model.objects.filter(plate="41 AA 103").update(status=Status.IN_STORE)
    sign_in(page, user("filocu", fleet, (None, "vehicles", 1)))
    open_map(page, "#map=13/40.705/29.91")
    settle(page)
    assert ring(page, 60) == ring(page, 300) == mark(page, "Kamyon (3)")
    chooser = page.get_by_label("Renkler", exact=True)
    chooser.select_option("status")
    settle(page)
    first, second = mark(page, "Kullanımda"), mark(page, "Depoda")
    assert (ring(page, 60), ring(page, 200), ring(page, 300)) == (first, first, second)
    chooser.select_option("unit")
    settle(page)
    assert ring(page, 60) == ring(page, 300) == mark(page, "Park ve Bahçeler")
    chooser.select_option(label="Muayene geçerliliği: süresine göre")
    settle(page)
    assert ring(page, 60) == ring(page, 300) == mark(page, "Tarihi yok")
    at = point(page, 29.90, 40.70)
    page.mouse.move(at["x"], at["y"])
    page.get_by_text("3 Tarihi yok").wait_for()
    assert violations(page) == []
