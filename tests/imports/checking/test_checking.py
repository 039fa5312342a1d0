"""Verdicts row by row: what is new, changed, the same, wrong, and for whom."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from geo.models import District, Neighbourhood
from imports import batches
from inventory import registers, writes
from inventory.assets.vehicles.models import Vehicle
from inventory.models import Status
from inventory.organization.models import Person, Unit
from tests.rows import SYSTEM, kind, person, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES, PROPERTY, EQUIPMENT = (registers.get(slug) for slug in ("vehicles", "property", "equipment"))
HEADINGS = ["Plaka", "Tür", "Marka", "Sorumlu birim"]
NOTHING = {"new": 0, "changed": 0, "unchanged": 0, "refused": 0}


def verdicts(batch) -> dict[str, int]:
    assert batch.state in ("checked", "refused"), batch.message
    return {name: batch.counts[name] for name in NOTHING if batch.counts[name]}


def errors(batch) -> list[tuple[int, str, str]]:
    with batch.plan() as plan:
        return [(each.row, each.column, each.message) for each in plan.errors()]


def only_error(batch) -> str:
    ((_row, _column, message),) = errors(batch)
    return message


def changes(batch) -> list[tuple[str, str, str]]:
    with batch.plan() as plan:
        return [tuple(change) for line in plan.lines("changed") for change in line.changes]


# Which row it is --------------------------------------------------------------------------------------------


def test_the_key_wins_over_the_plate_which_then_is_a_change(parks, checked):
    old = row(VEHICLES, parks, plate="41 ABC 101")
    batch = checked(VEHICLES, [["Envanter No", "Plaka"], [old.inventory_no.lower(), "41 ABC 102"]])
    assert changes(batch) == [("plate", "41 ABC 101", "41 ABC 102")]


def test_an_unknown_key_is_an_error_not_a_new_row(parks, checked):
    batch = checked(VEHICLES, [["Envanter No", *HEADINGS], ["A-999999", "41 ABC 101", "Kamyonet", "", parks.name]])
    assert "boş bırakınız" in only_error(batch)


@pytest.mark.parametrize("key", ["99999999999999999999999", "-1", "0", "on iki", "12,5", 4711])
def test_an_id_that_no_record_has_is_an_error(parks, checked, key):
    inspections = registers.get("inspections")
    batch = checked(inspections, [["Kayıt No", "Açıklama"], [key, "x"]])
    assert [column for _r, column, _m in errors(batch)] == ["Kayıt No"]


def test_any_identity_finds_the_row(parks, checked):
    row(VEHICLES, parks, plate="", chassis_no="", fleet_no="İŞ-7", make="Volvo")
    row(EQUIPMENT, parks, make="Dell", serial_no="ABC1", mac_address="")
    assert changes(checked(VEHICLES, [["Filo No", "Marka"], ["iş-7", "Volvo"]])) == [("fleet_no", "İŞ-7", "iş-7")]
    # Both are spelt otherwise, but it is the same device; it is written as the sheet spells it.
    batch = checked(EQUIPMENT, [["Marka", "Seri No"], ["DELL", " abc1 "]])
    assert changes(batch) == [("make", "Dell", "DELL"), ("serial_no", "ABC1", "abc1")]


def test_a_make_without_a_serial_number_is_no_identity(parks, checked):
    kind(EQUIPMENT, "7", "Ekran")
    row(EQUIPMENT, parks, make="Dell", serial_no="")
    batch = checked(EQUIPMENT, [["Tür", "Marka", "Seri No", "Birim"], *[["Ekran", "Dell", "", parks.name]] * 2])
    assert verdicts(batch) == {"new": 2}


def test_a_parcel_is_found_by_its_whole_address(parks, checked):
    held = row(PROPERTY, parks, block="123", parcel="4", building="A", floor="", independent_unit="5", registry_id="")
    headings = ["İlçe", "Mahalle", "Ada/Parsel", "Blok", "BB No", "Hisse"]
    place = [held.district.name.upper(), held.neighbourhood.name]
    batch = checked(PROPERTY, [headings, [*place, "0123/4", "A", 5, "1/2"]])
    assert ("share_denominator", str(held.share_denominator), "2") in changes(batch)
    other = checked(PROPERTY, [[*headings, "Tür", "Birim"], [*place, "123/4", "A", 6, "1/1", "1", parks.name]])
    assert verdicts(other) == {"new": 1}


def test_one_row_that_is_two_items_is_an_error(parks, checked):
    row(VEHICLES, parks, plate="41 ABC 101", chassis_no="C1")
    row(VEHICLES, parks, plate="41 ABC 102", chassis_no="C2")
    batch = checked(VEHICLES, [["Plaka", "Şasi No"], ["41 ABC 101", "C2"]])
    assert "iki ayrı kayda" in only_error(batch)


def test_two_rows_that_are_one_item_are_errors_both(parks, checked):
    row(VEHICLES, parks, plate="41 ABC 101", make="Fiat")
    batch = checked(VEHICLES, [["Plaka", "Marka"], ["41 ABC 101", "Ford"], ["41-ABC-101", "MAN"]])
    assert [(number, column) for number, column, _m in errors(batch)] == [(2, "Plaka"), (3, "Plaka")]
    assert verdicts(batch) == {"refused": 2}


def test_two_rows_that_are_one_item_are_found_over_chunks(parks, checked, monkeypatch):
    monkeypatch.setattr("imports.checking.checker.CHUNK", 2)
    row(VEHICLES, parks, plate="41 ABC 101", make="Fiat")
    rows = [["41 ABC 101", "Ford"], ["41 ABC 102", "x"], ["41 ABC 103", "x"], ["41 ABC 101", "MAN"]]
    batch = checked(VEHICLES, [["Plaka", "Marka"], *rows], mode="update")
    assert [number for number, _c, message in errors(batch) if "da uyuyor" in message] == [2, 5]
    assert verdicts(batch) == {"refused": 4}


@pytest.mark.parametrize("chunk", [2, 1_000])
def test_two_new_rows_that_are_one_item_are_errors_both(parks, checked, monkeypatch, chunk):
    monkeypatch.setattr("imports.checking.checker.CHUNK", chunk)
    kind(VEHICLES)
    rows = [[f"41 ABC {n}", "Kamyonet", "Ford", parks.name] for n in (101, 102, 103, 101, 104, 101)]
    batch = checked(VEHICLES, [HEADINGS, *rows])
    assert [(number, column) for number, column, _m in errors(batch)] == [(2, "Plaka"), (5, "Plaka"), (7, "Plaka")]
    assert "2. ve 5. satırlarda aynı" in errors(batch)[0][2]
    assert verdicts(batch) == {"new": 3, "refused": 3}
    batches.run_apply(batch, before=(batch.state,))
    assert not Vehicle.objects.filter(plate="41 ABC 101").exists()


@pytest.mark.parametrize("chunk", [2, 1_000])
def test_two_rows_that_are_given_one_number_are_errors_both(parks, checked, monkeypatch, chunk):
    monkeypatch.setattr("imports.checking.checker.CHUNK", chunk)
    items = [row(VEHICLES, parks, plate=f"41 ABC {n}") for n in (101, 102, 103)]
    rows = [
        [item.inventory_no, plate]
        for item, plate in zip(items, ("41 AAB 001", "41 AAB 002", "41 AAB 001"), strict=True)
    ]
    batch = checked(VEHICLES, [["Envanter no", "Plaka"], *rows])
    assert [(number, column) for number, column, _m in errors(batch)] == [(2, "Plaka"), (4, "Plaka")]
    assert verdicts(batch) == {"changed": 1, "refused": 2}


def test_a_vehicle_that_is_gone_lends_its_plate(parks, checked):
    row(VEHICLES, parks, plate="41 ABC 101", status=Status.DISPOSED, status_reason="hurda", make="Fiat")
    rows = [HEADINGS, ["41 ABC 101", "Kamyonet", "Ford", parks.name]]
    added = checked(VEHICLES, rows, mode="add")
    assert (verdicts(added), added.counts["warnings"]) == ({"new": 1}, 1)
    changed = checked(VEHICLES, rows)
    assert ("make", "Fiat", "Ford") in changes(changed)
    assert not any(column == "status" for column, _o, _n in changes(changed))
    assert changed.counts["warnings"] == 1
    row(VEHICLES, parks, plate="41 ABC 101", make="Ford", kind=kind(VEHICLES))
    assert verdicts(checked(VEHICLES, rows)) == {"unchanged": 1}


def test_modes(parks, checked):
    row(VEHICLES, parks, plate="41 ABC 101", make="Ford", kind=kind(VEHICLES))
    rows = [HEADINGS, *([f"41 ABC {n}", "Kamyonet", "Ford", parks.name] for n in (101, 102))]
    assert verdicts(checked(VEHICLES, rows)) == {"unchanged": 1, "new": 1}
    added, updated = checked(VEHICLES, rows, mode="add"), checked(VEHICLES, rows, mode="update")
    assert (errors(added)[0][0], verdicts(added)) == (2, {"new": 1, "refused": 1})
    assert (errors(updated)[0][0], verdicts(updated)) == (3, {"unchanged": 1, "refused": 1})


# Values ----------------------------------------------------------------------------------------------------


def test_a_blank_leaves_or_clears_as_chosen_and_never_clears_what_must_be_filled(parks, checked):
    row(VEHICLES, parks, plate="41 ABC 101", make="Ford", colour="Beyaz")
    rows = [["Plaka", "Marka", "Renk", "Sorumlu birim"], ["41 ABC 101", "Ford", None, " - "]]
    assert verdicts(checked(VEHICLES, rows)) == {"unchanged": 1}
    cleared = checked(VEHICLES, rows, blank="clear")
    assert [(number, column) for number, column, _m in errors(cleared)] == [(2, "Sorumlu birim")]
    rows[1][3] = parks.name
    assert changes(checked(VEHICLES, rows, blank="clear")) == [("colour", "Beyaz", "")]


def test_a_required_column_that_the_sheet_lacks_is_said_once(parks, checked):
    batch = checked(VEHICLES, [["Plaka"], *([f"41 ABC {n}"] for n in range(101, 131))])
    assert [(number, column) for number, column, _m in errors(batch)] == [(1, "Tür"), (1, "Sorumlu birim")]
    assert "30 yeni kayıt" in errors(batch)[0][2]
    assert verdicts(batch) == {"refused": 30}


def test_all_errors_of_a_row_come_at_once(parks, checked):
    headings = [*HEADINGS, "Model Yılı", "Sorumlu kişi", "Kullanım biçimi", "Edinme bedeli (TL)"]
    bad = ["41 QQ 1", "Uçak", "x" * 61, "Yok Dairesi", 1750, "", "Sürekli", "-5"]
    batch = checked(VEHICLES, [headings, bad])
    columns = {column for _row, column, _m in errors(batch)}
    assert columns == {"Plaka", "Tür", "Marka", "Sorumlu birim", "Model Yılı", "Sorumlu kişi", "Edinme bedeli (TL)"}
    assert all(message.endswith((".", "?")) for _r, _c, message in errors(batch))


def test_a_choice_is_named_in_either_language_or_with_its_nearest(parks, checked):
    row(VEHICLES, parks, plate="41 ABC 101", ownership="owned")
    for text in ("Kiralık", "KIRALIK", "leased"):
        assert ("ownership", "Resmî (belediyenin)", "Kiralık") in changes(
            checked(VEHICLES, [["Plaka", "Mülkiyet"], ["41 ABC 101", text]])
        )
    assert verdicts(checked(VEHICLES, [["Plaka", "Mülkiyet"], ["41 ABC 101", "resmi"]])) == {"unchanged": 1}
    wrong = only_error(checked(VEHICLES, [["Plaka", "Mülkiyet"], ["41 ABC 101", "kiralik arac"]]))
    assert "“Kiralık” mi demek istediniz" in wrong


def test_check_constraints_are_judged_before_the_database_does(parks, checked):
    held = row(registers.get("inspections"), parks)
    headings = ["Araç", "Muayene tarihi", "Geçerlilik sonu"]
    label = {c.name: c.label for c in registers.get("inspections").all_columns()}
    headings = [label["vehicle"], label["done_on"], label["valid_until"]]
    batch = checked(registers.get("inspections"), [headings, [held.vehicle.plate, "01.02.2026", "01.01.2026"]])
    assert "önce olamaz" in only_error(batch)


# References ------------------------------------------------------------------------------------------------


def test_units_are_found_by_name_short_name_and_known_spellings(parks, checked):
    parks.short_name, parks.spellings = "PBD", "Park Bahçe\nYeşil Alanlar Müdürlüğü"
    writes.save(registers.get("units"), parks, SYSTEM)
    row(VEHICLES, parks, plate="41 ABC 101")
    for text in ("PARK VE BAHÇELER DAİRE BŞK.", "pbd", "yeşil alanlar müd.", "park bahçe"):
        assert verdicts(checked(VEHICLES, [["Plaka", "Birim"], ["41 ABC 101", text]])) == {"unchanged": 1}, text


def test_a_closed_unit_stays_where_it_is_but_is_not_chosen_anew(parks, works, checked):
    row(VEHICLES, works, plate="41 ABC 101")
    row(VEHICLES, parks, plate="41 ABC 102")
    # Its closing was announced while it held the vehicle, and the day has come.
    Unit.objects.filter(pk=works.pk).update(valid_until="2020-01-01")
    rows = [["Plaka", "Birim"], ["41 ABC 101", works.name], ["41 ABC 102", works.name]]
    batch = checked(VEHICLES, rows)
    assert verdicts(batch) == {"unchanged": 1, "refused": 1}
    assert "kapanmış" in only_error(batch)
    again = unit(works.name)
    assert changes(checked(VEHICLES, rows[:1] + rows[2:])) == [("responsible_unit", parks.name, again.name)]


def test_a_person_is_named_by_number_by_name_or_by_both(parks, works, checked):
    ali, veli = person("Ali Şahin", parks), person("Veli Öz", parks)
    twin = person("Veli Öz", works)
    for text, expected in ((ali.staff_no, ali), ("ALI SAHIN", ali), (f"Veli Öz ({twin.staff_no})", twin)):
        row_ = [["Plaka", "Sorumlu kişi"], ["41 ABC 101", text]]
        Vehicle.objects.all().delete()
        row(VEHICLES, parks, plate="41 ABC 101", responsible_person=None)
        assert changes(checked(VEHICLES, row_)) == [("responsible_person", "", str(expected))]
    two = only_error(checked(VEHICLES, [["Plaka", "Sorumlu kişi"], ["41 ABC 101", "veli öz"]]))
    assert veli.staff_no in two and twin.staff_no in two
    wrong = only_error(checked(VEHICLES, [["Plaka", "Sorumlu kişi"], ["41 ABC 101", "Ali Şahan"]]))
    assert f"“{ali} · {parks.name}” mi demek istediniz" in wrong
    assert Person.objects.count() == 3
    veli.active = False
    writes.save(registers.get("people"), veli, SYSTEM)
    assert changes(checked(VEHICLES, [["Plaka", "Sorumlu kişi"], ["41 ABC 101", "veli öz"]]))[0][2] == str(twin)


def test_a_neighbourhood_is_distinguished_by_its_district(parks, checked):
    districts, neighbourhoods = registers.get("districts"), registers.get("neighbourhoods")
    izmit, gebze = (row(districts, parks, name=name) for name in ("İzmit", "Gebze"))
    for district in (izmit, gebze):
        row(neighbourhoods, parks, district=district, name="Cumhuriyet")
    row(neighbourhoods, parks, district=gebze, name="Beylikbağı")
    headings = ["Tür", "Birim", "İlçe", "Mahalle", "Ada", "Parsel"]
    kind(PROPERTY, "1.2", "Arsalar")

    def check(district, neighbourhood):
        values = ["1.2 arsalar", parks.name, district, neighbourhood, "1", "2"]
        return checked(PROPERTY, [headings, values])

    assert verdicts(check("GEBZE", "cumhuriyet")) == {"new": 1}
    elsewhere = errors(check("izmit", "Beylikbağı"))
    assert [column for _r, column, _m in elsewhere] == ["Mahalle"] and "Gebze" in elsewhere[0][2]
    assert District.objects.count() == 2 and Neighbourhood.objects.count() == 3


def test_kinds_are_this_registers_and_no_groups(parks, checked):
    group = kind(PROPERTY, "1", "Taşınmazlar")
    group.is_group = True
    writes.save(registers.get("kinds"), group, SYSTEM)
    headings = ["Tür", "Birim", "İlçe", "Ada", "Parsel"]
    district = row(registers.get("districts"), parks).name
    for text, result in (("Taşınmazlar", "yalnızca bir grup"), ("Kamyonet", "bulunamadı")):
        assert result in only_error(checked(PROPERTY, [headings, [text, parks.name, district, 1, 2]]))


def test_a_vehicle_is_named_by_any_of_its_numbers(parks, checked):
    inspections = registers.get("inspections")
    held = row(VEHICLES, parks, plate="41 ABC 101", fleet_no="F9", chassis_no="CH9")
    label = {c.name: c.label for c in inspections.all_columns()}
    headings = [label["vehicle"], label["done_on"], label["valid_until"]]
    for text in ("41abc101", "f9", "ch9", held.inventory_no.lower()):
        batch = checked(inspections, [headings, [text, "01.02.2026", "01.02.2027"]])
        assert verdicts(batch) == {"new": 1}, text
    assert "bulunamadı" in only_error(checked(inspections, [headings, ["41 ABC 1O1", "01.02.2026", "01.02.2027"]]))


# Who -------------------------------------------------------------------------------------------------------


def test_rows_outside_the_users_scope_are_errors_that_show_nothing(parks, works, checked):
    editor = user("duzenleyen", parks, (parks, "vehicles", 2))
    row(VEHICLES, works, plate="41 ABC 101", make="Gizli", kind=kind(VEHICLES))
    rows = [HEADINGS, ["41 ABC 101", "Kamyonet", "Ford", parks.name], ["41 ABC 102", "Kamyonet", "", works.name]]
    found = errors(checked(VEHICLES, rows, user=editor))
    assert [(number, column) for number, column, _m in found] == [(2, "Plaka"), (3, "Sorumlu birim")]
    assert "başka bir birimde" in found[0][2]
    assert not any("Gizli" in message or "A-0" in message for _r, _c, message in found)


def test_a_serial_number_held_in_another_unit_is_reported_without_its_row(parks, works, checked):
    editor = user("duzenleyen", parks, (parks, "", 2))
    row(EQUIPMENT, works, make="HP", serial_no="S1", mac_address="02:00:00:00:00:01")
    mine = row(EQUIPMENT, parks, make="HP", serial_no="S2")
    batch = checked(EQUIPMENT, [["Envanter No", "Seri No"], [mine.inventory_no, "s1"]], user=editor)
    assert "başka bir birimde" in only_error(batch) and "A-0" not in only_error(batch)


def test_what_may_be_seen_but_not_changed_may_stay_in_the_sheet(parks, works, checked):
    editor = user("duzenleyen", parks, (parks, "vehicles", 2), (works, "vehicles", 1))
    row(VEHICLES, works, plate="41 ABC 101", make="Ford")
    assert verdicts(checked(VEHICLES, [["Plaka", "Marka"], ["41 ABC 101", "Ford"]], user=editor)) == {"unchanged": 1}
    assert "değiştiremezsiniz" in only_error(
        checked(VEHICLES, [["Plaka", "Marka"], ["41 ABC 101", "Fiat"]], user=editor)
    )


def test_handing_a_row_over_needs_management(parks, works, checked):
    editor = user("duzenleyen", parks, (parks, "vehicles", 2))
    manager = user("yoneten", parks, (parks, "vehicles", 3))
    row(VEHICLES, parks, plate="41 ABC 101")
    rows = [["Plaka", "Birim"], ["41 ABC 101", works.name]]
    assert "yetkiniz yok" in only_error(checked(VEHICLES, rows, user=editor))
    assert verdicts(checked(VEHICLES, rows, user=manager)) == {"changed": 1}


def test_records_follow_the_scope_of_their_vehicle(parks, works, checked):
    inspections = registers.get("inspections")
    editor = user("duzenleyen", parks, (parks, "vehicles", 2))
    hers, theirs = row(VEHICLES, parks, plate="41 ABC 101"), row(VEHICLES, works, plate="41 ABC 102")
    label = {c.name: c.label for c in inspections.all_columns()}
    headings = [label["vehicle"], label["done_on"], label["valid_until"]]
    rows = [[each.plate, "01.02.2026", "01.02.2027"] for each in (hers, theirs)]
    batch = checked(inspections, [headings, *rows], user=editor)
    assert verdicts(batch) == {"new": 1, "refused": 1}
    assert [number for number, _c, _m in errors(batch)] == [3]


# Cost ------------------------------------------------------------------------------------------------------


def test_the_number_of_queries_does_not_grow_with_the_rows(parks, checked):
    people = [person(f"Kişi {n}", parks) for n in range(60)]
    headings = [*HEADINGS, "Sorumlu kişi", "Şasi No"]

    def queries(count: int) -> int:
        rows = [[f"41 ABC {100 + n}", "Kamyonet", "Ford", parks.name, str(people[n]), f"C{n}"] for n in range(count)]
        with CaptureQueriesContext(connection) as captured:
            assert checked(VEHICLES, [headings, *rows]).counts["refused"] == 0
        return len(captured)

    for n in range(0, 60, 2):
        row(VEHICLES, parks, plate=f"41 ABC {100 + n}", chassis_no=f"C{n}")
    assert queries(60) == queries(4)


@pytest.mark.parametrize("heading, refused", [("Kat", True), ("Pafta", True), ("Açıklama", False)])
def test_a_date_in_a_short_text_is_excels_doing_and_refused(heading, refused, checked):
    estates = unit("Emlak ve İstimlak Dairesi Başkanlığı")
    item = row(registers.get("property"), estates)
    batch = checked(registers.get("property"), [["Envanter no", heading], [item.inventory_no, dt.date(2026, 2, 1)]])
    with batch.plan() as plan:
        assert any("Excel bu hücreyi tarih" in error.message for error in plan.errors()) is refused


def test_nothing_of_a_row_in_another_unit_can_be_asked_for(parks, works, fleet, checked):
    """Neither its number nor what it holds, whatever the sheet says of it."""
    first, second = (row(VEHICLES, works, plate=f"41 FEN {n}", chassis_no=f"CHASSIS{n}") for n in (101, 102))
    gone = row(VEHICLES, works, plate="41 FEN 103", status=Status.RETIRED, status_on=dt.date(2026, 1, 1))
    headings = [*HEADINGS, "Şasi no"]
    rows = [
        ["41 FEN 101", "Kamyonet", "Ford", parks.name, "CHASSIS102"],
        ["41 FEN 103", "Kamyonet", "Ford", parks.name, None],
        ["41 FEN 102", "Kamyonet", "Ford", parks.name, None],
        ["41 FEN 102", "Kamyonet", "Ford", parks.name, None],
    ]
    for mode in ("upsert", "add", "update"):
        batch = checked(VEHICLES, [headings, *rows], user=fleet, mode=mode)
        with batch.plan() as plan:
            said = " ".join(found.message for found in (*plan.errors(), *plan.warnings()))
        assert "başka bir birimde" in said
        for hidden in (first, second, gone):
            assert hidden.inventory_no not in said
        assert works.name not in said


@pytest.mark.parametrize(
    ("rows", "why"),
    [([], "Başlıktan sonra satır yok"), ([["a", "b"]], "Hiçbir başlık tanınmadı")],
)
def test_a_sheet_of_which_nothing_is_understood_is_refused_with_the_reason(rows, why, checked):
    batch = checked(VEHICLES, [["Zümrüt", "Anka"], *rows])
    assert batch.state == "refused" and why in only_error(batch)
