"""Sameness on a real database: two who add the same at once, and rows that were there twice before."""

from __future__ import annotations

import pytest

from tests.processes import database, end_all, finish, go_back, manage, start  # noqa: F401 - fixtures

SEED = """
from inventory import registers, writes
from inventory.history import Author
from inventory.assets.equipment.models import Equipment
from inventory.models import Kind
from inventory.organization.models import Unit
by, equipment = Author(), registers.get("equipment")
unit = writes.save(registers.get("units"), Unit(name="Destek", kind="directorate"), by)
kind = writes.save(registers.get("kinds"), Kind(register="equipment", code="01", name="Ekran"), by)
"""
ADD = """
import json, pathlib, time
from django.core.exceptions import ValidationError
from inventory import registers, writes
from inventory.history import Author
from inventory.assets.equipment.models import Equipment
from inventory.models import Kind
from inventory.organization.models import Unit
equipment, refusals, added = registers.get("equipment"), [], 0
for number in range(rounds):
    pathlib.Path(place, f"{number}-{who}").touch()
    until = time.monotonic() + 60
    while len(list(pathlib.Path(place).glob(f"{number}-*"))) < 2:
        assert time.monotonic() < until
        time.sleep(0.001)
    row = Equipment(kind=Kind.objects.get(), responsible_unit=Unit.objects.get())
    row.make, row.serial_no = make, f"{serial}{number}"
    try:
        writes.save(equipment, row, Author())
        added += 1
    except (writes.Refused, ValidationError) as refusal:
        refusals.append(str(refusal))
print(json.dumps([added, refusals]))
"""


@pytest.fixture(autouse=True)
def _ended():
    yield
    end_all()


def test_of_two_who_add_the_same_device_one_reads_which_is_there(database, tmp_path):  # noqa: F811
    finish(start(database, SEED))
    rounds, spellings = 6, {"A": ("Dell", "SN-I"), "B": ("DELL", "sn\u200b-ı")}
    both = [
        start(database, ADD, who=who, place=str(tmp_path), rounds=rounds, make=make, serial=serial)
        for who, (make, serial) in spellings.items()
    ]
    (added_a, message_a), (added_b, message_b) = map(finish, both)
    result = message_a + message_b
    assert added_a + added_b == rounds == len(result)
    assert all("zaten kayıtlı. Kayıt: D" in each and "(A-0" in each for each in result), result


BEFORE = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
loader = MigrationExecutor(connection).loader
old = loader.project_state([n for n in loader.applied_migrations if n in loader.graph.nodes]).apps.get_model
names = {"name": "Destek", "full_name": "Destek", "path": "000001."}
unit = old("organization", "Unit").objects.create(number=1, kind="directorate", **names)
kind = old("inventory", "Kind").objects.create(register="equipment", code="01", name="Ekran", path="01")
devices = [("Dell", "SN1"), ("DELL", "sn1"), ("HP", "SN1"), ("De\u200bll", "SN1"), ("", "")]
for number, (make, serial) in enumerate(devices, 1):
    row = old("equipment", "Equipment")(make=make, serial_no=serial, search_text=make.lower())
    row.inventory_no, row.kind, row.responsible_unit = f"A-00000{number}", kind, unit
    row.save()
"""
AFTER = """
import json
from inventory import registers, writes
from inventory.history import Author
from inventory.assets.equipment.models import Equipment
names = ("inventory_no", "make", "serial_no_same", "doubled", "search_text")
kept = list(Equipment.objects.order_by("pk").values_list(*names))
second = Equipment.objects.get(inventory_no="A-000002")
second.notes = "başka bir şey değişti"
writes.save(registers.get("equipment"), second, Author())
marked = Equipment.objects.get(pk=second.pk).doubled
second.serial_no = "SN2"
writes.save(registers.get("equipment"), second, Author())
print(json.dumps([kept, marked == second.pk, Equipment.objects.get(pk=second.pk).doubled]))
"""


def test_what_was_there_twice_before_is_kept_and_listed_until_it_is_settled(database, tmp_path):  # noqa: F811
    url = database
    go_back(url, "equipment", "0006_indexes_of_the_past", var=tmp_path)
    finish(start(url, BEFORE))
    migrated = manage(url, "migrate", "-v0", var=tmp_path)
    assert migrated.returncode == 0, migrated.stderr
    assert "equipment_serial_once: 2" in migrated.stdout
    listed = manage(url, "doubles", var=tmp_path).stdout
    assert "A-000002" in listed and "A-000004" in listed and "A-000003" not in listed
    kept, is_still_marked, settled = finish(start(url, AFTER))
    assert [(number, make) for number, make, *_rest in kept] == [
        ("A-000001", "Dell"), ("A-000002", "DELL"), ("A-000003", "HP"), ("A-000004", "De\u200bll"), ("A-000005", ""),
    ]  # fmt: skip
    assert [same for _n, _m, same, *_rest in kept] == ["sn1", "sn1", "sn1", "sn1", ""]
    assert [bool(doubled) for *_rest, doubled, _text in kept] == [False, True, False, True, False]
    assert kept[3][-1] == "dell"
    assert is_still_marked and settled == 0
