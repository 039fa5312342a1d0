"""Real workers on a real database: one that is killed between sending and marking, and two at once."""

from __future__ import annotations

import signal
import time

import pytest

from tests.inventory.webhooks.receiver import receiving
from tests.processes import database, end_all, finish, start  # noqa: F401 - a fixture

SEED = """
import json
from inventory import registers, writes
from inventory.accounts.signing_in import sealing
from inventory.assets.vehicles.models import Vehicle
from inventory.models import Kind
from inventory.organization.models import Unit, User
from inventory.webhooks.models import Rule
from inventory.webhooks.signing import new_secret
by = writes.Author()
unit = writes.save(registers.get("units"), Unit(name="Destek", kind="directorate"), by)
kind = writes.save(registers.get("kinds"), Kind(register="vehicles", code="01", name="Kamyon"), by)
owner = User.objects.create_user("ayse", is_superuser=True)
rule = Rule.objects.create(owner=owner, name="a", register="vehicles", url=to, seal=sealing.sealed(new_secret()))
for n in range(rows):
    row = Vehicle(kind=kind, responsible_unit=unit, fleet_no=f"F{n}", meter=0)
    writes.save(registers.get("vehicles"), row, by)
    row.meter = 1
    writes.save(registers.get("vehicles"), row, by)
print(json.dumps(rule.pk))
"""
IMPORT = """
from django.core.management import call_command
from inventory.webhooks.models import Rule
rule = Rule.objects.get()
rule.pk, rule.name, rule.query = None, "b", "eski_suzgec=1"
rule.save()
call_command("import_register", "vehicles", file, user="ayse")
print("{}")
"""
WORK = """
from django.core.management import call_command
call_command("db_worker", batch=True, interval=0.05, startup_delay=False, reload=False, verbosity=0)
"""
OVER = """
import datetime as dt
from django.utils import timezone
from inventory.webhooks.models import Rule
from inventory.webhooks.sending import take_turn
rule = Rule.objects.get()
assert rule.leased_until and rule.look_at
take_turn(rule.pk)  # another worker has it still, for all that this one knows
Rule.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1))
take_turn(rule.pk)
"""
STATES = """
import json
from inventory.webhooks.models import Delivery
print(json.dumps(sorted(Delivery.objects.values_list("state", "tries"))))
"""


@pytest.fixture
def around(monkeypatch, tmp_path):
    monkeypatch.setenv("WEBHOOK_ALLOWED", "127.0.0.1")
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    yield
    end_all()


def test_a_worker_that_is_killed_between_sending_and_marking_loses_nothing(around, database):  # noqa: F811
    with receiving() as receiver:
        finish(start(database, SEED, to=receiver.url, rows=1))

        def answer(message):
            if len(receiver.got) == 1:
                killed.send_signal(signal.SIGKILL)
                killed.wait(10)
            return (204,)

        receiver.answers = answer
        killed = start(database, WORK)
        killed.wait(60)
        assert killed.returncode == -signal.SIGKILL
        assert finish(start(database, STATES)) == [["waiting", 0]] * 2
        finish(start(database, OVER))
        assert finish(start(database, STATES)) == [["sent", 1]] * 2
        ids = [message.headers["webhook-id"] for message in receiver.got]
        # The first once more, as the same message, and before the one that came after it.
        assert len(ids) == 3 and ids[0] == ids[1] != ids[2]
        assert [each["type"] for each in receiver.said] == ["vehicles.created"] * 2 + ["vehicles.changed"]


def test_two_workers_send_each_message_once_and_a_rows_in_order(around, database):  # noqa: F811
    with receiving() as receiver:
        receiver.answers = lambda message: time.sleep(0.02) or (204,)
        finish(start(database, SEED, to=receiver.url, rows=15))
        for worker in [start(database, WORK) for _ in range(2)]:
            finish(worker)
        assert finish(start(database, STATES)) == [["sent", 1]] * 30
        assert len({message.headers["webhook-id"] for message in receiver.got}) == len(receiver.got) == 30
        by_row: dict[int, list[int]] = {}
        for each in receiver.said:
            by_row.setdefault(each["data"]["id"], []).append(each["data"]["version"])
        assert list(by_row.values()) == [[1, 2]] * 15


def test_an_import_by_a_command_is_told_too_and_a_rule_that_fails_stops_it_not(around, database, tmp_path):  # noqa: F811
    file = tmp_path / "araclar.csv"
    lines = [f"41 ZA {n:04d};Kamyon;Ford;Destek" for n in range(1, 51)]
    file.write_text("\n".join(["Plaka;Tür;Marka;Sorumlu birim", *lines]))
    with receiving() as receiver:
        finish(start(database, SEED, to=receiver.url, rows=0))
        finish(start(database, IMPORT, file=str(file)))
        finish(start(database, WORK))
        # Of the rule that is not understood one line, of no row.
        assert finish(start(database, STATES)) == [["cancelled", 0]] + [["sent", 1]] * 50
        assert {each["data"]["after"]["make"] for each in receiver.said} == {"Ford"}
        assert len({each["data"]["after"]["plate"] for each in receiver.said}) == 50
