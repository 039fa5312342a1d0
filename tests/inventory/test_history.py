"""What a row's history says, and to whom."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from inventory import history, registers, writes
from inventory.history import CHANGED, CREATED, DELETED, Author
from inventory.organization.models import Unit
from inventory.past import opened
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES, NETWORK, UNITS = (registers.get(slug) for slug in ("vehicles", "network", "units"))


@pytest.fixture
def here() -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def there() -> Unit:
    return unit("Zabıta Dairesi Başkanlığı")


def changed(register, made, by=SYSTEM, **values):
    made = register.model.objects.select_related(*register.joined).get(pk=made.pk)
    for name, value in values.items():
        setattr(made, name, value)
    return writes.save(register, made, by)


def texts(entry: history.Entry) -> dict[str, tuple[str, str]]:
    return {change.column.name: (change.old, change.new) for change in entry.changes}


def test_an_entry_has_who_when_why_and_from_where(here):
    who, at = user("filo", here, (None, "vehicles", 3)), timezone.now() - dt.timedelta(days=3)
    made = row(VEHICLES, here, make="Fiat", cost=Decimal("1250.50"))
    made.make, made.sheet_row = "Ford", 17
    writes.save(VEHICLES, made, Author(who, "fatura", 4711, at))
    made.sheet_row = None
    writes.save(VEHICLES, changed(VEHICLES, made, cost=None), SYSTEM)
    newest, middle, oldest = history.entries(VEHICLES, made.pk, None)
    assert (middle.kind, middle.user, middle.reason, middle.batch_id) == (CHANGED, who, "fatura", 4711)
    assert (middle.at, middle.sheet_row) == (at, 17)
    assert texts(middle) == {"make": ("Fiat", "Ford")} and texts(newest) == {"cost": ("1.250,50", "")}
    assert (newest.user, newest.reason, newest.batch_id, newest.sheet_row) == (None, "test", None, None)
    assert (oldest.kind, oldest.changes) == (CREATED, []) and oldest.id < middle.id < newest.id


def test_so_many_entries_as_asked_and_the_last_of_them_knows_what_changed(here):
    made = row(VEHICLES, here, make="1")
    for number in "234":
        changed(VEHICLES, made, make=number)
    for most in (1, 2, 3, 4, 5):
        found = list(history.entries(VEHICLES, made.pk, None, most))
        assert [texts(entry).get("make") for entry in found] == [("3", "4"), ("2", "3"), ("1", "2"), None][:most]


def test_a_row_that_came_into_the_table_in_another_way_has_no_creation(here):
    made = row(VEHICLES, here, make="1")
    with opened():
        VEHICLES.model.history.all().delete()
    changed(VEHICLES, made, make="2")
    (only,) = history.entries(VEHICLES, made.pk, None)
    assert (only.kind, only.changes) == (CHANGED, [])


def test_a_change_is_message_by_the_names_of_its_day(here, there):
    made = row(VEHICLES, here)
    changed(UNITS, here, name="Yeşil Alanlar Dairesi Başkanlığı")
    changed(VEHICLES, made, responsible_unit=there)
    changed(UNITS, there, name="Kolluk Dairesi Başkanlığı")
    newest, _oldest = history.entries(VEHICLES, made.pk, None)
    assert texts(newest) == {"responsible_unit": ("Yeşil Alanlar Dairesi Başkanlığı", "Zabıta Dairesi Başkanlığı")}


def test_what_its_reader_may_not_see_is_veiled_also_when_it_is_gone(here, there):
    """Nothing else is: not what she may see, whether it is there or gone."""
    clerk = user("agci", here, (here, "network", 2))
    far, near = row(NETWORK, there, hostname="uzak"), row(NETWORK, here, hostname="yakin")
    names = {each.pk: str(each) for each in (far, near)}
    made = row(NETWORK, here, hostname="bu", linked_to=None)
    changed(NETWORK, made, linked_to=far)
    made = changed(NETWORK, made, linked_to=near)
    newest, middle, _oldest = history.entries(NETWORK, made.pk, clerk)
    assert texts(newest) == {"linked_to": ("(size görünmüyor)", names[near.pk])}
    assert texts(middle) == {"linked_to": ("", "(size görünmüyor)")}
    pk, ids = made.pk, [far.pk, near.pk]
    for named, shown in zip((far, near), ("(size görünmüyor)", names[near.pk]), strict=True):
        other = row(NETWORK, here, hostname=f"d{named.pk}", linked_to=named)
        number = other.pk
        writes.delete(NETWORK, other, SYSTEM)
        (last,) = history.deleted(NETWORK, number)
        assert str(history.last_state(NETWORK, clerk, last).linked_to) == shown
    writes.delete(NETWORK, made, SYSTEM)
    for named in (far, near):
        writes.delete(NETWORK, named, SYSTEM)
    assert not NETWORK.model.objects.filter(pk__in=ids).exists()
    (last,) = history.deleted(NETWORK, pk)
    assert str(history.last_state(NETWORK, clerk, last).linked_to) == names[near.pk]
    (last,) = history.deleted(NETWORK, number - 1)
    assert str(history.last_state(NETWORK, clerk, last).linked_to) == "(size görünmüyor)"


def test_a_deleted_row_has_a_title_a_last_entry_and_no_changes_in_it(here):
    made = row(VEHICLES, here, plate="41 ABC 123")
    title, pk = str(made), made.pk
    assert not history.deleted(VEHICLES, pk).exists()
    writes.delete(VEHICLES, made, SYSTEM)
    (last,) = history.deleted(VEHICLES, pk)
    assert (last.history_type, last.plate) == (DELETED, "41 ABC 123")
    assert str(history.last_state(VEHICLES, None, last)) == title
    assert [(entry.kind, entry.changes) for entry in history.entries(VEHICLES, pk, None)] == [
        (DELETED, []),
        (CREATED, []),
    ]


def test_versions_and_last_entries_are_found(here, there):
    made, other = row(VEHICLES, here, make="1"), row(VEHICLES, here)
    who = user("filo", here, (None, "vehicles", 3))
    changed(VEHICLES, made, Author(who, "neden"), make="2", responsible_unit=there)
    first = history.at_version(VEHICLES, made.pk, 1)
    assert (first.make, first.responsible_unit.name) == ("1", here.name)
    assert history.at_version(VEHICLES, made.pk, 2).make == "2" and history.at_version(VEHICLES, made.pk, 3) is None
    found = history.last_entries(VEHICLES, [made.pk, other.pk, other.pk + 99])
    assert {pk: (each.history_type, each.history_user) for pk, each in found.items()} == {
        made.pk: (CHANGED, who),
        other.pk: (CREATED, None),
    }


def test_a_day_ends_with_its_last_moment(here):
    made, day = row(VEHICLES, here, make="1"), timezone.localdate() - dt.timedelta(days=5)
    with opened():
        VEHICLES.model.history.update(history_date=history.end_of_day(day))
    changed(VEHICLES, made, make="2")
    assert timezone.localdate(history.end_of_day(day)) == day
    assert timezone.localdate(history.end_of_day(day) + dt.timedelta(microseconds=1)) == day + dt.timedelta(days=1)
    assert [each.make for each in history.as_of(VEHICLES, day)] == ["1"]
    assert not history.as_of(VEHICLES, day - dt.timedelta(days=1)).exists()


def test_one_moment_for_all_that_is_written_together():
    assert history.dated(Author(reason="a", batch_id=3)).reason == "a"
    at = timezone.now()
    assert history.dated(Author(at=at)).at == at and history.dated(Author()).at is not None
