"""Every way of writing: who may, what reaches followers, what is recorded, and that a piece is like the whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from inventory import history, hooks, registers, writes
from inventory.history import CHANGED, CREATED, DELETED, Author
from inventory.organization.models import Grant, Unit
from inventory.past import opened
from inventory.refusals import Conflict, Refused
from tests.rows import SYSTEM, kind, row, set_values, unit, user

pytestmark = pytest.mark.django_db
VEHICLES, INSPECTIONS, UNITS, PEOPLE, GRANTS, KINDS = (
    registers.get(slug) for slug in ("vehicles", "inspections", "units", "people", "grants", "kinds")
)
CHANGE, MANAGE = Grant.Level.CHANGE, Grant.Level.MANAGE


@pytest.fixture
def here() -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def there() -> Unit:
    return unit("Zabıta Dairesi Başkanlığı")


@pytest.fixture(params=[1, 500])
def chunk(request, monkeypatch) -> int:
    monkeypatch.setattr(writes, "CHUNK", request.param)
    monkeypatch.setattr(history, "CHUNK", request.param)
    return request.param


@pytest.fixture
def reported(monkeypatch) -> list:
    """What reached followers: (before or after, kind, makes of the rows at that moment, columns, author without
    its moment)."""
    found = []

    def listen(when):
        def follow(write):
            if write.register is VEHICLES:
                makes = sorted(write.rows.values_list("make", flat=True))
                found.append((when, write.kind, makes, set(write.columns), replace(write.author, at=None)))

        return follow

    for name in ("before_write", "after_write"):
        monkeypatch.setattr(hooks, name, [*getattr(hooks, name), listen(name.split("_")[0])])
    return found


def cars(here: Unit, *makes: str) -> list:
    return [row(VEHICLES, here, make=make) for make in makes]


def fresh(rows: list) -> list:
    found = VEHICLES.model.objects.select_related(*VEHICLES.references).in_bulk([each.pk for each in rows])
    return [found[each.pk] for each in rows]


def makes() -> list[str]:
    return list(VEHICLES.model.objects.order_by("pk").values_list("make", flat=True))


def pieces(reported: list) -> list[tuple]:
    """The same with the pieces of one write put together."""
    found: dict[tuple, list] = {}
    for when, sort, rows, columns, by in reported:
        found.setdefault((when, sort, frozenset(columns), by), []).extend(rows)
    return [(when, sort, sorted(rows), columns, by) for (when, sort, columns, by), rows in found.items()]


def test_followers_are_reported_of_every_way_before_and_after(here, chunk, reported):
    every = {field.name for field in VEHICLES.model._meta.concrete_fields} - {"id", "version"}
    by = Author(reason="neden")
    made = [VEHICLES.model(kind=kind(VEHICLES), responsible_unit=here, make=make, fleet_no=make) for make in "ab"]
    writes.create_many(VEHICLES, made, by)
    assert pieces(reported) == [("after", CREATED, ["a", "b"], every, by)]
    reported.clear()
    first, second = fresh(made)
    first.make = second.make = "c"
    writes.update_many(VEHICLES, [first, second], ["make"], by)
    (before, after) = pieces(reported)
    assert (before[:3], after[:3]) == (("before", CHANGED, ["a", "b"]), ("after", CHANGED, ["c", "c"]))
    assert before[3] == after[3] and "make" in after[3] and not after[3] & {"inventory_no", "status", "version"}
    assert before[4] == after[4] == by
    reported.clear()
    writes.delete(VEHICLES, fresh(made)[0], by)
    assert pieces(reported) == [("before", DELETED, ["c"], every, by)]
    reported.clear()
    with opened():
        VEHICLES.model.history.filter(id=second.pk, history_type=CREATED).update(batch_id=7)
    writes.take_back(VEHICLES, fresh([second]), by, 7)
    assert pieces(reported) == [("before", DELETED, ["c"], every, by)]
    reported.clear()
    third, fourth = cars(here, "d", "e")
    reported.clear()
    writes.erase(VEHICLES, fresh([third, fourth]), ["make"], by)
    assert pieces(reported) == [
        ("before", CHANGED, ["d", "e"], {"make"}, by),
        ("after", CHANGED, ["", ""], {"make"}, by),
    ]
    reported.clear()
    assert writes.forget(VEHICLES, VEHICLES.model.objects.filter(pk__in=[third.pk, fourth.pk])) == 2
    assert pieces(reported) == [("before", DELETED, ["", ""], every, Author())]


def test_many_are_checked_unless_they_were(here):
    (made,) = fresh(cars(here, "a"))
    for values in ({"model_year": 99999}, {"make": "x" * 999}):
        new = VEHICLES.model(kind=kind(VEHICLES), responsible_unit=here, fleet_no="F1", **values)
        with pytest.raises(ValidationError):
            writes.create_many(VEHICLES, [new], SYSTEM)
        old = fresh([made])[0]
        for name, value in values.items():
            setattr(old, name, value)
        with pytest.raises(ValidationError):
            writes.update_many(VEHICLES, [old], list(values), SYSTEM)
    assert makes() == ["a"] and VEHICLES.model.history.count() == 1


def test_many_are_written_as_one_is_and_only_in_the_named_columns(here, chunk):
    made = fresh(cars(here, "a", "b", "c"))
    numbers = [each.inventory_no for each in made]
    for number, each in enumerate(made):
        each.make, each.colour, each.inventory_no = f"n{number}", "unutulan", "A-0"
    writes.update_many(VEHICLES, made, ["make"], Author(reason="neden"))
    stored = fresh(made)
    assert [(each.make, each.inventory_no, each.version) for each in stored] == [
        (f"n{n}", number, 2) for n, number in enumerate(numbers)
    ]
    assert all(each.colour != "unutulan" and each.make in each.search_text for each in stored)
    assert [each.version for each in made] == [2, 2, 2]
    last = VEHICLES.model.history.filter(history_type=CHANGED).order_by("id")
    assert list(last.values_list("make", "history_change_reason")) == [(f"n{n}", "neden") for n in range(3)]
    writes.update_many(VEHICLES, [], ["make"], SYSTEM)


def test_the_rows_of_a_sheet_are_remembered_with_their_numbers(here, chunk):
    made = fresh(cars(here, "a", "b"))
    for number, each in enumerate(made, 5):
        each.make, each.sheet_row = "x", number
    writes.update_many(VEHICLES, made, ["make"], Author(batch_id=7))
    found = VEHICLES.model.history.filter(batch_id=7).order_by("id").values_list("sheet_row", flat=True)
    assert list(found) == [5, 6]


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_one_row_that_moved_on_stops_the_others(here, chunk, moved):
    made = cars(here, "a", "b", "c")
    mine, other = fresh(made), fresh(made)[moved]
    other.make = "başka"
    writes.save(VEHICLES, other, SYSTEM)
    for each in mine:
        each.make = "x"
    before = makes()
    for write in (
        lambda: writes.update_many(VEHICLES, mine, ["make"], SYSTEM),
        lambda: writes.erase(VEHICLES, mine, ["make"], SYSTEM),
        lambda: writes.take_back(VEHICLES, mine, SYSTEM, 7),
        lambda: writes.delete(VEHICLES, mine[moved], SYSTEM),
        lambda: writes.save(VEHICLES, mine[moved], SYSTEM),
    ):
        with pytest.raises(Conflict) as refused:
            write()
        assert refused.value.ids == [made[moved].pk] and makes() == before


def test_a_row_that_is_gone_is_a_conflict(here):
    (made,) = fresh(cars(here, "a"))
    writes.delete(VEHICLES, fresh([made])[0], SYSTEM)
    made.make = "b"
    with pytest.raises(Conflict) as refused:
        writes.save(VEHICLES, made, SYSTEM)
    assert refused.value.ids == [made.pk]


def test_who_may_not_change_a_part_changes_nothing(here, there, chunk):
    clerk = Author(user("memur", here, (here, "vehicles", CHANGE)))
    mine, foreign = fresh([*cars(here, "a"), *cars(there, "b")])
    mine.make = foreign.make = "x"
    for write in (
        lambda: writes.update_many(VEHICLES, [mine, foreign], ["make"], clerk),
        lambda: writes.erase(VEHICLES, [mine, foreign], ["make"], clerk),
        lambda: writes.create_many(VEHICLES, [foreign], Author(user("okur", here, (here, "vehicles", 1)))),
    ):
        with pytest.raises(Refused, match="yetkiniz yok"):
            write()
    assert makes() == ["a", "b"]
    with pytest.raises(Refused, match="yetkiniz dışındaki"):
        writes.create_many(VEHICLES, [VEHICLES.model(kind=kind(VEHICLES), responsible_unit=there, fleet_no="1")], clerk)
    new = [VEHICLES.model(kind=kind(VEHICLES), responsible_unit=here, fleet_no="1")]
    assert writes.create_many(VEHICLES, new, clerk) == new and new[0].pk


def test_a_row_is_handed_over_by_who_manages_it_and_no_other_row_with_it(here, there, chunk):
    who = user("sorumlu", here, (here, "vehicles", MANAGE), (there, "vehicles", CHANGE))
    third = unit("Fen İşleri Dairesi Başkanlığı")
    mine, hers = fresh([*cars(here, "a"), *cars(there, "b")])
    mine.responsible_unit = hers.responsible_unit = third
    with pytest.raises(Refused, match="yetkiniz dışındaki"):
        writes.update_many(VEHICLES, [mine, hers], ["responsible_unit"], Author(who))
    (mine,) = fresh([mine])
    mine.responsible_unit = third
    writes.update_many(VEHICLES, [mine], ["responsible_unit"], Author(who))
    assert fresh([mine])[0].responsible_unit == third


def test_added_rows_are_taken_back_by_their_manager_but_not_what_is_in_use(here, chunk):
    made = cars(here, "a", "b", "c")
    manager, clerk = (user(n, here, (here, "vehicles", level)) for n, level in (("y", MANAGE), ("m", CHANGE)))
    check = row(INSPECTIONS, here, vehicle=made[1])
    with pytest.raises(Refused, match="bir kısmını geri alma"):
        writes.take_back(VEHICLES, fresh(made), Author(clerk), 7)
    with pytest.raises(Refused, match="Muayeneler"):
        writes.take_back(VEHICLES, fresh(made), Author(manager), 7)
    assert makes() == ["a", "b", "c"]
    writes.delete(INSPECTIONS, check, SYSTEM)
    writes.take_back(VEHICLES, fresh(made), Author(manager, "geri"), 7)
    assert makes() == []
    gone = VEHICLES.model.history.filter(history_type=DELETED).order_by("id")
    assert list(gone.values_list("make", "history_user", "history_change_reason")) == [
        (make, manager.pk, "geri") for make in "abc"
    ]


def test_what_is_erased_is_in_no_entry_and_that_it_was_is_one(here, chunk):
    first, second, other = cars(here, "a", "b", "c")
    changed = fresh([first])[0]
    changed.make, changed.model_year = "aa", 2015
    writes.save(VEHICLES, changed, SYSTEM)
    writes.erase(VEHICLES, fresh([first, second]), ["make", "model_year"], Author(reason="süre doldu"))
    past = VEHICLES.model.history
    assert makes() == ["", "", "c"] and set(past.exclude(id=other.pk).values_list("make", "model_year")) == {("", None)}
    assert past.filter(id=other.pk).get().make == "c"
    for each in (first, second):
        last = past.filter(id=each.pk).order_by("history_id").last()
        assert (last.history_type, last.history_change_reason) == (CHANGED, "süre doldu")
        assert last.version == fresh([each])[0].version


def test_what_is_forgotten_leaves_nothing_but_what_others_name_stays(here, chunk):
    free, used, checked = cars(here, "a", "b", "c")
    row(INSPECTIONS, here, vehicle=used)
    assert writes.forget(VEHICLES, VEHICLES.model.objects.filter(pk__in=[free.pk, used.pk])) == 1
    assert makes() == ["b", "c"] and not VEHICLES.model.history.filter(id=free.pk).exists()
    assert VEHICLES.model.history.filter(id__in=[used.pk, checked.pk]).count() == 2
    # What goes in the same step holds nothing back.
    above = unit("Eski")
    unit("Eski Şube", above, kind=Unit.Kind.BRANCH)
    chosen = UNITS.model.objects.exclude(pk=here.pk)
    assert writes.forget(UNITS, chosen) == 2 and UNITS.model.objects.get() == here


def test_going_back_keeps_what_is_to_be_kept(here):
    (made,) = fresh(cars(here, "a"))
    first = next(history.entries(VEHICLES, made.pk, None)).id
    made.make, made.model_year = "b", 1999
    writes.save(VEHICLES, made, SYSTEM)
    back = writes.restore(VEHICLES, fresh([made])[0], first, Author(reason="geri"), keep=["model_year"])
    assert (back.make, back.model_year, makes()) == ("a", 1999, ["a"])
    assert VEHICLES.model.history.latest("history_id").history_change_reason == "geri"


def test_the_search_text_follows_in_pieces_too_and_only_of_those_that_name(here, chunk):
    first, second = cars(here, "a", "b")
    VEHICLES.model.objects.filter(pk=second.pk).update(search_text="eski")
    writes.refold(VEHICLES, VEHICLES.model.objects.filter(pk=first.pk))
    assert fresh([second])[0].search_text == "eski"
    of = PEOPLE.model.objects.get(pk=first.responsible_person_id)
    of.title = "Şef"
    writes.save(PEOPLE, of, SYSTEM)
    # A title is no name; nothing is written anew.
    assert fresh([second])[0].search_text == "eski"
    of.name = "Başka Ad"
    writes.save(PEOPLE, of, SYSTEM)
    assert all("baska ad" in each.search_text for each in fresh([first, second]))


def test_numbers_follow_each_other_within_one_write(here):
    new = [VEHICLES.model(kind=kind(VEHICLES), responsible_unit=here, fleet_no=f"F{n}") for n in range(3)]
    writes.create_many(VEHICLES, new, SYSTEM)
    numbers = [int(each.inventory_no[2:]) for each in new]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    assert int(cars(here, "a")[0].inventory_no[2:]) == numbers[-1] + 1


def test_set_values_gives_each_what_differs_and_empties_no_unseen_reference(here, there):
    network = registers.get("network")
    clerk = user("agci", here, (here, "network", CHANGE))
    far = row(network, there, hostname="uzak")
    near = row(network, here, hostname="yakin")
    veiled, plain = (row(network, here, hostname=f"d{n}", linked_to=to) for n, to in enumerate((far, near)))
    chosen = network.model.objects.filter(pk__in=[veiled.pk, plain.pk])
    assert set_values(network, chosen, {"linked_to": None}, Author(clerk)) == 1
    veiled.refresh_from_db(), plain.refresh_from_db()
    assert (veiled.linked_to_id, plain.linked_to_id) == (far.pk, None)
    assert set_values(network, chosen, {"linked_to": None}, SYSTEM) == 1
    veiled.refresh_from_db()
    assert veiled.linked_to_id is None
    moments = set(network.model.history.filter(history_type=CHANGED).values_list("history_date", flat=True))
    assert len(moments) == 2
    (veiled,) = network.model.objects.select_related(*network.references).filter(pk=veiled.pk)
    veiled.linked_to = far
    writes.save(network, veiled, SYSTEM)
    (veiled,) = network.model.objects.select_related(*network.references).filter(pk=veiled.pk)
    veiled.linked_to = None
    with pytest.raises(ValidationError) as refused:
        writes.save(network, veiled, Author(clerk))
    assert list(refused.value.message_dict) == ["linked_to"] and network.column("linked_to").label in str(refused.value)


@pytest.mark.parametrize("way", ["create_many", "save", "update_many"])
def test_what_follows_from_others_follows_from_them_as_they_are_stored(way, here):
    locations = registers.get("locations")
    # 29.7005 is stored, and 29.700499999999998 was given.
    given = {"lon": 29.7 + 5 / 10_000, "lat": 40.7 + 5 / 10_000, "name": f"Yer {way}"}
    assert given["lon"] != 29.7005
    made = row(locations, here)
    if way == "update_many":
        for name, value in given.items():
            setattr(made, name, value)
        writes.update_many(locations, [made], list(given), SYSTEM)
    else:
        made = locations.model.of(values_of(made) | given)
        made = (
            writes.save(locations, made, SYSTEM) if way == "save" else writes.create_many(locations, [made], SYSTEM)[0]
        )
    stored = locations.model.objects.get(pk=made.pk)
    assert (stored.west, stored.south) == (stored.lon, stored.lat) == (29.7005, 40.7005)
    assert writes.save(locations, stored, SYSTEM).version == made.version


def values_of(made) -> dict:
    return {f.name: getattr(made, f.name) for f in made._meta.concrete_fields if f.editable and not f.primary_key}
