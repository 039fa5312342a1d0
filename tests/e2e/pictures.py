"""Takes the pictures of README.md (docs/pictures/) and of the user guide (guide/ in there).

Run by scripts/pictures; pytest does not collect it by itself.
"""

import base64
import csv
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from inventory import registers
from inventory.organization.demo import PASSWORD
from inventory.organization.models import User
from tests.e2e.conftest import SIZES
from tests.e2e.test_maps import MAP

pytestmark = pytest.mark.django_db(transaction=True)
FOLDER = settings.BASE_DIR / "docs" / "pictures"
AT_MOST = 150_000
# Those of the guide stand in a column of this width, so nothing is gained by more.
GUIDE_SIZE, GUIDE_AT_MOST = {"width": 1000, "height": 680}, 60_000

PIXELS = """async data => {
    const image = await createImageBitmap(await (await fetch("data:image/png;base64," + data)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d").drawImage(image, 0, 0);
    const bytes = canvas.getContext("2d").getImageData(0, 0, image.width, image.height).data;
    const url = await new Promise(done => {
        const reader = new FileReader();
        reader.onload = () => done(reader.result);
        reader.readAsDataURL(new Blob([bytes]));
    });
    return [image.width, image.height, url.split(",")[1]];
}"""


def pixels(browser, png: bytes) -> np.ndarray:
    """Height × width × 3 bytes, decoded by the browser: no library here reads PNG."""
    context = browser.new_context()
    width, height, data = context.new_page().evaluate(PIXELS, base64.b64encode(png).decode())
    context.close()
    return np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)[..., :3]


def packed(image: np.ndarray) -> bytes:
    """A PNG with a palette of the 256 commonest colours; other pixels get the nearest of them."""
    colours, which, counts = np.unique(image.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    kept = colours[np.argsort(-counts)[:256]].astype(int)
    nearest = np.array([((kept - colour) ** 2).sum(axis=1).argmin() for colour in colours.astype(int)], np.uint8)
    height, width = image.shape[:2]
    lines = np.insert(nearest[which.ravel()].reshape(height, width), 0, 0, axis=1)  # 0: no filter.
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", kept.astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def shoot(browser, page, name: str, at_most: int = AT_MOST) -> None:
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")
    picture = packed(pixels(browser, page.screenshot(animations="disabled")))
    assert len(picture) < at_most, f"{name}: {len(picture)} bytes"
    (FOLDER / name).parent.mkdir(exist_ok=True)
    (FOLDER / f"{name}.png").write_bytes(picture)


@pytest.fixture
def demo(transactional_db, settings):
    settings.DEBUG = True  # Otherwise the demo makes no accounts.
    call_command("demo", verbosity=0)
    settings.DEBUG = False


@pytest.fixture
def enter(page, sign_in):
    def enter(username: str, language: str = "") -> None:
        page.context.clear_cookies()
        sign_in(page, User.objects.get(username=username), PASSWORD)
        if language:
            page.locator(".user-menu").click()
            page.get_by_role("button", name=language).click()

    return enter


def corrected(path: Path) -> Path:
    """A sheet of twelve vehicles as exported, then three values changed and a date that does not exist."""
    columns = "inventory_no,kind,plate,make,model_year,meter,meter_unit,first_registered_on,responsible_unit"
    call_command("export_register", "vehicles", str(path), "--columns", columns, verbosity=0)
    with path.open(encoding="utf-8-sig", newline="") as file:
        heading, *lines = list(csv.reader(file, delimiter=";"))[:13]
    for number, (column, value) in enumerate(
        (("Sayaç", "240000"), ("İlk tescil tarihi", "31.02.2022"), ("Marka", "Ford"), ("Marka", "Otokar"))
    ):
        lines[number][heading.index(column)] = value
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows([heading, *lines])
    return path


def test_pictures(demo, browser, page, enter, tmp_path):
    def at(name: str, slug: str, query: str = "") -> None:
        page.goto(f"{page.base}{reverse(name, args=[slug])}{query}")

    enter("emlak", "English")
    gebze = registers.get("districts").model.objects.get(name="Gebze")
    at("register-list", "property", f"?district={gebze.pk}&sort=-area_m2")
    shoot(browser, page, "list")
    enter("destek", "English")
    at("register-import", "vehicles")
    page.get_by_label("File", exact=True).set_input_files(corrected(tmp_path / "araclar.csv"))
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_role("link", name="Rows of the file").wait_for()
    shoot(browser, page, "import")
    at("register-map", "vehicles")
    page.locator(MAP).wait_for()
    shoot(browser, page, "map")
    enter("destek")
    page.set_viewport_size(SIZES["phone"])
    vehicles = registers.get("vehicles").model.objects
    one = vehicles.exclude(plate="").order_by("plate")[0]
    page.goto(page.base + reverse("register-detail", args=["vehicles", one.pk]))
    shoot(browser, page, "phone")


def test_pictures_of_the_guide(demo, browser, page, enter, tmp_path):
    def taken(name: str, address: str, *args, query: str = "", until: str = "") -> None:
        page.goto(page.base + reverse(address, args=args) + query)
        if until:
            page.locator(until).first.wait_for()
        shoot(browser, page, f"guide/{name}", GUIDE_AT_MOST)

    page.set_viewport_size(GUIDE_SIZE)
    enter("destek")
    page.wait_for_load_state("networkidle")
    taken("ana-sayfa", "home")
    taken("liste", "register-list", "vehicles")
    taken("form", "register-new", "vehicles")
    page.goto(page.base + reverse("register-list", args=["vehicles"]))
    for box in page.locator("tbody input[type=checkbox]").all()[:5]:
        box.check()
    page.get_by_role("button", name="Seçilenleri değiştir").click()
    page.wait_for_url("**/bulk/**")
    shoot(browser, page, "guide/toplu", GUIDE_AT_MOST)
    sheet = corrected(tmp_path / "araclar.csv")
    page.goto(page.base + reverse("register-import", args=["vehicles"]))
    page.get_by_label("Dosya", exact=True).set_input_files(sheet)
    page.get_by_role("button", name="Yükle ve denetle").click()
    page.get_by_role("link", name="Dosyadaki satırlar").wait_for()
    shoot(browser, page, "guide/aktarim", GUIDE_AT_MOST)
    page.goto(page.base + reverse("register-compare", args=["vehicles"]))
    page.get_by_label("Dosya", exact=True).set_input_files(sheet)
    page.get_by_label("Liste kimden").fill("Sigorta şirketi")
    page.get_by_role("button", name="Yükle ve karşılaştır").click()
    page.get_by_role("heading", name="Farklı (").wait_for()
    shoot(browser, page, "guide/karsilastirma", GUIDE_AT_MOST)
    taken("harita", "register-map", "vehicles", until=MAP)
    taken("harita-denetimi", "map-audit", until="table")
    enter("yonetici")
    account = User.objects.get(username="destek")
    taken("hesap", "user", account.pk)
    taken("yetki", "register-new", "grants", query=f"?person={account.person_id}")
