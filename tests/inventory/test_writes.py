import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from inventory import access, history, registers, writes
from inventory.assets.vehicles.models import Vehicle
from inventory.models import Status
from inventory.organization.models import Unit
from inventory.past import opened
from inventory.writes import Author
from tests.rows import SYSTEM, kind, row, set_values, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


@pytest.fixture
def parks() -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def works() -> Unit:
    return unit("Fen İşleri Dairesi Başkanlığı")


def vehicle(of: Unit, plate: str, **values) -> Vehicle:
    return Vehicle(kind=kind(VEHICLES), responsible_unit=of, plate=plate, **values)


def test_numbers_are_given_in_turn_over_all_registers(parks):
    first = writes.save(VEHICLES, vehicle(parks, "41 AAA 101"), SYSTEM)
    second = row(registers.get("equipment"), parks)
    assert int(second.inventory_no[2:]) == int(first.inventory_no[2:]) + 1
    assert first.inventory_no.startswith("A-")


def test_one_plate_is_one_vehicle_however_it_is_written(parks):
    writes.save(VEHICLES, vehicle(parks, "41-abc-123"), SYSTEM)
    with pytest.raises(ValidationError, match="başka bir araçta"):
        writes.save(VEHICLES, vehicle(parks, "41ABC123"), SYSTEM)
    assert Vehicle.objects.get().plate == "41 ABC 123"


def test_a_plate_is_free_again_when_its_vehicle_is_gone(parks):
    old = writes.save(VEHICLES, vehicle(parks, "41 ABC 123"), SYSTEM)
    old.status, old.status_reason = Status.DISPOSED, "hurda"
    writes.save(VEHICLES, old, SYSTEM)
    assert writes.save(VEHICLES, vehicle(parks, "41 ABC 123"), SYSTEM).pk != old.pk


def test_bulk_creation_names_the_broken_rule_and_writes_nothing(parks):
    rows = [vehicle(parks, "41 ABC 123"), vehicle(parks, "41 ABC 124"), vehicle(parks, "41 ABC 123")]
    with pytest.raises(writes.Refused, match="plaka başka bir araçta"):
        writes.create_many(VEHICLES, rows, SYSTEM)
    assert not Vehicle.objects.exists()
    assert not Vehicle.history.exists()


def test_saving_nothing_new_writes_nothing(parks):
    saved = writes.save(VEHICLES, vehicle(parks, "41 ABC 123"), SYSTEM)
    writes.save(VEHICLES, Vehicle.objects.get(), SYSTEM)
    assert Vehicle.objects.get().version == saved.version == 1
    assert Vehicle.history.count() == 1


def test_history_has_who_when_why_and_old_and_new(parks, works):
    steward = user("filo", works, (None, "vehicles", 2))
    saved = writes.save(VEHICLES, vehicle(parks, "41 ABC 123", cost=Decimal("1250.50")), SYSTEM)
    saved.cost, saved.make = Decimal("1300"), "Ford"
    writes.save(VEHICLES, saved, Author(steward, "fatura düzeltildi"))
    newest, oldest = history.entries(VEHICLES, saved.pk, None)
    assert (newest.kind, newest.user, newest.reason) == (history.CHANGED, steward, "fatura düzeltildi")
    assert {(c.column.name, c.old, c.new) for c in newest.changes} == {
        ("cost", "1.250,50", "1.300,00"),
        ("make", "", "Ford"),
    }
    assert (oldest.kind, oldest.changes) == (history.CREATED, [])


def test_the_second_of_two_editors_is_reported(parks):
    writes.save(VEHICLES, vehicle(parks, "41 ABC 123"), SYSTEM)
    hers, his = Vehicle.objects.get(), Vehicle.objects.get()
    hers.make = "Ford"
    writes.save(VEHICLES, hers, SYSTEM)
    his.make = "Fiat"
    with pytest.raises(writes.Conflict) as result:
        writes.save(VEHICLES, his, SYSTEM)
    assert result.value.ids == [his.pk]
    assert Vehicle.objects.get().make == "Ford"


