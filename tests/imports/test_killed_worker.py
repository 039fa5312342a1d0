"""kill -9 of a real worker in each phase of an import, and a stop, on a database of the kind under test."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.processes import database, finish, start  # noqa: F401 - a fixture

SEED = """
from django.core.files.base import ContentFile
from imports import batches, watching
from inventory import registers, writes
from inventory.models import Kind
from inventory.organization.models import Unit
from inventory.assets.vehicles.models import Vehicle
from inventory.writes import Author
by = Author()
unit = writes.save(registers.get("units"), Unit(name="Destek", kind="directorate"), by)
kind = writes.save(registers.get("kinds"), Kind(register="vehicles", code="01", name="Kamyon"), by)
vehicles = registers.get("vehicles")
writes.save(vehicles, Vehicle(kind=kind, responsible_unit=unit, plate="41 ABC 101", make="Fiat"), by)
lines = ["Plaka;Tür;Marka;Sorumlu birim", *(f"41 ABC {n};Kamyon;Ford;Destek" for n in range(101, 105))]
batch = batches.upload(vehicles, None, ContentFile("\\n".join(lines).encode()), "liste.csv")
watching.start(batch)
"""

# A worker that reports what it finds, goes on to the next step by itself, and stands still in the named phase.
WORKER = """
import json, pathlib, time
from django.core.management import call_command
from imports.plans import applying, undoing
from imports import batches, watching
from imports.checking import checker
from imports.models import Batch
from inventory import writes
from inventory.assets.vehicles.models import Vehicle

def found():
    makes = dict(Vehicle.objects.values_list("plate", "make"))
    return {"state": Batch.objects.get().state, "makes": makes, "history": Vehicle.history.count()}

def stand_still(*arguments, **more):
    pathlib.Path(reached).write_text(json.dumps(at_first))
    time.sleep(60)

def then(first, second):
    return lambda *arguments, **more: [first(*arguments, **more), second(*arguments, **more)]

def go_on(ask):
    def asked(batch, *arguments, **more):
        ask(batch)
        watching.start(batch)
    return asked

at_first = found()
batches.keep_plan = then(batches.keep_plan, go_on(batches.ask_to_apply))
batches.run_apply = then(batches.run_apply, go_on(lambda batch: undoing.ask(batch, None)))
match phase:
    case "reading":
        batches.open_book = stand_still
    case "checking":
        checker._Checker.finish = stand_still
    case "applying":
        applying._add = then(applying._add, stand_still)
    case "undoing":
        writes.take_back = then(writes.take_back, stand_still)
while Batch.objects.get().state != "undone":
    call_command("db_worker", batch=True, interval=0.05, startup_delay=False, reload=False, verbosity=0)
    time.sleep(0.05)
print(json.dumps({"first": at_first, "last": found()}))
"""


BEFORE, AFTER = {"41 ABC 101": "Fiat"}, {f"41 ABC {n}": "Ford" for n in range(101, 105)}


@pytest.mark.parametrize(
    ("killed_in", "states", "last"),
    [
        # A step that has lost two workers is not begun again; reading and checking are one.
        (("reading", "applying", "undoing"), ["uploaded", "checking", "applying"], ("undoing", AFTER, 5)),
        (("checking",), ["uploaded"], ("checking", BEFORE, 1)),
    ],
)
def test_a_worker_killed_in_any_phase_leaves_nothing_half_done_and_the_next_one_goes_on(
    database,  # noqa: F811 - the fixture
    tmp_path,
    monkeypatch,
    killed_in,
    states,
    last,
):
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("IMPORT_STALE_SECONDS", "1")
    finish(start(database, SEED))
    seen = [_killed_in(phase, database, tmp_path) for phase in killed_in]
    end = finish(start(database, WORKER, phase="", reached=""))
    assert [(found["state"], found["makes"], found["history"]) for found in seen] == [(s, BEFORE, 1) for s in states]
    # Applied whole by the one that was killed while it undid, and undone whole by the last.
    assert (end["first"]["state"], end["first"]["makes"], end["first"]["history"]) == last
    assert (end["last"]["state"], end["last"]["makes"], end["last"]["history"]) == ("undone", BEFORE, 9)


# An apply that waits in its open transaction until it hears that it should stop.
APPLY = """
import json, pathlib, time
from imports.plans import applying
from imports import batches, steps
from imports.models import Batch
from inventory.assets.vehicles.models import Vehicle
batch, add = Batch.objects.get(), applying._add
batches.run_check(batch)

def add_and_wait(*arguments):
    add(*arguments)
    pathlib.Path(reached).touch()
    until = time.monotonic() + 10
    while not steps.is_asked_to_stop(batch) and time.monotonic() < until:
        time.sleep(0.02)

applying._add = add_and_wait
batches.run_apply(batch)
print(json.dumps([batch.state, batch.message, Vehicle.objects.count()]))
"""
CANCEL = """
from imports import endings
from imports.models import Batch
endings.cancel(Batch.objects.get(), "Ayşe Kaya")
"""


def test_a_stop_is_heard_while_the_rows_are_being_written(
    database,  # noqa: F811 - the fixture
    tmp_path,
    monkeypatch,
):
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    finish(start(database, SEED))
    applying = start(database, APPLY, reached=str(tmp_path / "writing"))
    until = time.monotonic() + 60
    while not (tmp_path / "writing").exists():
        assert applying.poll() is None and time.monotonic() < until, applying.communicate(timeout=5)
        time.sleep(0.02)
    finish(start(database, CANCEL))
    assert finish(applying) == ["checked", "Ayşe Kaya durdurdu; hiçbir şey yazılmadı.", 1]


def _killed_in(phase: str, url: str, place: Path) -> dict:
    """What a worker found that was killed when it stood in the phase."""
    reached = place / phase
    worker = start(url, WORKER, phase=phase, reached=str(reached))
    until = time.monotonic() + 60
    while not reached.exists() or not reached.read_text():
        assert worker.poll() is None and time.monotonic() < until, worker.communicate(timeout=5)
        time.sleep(0.02)
    worker.kill()
    worker.communicate(timeout=10)
    return json.loads(reached.read_text())
