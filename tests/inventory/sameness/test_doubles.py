"""Rows that are there twice since before: listed and settled in as many queries for a hundred as for one."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from inventory import registers, writes
from inventory.assets.equipment.models import Equipment
from inventory.sameness import doubles
from tests.rows import SYSTEM, row, unit

pytestmark = pytest.mark.django_db
EQUIPMENT = registers.get("equipment")


def twice(number: int) -> None:
    """As a migration finds them: pairs of one serial number, of which the newer is marked."""
    here = unit(f"Birim {number}")
    made = [row(EQUIPMENT, here, make="Dell") for _each in range(2 * number)]
    newer = {each.pk: of.serial_no for of, each in zip(made[::2], made[1::2], strict=True)}
    Equipment.objects.filter(pk__in=newer).update(doubled=F("pk"))
    for pk, serial in newer.items():
        Equipment.objects.filter(pk=pk).update(serial_no=serial, serial_no_same=serial.lower())


def queries() -> tuple[int, int]:
    with CaptureQueriesContext(connection) as asked:
        assert doubles.settle(EQUIPMENT) == 0
        found = list(doubles.doubled(EQUIPMENT))
    return len(asked), len(found)


def test_as_many_queries_for_many_as_for_one():
    twice(1)
    few, one = queries()
    twice(20)
    many, more = queries()
    assert (one, more) == (1, 21) and many == few


def test_more_than_one_statement_takes_are_all_listed_and_settled(monkeypatch, capsys):
    monkeypatch.setattr(doubles, "_PART", 2)
    twice(5)
    call_command("doubles")
    assert capsys.readouterr().out.count("kayıt no") == 5
    for each in Equipment.objects.filter(doubled=0):
        each.serial_no = f"başka {each.pk}"
        writes.save(EQUIPMENT, each, SYSTEM)
    versions = set(Equipment.objects.values_list("pk", "version"))
    call_command("doubles")
    assert "İki kez kayıtlı bir şey yok" in capsys.readouterr().out
    assert not Equipment.objects.exclude(doubled=0).exists()
    # It is no change of the row's.
    assert set(Equipment.objects.values_list("pk", "version")) == versions


def test_a_form_that_was_open_while_the_mark_was_taken_changes_nothing():
    twice(1)
    read = Equipment.objects.exclude(doubled=0).get()
    Equipment.objects.update(doubled=0, serial_no_same=F("pk"))
    entries = Equipment.history.count()
    writes.save(EQUIPMENT, read, SYSTEM)
    assert Equipment.history.count() == entries
