"""What `bulk_create` promises, kept by the quicker way that stands in its place."""

from decimal import Decimal

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from inventory import registers
from inventory.assets.vehicles.models import Vehicle
from inventory.many import insert
from inventory.organization.models import Unit
from tests.pages import MAKES
from tests.rows import kind, row, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def vehicle(db):
    of, chosen = unit("Fen İşleri Dairesi Başkanlığı"), kind(registers.get("vehicles"))

    def made(number: int, **values) -> Vehicle:
        own = {"kind": chosen, "responsible_unit": of, "inventory_no": f"A-{number:07d}", "plate": f"41 AAA {number}"}
        new = Vehicle(**own | values)
        new.derive()
        return new

    return made


@pytest.mark.parametrize("register", MAKES)
def test_what_is_written_is_what_bulk_create_writes(register):
    rows = register.model._default_manager
    made = row(register, unit("Fen İşleri Dairesi Başkanlığı"))
    written = []
    for way in (insert, rows.bulk_create):
        new = rows.get(pk=made.pk)
        new.pk = None
        with pytest.raises(Taken), transaction.atomic():
            rows.filter(pk=made.pk)._raw_delete(using=connection.alias)
            way([new])
            written.append({name: value for name, value in rows.values().get(pk=new.pk).items() if name != "id"})
            raise Taken
    assert written[0] == written[1]


class Taken(Exception):
    """Takes back what was written."""


def test_ids_count_on_whoever_wrote_before(vehicle):
    rows = [vehicle(101), vehicle(102)]
    insert(rows)
    (third,) = Vehicle.objects.bulk_create([vehicle(103)])
    fourth = vehicle(104)
    insert([fourth])
    assert rows[0].pk < rows[1].pk < third.pk < fourth.pk
    Vehicle.objects.filter(pk=fourth.pk).delete()
    fifth = vehicle(105)
    insert([fifth])
    assert fifth.pk > fourth.pk, "an id is not given twice: the past speaks of the row that had it"
    assert not fifth._state.adding
    assert fifth._state.db == connection.alias


def test_a_value_is_read_back_as_it_was_given(vehicle):
    new = vehicle(101, cost=Decimal("1234567.89"), make="Ford\t\\N \\. 'x' \"y\"\r\nİı", model_year=2020)
    insert([new])
    read = Vehicle.objects.get(pk=new.pk)
    for field in Vehicle._meta.concrete_fields:
        assert getattr(read, field.attname) == getattr(new, field.attname), field.name


def test_an_unwritten_reference_is_refused(vehicle):
    with pytest.raises(ValueError, match="unsaved related object"):
        insert([vehicle(101, responsible_unit=Unit(name="Yeni"))])
    assert not Vehicle.objects.exists()


def test_a_reference_written_after_it_was_named_is_kept(vehicle):
    of = Unit(name="Yeni")
    new = vehicle(101, responsible_unit=of)
    of.pk = unit("Park ve Bahçeler Dairesi Başkanlığı").pk
    insert([new])
    assert Vehicle.objects.get().responsible_unit_id == of.pk


def test_a_row_that_has_an_id_is_refused(vehicle):
    new = vehicle(101)
    insert([new])
    with pytest.raises(ValueError, match="has an id"):
        insert([vehicle(102), new])
    assert Vehicle.objects.count() == 1


def test_a_broken_rule_is_an_integrity_error_and_nothing_stays(vehicle):
    rows = [vehicle(101), vehicle(102), vehicle(101)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(rows)
    assert not Vehicle.objects.exists()
    insert(rows[:2])
    assert Vehicle.objects.count() == 2, "what was refused can be written when it is mended"


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite keeps what PostgreSQL cannot hold")
@pytest.mark.parametrize("text", ["a\x00b", "x" * 5_000])
def test_a_text_that_the_database_cannot_hold_is_an_error_of_django(vehicle, text):
    with pytest.raises((DataError, ValueError)), transaction.atomic():
        insert([vehicle(101, make=text)])
    assert not Vehicle.objects.exists()


def test_a_number_of_rows_costs_no_more_statements_than_one(vehicle, django_assert_num_queries):
    one, many = [vehicle(100)], [vehicle(number) for number in range(101, 301)]
    with django_assert_num_queries(2):
        insert(one)
    with django_assert_num_queries(2):
        insert(many)
    assert Vehicle.objects.count() == 201