def test_a_bulk_write_is_refused_whole_when_one_row_moved_on(parks):
    writes.create_many(VEHICLES, [vehicle(parks, f"41 ABC {n}") for n in range(101, 111)], SYSTEM)
    rows = list(Vehicle.objects.order_by("pk"))
    other = Vehicle.objects.get(pk=rows[3].pk)
    other.make = "Ford"
    writes.save(VEHICLES, other, SYSTEM)
    for each in rows:
        each.make = "Fiat"
    with pytest.raises(writes.Conflict) as result:
        writes.update_many(VEHICLES, rows, ["make"], SYSTEM)
    assert result.value.ids == [rows[3].pk]
    assert list(Vehicle.objects.exclude(make="").values_list("make", flat=True)) == ["Ford"]


def test_restoring_brings_back_every_column_and_is_itself_recorded(parks, works):
    saved = writes.save(VEHICLES, vehicle(parks, "41 ABC 123", make="Ford", model_year=2015), SYSTEM)
    first = next(history.entries(VEHICLES, saved.pk, None)).id
    saved.make, saved.model_year, saved.responsible_unit = "Fiat", None, works
    writes.save(VEHICLES, saved, SYSTEM)
    back = writes.restore(VEHICLES, Vehicle.objects.get(), first, Author(reason="geri"))
    assert (back.make, back.model_year, back.responsible_unit_id) == ("Ford", 2015, parks.pk)
    assert Vehicle.history.count() == 3


def test_a_past_day_is_one_query_and_shows_what_was(parks, django_assert_num_queries):
    saved = writes.save(VEHICLES, vehicle(parks, "41 ABC 123", make="Ford"), SYSTEM)
    with opened():
        Vehicle.history.update(history_date=dt.datetime(2024, 12, 30, tzinfo=dt.UTC))
    saved.make = "Fiat"
    writes.save(VEHICLES, saved, SYSTEM)
    with django_assert_num_queries(1):
        assert [v.make for v in history.as_of(VEHICLES, dt.date(2024, 12, 31))] == ["Ford"]
    assert [v.make for v in history.as_of(VEHICLES, dt.date.today())] == ["Fiat"]
    assert not history.as_of(VEHICLES, dt.date(2024, 12, 29)).exists()


def test_a_row_may_not_leave_its_editors_scope_unless_she_manages_it(parks, works):
    editor = user("duzenleyen", parks, (parks, "vehicles", 2))
    manager = user("yoneten", parks, (parks, "vehicles", 3))
    saved = writes.save(VEHICLES, vehicle(parks, "41 ABC 123"), SYSTEM)
    saved.responsible_unit = works
    with pytest.raises(writes.Refused, match="yetkiniz dışındaki"):
        writes.save(VEHICLES, saved, Author(editor))
    saved = Vehicle.objects.get()
    assert saved.responsible_unit == parks
    saved.responsible_unit = works
    writes.save(VEHICLES, saved, Author(manager))
    assert Vehicle.objects.get().responsible_unit == works


def test_a_renamed_unit_is_found_by_its_new_name_in_the_rows_that_name_it(parks):
    saved = row(VEHICLES, parks)
    parks.name = "Yeşil Alanlar Dairesi Başkanlığı"
    writes.save(registers.get("units"), parks, SYSTEM)
    saved.refresh_from_db()
    assert "yesil alanlar" in saved.search_text
    assert "park ve bahceler" not in saved.search_text
    assert saved.version == 1


def test_a_branch_is_named_with_its_directorate_which_may_be_renamed(parks):
    branch = unit("İdari İşler Şube Müdürlüğü", parks, kind=Unit.Kind.BRANCH)
    assert str(branch) == "İdari İşler Şube Müdürlüğü (Park ve Bahçeler Dairesi Başkanlığı)"
    saved = row(VEHICLES, branch)
    parks.short_name = "Parklar"
    writes.save(registers.get("units"), parks, SYSTEM)
    branch.refresh_from_db()
    saved.refresh_from_db()
    assert str(branch) == "İdari İşler Şube Müdürlüğü (Parklar)"
    assert "(parklar)" in saved.search_text and "(parklar)" in branch.search_text


def test_a_moved_unit_takes_all_below_with_it(parks, works):
    branch = unit("Fidanlık Şube Müdürlüğü", parks, kind=Unit.Kind.BRANCH)
    parks.parent = works
    writes.save(registers.get("units"), parks, SYSTEM)
    branch.refresh_from_db()
    assert branch.path.startswith(parks.path) and parks.path.startswith(works.path)
    works.parent = branch
    with pytest.raises(ValidationError, match="kendisinin"):
        writes.save(registers.get("units"), works, SYSTEM)


