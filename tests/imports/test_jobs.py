"""Workers and web processes on one database: no job twice, none lost; a killed worker, a restart, a full disk."""

from __future__ import annotations

import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from tests.clusters import cluster  # noqa: F401 - a fixture
from tests.processes import end_all, finish, manage, shared_database, start, wait_for  # noqa: F401 - a fixture

JOBS = 12
SEED = """
from inventory import registers, writes
from inventory.models import Kind
from inventory.organization.models import Unit, User
from inventory.assets.vehicles.models import Vehicle
from inventory.writes import Author
by, vehicles = Author(), registers.get("vehicles")
unit = writes.save(registers.get("units"), Unit(name="Destek", kind="directorate"), by)
kind = writes.save(registers.get("kinds"), Kind(register="vehicles", code="01", name="Kamyon"), by)
rows = [Vehicle(kind=kind, responsible_unit=unit, fleet_no=f"F{n}", notes="x" * 200) for n in range(rows)]
writes.create_many(vehicles, rows, by)
User.objects.create_user("yonetici", is_superuser=True)
"""
# A web process that asks for files as a page does; what it is answered is counted by its status.
WEB = """
import collections, json, time
from django.conf import settings
from django.db import close_old_connections
from django.test import Client
from inventory.organization.models import User
settings.DEBUG = False
client, seen, asked = Client(SERVER_NAME="localhost", raise_request_exception=False), collections.Counter(), 0
client.force_login(User.objects.get())
until = time.monotonic() + 90
while asked < jobs and time.monotonic() < until:
    # As a server does before each request; the test's client leaves it out.
    close_old_connections()
    given = {"format": "csv", "columns": "all", "parts": ["vehicles"]}
    answer = client.post(f"/vehicles/export/choose/?who={who}-{asked}", given)
    seen[answer.status_code] += 1
    asked += answer.status_code == 302
    time.sleep(pause)
print(json.dumps(seen))
"""
# A worker that notes every file that it begins and ends; `stand` makes it stand still in its first.
WORKER = """
import os, pathlib, time
from django.core.management import call_command
from imports.exporting import jobs
write, run = jobs.write, jobs.run
def noted(what):
    with open(pathlib.Path(place, "notes"), "a") as file:
        file.write(f"{what} {os.getpid()}\\n")
def run_noted(export):
    held = export.state
    run(export)
    if held != "done" and export.state == "done":
        noted(f"done {export.pk}")
def slowly(*arguments):
    if stand:
        pathlib.Path(place, "standing").touch()
        time.sleep(60)
    time.sleep(pause)
    return write(*arguments)
jobs.write, jobs.run = slowly, run_noted
call_command("db_worker", interval=0.05, startup_delay=False, reload=False, verbosity=0)
"""
LEFT = """
import json
from django_tasks_db.models import DBTaskResult
from imports.exporting.models import Export
states = sorted(Export.objects.values_list("state", "message"))
print(json.dumps([states, len({(e.pk, e.file.size) for e in Export.objects.filter(state="done")})]))
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    for name, value in {"VAR_DIR": tmp_path / "var", "IMPORT_STALE_SECONDS": 1, "EXPORT_AT_ONCE_ROWS": 1,
                        "RATE_LIMIT_EXPORT": 0}.items():  # fmt: skip
        monkeypatch.setenv(name, str(value))
    yield tmp_path
    end_all()


def states(url: str) -> list:
    return finish(start(url, LEFT))


def until_done(url: str, count: int, supervise=lambda: None) -> None:
    until = time.monotonic() + 90
    while True:
        supervise()
        found, files = states(url)
        if files == count == len(found):
            return
        assert time.monotonic() < until, found
        time.sleep(0.3)


def done(place: Path) -> Counter:
    return Counter(line.split()[1] for line in (place / "notes").read_text().splitlines())


@pytest.fixture(scope="module")
def seeded(shared_database):  # noqa: F811
    finish(start(shared_database, SEED, rows=30))
    return shared_database


def test_of_two_workers_and_two_web_processes_no_job_is_done_twice_or_lost(seeded, place):
    web = [start(seeded, WEB, jobs=JOBS // 2, who=who, pause=0) for who in "AB"]
    killed = start(seeded, WORKER, place=str(place), stand=True, pause=0)
    wait_for(place / "standing", killed)
    # Killed in the middle of a file; the others do its job when it has been silent for long enough.
    killed.send_signal(signal.SIGKILL)
    workers = [start(seeded, WORKER, place=str(place), stand=False, pause=0.1) for _worker in range(2)]
    assert [finish(process) for process in web] == [{"302": JOBS // 2}] * 2
    until_done(seeded, JOBS)
    for worker in workers:
        assert worker.poll() is None
    assert set(done(place).values()) == {1} and len(done(place)) == JOBS


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server that could be away")
def test_work_goes_on_after_the_database_was_restarted(cluster, place):  # noqa: F811
    cluster.migrate()
    finish(start(cluster.url, SEED, rows=30))
    worker = [start(cluster.url, WORKER, place=str(place), stand=False, pause=0.2)]
    web = start(cluster.url, WEB, jobs=JOBS, who="A", pause=0.1)
    until = time.monotonic() + 60
    while not (place / "notes").exists():
        assert time.monotonic() < until and web.poll() is None
        time.sleep(0.05)
    cluster.stop()
    time.sleep(1)
    cluster.start()

    def supervise():
        # As systemd does (docs/operating.md): a worker that lost its database ends, and is started again.
        if worker[-1].poll() is not None:
            worker.append(start(cluster.url, WORKER, place=str(place), stand=False, pause=0))

    seen = finish(web)
    # While it was away, pages said so; no page failed in another way, and what was promised was kept.
    assert set(seen) == {"302", "503"} and seen["302"] == JOBS
    until_done(cluster.url, JOBS, supervise)
    assert len(done(place)) == JOBS


# As a disk without space: what this process writes ends at so many bytes of a file.
UPLOAD = """
import json, resource
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from imports.models import Batch
from inventory.organization.models import User
settings.DEBUG = False
client = Client(SERVER_NAME="localhost", raise_request_exception=False)
client.force_login(User.objects.get())
content = b"Plaka;Not\\n" + b"41 ABC 100;" + b"x" * 8_000_000
seen = []
for most in (5_000_000, resource.RLIM_INFINITY):
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    given = {"file": SimpleUploadedFile("liste.csv", content), "mode": "upsert", "blank": "leave"}
    answer = client.post("/vehicles/import/", given)
    seen.append([answer.status_code, "yer kalmadı" in answer.content.decode(), Batch.objects.count()])
print(json.dumps(seen))
"""
# The kernel's own device that is always full takes the place of the worker's file.
EXPORT = """
import json
from imports.exporting import jobs, tasks
from inventory import registers
from inventory.organization.models import User
seen, temporary = [], jobs.tempfile.TemporaryFile
for place in (lambda: open("/dev/full", "r+b", buffering=0), temporary):
    jobs.tempfile.TemporaryFile = place
    export = jobs.ask(registers.get("vehicles"), User.objects.get(), "columns=all", "csv")
    try:
        tasks.make_export.func(export.pk)
    except OSError:
        pass
    export.refresh_from_db()
    seen.append([export.state, "yer kalmadı" in export.message, bool(export.file)])
print(json.dumps(seen))
"""


def test_a_full_disk_is_message_and_leaves_nothing_half_done(seeded, place):
    refused, taken = finish(start(seeded, UPLOAD))
    assert refused == [507, True, 0]
    assert taken[0] == 302 and taken[2] == 1
    files = [file for file in (place / "var" / "files").rglob("*") if file.is_file()]
    assert [file.stat().st_size > 8_000_000 for file in files].count(True) == 1
    assert finish(start(seeded, EXPORT)) == [["failed", True, False], ["done", False, True]]
