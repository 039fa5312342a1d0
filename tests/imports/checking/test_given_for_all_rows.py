"""What a file does not say by itself: columns given once, headings answered before, two columns in one cell."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from imports import batches, profiles
from imports.checking.composites import make_and_model
from imports.models import Batch, Meaning, Profile
from inventory import registers
from inventory.assets.equipment.models import Equipment
from inventory.assets.vehicles.models import Vehicle
from tests.rows import kind, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES, EQUIPMENT, PROPERTY = (registers.get(slug) for slug in ("vehicles", "equipment", "property"))


@pytest.fixture
def client(fleet):
    client = Client()
    client.force_login(fleet)
    return client


def warnings(batch) -> str:
    with batch.plan() as plan:
        return " ".join(each.message for each in plan.warnings())


def shown(client, batch) -> str:
    return client.get(reverse("import-batch", args=[batch.pk])).content.decode()


# One value for all rows -------------------------------------------------------------------------------------


def test_the_command_gives_a_column_for_all_rows(parks, sheet_file, import_register):
    path = sheet_file(["Plaka", "Marka"], ["41 ABC 101", "Ford"], ["41 ABC 102", "Fiat"])
    given = ["--set", "Tür=Kamyonet", "--set", f"responsible_unit={parks.name}", "--set", "ownership=Kiralık",
             "--set", "acquired_on=05.06.2024", "--set", "notes=a=b", "--set", "Edinme bedeli (TL)=1.250,50",
             "--set", "under_law_237=evet"]  # fmt: skip
    code, result = import_register("vehicles", path, *given, "--locale", "en")
    assert (code, result["new"], result["errors"]) == (0, 2, [])
    for made in Vehicle.objects.all():
        assert (made.kind.name, made.responsible_unit, made.ownership) == ("Kamyonet", parks, "leased")
        assert (made.acquired_on, made.notes, str(made.cost)) == (dt.date(2024, 6, 5), "a=b", "1250.50")
        assert made.under_law_237 is True
    code, result = import_register("vehicles", path, "--set", "ownership=Resmî", "--check-only")
    assert (code, result["changed"]) == (0, 2)  # what is there already is set, too


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("Tür=Uçan halı", "bulunamadı"),
        ("wings=2", "adında bir sütun yok"),
        ("plate=41 ABC 101", "her kaydın kendi değeri"),
        ("ownership=Çalıntı", "yok"),
        ("ownership=", "Bir değer yazınız"),
        ("inventory_no=5", "her kaydın kendi değeri"),
        ("model_year=iki bin", "sayı"),
    ],
)
def test_a_value_that_cannot_be_given_stops_before_anything_is_read(parks, sheet_file, import_register, given, why):
    code, result = import_register("vehicles", sheet_file(["Plaka"], ["41 ABC 101"]), "--set", given)
    assert code == 2 and why in result["errors"][0]["message"]
    assert not Batch.objects.exists()


def test_a_column_that_the_file_has_too_is_reported(parks, sheet_file, import_register):
    path = sheet_file(["Plaka", "Tür", "Birim"], ["41 ABC 101", "Kamyonet", "Başka"])
    code, result = import_register("vehicles", path, "--set", f"responsible_unit={parks.name}")
    assert code == 0
    assert [w["column"] for w in result["warnings"]] == ["Birim"]
    assert "“Sorumlu birim (bütün satırlar)” başlığından okundu" in result["warnings"][0]["message"]


def test_a_name_that_two_rows_have_means_the_one_that_was_chosen(parks, fleet, client, checked):
    works = unit("Fen İşleri Dairesi Başkanlığı")
    ours, _other = (unit("Destek Şube Müdürlüğü", parent=above) for above in (parks, works))
    boss = user("hepsi", parks, (None, "vehicles", 2))
    client.force_login(boss)
    batch = checked(VEHICLES, [["Plaka", "Tür"], ["41 ABC 101", "Kamyonet"]], boss)
    page = shown(client, batch)
    assert "Dosyada “Sorumlu birim” sütunu yok" in page and 'href="#for-all"' in page
    client.post(reverse("import-fill-all", args=[batch.pk]), {"all-responsible_unit": ours.pk})
    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"]) == ("checked", 1)
    assert [h["text"] for h in batch.headings] == ["Plaka", "Tür"]
    batches.run_apply(batch)
    assert Vehicle.objects.get().responsible_unit == ours


def test_the_upload_takes_it_and_a_profile_keeps_it(parks, fleet, client, sheet_file):
    kamyonet = VEHICLES.column("kind").related_model.objects.get(name="Kamyonet")

    def upload(number: int, **more) -> Batch:
        with sheet_file(["Plaka"], [f"41 ABC {number}"]).open("rb") as file:
            form = {"file": file, "mode": "upsert", "blank": "leave", "locale": "", "later": "keep"} | more
            page = client.post(reverse("register-import", args=["vehicles"]), form, follow=True)
        return page.context["batch"]

    batch = upload(101, **{"all-kind": kamyonet.pk, "all-responsible_unit": parks.pk})
    assert (batch.state, batch.counts["new"]) == ("checked", 1), batch.message
    client.post(reverse("import-keep-profile", args=[batch.pk]), {"name": "Kiralık"})
    again = upload(102, profile=Profile.objects.get().pk)
    assert (again.state, again.counts["new"]) == ("checked", 1)
    carried = profiles.as_json(Profile.objects.get(), fleet)
    assert carried["choices"]["constants"] == {"kind": "Kamyonet", "responsible_unit": parks.name}
    carried["choices"]["constants"]["location"] = "Uzay"
    other = user("oteki", parks, (parks, "vehicles", 2))
    taken, lost = profiles.from_json(carried, other)
    assert lost == ["Uzay"] and taken.choices["constants"] == batch.constants


def test_a_row_says_what_is_wrong_with_the_whole_file(parks, fleet, client, checked):
    batch = checked(VEHICLES, [["Plaka", "Tür"], ["41 ABC 101", "Kamyonet"]], fleet)
    page = client.get(reverse("import-batch", args=[batch.pk]))
    (line,) = page.context["preview"]["lines"]
    assert [finding.column for _kind, finding in line.findings] == ["Sorumlu birim"]


# Headings ---------------------------------------------------------------------------------------------------


def recheck(client, batch, **columns) -> Batch:
    places = {heading["text"]: place for place, heading in enumerate(batch.headings)}
    form = {f"column-{place}": batch.headings[place]["columns"] for place in places.values()}
    form |= {f"column-{places[text]}": column for text, column in columns.items()}
    form |= {"sheet": batch.read["sheet"], "mode": batch.mode, "blank": batch.blank, "later": batch.later}
    client.post(reverse("import-check", args=[batch.pk]), form)
    batch.refresh_from_db()
    return batch


def test_what_was_said_of_headings_is_remembered_message_and_taken_back(parks, fleet, client, checked):
    headings = ["Plaka", "Tür", "Birim", "Foo", "Marka"]
    line = ["Kamyonet", parks.name, "12", "Ford"]
    batch = recheck(client, checked(VEHICLES, [headings, ["41 ABC 101", *line]], fleet), Foo="fleet_no", Marka="")
    assert [h["columns"] for h in batch.headings] == ["plate", "kind", "responsible_unit", "fleet_no", ""]
    assert "daha önce" not in warnings(batch)
    following = checked(VEHICLES, [headings, ["41 ABC 102", *line]], fleet)
    assert [h["columns"] for h in following.headings] == ["plate", "kind", "responsible_unit", "fleet_no", ""]
    result = warnings(following)
    assert "“Foo” başlığı, daha önce verdiğiniz yanıta göre “Filo no” olarak okundu." in result
    assert "“Marka” başlığı, daha önce verdiğiniz yanıta göre okunmadı." in result
    # A column's own label goes before it, and nobody else's file is read so.
    own = checked(VEHICLES, [["Plaka", "Foo", "Filo no"], ["41 ABC 103", "1", "2"]], fleet)
    assert [h["columns"] for h in own.headings] == ["plate", "", "fleet_no"]
    other = user("oteki", parks, (parks, "vehicles", 2))
    assert checked(VEHICLES, [headings, ["41 ABC 104", *line]], other).headings[3]["columns"] == ""
    page = client.get(reverse("import-remembered")).content.decode()
    assert "Foo" in page and "Filo no" in page and "okunmasın" in page
    client.post(reverse("import-forget", args=[Meaning.objects.get(text="Foo").pk]))
    assert checked(VEHICLES, [headings, ["41 ABC 105", *line]], fleet).headings[3]["columns"] == ""


def test_the_way_from_a_heading_that_was_not_read_to_its_column_is_on_the_page(parks, fleet, client, checked):
    batch = checked(VEHICLES, [["Plaka", "Motorun seri numarası"], ["41 ABC 101", "X1"]], fleet)
    page = shown(client, batch)
    assert 'href="#heading-1"' in page and 'id="heading-1"' in page
    assert 'data-chooses="id_column-1" data-value="engine_no"' in page
    assert page.index('id="matching"') < page.index('id="preview"')


def test_corrected_rows_come_back_with_the_settings_of_their_import(parks, fleet, client, checked):
    headings = ["Plaka", "Cins adı", "Foo"]
    about = {"mapping": {"Foo": "fleet_no", "Cins adı": "kind"}, "blank": "clear", "missing": "list"}
    given = {"responsible_unit": {"text": parks.name, "means": str(parks.pk)}}
    batch = checked(VEHICLES, [headings, ["41 ABC 101", "Uçak", "7"]], fleet, constants=given, **about)
    assert batch.state == "refused"
    answer = client.get(reverse("import-refused", args=[batch.pk]))
    book = openpyxl.load_workbook(
        ContentFile(b"".join(answer.streaming_content) if answer.streaming else answer.content)
    )
    book.active["B2"] = "Kamyonet"
    back = ContentFile(b"")
    book.save(back)
    back.seek(0)

    def sent(account) -> Batch:
        found = batches.upload(VEHICLES, account, back, "duzeltilmis.xlsx")
        batches.run_check(found)
        return found

    again = sent(fleet)
    assert (again.state, again.counts["new"], again.blank, again.missing) == ("checked", 1, "clear", "")
    assert f"{batch.pk} no’lu aktarımın hatalı satırlarından" in warnings(again)
    assert recheck(client, again, Foo="notes").headings[2]["columns"] == "notes"
    # Nobody takes another's settings.
    assert sent(user("oteki", parks, (parks, "vehicles", 2))).state == "refused"


# Two columns in one cell ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "make", "model"),
    [
        ("Ford Cargo 2528", "Ford", "Cargo 2528"),
        ("Mercedes-Benz / Actros 1841", "Mercedes-Benz", "Actros 1841"),
        ("Fiat - Doblo", "Fiat", "Doblo"),
        ("LAND ROVER Defender 110", "LAND ROVER", "Defender 110"),
        ("Ford", "Ford", ""),
    ],
)
def test_make_and_model_are_parted(text, make, model):
    assert make_and_model(text) == (make, model)


@pytest.mark.parametrize(
    ("register", "heading", "columns"),
    [(VEHICLES, "Marka / Model", "make+trade_name"), (VEHICLES, "MARKASI VE MODELİ", "make+trade_name"),
     (EQUIPMENT, "Marka Model", "make+model")],
)  # fmt: skip
def test_one_heading_fills_two_columns_and_shows_how(here, checked, register, heading, columns):
    batch = checked(register, [["Envanter no", heading], ["", "Ford Cargo 2528"]])
    (found,) = [h for h in batch.headings if h["text"] == heading]
    assert found["columns"] == columns
    assert found["splits"][0].startswith("Ford Cargo 2528 → Marka: Ford, ")


@pytest.fixture
def here():
    return unit("Bilgi İşlem Dairesi Başkanlığı")


def test_both_columns_are_written(here, sheet_file, import_register):
    kind(EQUIPMENT, "1", "Yazıcılar")
    path = sheet_file(["Seri no", "Marka Model", "Tür", "Birim"], ["A1", "HP LaserJet 5", "Yazıcılar", here.name])
    assert import_register("equipment", path)[0] == 0
    made = Equipment.objects.get()
    assert (made.make, made.model) == ("HP", "LaserJet 5")
    held = row(EQUIPMENT, here, make="Canon", model="LBP")
    path = sheet_file(["Envanter no", "Marka Model"], [held.inventory_no, "Canon LBP"])
    assert import_register("equipment", path)[1]["unchanged"] == 1
