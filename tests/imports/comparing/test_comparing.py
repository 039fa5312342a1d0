import datetime as dt
from collections import defaultdict

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from imports import batches, steps
from imports.comparing import comparisons
from imports.comparing.comparisons import Frozen, lines_for
from imports.comparing.models import Comparison, ComparisonLine
from imports.exporting import write
from imports.exporting.parts import Part
from inventory import access, registers, writes
from inventory.assets.vehicles.models import Vehicle
from inventory.listing.address import Listing
from inventory.models import Status
from tests.imports.comparing.conftest import HEADINGS, VEHICLES
from tests.imports.comparing.insurance import insurers_list
from tests.inventory.editing.test_unseen import HIDDEN, MARK, another, made
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db


def titles(comparison: Comparison) -> dict[str, list[str]]:
    found = defaultdict(list)
    for line in comparison.lines.all():
        found[line.verdict].append(line.title)
    return dict(found)


def test_an_insurers_messy_list_of_624_vehicles(parks, clerk, fleet, compared):
    vehicles = fleet(600) + fleet(24, letters="AB")
    theirs = insurers_list(vehicles)
    comparison = compared(clerk, theirs.content, mapping={"KASA RENGİ": "colour"})
    assert (comparison.state, comparison.read["header_row"]) == ("open", 4)
    lines = {v: list(comparison.lines.filter(verdict=v)) for v in ComparisonLine.Verdict.values}
    assert {line.title for line in lines["here"]} == theirs.lacking
    assert {line.title for line in lines["there"]} == theirs.beyond
    assert {line.title: line.pairs[0].theirs for line in lines["differs"]} == theirs.years
    assert {line.pairs[0].column for line in lines["differs"]} == {"model_year"}
    assert len(lines["unread"]) == theirs.unreadable == 2
    assert len(lines["same"]) == 624 - len(theirs.lacking) - len(theirs.years)
    assert comparison.counts == {v: len(some) for v, some in lines.items()} | {"rows": 624 - len(theirs.lacking) + 7}
    assert Vehicle.history.count() == 624


def test_letter_case_and_marks_are_no_difference_but_values_are(clerk, fleet, compared):
    fleet(2, make="İveco-Otokar")
    comparison = compared(clerk, [HEADINGS, ["41abc100", "IVECO OTOKAR", 2015], ["41 ABC 101", "Ford", "2016"]])
    assert titles(comparison) == {"same": ["41 ABC 100"], "differs": ["41 ABC 101"]}
    line = comparison.lines.get(verdict="differs")
    assert [(p.column, p.ours, p.theirs) for p in line.pairs] == [
        ("make", "İveco-Otokar", "Ford"),
        ("model_year", "2015", "2016"),
    ]
    assert line.columns == ",make,model_year,"


def test_a_blank_cell_says_nothing_and_a_cell_that_is_no_value_differs_with_its_reason(clerk, fleet, compared):
    fleet(2)
    comparison = compared(clerk, [HEADINGS, ["41 ABC 100", "", "-"], ["41 ABC 101", "Ford", "iki bin"]])
    assert titles(comparison) == {"same": ["41 ABC 100"], "differs": ["41 ABC 101"]}
    (pair,) = comparison.lines.get(verdict="differs").pairs
    assert (pair.ours, pair.theirs) == ("2015", "iki bin") and "sayı" in pair.why


def test_only_the_chosen_part_can_be_only_here(clerk, fleet, compared):
    fleet(2, colour="Beyaz")
    fleet(2, colour="Mavi", letters="MAV")
    rows = [HEADINGS, ["41 ABC 100", "Ford", 2015], ["41 MAV 100", "Ford", 2015]]
    assert titles(compared(clerk, rows))["here"] == ["41 ABC 101", "41 MAV 101"]
    part = compared(clerk, rows, query="colour=Beyaz&sort=-plate&page=3&as_of=31.12.2020")
    assert titles(part) == {"same": ["41 ABC 100", "41 MAV 100"], "here": ["41 ABC 101"]}
    assert "bölümün dışında" in part.lines.get(title="41 MAV 100").message
    assert part.lines.get(title="41 ABC 100").message == ""
    assert ("Renk", "Beyaz") in part.part


def test_a_row_of_ours_that_the_list_could_not_name_is_distinguished(clerk, fleet, compared):
    fleet(2)
    Vehicle.objects.filter(plate="41 ABC 101").update(plate="", chassis_no="NM0123")
    comparison = compared(clerk, [HEADINGS, ["41 ABC 999", "Ford", 2015]])
    messages = dict(comparison.lines.filter(verdict="here").values_list("title", "packed"))
    assert "Bizde boş olduğundan listede aranamadı: Plaka." in messages["NM0123"]
    assert "aranamadı" not in messages["41 ABC 100"]


def test_what_left_service_is_not_looked_for_and_reported_when_the_list_still_has_it(clerk, fleet, compared):
    fleet(2, status=Status.DISPOSED, status_reason="Satıldı")
    comparison = compared(clerk, [HEADINGS, ["41 ABC 100", "Ford", 2015]])
    assert titles(comparison) == {"differs": ["41 ABC 100"]}
    line = comparison.lines.get()
    assert "hizmet dışı" in line.message and line.pairs[0].column == "status"
    assert titles(compared(clerk, [HEADINGS, ["41 ABC 100", "", ""]], query="status=disposed"))["here"] == [
        "41 ABC 101"
    ]