def test_deletion_needs_management_and_names_what_hangs_on_the_row(parks):
    editor = user("duzenleyen", parks, (parks, "", 2))
    manager = user("yoneten", parks, (parks, "", 3))
    used = row(registers.get("inspections"), parks).vehicle
    with pytest.raises(writes.Refused, match="yetkiniz yok"):
        writes.delete(VEHICLES, used, Author(editor))
    with pytest.raises(writes.Refused, match="1 Muayeneler"):
        writes.delete(VEHICLES, used, Author(manager))
    free = row(VEHICLES, parks)
    writes.delete(VEHICLES, free, Author(manager, "yanlış giriş"))
    assert not Vehicle.objects.filter(pk=free.pk).exists()
    assert next(history.entries(VEHICLES, free.pk, None)).kind == history.DELETED


def test_nobody_gives_away_more_than_she_manages(parks, works):
    grants = registers.get("grants")
    manager = user("yoneten", parks, (parks, "", 3))
    colleague = user("arkadas", parks).person

    def give(where, slug, level):
        made = grants.model(person=colleague, unit=where, register=slug, level=level)
        return writes.save(grants, made, Author(manager))

    assert give(parks, "vehicles", 2).pk
    for where in (works, None):
        with pytest.raises(writes.Refused):
            give(where, "vehicles", 1)
    assert access.visible_to(grants, manager).count() == 2


def test_many_new_names_are_found_in_the_rows_that_name_them(parks):
    seen = row(registers.get("inspections"), parks)
    seen.vehicle.plate = "41 ZZZ 999"
    writes.update_many(VEHICLES, [seen.vehicle], ["plate"], SYSTEM)
    seen.refresh_from_db()
    assert "41zzz999" in seen.search_text


def test_bulk_edit_of_units_moves_all_below_them(parks, works):
    branch = unit("Fidanlık Şube Müdürlüğü", parks, kind=Unit.Kind.BRANCH)
    chosen = Unit.objects.filter(pk=parks.pk)
    assert set_values(registers.get("units"), chosen, {"parent": works}, SYSTEM) == 1
    branch.refresh_from_db()
    assert branch.path.startswith(works.path)


@pytest.mark.parametrize("text", ["a\x0bb", "x" * 30_001])
def test_a_text_that_no_sheet_can_hold_is_refused_with_what_to_do(parks, text):
    with pytest.raises(ValidationError) as refusal:
        writes.save(VEHICLES, vehicle(parks, "41 ABC 123", notes=text), SYSTEM)
    assert list(refusal.value.message_dict) == ["notes"]


def test_a_unit_that_still_answers_for_something_is_not_closed(parks, works):
    held = row(VEHICLES, parks)
    parks.valid_until = dt.date(2026, 1, 31)
    with pytest.raises(ValidationError, match="Araçlar 1"):
        writes.save(registers.get("units"), parks, SYSTEM)
    held.responsible_unit = works
    writes.save(VEHICLES, held, SYSTEM)
    assert writes.save(registers.get("units"), parks, SYSTEM).valid_until


def test_a_branch_stands_below_a_unit():
    with pytest.raises(ValidationError, match="bağlı olduğu"):
        unit("Fidanlık Şube Müdürlüğü", kind=Unit.Kind.BRANCH)


def test_set_values_writes_only_rows_that_differ(parks):
    writes.create_many(
        VEHICLES,
        [vehicle(parks, f"41 ABC {n}", make="Ford" if n < 103 else "") for n in range(101, 106)],
        SYSTEM,
    )
    assert set_values(VEHICLES, Vehicle.objects.all(), {"make": "Ford"}, SYSTEM) == 3
    assert Vehicle.history.filter(history_type="~").count() == 3


def test_a_search_text_that_follows_from_others_is_no_change_of_the_row(parks):
    made = row(VEHICLES, parks)
    Vehicle.objects.filter(pk=made.pk).update(search_text="eski")
    writes.save(VEHICLES, Vehicle.objects.select_related(*VEHICLES.references).get(pk=made.pk), SYSTEM)
    of = made.responsible_person
    of.name = "Başka Ad"
    writes.save(registers.get("people"), of, SYSTEM)
    after = Vehicle.objects.get(pk=made.pk)
    assert "baska ad" in after.search_text
    assert (after.version, Vehicle.history.filter(id=made.pk).count()) == (1, 1)
