"""What people do in a day, in a real browser."""

import openpyxl
import pytest
from django.core.management import call_command
from django.urls import reverse

from inventory import registers, writes
from inventory.assets.vehicles.models import Vehicle
from inventory.history import Author
from inventory.models import Kind
from inventory.organization.models import Unit
from tests.e2e.conftest import looked_at, violations
from tests.rows import SYSTEM, row, user

pytestmark = pytest.mark.django_db(transaction=True)
PROPERTY, VEHICLES = registers.get("property"), registers.get("vehicles")


@pytest.fixture
def city(transactional_db):
    """The reference lists, and six parcels in two districts."""
    call_command("load_reference", verbosity=0)
    estate = Unit.objects.get(short_name="Emlak ve İstimlak")
    plots = Kind.objects.get(register="property", code="1.2")
    places = registers.get("neighbourhoods").model.objects.select_related("district")
    for district, count in (("Gebze", 4), ("İzmit", 2)):
        place = places.filter(district__name=district).first()
        for _ in range(count):
            row(PROPERTY, estate, kind=plots, neighbourhood=place, district=place.district, area_m2="100.25")
    return estate


def choose(page, label: str, text: str) -> None:
    """Pick an option of a searched select as a person does: type, wait, Enter."""
    box = page.get_by_role("combobox", name=label, exact=True)
    box.click()
    box.press_sequentially(text)
    page.locator(".ts-dropdown-content .option.active", has_text=text).wait_for()
    page.keyboard.press("Enter")


def test_a_property_officer_narrows_the_parcels_and_opens_them_in_excel(city, page, sign_in, tmp_path):
    sign_in(page, user("emlakci", city, (None, "property", 2)))
    page.get_by_role("link", name="Taşınmazlar").first.click()
    page.get_by_text("6 kayıt").wait_for()
    choose(page, "İlçe", "Gebze")
    page.get_by_role("button", name="Uygula").click()
    page.get_by_text("4 kayıt").wait_for()
    assert "401,00" in page.locator(".list-summary").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel’e ver").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    lines = list(openpyxl.load_workbook(file, data_only=True).worksheets[0].iter_rows(values_only=True))
    assert {line[2] for line in lines[1:5]} == {"Gebze"}
    assert lines[5][lines[0].index("Tapu alanı (m²)")] == 401


def test_a_choice_that_is_still_looked_for_goes_with_the_form(city, page, sign_in):
    sign_in(page, user("emlakci", city, (None, "property", 2)))
    page.goto(f"{page.base}/property/")
    page.get_by_text("6 kayıt").wait_for()

    def answer_late(route):
        page.wait_for_timeout(800)
        route.continue_()

    box = page.get_by_role("combobox", name="İlçe", exact=True)
    box.click()
    page.locator(".ts-dropdown-content .option").first.wait_for()
    page.route("**/options/**", answer_late)
    page.keyboard.type("Gebze")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Uygula").click()
    page.get_by_text("4 kayıt").wait_for()
    assert "district=" in page.url


def test_a_fleet_clerk_corrects_a_vehicle_and_sees_what_changed(city, page, sign_in):
    vehicle = row(VEHICLES, city, plate="41 ABC 123", make="Frod")
    sign_in(page, user("filocu", city, (None, "vehicles", 2)))
    page.keyboard.press("/")
    page.keyboard.type("41abc123")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/vehicles/{vehicle.pk}/")
    page.get_by_role("link", name="Değiştir", exact=True).click()
    page.get_by_label("Marka").fill("Ford")
    page.get_by_label("Değişikliğin gerekçesi").fill("yazım hatası")
    page.keyboard.press("Control+s")
    page.wait_for_url(f"**/vehicles/{vehicle.pk}/")
    result = page.get_by_text("Son değişiklikler").locator("../..").inner_text()
    assert "Frod" in result and "Ford" in result and "yazım hatası" in result


