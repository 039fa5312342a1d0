"""A register whose rows belong to an item of any register: who sees the item sees the row, today and on a past day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps.registry import Apps
from django.db import connection, models
from django.db.models.options import Options
from django.utils import timezone

from inventory import access, registers, writes
from inventory.former import EVER
from inventory.items import Item
from inventory.models import Row
from inventory.organization.models import Grant, Unit, User
from inventory.past import opened
from inventory.registers import Register
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
VIEW, CHANGE, MANAGE = Grant.Level.VIEW, Grant.Level.CHANGE, Grant.Level.MANAGE
VEHICLES, EQUIPMENT = registers.get("vehicles"), registers.get("equipment")
ASKED = (access.visible_to, access.editable_by, access.managed_by)
MAY = (access.may_see, access.may_change, access.may_manage)


def _create(model: type[models.Model]) -> None:
    """Django's editor makes no table within a test's transaction."""
    quote, columns = connection.ops.quote_name, []
    for field in model._meta.concrete_fields:
        parts = [quote(field.column), field.db_type(connection)]
        if field.primary_key:
            parts += ["PRIMARY KEY", field.db_type_suffix(connection) or ""]
        columns.append(" ".join(parts))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {quote(model._meta.db_table)} ({', '.join(columns)})")


@pytest.fixture
def notes(monkeypatch) -> Register:
    # Not isolate_apps: it starts the app again, which then follows each write twice.
    apart = Apps()
    apart.all_models["inventory"]["item"], apart.all_models["organization"]["user"] = Item, User
    monkeypatch.setattr(Options, "default_apps", apart)

    class Note(Row):
        __module__ = "inventory.models"
        item = models.ForeignKey(Item, models.DO_NOTHING, db_constraint=False, related_name="+")
        name = models.CharField("not", max_length=20)

        class Meta:
            app_label = "inventory"

    for model in (Note, Note.history.model):
        _create(model)
    return Register(
        slug="notes",
        model=Note,
        group="record",
        columns=("name",),
        listed=("name",),
        identity=(("name",),),
        order="name",
        scope="item",
    )


@pytest.fixture
def places() -> dict[str, Unit]:
    parks = unit("Park ve Bahçeler Dairesi Başkanlığı")
    branch = unit("Fidanlık Şube Müdürlüğü", parks, kind=Unit.Kind.BRANCH)
    return {"p": parks, "b": branch, "w": unit("Fen İşleri Dairesi Başkanlığı")}


def _note(notes: Register, of) -> Row:
    note = notes.model(item=Item.objects.get(inventory_no=of.inventory_no), name=of.inventory_no)
    note.save()
    values = {f.attname: getattr(note, f.attname) for f in notes.model._meta.concrete_fields if f.name != "doubled"}
    known = {field.attname for field in notes.model.history.model._meta.concrete_fields}
    values = {name: value for name, value in values.items() if name in known}
    notes.model.history.model.objects.create(**values, history_type="+", history_date=timezone.now())
    return note


REACH = [
    ([], "", "", ""),
    ([("p", "vehicles", VIEW)], "pv bv", "", ""),
    ([("p", "vehicles", CHANGE)], "pv bv", "pv bv", ""),
    ([("b", "vehicles", MANAGE), ("w", "equipment", CHANGE)], "bv we", "bv we", "bv"),
    ([(None, "vehicles", CHANGE), ("p", "equipment", VIEW)], "pv bv wv pe be", "pv bv wv", ""),
    ([("p", "", MANAGE)], "pv bv pe be", "pv bv pe be", "pv bv pe be"),
    ([(None, "", VIEW)], "pv bv wv pe be we", "", ""),
    # On the records themselves, whatever they belong to.
    ([("p", "notes", MANAGE)], "pv bv pe be", "pv bv pe be", "pv bv pe be"),
    ([(None, "notes", CHANGE)], "pv bv wv pe be we", "pv bv wv pe be we", ""),
    ([(None, "people", MANAGE)], "", "", ""),
]


@pytest.mark.parametrize(("grants", "seen", "changed", "managed"), REACH)
def test_a_row_is_reached_as_its_item_is(notes, places, grants, seen, changed, managed):
    made = {
        f"{letter}{register.slug[0]}": _note(notes, row(register, of))
        for register in (VEHICLES, EQUIPMENT)
        for letter, of in places.items()
    }
    who = user("ayse", places["w"])
    for where, slug, level in grants:
        # No register that a form offers.
        Grant.objects.create(person=who.person, unit=where and places[where], register=slug, level=level)
    for ask, may, names in zip(ASKED, MAY, (seen, changed, managed), strict=True):
        assert set(ask(notes, who)) == {made[name] for name in names.split()}, ask
        assert may(notes, who) is bool(names)
    assert access.sees_everything(notes, who) is (len(seen.split()) == 6)
    history = notes.model.history.model.objects.all()
    assert set(access.visible_to(notes, who, history, EVER).values_list("id", flat=True)) == {
        made[name].pk for name in seen.split()
    }
    for name, note in made.items():
        assert access.in_scope(notes, who, note) is (name in changed.split())
        assert access.manages(notes, who, note) is (name in managed.split())
        assert access.takes(notes, who, notes.model(item=note.item)) is (name in changed.split())
        assert access.hidden(notes, who, [note.pk]) == (set() if name in seen.split() else {note.pk})


def test_the_past_is_seen_by_who_saw_the_item_then(notes, places):
    car = row(VEHICLES, places["p"])
    _note(notes, car)
    day = timezone.now() - dt.timedelta(days=10)
    with opened():
        VEHICLES.model.history.update(history_date=day)
    car = VEHICLES.model.objects.get(pk=car.pk)
    car.responsible_unit = places["w"]
    writes.save(VEHICLES, car, SYSTEM)
    before, after = (user(name, places["w"], (places[of], "vehicles", VIEW)) for name, of in (("a", "p"), ("b", "w")))
    entries = notes.model.history.model.objects.all()
    for end, sees in ((day + dt.timedelta(days=1), [True, False]), (EVER, [False, True])):
        assert [access.visible_to(notes, who, entries, end).exists() for who in (before, after)] == sees
    # Of a deleted item its rows stay where it was.
    writes.delete(VEHICLES, VEHICLES.model.objects.get(pk=car.pk), SYSTEM)
    assert [access.visible_to(notes, who).exists() for who in (before, after)] == [False, True]
