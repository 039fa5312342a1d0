import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from imports import batches, endings, steps
from imports.models import Batch
from inventory import registers
from inventory.assets.property.models import Property
from inventory.assets.vehicles.models import Vehicle
from tests.rows import kind, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")
HEADINGS = ["Plaka", "Tür", "Marka", "Model Yılı", "Sorumlu Birim", "Edinme Bedeli (TL)"]


def good(number: int) -> list:
    return [f"41 ABC {number}", "Kamyonet", "Ford", 2019, "Park ve Bahçeler Dairesi Bşk.", "1.250,50"]


def test_ten_good_and_three_bad_rows_write_nothing_and_name_all_three(parks, sheet_file, import_register):
    row(VEHICLES, parks, plate="41 AAA 999")
    bad_kind, bad_number = good(201), good(202)
    bad_kind[1], bad_number[3] = "Kamyonnet", "iki bin on"
    twice = good(105)
    rows = [good(n) for n in range(101, 111)]
    path = sheet_file(HEADINGS, *rows, bad_kind, twice, bad_number)
    code, result = import_register("vehicles", path)
    assert code == 1
    assert (result["applied"], result["rows"], result["new"], result["changed"], result["unchanged"]) == (
        False,
        13,
        9,
        0,
        0,
    )
    assert Vehicle.objects.count() == 1 and Vehicle.history.count() == 1
    found = [(e["row"], e["column"], e["value"]) for e in result["errors"]]
    same = [(6, "Plaka", "41 ABC 105"), (12, "Tür", "Kamyonnet"), (13, "Plaka", "41 ABC 105")]
    assert found == [*same, (14, "Model Yılı", "iki bin on")]
    messages = [e["message"] for e in result["errors"]]
    assert "6. ve 13. satırlarda aynı" in messages[0] == messages[2]
    assert "“Kamyonet” mi demek istediniz" in messages[1]
    assert "sayı" in messages[3]


def test_text_as_area_unknown_kind_and_a_registered_deed_are_three_errors(sheet_file, import_register):
    estate = registers.get("property")
    works = unit("Emlak ve İstimlak Dairesi Başkanlığı")
    held = row(estate, works)
    named = kind(estate, "1.2", "Arsalar")
    headings = ["Tür Kodu", "İlçe", "Mahalle", "Ada", "Parsel", "Yüzölçümü", "Birim", "Zemin ID"]

    def parcel(number, area="1.234,56", code="1.2", registry=""):
        place = [held.district.name, held.neighbourhood.name]
        return [code, *place, "900", number, area, works.name, registry or number + 10_000]

    rows = [parcel(n) for n in range(1, 11)]
    bad = [parcel(11, code="9.9"), parcel(12, registry=held.registry_id), parcel(13, area="geniş")]
    code, result = import_register("property", sheet_file(headings, *rows, *bad), "--mode", "add")
    assert (code, result["new"]) == (1, 10)
    assert [(e["row"], e["column"], e["value"]) for e in result["errors"]] == [
        (12, "Tür Kodu", "9.9"),
        (13, "Zemin ID", held.registry_id),
        (14, "Yüzölçümü", "geniş"),
    ]
    assert Property.objects.count() == 1
    code, result = import_register("property", sheet_file(headings, *rows))
    assert (code, result["applied"], result["new"]) == (0, True, 10)
    made = Property.objects.get(parcel="7")
    assert (made.area_m2, made.our_area_m2, made.kind) == (Decimal("1234.56"), Decimal("1234.56"), named)


def test_good_rows_are_written_with_history_and_a_second_time_are_unchanged(parks, sheet_file, import_register):
    fleet = user("filo", parks, (parks, "vehicles", 2))
    path = sheet_file(HEADINGS, *(good(n) for n in range(101, 104)))
    code, result = import_register("vehicles", path, "--user", "filo", "--reason", "yeni alım")
    assert (code, result["applied"], result["new"], result["errors"]) == (0, True, 3, [])
    made = Vehicle.objects.get(plate="41 ABC 101")
    assert (made.make, made.model_year, made.cost, made.responsible_unit) == ("Ford", 2019, Decimal("1250.50"), parks)
    entry = Vehicle.history.get(id=made.pk)
    assert (entry.history_user, entry.batch_id) == (fleet, result["batch"])
    assert "liste.xlsx" in entry.history_change_reason and "yeni alım" in entry.history_change_reason
    code, again = import_register("vehicles", path, "--check-only")
    assert (code, again["applied"], again["unchanged"], again["new"]) == (0, False, 3, 0)
    assert "daha önce uygulandı" in again["warnings"][0]["message"]


def test_changed_rows_are_found_by_plate_and_only_their_cells_change(parks, sheet_file, import_register):
    made = row(VEHICLES, parks, plate="41 ABC 101", make="Fiat", colour="Beyaz", model_year=2015)
    path = sheet_file(["Araç Plakası", "Marka", "Renk"], ["41abc101", "Ford", None])
    code, result = import_register("vehicles", path)
    assert (code, result["changed"]) == (0, 1)
    made.refresh_from_db()
    assert (made.make, made.colour, made.model_year, made.version) == ("Ford", "Beyaz", 2015, 2)
    import_register("vehicles", path, "--blank", "clear")
    made.refresh_from_db()
    assert (made.make, made.colour) == ("Ford", "")


