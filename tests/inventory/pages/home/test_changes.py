"""What others changed last."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventory import registers, writes
from inventory.organization.models import Grant
from inventory.pages.home import changes
from inventory.pages.home.changes import MOST_CHANGES, last_changes
from tests.pages import signed_in
from tests.rows import row, set_values, user

pytestmark = pytest.mark.django_db
VEHICLES, EQUIPMENT = registers.get("vehicles"), registers.get("equipment")
INSPECTIONS = registers.get("inspections")
TODAY = timezone.localdate()


def test_last_changes_name_one_row_for_a_write_of_many(parks, admin):
    vehicles = [row(VEHICLES, parks) for _ in range(3)]
    with_reason = writes.Author(user=admin, reason="toplu")
    set_values(VEHICLES, VEHICLES.model.objects.all(), {"make": "Ford"}, with_reason)
    newest = last_changes(admin)[0]
    assert (newest.register, newest.kind, newest.others, newest.user) == (VEHICLES, "~", True, admin)
    assert newest.title in {str(vehicle) for vehicle in vehicles}
    assert len(last_changes(admin)) <= MOST_CHANGES


def test_last_changes_stay_within_what_is_mine_now(parks, police, admin):
    moved, kept = row(VEHICLES, parks), row(VEHICLES, parks)
    kept.notes = "kaldı"
    writes.save(VEHICLES, kept, writes.Author(user=admin))
    moved.responsible_unit = police
    writes.save(VEHICLES, moved, writes.Author(user=admin))
    officer = user("ayse", parks, (parks, "vehicles", Grant.Level.VIEW))
    assert {c.row_id for c in last_changes(officer) if c.register is VEHICLES} == {kept.pk}


def test_a_deleted_row_is_reported_without_a_link(parks, admin):
    gone = row(VEHICLES, parks)
    title = str(gone)
    writes.delete(VEHICLES, gone, writes.Author(user=admin))
    newest = last_changes(admin)[0]
    assert (newest.row_id, newest.kind, newest.title) == (None, "-", title)
    assert signed_in(admin).get(reverse("home")).status_code == 200


def test_the_last_changes_are_those_that_all_registers_name(parks, admin, monkeypatch):
    """And only the registers that changed last are asked for theirs."""
    made = [row(register, parks) for register in registers.every("asset", "record") for _ in range(2)]
    for vehicle in made[:4]:
        writes.save(registers.of(type(vehicle)), vehicle, writes.Author(user=admin))
    with CaptureQueriesContext(connection) as all_registers:
        every = [each for register in registers.every() for each in changes._changes(register, admin)]
    newest = sorted(every, key=lambda change: change.at, reverse=True)[:MOST_CHANGES]
    with CaptureQueriesContext(connection) as queries:
        assert last_changes(admin) == newest
    assert len(queries) <= len(all_registers) + len(registers.every())
    asked, real = [], changes._changes
    monkeypatch.setattr(changes, "_changes", lambda register, *rest: asked.append(register) or real(register, *rest))
    for number in range(MOST_CHANGES + 1):
        made[0].notes = f"{number}"
        writes.save(registers.of(type(made[0])), made[0], writes.Author(user=admin))
    assert len(last_changes(admin)) == MOST_CHANGES and asked == [registers.of(type(made[0]))]


def test_a_write_of_many_rows_hides_none_that_came_before(parks, admin):
    register = registers.get("vehicles")
    first = row(register, parks)
    changed = [row(register, parks) for _ in range(MOST_CHANGES + 3)]
    first.notes = "Tek değişiklik"
    writes.save(register, first, writes.Author(user=admin))
    for each in changed:
        each.notes = "Toplu"
    writes.update_many(register, changed, ["notes"], writes.Author(user=admin))
    many, one, *_rest = last_changes(admin)
    assert (many.register, many.kind, many.others) == (register, "~", True)
    assert (one.register, one.row_id, one.others) == (register, first.pk, False)


def test_the_first_row_of_many_is_said_to_have_others(parks, admin):
    register = registers.get("vehicles")
    many = [row(register, parks) for _ in range(2)]
    for each in many:
        each.notes = "Toplu"
    writes.update_many(register, many, ["notes"], writes.Author(user=admin))
    for number in range(MOST_CHANGES - 1):
        many[0].notes = f"{number}"
        writes.save(register, many[0], writes.Author(user=admin))
    last = last_changes(admin)[-1]
    assert (last.row_id, last.others) == (many[1].pk, True)


def test_what_the_system_wrote_is_no_news(parks, admin):
    made = row(VEHICLES, parks)
    url = reverse("home-card", args=["changes"])
    assert "Henüz bir değişiklik yok" in signed_in(admin).get(url).content.decode()
    made.notes = "değişti"
    writes.save(VEHICLES, made, writes.Author(user=admin))
    assert str(made) in signed_in(admin).get(url).content.decode()
