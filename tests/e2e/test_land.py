"""Land, sea, grid and names under every map that has no background; `python -m geo.land` made them (scripts/setup)."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from inventory import registers
from tests.e2e.conftest import violations
from tests.e2e.test_maps import fleet  # noqa: F401 - a fixture
from tests.rows import user

pytestmark = pytest.mark.django_db(transaction=True)
READY = ":is(#map, [data-small-map])[data-ready]"
GULF, COAST = (29.75, 40.745), (29.80, 40.65)


def asked(page, ask: str, argument=None):
    """What the map itself says."""
    page.locator(READY).wait_for()
    return page.evaluate(f"([sel, a]) => (({ask})(document.querySelector(sel).map, a))", [READY, argument])


def ground(page, place: tuple[float, float]) -> list[str]:
    ask = "(m, p) => m.queryRenderedFeatures(m.project(p), {layers: ['sea', 'land']}).map(f => f.layer.id)"
    return asked(page, ask, list(place))


def texts(page, layer: str, name: str) -> set[str]:
    ask = "(m, [l, n]) => m.queryRenderedFeatures({layers: [l]}).map(f => f.properties[n])"
    return set(asked(page, ask, [layer, name]))


def test_every_map_shows_land_and_sea(fleet, sized_page, sign_in):  # noqa: F811
    page = sized_page
    call_command("load_reference", verbosity=0)
    sign_in(page, user("yonetici", fleet, is_superuser=True))
    for name, args in (("register-map", ["vehicles"]), ("map", [])):
        page.goto(page.base + reverse(name, args=args) + "#map=9.5/40.75/29.8")
        assert ground(page, GULF) == ["sea"] and ground(page, COAST) == ["land", "sea"]
        assert {text[-3:] for text in texts(page, "grid-degrees", "degrees")} == {"° D", "° K"}
        assert {"Gölcük", "Körfez"} & texts(page, "names", "name")
        page.get_by_text("Kıyı yaklaşıktır").wait_for()
        page.get_by_text("manage.py load_boundaries").wait_for()
        assert violations(page) == []


def test_the_small_maps_show_it_too(fleet, page, sign_in):  # noqa: F811
    sign_in(page, user("yonetici", fleet, is_superuser=True))
    truck = registers.get("vehicles").model.objects.first()
    for address in (
        reverse("register-new", args=["locations"]),
        reverse("register-detail", args=["vehicles", truck.pk]),
    ):
        page.goto(page.base + address)
        asked(page, "m => { m.jumpTo({center: [29.8, 40.7], zoom: 9}); return m.once('idle').then(() => true) }")
        assert ground(page, GULF) == ["sea"] and ground(page, COAST) == ["land", "sea"]
        page.get_by_text("Kıyı yaklaşıktır").wait_for()