def test_rows_of_others_are_neither_reported_nor_compared(clerk, fleet, compared, parks):
    there = unit("Zabıta Dairesi Başkanlığı")
    fleet(1)
    fleet(2, of=there, letters="ZAB", make="Gizli")
    comparison = compared(clerk, [HEADINGS, ["41 ABC 100", "Ford", 2015], ["41 ZAB 100", "Fiat", 2001]])
    assert titles(comparison) == {"same": ["41 ABC 100"], "unread": ["41 ZAB 100"]}
    assert "Gizli" not in "".join(line.packed for line in comparison.lines.all())
    Vehicle.objects.filter(plate="41 ABC 100").update(responsible_unit=there)
    assert [line.title for line in lines_for(comparison, clerk)] == ["41 ZAB 100"]
    assert lines_for(comparison, None).count() == 2


def test_a_line_without_what_it_is_known_by_is_message_as_such(clerk, fleet, compared):
    fleet(1)
    rows = [
        HEADINGS,
        ["", "Ford", 2015],
        ["41 ABC 100", "Ford", 2015],
        ["41-abc-100", "Ford", 2015],
        ["41 Q 1", "", ""],
    ]
    comparison = compared(clerk, rows)
    messages = {line.row: line.message for line in comparison.lines.filter(verdict="unread")}
    assert set(messages) == {2, 4, 5}
    assert "tanıtan bilgi yok" in messages[2] and "3. satır" in messages[4] and "plaka" in messages[5]
    assert comparison.lines.get(row=5).title == "41 Q 1"


@pytest.mark.parametrize(
    "rows, query, message",
    [
        ([["Ad", "Soyad"], ["Ayşe", "Yılmaz"]], "", "Hiçbir başlık tanınmadı"),
        ([["Plaka", "Plaka"], ["41 ABC 100", "41 ABC 101"]], "", "Hangisinin okunacağını"),
        ([HEADINGS, ["41 ABC 100", "", ""]], "model_year_from=x", "Süzgeç"),
        (b"PK\x03\x04 bozuk", "", "bozuk"),
    ],
)
def test_what_cannot_be_compared_says_why(clerk, compared, rows, query, message):
    comparison = compared(clerk, rows, query)
    assert comparison.state == "failed" and message in comparison.message
    assert not comparison.lines.exists()


def test_lines_are_counted_in_queries_that_do_not_grow(clerk, fleet, compared, django_assert_max_num_queries):
    fleet(400)
    rows = [HEADINGS, *([f"41 ABC {100 + n}", "Fiat" if n % 2 else "Ford", 2015] for n in range(300))]
    with django_assert_max_num_queries(40):
        comparison = compared(clerk, rows)
    assert comparison.counts["differs"] == 150 and comparison.counts["here"] == 100


@pytest.mark.parametrize("slug", [r.slug for r in registers.every() if r.slug != "grants"])
def test_every_registers_own_export_is_the_same_list(slug, parks, compared, tmp_path):
    register = registers.get(slug)
    row(register, parks)
    row(register, parks)
    admin = user("yonetici", parks, is_superuser=True)
    with (tmp_path / "liste.xlsx").open("wb") as file:
        write([Part(Listing(register, admin, {"columns": "all"}))], file, "xlsx")
    made = batches.upload(
        register, admin, ContentFile((tmp_path / "liste.xlsx").read_bytes()), "liste.xlsx", into=Comparison, source="x"
    )
    comparisons.run(made)
    assert (made.state, made.message) == ("open", "")
    assert set(titles(made)) == {"same"}
    assert made.counts["same"] == access.visible_to(register, admin).count()


# A worker's life --------------------------------------------------------------------------------------------


def test_a_worker_killed_while_comparing_leaves_it_to_another(clerk, fleet, compared, monkeypatch):
    fleet(3)
    rows = [HEADINGS, *([f"41 ABC {100 + n}", "Fiat", 2015] for n in range(3))]
    monkeypatch.setattr("imports.comparing.sides.CHUNK", 1)
    wrote, pieces = comparisons._write, []

    def killed(*arguments):
        if len(pieces) == 2:
            raise KeyboardInterrupt
        pieces.append(wrote(*arguments))

    monkeypatch.setattr(comparisons, "_write", killed)
    with pytest.raises(KeyboardInterrupt):
        compared(clerk, rows)
    monkeypatch.setattr(comparisons, "_write", wrote)
    found = Comparison.objects.get()
    assert found.state == "comparing" and found.lines.count() == 2
    comparisons.run(found)  # too early: it may still be alive
    assert found.lines.count() == 2
    Comparison.objects.update(heartbeat=timezone.now() - steps.STALE - dt.timedelta(seconds=1))
    found.refresh_from_db()
    assert steps.is_stale(found) and steps.release(found)
    comparisons.run(found)
    assert found.state == "open" and found.lines.count() == 3


