"""What has happened stays, whatever asks for its change: the application, or SQL beside it."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from inventory import past, registers
from inventory.trail.models import Event
from tests.rows import row, unit

VEHICLES = registers.get("vehicles")


@pytest.fixture
def filled(db):
    row(VEHICLES, unit("Destek Hizmetleri Dairesi Başkanlığı"))
    Event(at=timezone.now(), kind=Event.Kind.LOGIN, username="ayse").save()


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        assert "what has happened is not changed" in str(error)
        return True
    return False


def test_every_history_and_the_trail_are_kept():
    kept = set(past.tables())
    assert {register.model.history.model._meta.db_table for register in registers.every()} <= kept
    assert Event._meta.db_table in kept


@pytest.mark.django_db
def test_every_one_of_them_has_its_triggers():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        there = {name for (name,) in cursor.fetchall()}
    assert {f"{table}_stays_{verb}"[:63] for table in past.tables() for verb in ("update", "delete")} <= there


@pytest.mark.parametrize("table", [VEHICLES.model.history.model._meta.db_table, Event._meta.db_table])
def test_sql_beside_the_application_changes_nothing(filled, table):
    column = "username" if table == Event._meta.db_table else "plate"
    assert refused(f"DELETE FROM {table}")
    assert refused(f"UPDATE {table} SET {column} = 'x'")
    with past.opened(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = 'x'")
    assert refused(f"UPDATE {table} SET {column} = 'y'")
    with past.opened(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


def test_a_lawful_change_that_fails_leaves_the_door_shut(filled):
    with pytest.raises(ZeroDivisionError), past.opened():
        raise ZeroDivisionError
    assert refused(f"DELETE FROM {Event._meta.db_table}")


@pytest.mark.django_db
def test_migrating_again_leaves_it_shut():
    call_command("migrate", stdout=StringIO())
    Event(at=timezone.now(), kind=Event.Kind.LOGIN, username="ayse").save()
    assert refused(f"DELETE FROM {Event._meta.db_table}")
