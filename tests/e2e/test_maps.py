"""The maps in a real browser, drawn by software WebGL. Console errors and other hosts fail in conftest."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from geo.models import Location
from inventory import registers, writes
from inventory.models import DemoMark
from inventory.organization.models import Unit
from tests.e2e.conftest import violations
from tests.rows import SYSTEM, kind, row, unit, user

pytestmark = pytest.mark.django_db(transaction=True)
LOCATIONS, VEHICLES, NETWORK = (registers.get(slug) for slug in ("locations", "vehicles", "network"))
MAP = "#map[data-ready]"


def place(name: str, lon: float, lat: float) -> Location:
    return writes.save(LOCATIONS, Location(name=name, lon=lon, lat=lat), SYSTEM)


@pytest.fixture
def fleet(transactional_db) -> Unit:
    """Three trucks in the garage, a bus in the yard, a van far in the east."""
    here = unit("Park ve Bahçeler Dairesi Başkanlığı")
    for code, name, at, plates in (
        ("1", "Kamyon", place("Garaj", 29.90, 40.70), ("41 AA 101", "41 AA 102", "41 AA 103")),
        ("2", "Otobüs", place("Şantiye", 29.92, 40.72), ("41 BB 101",)),
        ("3", "Minibüs", place("Depo", 29.99, 40.71), ("41 CC 101",)),
    ):
        for plate in plates:
            row(VEHICLES, here, kind=kind(VEHICLES, code, name), location=at, plate=plate)
    return here


def drawn(page, *layers: str) -> list[dict]:
    """What the map itself says that it shows, feature by feature."""
    ask = "([m, layers]) => m.map.queryRenderedFeatures({layers}).map(f => ({...f.properties, layer: f.layer.id}))"
    return page.evaluate(f"([sel, layers]) => ({ask})([document.querySelector(sel), layers])", [MAP, list(layers)])


def total(page) -> int:
    return sum(each["number"] for each in drawn(page, "vehicles-items", "vehicles-clusters"))


def point(page, lon: float, lat: float) -> dict:
    """The place in the window of a place on the ground."""
    box = page.locator(MAP).bounding_box()
    at = page.evaluate("([sel, p]) => document.querySelector(sel).map.project(p)", [MAP, [lon, lat]])
    return {"x": box["x"] + at["x"], "y": box["y"] + at["y"]}


def click(page, lon: float, lat: float) -> None:
    at = point(page, lon, lat)
    page.mouse.move(at["x"], at["y"])
    page.mouse.click(at["x"], at["y"])


def open_map(page, query: str = "") -> None:
    page.goto(f"{page.base}{reverse('register-map', args=['vehicles'])}{query}")
    page.locator(MAP).wait_for()


def test_maps_are_drawn_and_accessible_at_both_sizes(fleet, sized_page, sign_in):
    page = sized_page
    sign_in(page, user("yonetici", fleet, is_superuser=True))
    for name, args in (("register-map", ["vehicles"]), ("map", [])):
        page.goto(page.base + reverse(name, args=args))
        page.locator(MAP).wait_for()
        page.get_by_text("5 kayıttan 5 tanesi haritada").wait_for()
        assert total(page) == 5
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_the_demo_is_on_the_map(transactional_db, page, sign_in):
    call_command("demo", verbosity=0)
    assert DemoMark.objects.exists()
    sign_in(page, user("yonetici2", Unit.objects.first(), is_superuser=True))
    open_map(page)
    on_it = VEHICLES.model.objects.filter(location__cell__isnull=False).count()
    page.get_by_text(f"{on_it:,}".replace(",", ".") + " tanesi haritada").wait_for()
    assert total(page) == on_it


def test_a_filter_changes_the_map_and_another_person_gets_the_same_one(fleet, page, sign_in):
    sign_in(page, user("filocu", fleet, (None, "vehicles", 1)))
    open_map(page)
    page.get_by_label("Renkler", exact=True).select_option("status")
    page.get_by_label("Ara", exact=True).fill("41 AA")
    page.get_by_role("button", name="Uygula").click()
    page.get_by_text("3 kayıttan 3 tanesi haritada").wait_for()
    page.locator(MAP).wait_for()
    assert total(page) == 3
    assert page.get_by_label("Renkler", exact=True).input_value() == "status"
    page.get_by_text("Kullanımda (3)").wait_for()
    page.get_by_role("link", name="Listede göster").click()
    page.get_by_text("3 kayıt").first.wait_for()
    page.get_by_role("link", name="Haritada göster").click()
    page.locator(MAP).wait_for()
    assert total(page) == 3


def test_a_cluster_opens_and_leads_to_its_list(fleet, page, sign_in):
    sign_in(page, user("filocu", fleet, (None, "vehicles", 1)))
    open_map(page)
    at = point(page, 29.90, 40.70)
    page.mouse.move(at["x"], at["y"])
    popup = page.locator(".maplibregl-popup")
    popup.wait_for()
    assert "3 kayıt" in popup.inner_text() and "3 Kamyon" in popup.inner_text()
    click(page, 29.90, 40.70)
    page.get_by_role("link", name="3 kaydı listede göster").click()
    page.get_by_text("3 kayıt").first.wait_for()
    assert page.get_by_role("cell", name="41 AA 102").count() == 1


def test_an_item_shows_its_card_and_its_page(fleet, page, sign_in):
    sign_in(page, user("filocu", fleet, (None, "vehicles", 1)))
    open_map(page)
    click(page, 29.92, 40.72)
    page.get_by_role("link", name="Kaydı aç").click()
    page.wait_for_url("**/vehicles/*/")
    assert "41 BB 101" in page.locator("h1").inner_text()


def test_a_wide_cluster_is_zoomed_into(fleet, page, sign_in):
    for n in range(300):
        row(VEHICLES, fleet, location=place(f"Yer {n}", 29.94 + n / 100_000, 40.705))
    sign_in(page, user("filocu", fleet, (None, "vehicles", 1)))
    open_map(page, "#map=9/40.705/29.94")
    before = [f["number"] for f in drawn(page, "vehicles-clusters")]
    assert max(before) > 250
    click(page, *page.evaluate(
        "sel => document.querySelector(sel).map.queryRenderedFeatures({layers: ['vehicles-clusters']})"
        ".sort((a, b) => b.properties.number - a.properties.number)[0].geometry.coordinates", MAP,
    ))  # fmt: skip
    page.wait_for_url("**#map=11/**")


@pytest.mark.parametrize(
    ("button", "corners"),
    [
        ("Alan çiz", [(29.895, 40.69), (29.91, 40.69), (29.935, 40.725), (29.895, 40.725), (29.895, 40.69)]),
        ("Dikdörtgen çiz", [(29.895, 40.69), (29.935, 40.725)]),
    ],
)
def test_a_drawn_area_becomes_the_list_of_what_lies_in_it(button, corners, fleet, page, sign_in):
    sign_in(page, user("filocu", fleet, (None, "vehicles", 1)))
    open_map(page)
    page.get_by_role("button", name=button).click()
    page.get_by_text("tıklayınız").first.wait_for()
    for lon, lat in corners:
        click(page, lon, lat)
        page.wait_for_timeout(350)  # Two clicks at once are one double click to the map.
    page.wait_for_url("**within=**")
    page.get_by_text("4 kayıttan 4 tanesi haritada").wait_for()
    page.locator(MAP).wait_for()
    assert len(drawn(page, "within")) > 0
    plates = page.locator("main table tbody").inner_text()
    assert "41 AA 101" in plates and "41 BB 101" in plates and "41 CC 101" not in plates
    page.get_by_role("link", name="Listede göster").click()
    page.get_by_text("4 kayıt").first.wait_for()
    page.get_by_text("Harita alanı: haritada çizilen").wait_for()
    page.get_by_role("link", name="Kaldır").click()
    page.get_by_text("5 kayıt").first.wait_for()


def test_linked_devices_are_joined_by_a_line(fleet, page, sign_in):
    mast = row(NETWORK, fleet, location=place("Kule", 29.95, 40.75), linked_to=None)
    row(NETWORK, fleet, location=place("Bina", 29.97, 40.76), linked_to=mast)
    sign_in(page, user("agci", fleet, (None, "network", 1)))
    page.goto(page.base + reverse("register-map", args=["network"]))
    page.locator(MAP).wait_for()
    assert {f["to"] for f in drawn(page, "network-lines-network-linked-to")} == {mast.pk}


def test_the_map_is_saved_as_a_picture_and_printed(fleet, page, sign_in, tmp_path):
    sign_in(page, user("filocu", fleet, (None, "vehicles", 1)))
    open_map(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG indir").click()
    file = tmp_path / "harita.png"
    download.value.save_as(file)
    assert file.read_bytes().startswith(b"\x89PNG")
    box = page.locator(MAP).bounding_box()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    printed = page.get_by_role("img", name="Yazdırılan harita")
    printed.wait_for()
    width, height = printed.evaluate("i => i.decode().then(() => [i.naturalWidth, i.naturalHeight])")
    # The legend, the scale and the date stand below the map.
    assert width == round(box["width"]) and height > box["height"] + 60


def test_a_browser_without_webgl_is_reported_so_and_has_the_list(fleet, page, sign_in):
    sign_in(page, user("filocu", fleet, (None, "vehicles", 1)))
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(page.base + reverse("register-map", args=["vehicles"]))
    page.get_by_text("Bu tarayıcı harita çizemiyor").wait_for()
    assert not page.get_by_text("Harita hazırlanıyor").is_visible()
    assert page.get_by_role("cell", name="41 CC 101").count() == 1
    assert violations(page) == []


def test_a_place_is_picked_outlined_and_shown(fleet, page, sign_in):
    garage = Location.objects.get(name="Garaj")
    sign_in(page, user("cografyaci", fleet, (None, "locations", 3), (None, "vehicles", 1)))
    page.goto(page.base + reverse("register-edit", args=["locations", garage.pk]))
    page.locator("[data-small-map][data-ready]").wait_for()
    page.locator("[data-small-map]").click(position={"x": 60, "y": 60})
    assert page.get_by_label("Boylam").input_value().startswith("29,")
    assert page.get_by_label("Boylam").input_value() != "29,9"
    assert violations(page) == []
    page.get_by_role("button", name="Kaydet").click()
    page.wait_for_url(f"**/locations/{garage.pk}/")
    moved = Location.objects.get(pk=garage.pk)
    assert moved.source == "picked" and moved.lon < 29.9 and moved.lat > 40.7
    page.locator("[data-small-map][data-ready]").wait_for()
    page.get_by_role("link", name="Sınırını çiz").click()
    place_map = page.locator("[data-small-map][data-ready]")
    place_map.wait_for()
    page.get_by_role("button", name="Çizmeye başla").click()
    for x, y in ((200, 150), (400, 150), (400, 300), (200, 300), (200, 150)):
        place_map.click(position={"x": x, "y": y})
        page.wait_for_timeout(350)
    assert violations(page) == []
    page.get_by_role("button", name="Sınırı kaydet").click()
    page.get_by_text("Sınır kaydedildi.").wait_for()
    assert Location.objects.get(pk=garage.pk).area_m2 > 0
    vehicle = VEHICLES.model.objects.filter(location=garage).first()
    page.goto(page.base + reverse("register-detail", args=["vehicles", vehicle.pk]))
    page.locator("[data-small-map][data-ready]").wait_for()
    assert violations(page) == []