def test_leaving_a_changed_form_asks_first(city, page, sign_in):
    vehicle = row(VEHICLES, city)
    sign_in(page, user("filocu", city, (None, "vehicles", 2)))
    page.goto(page.base + reverse("register-edit", args=["vehicles", vehicle.pk]))
    page.get_by_label("Marka").fill("Ford")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Ana sayfa").first.click()
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert page.get_by_label("Marka").input_value() == "Ford"


def test_a_wrong_value_is_message_beside_its_field_and_the_rest_stays(city, page, sign_in):
    row(VEHICLES, city, plate="41 ABC 123")
    second = row(VEHICLES, city, plate="41 ABC 124")
    sign_in(page, user("filocu", city, (None, "vehicles", 2)))
    page.goto(page.base + reverse("register-edit", args=["vehicles", second.pk]))
    page.get_by_label("Plaka", exact=True).fill("41abc123")
    page.get_by_label("Renk").fill("Mor")
    page.get_by_role("button", name="Kaydet").click()
    page.get_by_text("Bu plaka başka bir araçta kayıtlı.").wait_for()
    assert page.get_by_label("Renk").input_value() == "Mor"
    assert Vehicle.objects.get(pk=second.pk).plate == "41 ABC 124"


def test_two_clerks_on_one_vehicle_see_both_values(city, page, sign_in):
    vehicle = row(VEHICLES, city, make="Frod")
    sign_in(page, user("filocu", city, (None, "vehicles", 2)))
    page.goto(page.base + reverse("register-edit", args=["vehicles", vehicle.pk]))
    theirs = Vehicle.objects.get(pk=vehicle.pk)
    theirs.make = "Fiat"
    writes.save(VEHICLES, theirs, SYSTEM)
    page.get_by_label("Marka").fill("Ford")
    page.get_by_role("button", name="Kaydet").click()
    line = page.locator("#conflict tr", has_text="Marka").inner_text()
    assert "Fiat" in line and "Ford" in line
    assert violations(page) == []
    page.get_by_role("button", name="Kaydet").click()
    page.wait_for_url(f"**/vehicles/{vehicle.pk}/")
    assert Vehicle.objects.get(pk=vehicle.pk).make == "Ford"


def test_many_rows_are_changed_at_once_after_their_number_was_shown(city, sized_page, sign_in):
    page = sized_page
    PROPERTY.model.objects.update(actual_use="")
    sign_in(page, user("emlakci", city, (None, "property", 2)))
    page.goto(page.base + reverse("register-list", args=["property"]))
    page.get_by_label("Bu sayfadakilerin tümünü seç").check()
    page.get_by_text("6 kayıt seçili").wait_for()
    page.get_by_role("button", name="Seçilenleri değiştir").click()
    page.get_by_role("combobox", name="Neyi değiştirmek istiyorsunuz?").wait_for()
    assert page.get_by_role("textbox").count() == 1 and not page.get_by_role("checkbox").count()
    choose(page, "Neyi değiştirmek istiyorsunuz?", "Fiilî kullanım")
    page.get_by_text("Şu an: boş: 6").wait_for()
    choose(page, "Neyi değiştirmek istiyorsunuz?", "Sorumlu birim")
    page.get_by_text(f"Şu an: {city}: 6").wait_for()
    looked_at(page, "bulk-chosen")
    # What is chosen by mistake is taken back where it stands, too.
    page.get_by_role("checkbox", name="Sorumlu birim").uncheck()
    assert page.locator(".bulk-field:visible").count() == 1
    page.get_by_role("textbox", name="Fiilî kullanım").fill("Otopark")
    page.get_by_label("Değişikliğin gerekçesi").fill("yerinde görüldü")
    page.get_by_role("button", name="Önce göster").click()
    looked_at(page, "bulk-preview")
    page.get_by_role("button", name="Geri").click()
    assert page.get_by_role("textbox", name="Fiilî kullanım").input_value() == "Otopark"
    page.get_by_text("Şu an: boş: 6").wait_for()
    page.get_by_role("button", name="Önce göster").click()
    page.get_by_role("button", name="6 kaydı değiştir").click()
    page.get_by_text("6 kayıt değişti.").wait_for()
    assert PROPERTY.model.objects.filter(actual_use="Otopark").count() == 6


