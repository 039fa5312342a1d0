"""The spine follows the rows of all registers, whatever is written, and in whatever way."""

from __future__ import annotations

import random

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventory import access, former, items, registers, writes
from inventory.items import Item
from inventory.organization.models import Person
from tests.pages import signed_in
from tests.random_writes import Town
from tests.rows import SYSTEM, kind, person, row, unit, user

pytestmark = pytest.mark.django_db
ASSETS = registers.every("asset")


def kept() -> set[tuple]:
    names = ("register", "row", "inventory_no", "title", "kind_id", "responsible_unit_id", "location_id", "holder_id")
    return set(Item.objects.filter(deleted_at=None).values_list(*names, "status"))


def counted() -> set[tuple]:
    """The same from the rows themselves, one by one."""
    found = set()
    for register in ASSETS:
        people = [column.field.attname for column in register.naming(Person)]
        for each in register.model.objects.all():
            holder = getattr(each, people[0]) if people else None
            own = (each.kind_id, each.responsible_unit_id, each.location_id, holder, each.status)
            found.add((register.slug, each.pk, each.inventory_no, str(each), *own))
    return found


def deleted() -> set[tuple]:
    return set(Item.objects.exclude(deleted_at=None).values_list("register", "row", "inventory_no", "deleted_at"))


def deleted_by_history() -> set[tuple]:
    return {
        (register.slug, entry.id, entry.inventory_no, entry.history_date)
        for register in ASSETS
        for entry in former.last(former.entries_of(register.model)).filter(history_type=former.DELETED)
    }


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_written_the_lines_are_those_of_the_rows(seed):
    town = Town(random.Random(seed))
    for _ in range(30):
        town.step()
        assert kept() == counted()
        assert deleted() == deleted_by_history()
    before, ids = kept() | deleted_by_history(), dict(Item.objects.values_list("inventory_no", "pk"))
    assert items.rebuild() == len(ids)
    assert kept() | deleted() == before and dict(Item.objects.values_list("inventory_no", "pk")) == ids


def test_a_rebuild_finds_what_came_and_went_elsewhere():
    here = unit("Park ve Bahçeler Dairesi Başkanlığı")
    rows = [row(register, here) for register in ASSETS for _ in range(2)]
    gone = [each for each in rows if each.pk % 2]
    for each in gone:
        writes.delete(registers.of(type(each)), each, SYSTEM)
    right = kept(), deleted_by_history()
    Item.objects.filter(pk__in=Item.objects.values("pk")[:4]).delete()
    Item.objects.create(register="vehicles", row=999_999, inventory_no="A-999999", title="x", status="in_use")
    Item.objects.update(title="eski", responsible_unit=None, kind=None, status="lent_out", holder=None)
    Item.objects.filter(deleted_at=None).update(deleted_at=timezone.now())
    call_command("rebuild_items")
    assert (kept(), deleted()) == right


@pytest.mark.parametrize("respell", [lambda name: "Yeni ad", str.upper], ids=["another", "other letters"])
@pytest.mark.parametrize("register", ASSETS)
def test_a_new_name_of_what_stands_in_a_name_reaches_the_line(register, respell):
    here = unit("Park ve Bahçeler Dairesi Başkanlığı")
    made = row(register, here)
    blank = {"make": "", "model": ""} if register.slug == "equipment" else {}
    for name, value in blank.items():
        setattr(made, name, value)
    writes.save(register, made, SYSTEM)
    for name in former.naming(register.model):
        named = getattr(made, name)
        if named is not None and hasattr(named, "name"):
            named.name = respell(named.name)
            writes.save(registers.of(type(named)), named, SYSTEM)
    assert kept() == counted()


@pytest.mark.parametrize("register", ASSETS)
def test_what_stands_in_a_name_hides_from_nobody_and_is_searched(register):
    """Whoever sees the item reads its line, and a new name is written where texts are."""
    for name in former.naming(register.model):
        assert registers.of(register.column(name).target).public, name
        assert name in register.model.searched
    assert len(register.naming(Person)) <= 1, "a line has one person: say which it is"


def test_lines_cost_the_same_queries_for_few_rows_and_for_more():
    here, register = unit("Park ve Bahçeler Dairesi Başkanlığı"), registers.get("equipment")
    first = row(register, here)

    def create(number: int) -> int:
        made = [
            register.model(kind=first.kind, responsible_unit=here, serial_no=f"N{number}-{n}") for n in range(number)
        ]
        with CaptureQueriesContext(connection) as queries:
            writes.create_many(register, made, SYSTEM)
        return len(queries)

    assert create(2) == create(20)


def test_whoever_sees_the_rows_sees_their_lines():
    here, there = unit("Park ve Bahçeler Dairesi Başkanlığı"), unit("Zabıta Dairesi Başkanlığı")
    for register in ASSETS:
        for each in (row(register, here), row(register, there), row(register, there)):
            if each.pk % 3 == 0:
                writes.delete(register, each, SYSTEM)
    people = [
        None,
        user("yetkisiz", here),
        user("goren", here, (here, "", 1)),
        user("destek", here, (None, "vehicles", 2), (there, "equipment", 1)),
        user("denetci", there, (None, "", 1)),
        user("yonetici", there, is_superuser=True),
    ]
    for who in people:
        lines = access.visible_items(who)
        for register in ASSETS:
            seen = set(access.visible_to(register, who).values_list("pk", flat=True))
            assert set(lines.filter(register=register.slug, deleted_at=None).values_list("row", flat=True)) == seen
            last = former.last(former.entries_of(register.model)).filter(history_type=former.DELETED)
            gone = set(access.visible_to(register, who, last).values_list("id", flat=True))
            assert (
                set(lines.filter(register=register.slug).exclude(deleted_at=None).values_list("row", flat=True)) == gone
            )


def test_a_write_of_what_no_line_holds_writes_none():
    register = registers.get("vehicles")
    made = row(register, unit("Park ve Bahçeler Dairesi Başkanlığı"), responsible_person=person("Ayşe", unit("Zabıta")))
    Item.objects.update(title="dokunulmadı")
    made.notes = "Yeni not"
    writes.save(register, made, SYSTEM)
    assert Item.objects.get(row=made.pk, register="vehicles").title == "dokunulmadı"
    made.plate = "41 ABC 123"
    writes.save(register, made, SYSTEM)
    assert Item.objects.get(row=made.pk, register="vehicles").title == "41 ABC 123"
    assert kind(register)


def test_a_rebuild_leaves_the_deleted_the_names_that_they_went_with():
    here, register = unit("Park ve Bahçeler Dairesi Başkanlığı"), registers.get("equipment")
    made = row(register, here, make="", model="")
    before, pk = str(made), made.pk
    writes.delete(register, made, SYSTEM)
    made.kind.name = "Yeni ad"
    writes.save(registers.get("kinds"), made.kind, SYSTEM)
    assert Item.objects.get(register=register.slug, row=pk).title == before
    items.rebuild()
    assert Item.objects.get(register=register.slug, row=pk).title == before
    page = signed_in(user("denetci", here, (None, "", 1))).get(reverse("register-history", args=[register, pk]))
    assert page.context["title"] == before