def test_check_only_writes_nothing_and_a_csv_is_read_by_its_own_marks(parks, sheet_file, import_register):
    headings = ["plate", "kind", "responsible_unit", "cost", "first_registered_on"]
    path = sheet_file(headings, ["41 ABC 101", "Kamyonet", parks.name, "1,250.50", "12/31/2019"], name="a.csv")
    code, result = import_register("vehicles", path, "--check-only")
    assert (code, result["new"], result["applied"]) == (0, 1, False)
    assert not Vehicle.objects.exists()
    import_register("vehicles", path)
    made = Vehicle.objects.get()
    assert (made.cost, made.first_registered_on) == (Decimal("1250.50"), dt.date(2019, 12, 31))


def test_a_heading_is_mapped_by_hand_or_left_out(parks, sheet_file, import_register):
    path = sheet_file(
        ["Plaka", "Cins", "Daire", "Not 2", "Markaa"], ["41 ABC 101", "Kamyonet", parks.name, "x", "Ford"]
    )
    code, result = import_register("vehicles", path, "--map", "Cins=kind", "--map", "Not 2=", "--check-only")
    assert (code, result["new"]) == (0, 1)
    (warning,) = result["warnings"]
    assert (warning["row"], warning["column"]) == (1, "Markaa")
    assert "“Marka”" in warning["message"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("no-such-register", "{file}"), "kütük yok"),
        (("vehicles", "/no/such/file.xlsx"), "açılamadı"),
        (("vehicles", "{file}", "--user", "kimse"), "kullanıcı yok"),
        (("vehicles", "{file}", "--sheet", "Sayfa9"), "Sayfa9"),
        (("vehicles", "{file}", "--map", "Plaka=plaet"), "plaet"),
        (("vehicles", "{file}", "--map", "Yok=plate"), "başlığı yok"),
        (("vehicles", "{file}", "--map", "Plaka"), "BAŞLIK=sütun"),
        (("vehicles", "{file}", "--header-row", "-3"), "Başlık satırı"),
        (("vehicles", "{file}", "--header-row", "400"), "400"),
    ],
)
def test_an_unusable_call_exits_2_and_says_why(arguments, message, parks, sheet_file, import_register):
    path = str(sheet_file(HEADINGS, good(101)))
    code, result = import_register(*(part.replace("{file}", path) for part in arguments))
    assert (code, result["applied"], result["rows"]) == (2, False, 0)
    assert message in result["errors"][0]["message"]


def test_a_file_that_is_no_spreadsheet_exits_2(parks, tmp_path, import_register):
    path = tmp_path / "bozuk.xlsx"
    path.write_bytes(b"PK\x03\x04 not really")
    code, result = import_register("vehicles", path)
    assert code == 2 and result["errors"][0]["message"]


def test_a_plan_that_was_cut_off_exits_2_and_asks_to_check_again(parks, sheet_file, import_register, monkeypatch):
    keep_plan = batches.keep_plan

    def kept_in_part(batch, plan):
        keep_plan(batch, plan)
        Path(batch.plan_file.path).write_bytes(b"")

    monkeypatch.setattr(batches, "keep_plan", kept_in_part)
    code, result = import_register("vehicles", sheet_file(HEADINGS, good(101)))
    assert (code, result["applied"]) == (2, False)
    assert "Dosyayı yeniden denetleyiniz" in result["errors"][0]["message"]


@pytest.fixture
def stop(monkeypatch, fleet):
    """stop("checking"): the step is stopped as soon as it has begun."""
    beating = steps.beating

    def stop(state: str) -> None:
        def stopped_soon(batch: Batch):
            if batch.state == state:
                endings.cancel(Batch.objects.get(pk=batch.pk), str(fleet))
            return beating(batch)

        monkeypatch.setattr(batches, "beating", stopped_soon)

    return stop


@pytest.mark.parametrize(("step", "end"), [("checking", "cancelled"), ("applying", "checked")])
def test_a_step_that_somebody_stopped_exits_2_and_says_so(step, end, parks, sheet_file, import_register, stop):
    path, message = sheet_file(HEADINGS, good(101)), "filo durdurdu; hiçbir şey yazılmadı."
    stop(step)
    code, result = import_register("vehicles", path)
    assert (code, result["applied"], [error["message"] for error in result["errors"]]) == (2, False, [message])
    with pytest.raises(CommandError) as stopped:
        call_command("import_register", "vehicles", str(path))
    assert (str(stopped.value), stopped.value.returncode) == (message, 2)
    assert set(Batch.objects.values_list("state", flat=True)) == {end} and not Vehicle.objects.exists()


@pytest.mark.parametrize("values", [{"state": "applying", "heartbeat": timezone.now()}, {"state": "dropped"}])
def test_a_batch_that_somebody_else_took_after_its_check_exits_2_and_says_where_to_look(
    values, parks, sheet_file, import_register, monkeypatch
):
    keep_plan = batches.keep_plan

    def kept_and_taken(batch, plan):
        keep_plan(batch, plan)
        Batch.objects.filter(pk=batch.pk).update(**values)

    monkeypatch.setattr(batches, "keep_plan", kept_and_taken)
    code, result = import_register("vehicles", sheet_file(HEADINGS, good(101)))
    assert (code, result["applied"]) == (2, False)
    assert result["errors"][0]["message"] == (
        f"{result['batch']} no’lu aktarımın durumu bu arada değişti; sonucuna Aktarımlar sayfasında bakınız."
    )