def test_a_worker_that_was_taken_for_dead_writes_nothing_more(clerk, fleet, compared, monkeypatch):
    fleet(1)
    wrote = comparisons._write

    def overtaken(comparison, *arguments):
        Comparison.objects.filter(pk=comparison.pk).update(heartbeat=timezone.now() + dt.timedelta(seconds=1))
        wrote(comparison, *arguments)

    monkeypatch.setattr(comparisons, "_write", overtaken)
    comparison = compared(clerk, [HEADINGS, ["41 ABC 100", "Fiat", 2015]])
    assert comparison.state == "comparing" and not comparison.lines.exists()


# Settling and signing ---------------------------------------------------------------------------------------


def test_lines_are_settled_signed_and_frozen(clerk, fleet, compared):
    fleet(3)
    comparison = compared(clerk, [HEADINGS, ["41 ABC 100", "Fiat", 2015], ["41 ABC 101", "Ford", 2015]])
    with pytest.raises(Frozen, match="2 satır karar bekliyor"):
        comparisons.sign(comparison, clerk)
    assert comparisons.settle(comparison, comparison.lines.all(), "ours", "ruhsata bakıldı", clerk) == 2
    line = comparison.lines.get(verdict="differs")
    assert (line.decision, line.note, line.by) == ("ours", "ruhsata bakıldı", clerk)
    comparisons.settle(comparison, comparison.lines.filter(pk=line.pk), "theirs", "", clerk)
    line.refresh_from_db()
    assert (line.decision, line.note) == ("theirs", "ruhsata bakıldı")
    assert comparisons.tally(comparison.lines.all())["here"] == {"ours": 1}
    assert comparison.lines.get(verdict="same").decision == ""
    comparisons.settle(comparison, comparison.lines.filter(pk=line.pk), "", "", clerk)
    line.refresh_from_db()
    assert (line.decision, line.note, line.by, line.at) == ("", "", None, None)
    comparisons.settle(comparison, comparison.lines.all(), "look", "", clerk)
    comparisons.sign(comparison, clerk)
    for late in (
        lambda: comparisons.sign(comparison, clerk),
        lambda: comparisons.settle(comparison, comparison.lines, "ours", "", clerk),
    ):
        with pytest.raises(Frozen, match="değiştirilemez"):
            late()
    comparisons.run(comparison)
    assert comparison.state == "signed" and comparison.lines.filter(decision="look").count() == 2


def test_a_task_that_comes_twice_leaves_what_was_decided(clerk, fleet, compared):
    fleet(2)
    comparison = compared(clerk, [HEADINGS, ["41 ABC 100", "Fiat", 2015]])
    comparisons.settle(comparison, comparison.lines.all(), "look", "ruhsata bakılacak", clerk)
    comparisons.run(comparison)
    assert set(comparison.lines.exclude(verdict="same").values_list("decision", "note")) == {
        ("look", "ruhsata bakılacak")
    }


def test_a_deleted_row_stays_in_the_comparison(clerk, fleet, compared):
    (vehicle,) = fleet(1)
    comparison = compared(clerk, [HEADINGS, ["41 ABC 100", "Fiat", 2015]])
    writes.delete(VEHICLES, vehicle, SYSTEM)
    assert lines_for(comparison, clerk).get().title == "41 ABC 100"


@pytest.mark.parametrize(("register", "column"), HIDDEN)
def test_what_a_row_names_beyond_the_clerks_reach_is_not_reported(register, column, parks, compared):
    clerk, there = user("sef", parks, (parks, "", 2)), unit("Bilgi İşlem Dairesi Başkanlığı")
    listed, hidden = made(register, column, parks, there)
    lacking, other = row(register, parks, **{column.name: hidden}), another(hidden, parks)
    own = getattr(listed, register.key.name)
    sheet = [[register.key.label, column.label], [own, str(other)]]
    comparison = compared(clerk, sheet, register=register)
    lines = {line.item: line for line in comparison.lines.all()}
    for pk in (listed.pk, lacking.pk):
        said = [pair.ours for pair in lines[pk].pairs if pair.column == column.name]
        assert said == [MARK] and str(hidden) not in lines[pk].title, pk


def test_a_serial_number_under_another_make_is_said_with_the_record(parks, compared):
    equipment = registers.get("equipment")
    account = user("bilgici", parks, (parks, "equipment", 2))
    ours = row(equipment, parks, make="HP", serial_no="5CD 1234-XY", mac_address="")
    sheet = [["Marka", "Seri no"], ["Hewlett-Packard", "5cd 1234-xy"], ["Dell", "ZZ9"]]
    lines = compared(account, sheet, register=equipment).lines.filter(verdict="there").order_by("row")
    assert [ours.inventory_no in line.message for line in lines] == [True, False]
    elsewhere = unit("Zabıta Dairesi Başkanlığı")
    stranger = user("yabanci", elsewhere, (elsewhere, "equipment", 2))
    first = compared(stranger, sheet, register=equipment).lines.filter(verdict="there").first()
    assert ours.inventory_no not in first.message