PAGES = {
    "home": ("home", ()),
    "home, arranged": ("home-arrange", ()),
    "numbers by unit": ("home-units", ()),
    "list": ("register-list", ("property",)),
    "detail": ("register-detail", ("vehicles", "pk")),
    "form": ("register-edit", ("vehicles", "pk")),
    "history": ("register-history", ("vehicles", "pk")),
    "retire": ("register-retire", ("vehicles", "pk")),
    "delete": ("register-delete", ("vehicles", "pk")),
    "search": ("search", ()),
    "upload": ("register-import", ("equipment",)),
    "batches": ("batches", ()),
    "report": ("physical-resources", ()),
    "accounts": ("users", ()),
    "units": ("register-list", ("units",)),
    "grants": ("register-new", ("grants",)),
}


def test_every_kind_of_page_is_accessible_at_both_sizes(city, sized_page, sign_in):
    vehicle = row(VEHICLES, city)
    page = sized_page
    page.goto(page.base + reverse("login"))
    assert violations(page) == []
    sign_in(page, user("yonetici", city, is_superuser=True))
    for name, (view, args) in PAGES.items():
        page.goto(page.base + reverse(view, args=[vehicle.pk if a == "pk" else a for a in args]))
        page.wait_for_load_state("networkidle")
        assert violations(page) == [], name
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} is {wide} px wider than the window"


MESSY = """Destek Hizmetleri araç listesi;;;;
;;;;
Plaka No;Cinsi;Birim;Markası;Model Yılı
41 ZZZ 101;Kamyon;Fen İşleri;Ford;2015
41 ZZZ 102;{kind};FEN İŞLERİ DAİRE BŞK.;BMC;{year}
Toplam;;;;2
"""


def test_a_messy_sheet_is_refused_whole_corrected_and_taken(city, page, sign_in, tmp_path):
    sign_in(page, user("filocu", city, (None, "vehicles", 2)))

    def upload(kind: str, year: str) -> None:
        file = tmp_path / f"araclar-{kind}.csv"
        file.write_bytes(MESSY.format(kind=kind, year=year).replace("\n", "\r\n").encode("cp1254"))
        page.goto(page.base + reverse("register-import", args=["vehicles"]))
        page.get_by_label("Dosya", exact=True).set_input_files(file)
        page.get_by_role("button", name="Yükle ve denetle").click()

    upload("Uçan Araba", "iki bin")
    page.get_by_text("Hiçbir şey yazılmadı").first.wait_for()
    result = page.locator("main").inner_text()
    assert "Uçan Araba" in result and "iki bin" in result and "Hiçbir şey yazılmadı" in result
    assert not Vehicle.objects.exists()
    assert violations(page) == []

    upload("Kamyon", "2016")
    page.get_by_text("2 kayıt eklenecek, 0 kayıt değişecek.").wait_for()
    page.get_by_label("Denetim sonucuna baktım, yazılsın.").check()
    page.get_by_role("button", name="Uygula").click()
    page.get_by_text("Uygulandı").first.wait_for()
    assert violations(page) == []
    assert sorted(Vehicle.objects.values_list("plate", "model_year")) == [("41 ZZZ 101", 2015), ("41 ZZZ 102", 2016)]


def test_what_was_deleted_is_found_read_and_printed(city, sized_page, sign_in):
    page, made = sized_page, row(PROPERTY, city)
    number, pk = made.inventory_no, made.pk
    writes.delete(PROPERTY, made, Author(reason="Mükerrer kayıt"))
    sign_in(page, user("emlakci", city, (city, "", 3)))
    page.goto(f"{page.base}/deleted/")
    page.get_by_label("Envanter no veya ad").fill(number.lower())
    page.keyboard.press("Enter")
    page.get_by_text("Mükerrer kayıt").wait_for()
    assert violations(page) == []
    page.goto(f"{page.base}/q/{number}/")
    page.wait_for_url(f"{page.base}/property/{pk}/history/")
    assert violations(page) == []
    page.emulate_media(media="print")
    assert page.get_by_text("Bu kayıt silinmiş").is_visible()
