"""Backups made while processes write, restored elsewhere and compared; and what a restore refuses."""

from __future__ import annotations

import json
import os
import shutil
import stat
import time
import zipfile
from pathlib import Path

import pytest
from django.db import connection

from inventory.backups import CannotKeep
from inventory.backups.restoring import check
from tests.processes import database, empty, finish, fresh, go_back, manage, start  # noqa: F401 - fixtures

SEED = """
from inventory import registers, writes
from inventory.api.models import Answered
from inventory.models import Kind
from inventory.organization.models import Unit
from inventory.writes import Author
by = Author()
Answered.objects.create(who="x", key="x", body="{}")
from inventory.organization.models import User
from inventory.webhooks.making import trial
from inventory.webhooks.models import Rule
owner = User.objects.create_user("ayse")
trial(Rule.objects.create(owner=owner, name="a", register="vehicles", url="https://example.org/"))
unit = writes.save(registers.get("units"), Unit(name="Destek Hizmetleri İğdır Şb.", kind="directorate"), by)
writes.save(registers.get("kinds"), Kind(register="vehicles", code="01", name="Kamyon"), by)
"""

# Saves vehicles in turn, each with an uploaded file, and throws every second file away again.
WRITER = """
import pathlib
from django.core.files.base import ContentFile
from imports import batches
from inventory import registers, writes
from inventory.models import Kind
from inventory.organization.models import Unit
from inventory.assets.vehicles.models import Vehicle
from inventory.writes import Author
vehicles, by, before, number = registers.get("vehicles"), Author(reason="yük"), None, 0
unit, kind = Unit.objects.get(), Kind.objects.get()
while not pathlib.Path(stop).exists():
    number += 1
    vehicle = Vehicle(kind=kind, responsible_unit=unit, plate=f"41 {letters} {number:04d}", make="Ford", cost="1234.50")
    writes.save(vehicles, vehicle, by)
    text = f"Plaka;Marka\\n{vehicle.plate};{'Çığ' * number}\\n"
    batch = batches.upload(vehicles, None, ContentFile(text.encode()), f"{number}.csv")
    if before and number % 2:
        before.delete()
        before.file.delete(save=False)
    before = batch
print(number)
"""

# What must hold of any moment, whenever it was.
HOLDS = """
import hashlib, json
from imports.models import Batch
from inventory.assets.vehicles.models import Vehicle
plates = {letters: sorted(Vehicle.objects.filter(plate__contains=letters).values_list("plate", flat=True))
          for letters in ("AA", "BB")}
odd = [b.file.name for b in Batch.objects.all() if hashlib.sha256(b.file.read()).hexdigest() != b.sha256]
print(json.dumps({
    "whole": all(p == [f"41 {key} {n:04d}" for n in range(1, len(p) + 1)] for key, p in plates.items()),
    "vehicles": Vehicle.objects.count(), "history": Vehicle.history.count(),
    "batches": Batch.objects.count(), "odd": odd,
}))
"""

# Every table as it lies there, not through the models.
EVERYTHING = """
import json
from django.db import connection
with connection.cursor() as cursor:
    def rows(table):
        cursor.execute(f'SELECT * FROM "{table}"')
        return sorted(map(repr, cursor.fetchall()))
    print(json.dumps({table: rows(table) for table in connection.introspection.table_names(cursor)}))
"""


def test_a_backup_under_load_is_one_moment_and_comes_back_whole(
    database,  # noqa: F811 - the fixture
    empty,  # noqa: F811 - the fixture
    tmp_path,
    monkeypatch,
):
    here, stop = tmp_path / "here", tmp_path / "stop"
    monkeypatch.setenv("VAR_DIR", str(here))
    finish(start(database, SEED))
    writers = [start(database, WRITER, letters=letters, stop=str(stop)) for letters in ("AA", "BB")]
    made = []
    try:
        _until_there(here / "files" / "imports", writers)
        for number in range(3):
            file = tmp_path / f"{number}.zip"
            done = manage(database, "backup", file, var=here)
            assert (done.returncode, done.stderr) == (0, "")
            assert all(writer.poll() is None for writer in writers)
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            made.append(file)
    finally:
        stop.touch()
        written = [finish(writer) for writer in writers]
    counts = [_restored(file, empty(), tmp_path / f"var-{file.stem}", monkeypatch) for file in made]
    vehicles = [count["vehicles"] for count in counts]
    # The writers went on from one backup to the next.
    assert vehicles == sorted(set(vehicles)) and vehicles[0] > 0 and vehicles[-1] <= sum(written)
    assert all(count["whole"] and count["odd"] == [] for count in counts)
    assert all(count["history"] == count["vehicles"] and count["batches"] for count in counts)
    # And now that nobody writes, every row of every table.
    monkeypatch.setenv("VAR_DIR", str(here))
    last, target = tmp_path / "last.zip", empty()
    assert manage(database, "backup", last, var=here).returncode == 0
    assert _restored(last, target, tmp_path / "var-last", monkeypatch)["vehicles"] == sum(written)
    was, is_now = finish(start(database, EVERYTHING)), finish(start(target, EVERYTHING))
    # What the API keeps for a day is in no backup, and what waited to be sent is not sent after a restore.
    for table in ("api_answered", "webhooks_delivery"):
        assert (len(was.pop(table)), is_now.pop(table)) == (1, [])
    assert len(is_now["webhooks_rule"]) == 1
    assert was == is_now and len(was) > 50 and sum(map(len, was.values())) > 2 * sum(written)
    assert _bytes(here) == _bytes(tmp_path / "var-last") != {}


# A file that comes after the first look and goes before the second, and one that is not there at all.
PASSING = """
import contextlib, json, pathlib, threading
from django.core.files.base import ContentFile
from imports import batches
from inventory import registers
from inventory.backups import making
held, moments = making.held_still, []

def upload(text):
    return batches.upload(registers.get("vehicles"), None, ContentFile(text.encode()), "x.csv")

def forget(batch):
    batch.delete()
    batch.file.delete(save=False)

@contextlib.contextmanager
def held_while_one_passes(folder):
    moments.append(upload(f"Plaka;Marka\\n{len(moments)};") if len(moments) < passing else None)
    with held(folder) as still:
        if moments[-1]:
            # From a connection of its own: this one may read alone.
            thread = threading.Thread(target=forget, args=moments[-1:])
            thread.start()
            thread.join()
        yield still

making.held_still = held_while_one_passes
lost = upload("lost")
pathlib.Path(lost.file.path).unlink()
manifest = making.back_up(pathlib.Path(file))
print(json.dumps([len(moments), [name == lost.file.name for name in manifest.missing]]))
"""


@pytest.mark.parametrize(("passing", "found"), [(0, [2, [True]]), (1, [2, [True]]), (2, [3, [True]])])
def test_a_file_that_comes_and_goes_meanwhile_is_not_missing_and_one_that_is_lost_is(
    database,  # noqa: F811 - the fixture
    tmp_path,
    monkeypatch,
    passing,
    found,
):
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    assert finish(start(database, PASSING, file=str(tmp_path / "x.zip"), passing=passing)) == found


def _until_there(place: Path, writers: list) -> None:
    until = time.monotonic() + 60
    while not place.exists():
        assert all(writer.poll() is None for writer in writers) and time.monotonic() < until
        time.sleep(0.02)


def _restored(file: Path, url: str, var: Path, monkeypatch) -> dict:
    done = manage(url, "restore", file, var=var)
    assert (done.returncode, done.stderr) == (0, "")
    monkeypatch.setenv("VAR_DIR", str(var))
    return finish(start(url, HOLDS))


def _bytes(var: Path) -> dict[str, bytes]:
    files = (var / "files").rglob("*")
    return {str(f.relative_to(var)): f.read_bytes() for f in files if f.is_file() and not f.name.startswith(".")}


@pytest.fixture(scope="module")
def kept_once(tmp_path_factory):
    """The folder with `kept.zip` and, in `here`, the files of the installation that it keeps."""
    place = tmp_path_factory.mktemp("kept")
    (place / "here" / "files" / "imports").mkdir(parents=True)
    (place / "here" / "files" / "imports" / "çizelge").write_bytes(b"Plaka;Marka\n")
    url = fresh(tmp_path_factory.mktemp("database"))
    assert manage(url, "backup", place / "kept.zip", var=place / "here").returncode == 0
    return place


@pytest.fixture
def kept(kept_once, database, tmp_path):  # noqa: F811 - the fixture
    """A backup of a small installation with one upload, and where it was made."""
    shutil.copytree(kept_once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "kept.zip", database, tmp_path / "here"


def test_a_restore_overwrites_neither_rows_nor_files(kept, empty, tmp_path):  # noqa: F811 - the fixture
    file, full, here = kept
    over = manage(full, "restore", file, var=tmp_path / "elsewhere")
    assert over.returncode == 2 and "üzerine yazmaz" in over.stderr
    beside = manage(empty(), "restore", file, var=here)
    assert beside.returncode == 2 and "VAR_DIR" in beside.stderr
    # Another secret key is reported; and a second time it is not empty any more.
    url, var = empty(), tmp_path / "new"
    done = manage(url, "restore", file, var=var)
    assert done.returncode == 0 and "gizli anahtarı başkaydı" in done.stdout
    assert (var / "files" / "imports" / "çizelge").read_bytes() == b"Plaka;Marka\n"
    assert manage(url, "restore", file, var=tmp_path / "third").returncode == 2


# To a process a disk that is full is a limit on the size of what it writes.
CROWDED = """
import resource
from django.core.management import execute_from_command_line
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
execute_from_command_line(["manage.py", "restore", file])
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's server has a disk of its own")
def test_a_restore_that_finds_no_room_leaves_nothing_and_can_be_done_again(kept, empty, tmp_path, monkeypatch):  # noqa: F811 - the fixture
    file, _full, _here = kept
    url, var = empty(), tmp_path / "new"
    monkeypatch.setenv("VAR_DIR", str(var))
    crowded = start(url, CROWDED, file=str(file))
    _out, result = crowded.communicate(timeout=300)
    assert crowded.returncode == 2 and "hiçbir şey yazılmadı" in result, result
    assert [each.name for each in var.iterdir()] == ["secret_key"]
    assert not Path(url.removeprefix("sqlite:///")).exists()
    old = os.umask(0o022)
    try:
        assert manage(url, "restore", file, var=var).returncode == 0
    finally:
        os.umask(old)
    modes = {place.stat().st_mode & 0o077 for place in (var / "files").rglob("*")}
    assert modes | {(var / "files").stat().st_mode & 0o077} == {0}


@pytest.mark.parametrize("name", ["/etc/passwd", "/dev/null", "sheet.xlsx"])
def test_what_is_no_backup_is_another_file_and_not_a_damaged_one(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile("sheet.xlsx", "w") as other:
        other.writestr("xl/workbook.xml", "")
    with pytest.raises(CannotKeep, match=name):
        check(Path(name))


def _with(file: Path, target: Path, change, leave: str = "") -> Path:
    """A copy of the archive with its manifest changed, and perhaps without a member."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name == "manifest.json":
                manifest = json.loads(old.read(name))
                change(manifest)
                new.writestr(name, json.dumps(manifest))
            elif name != leave:
                new.writestr(name, old.read(name))
    return target


def test_a_broken_backup_is_noticed_before_anything_is_written(kept, empty, tmp_path):  # noqa: F811 - the fixture
    file, full, here = kept
    assert manage(full, "restore", file, "--check-only", var=here).returncode == 0
    cut = tmp_path / "cut.zip"
    cut.write_bytes(file.read_bytes()[:-1000])
    noisy, data = tmp_path / "noisy.zip", bytearray(file.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 100] = bytes(range(100))
    noisy.write_bytes(data)
    lacking = _with(file, tmp_path / "lacking.zip", lambda manifest: None, "files/imports/çizelge")
    other = _with(file, tmp_path / "other.zip", lambda m: m["files"]["imports/çizelge"].update(sha256="0" * 64))
    nothing = _with(file, tmp_path / "nothing.zip", lambda m: m.pop("tables"))
    for broken in (cut, noisy, lacking, other, nothing):
        assert manage(full, "restore", broken, "--check-only", var=here).returncode == 1, broken
    var = tmp_path / "new"
    url = empty()
    assert manage(url, "restore", other, var=var).returncode == 1
    assert not (var / "files").exists()
    # So the whole one still goes in.
    assert manage(url, "restore", file, var=var).returncode == 0
    assert manage(url, "restore", tmp_path / "none.zip", var=var).returncode == 2


def test_rows_that_come_out_otherwise_are_reported(kept, empty, tmp_path):  # noqa: F811 - the fixture
    file, *_ = kept

    def change(manifest):
        manifest["tables"]["django_content_type"]["checksum"] = "0" * 32
        manifest["tables"]["auth_permission"]["rows"] += 1

    done = manage(empty(), "restore", _with(file, tmp_path / "odd.zip", change), var=tmp_path / "new")
    assert done.returncode == 1
    assert "django_content_type" in done.stderr and "auth_permission" in done.stderr and "geo_" not in done.stderr


def test_migrations_that_differ_are_reported(kept, empty, tmp_path):  # noqa: F811 - the fixture
    file, *_ = kept
    newer = _with(file, tmp_path / "newer.zip", lambda m: m["migrations"].append(["geo", "9999_later"]))
    done = manage(empty(), "restore", newer, var=tmp_path / "new")
    assert done.returncode == 2 and "geo.9999_later" in done.stderr
    older = _with(file, tmp_path / "older.zip", lambda m: m["migrations"].pop())
    done = manage(empty(), "restore", older, "--check-only", var=tmp_path / "new")
    assert done.returncode == 0 and "manage.py migrate" in done.stdout


def test_an_older_database_is_backed_up_and_restored_as_it_is(database, empty, tmp_path):  # noqa: F811 - the fixtures
    """With columns that the models of today have and its tables have not."""
    here, file, url = tmp_path / "here", tmp_path / "old.zip", database
    go_back(url, "equipment", "0006_indexes_of_the_past", var=here)
    assert manage(url, "backup", file, var=here).returncode == 0
    target, var = empty(), tmp_path / "new"
    done = manage(target, "restore", file, var=var)
    assert done.returncode == 0 and "manage.py migrate" in done.stdout
    assert manage(target, "migrate", "-v0", var=var).returncode == 0


def test_one_backup_at_a_time_and_no_half_file(kept, tmp_path):
    import fcntl

    file, url, here = kept
    before = file.read_bytes()
    with open(here / "files" / ".backup.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = manage(url, "backup", file, var=here)
    assert done.returncode == 2 and "başka bir yedeği" in done.stderr and file.read_bytes() == before
    assert manage(url, "backup", tmp_path / "no" / "folder.zip", var=here).returncode == 2
    # What a killed backup left lies in nobody's way.
    (here / "files" / ".backup" / "imports").mkdir(parents=True)
    mine = file.parent / ".backup-2024"
    left = [file.parent / f".varlik-kutugu-{name}-abcd_123" for name in ("folder-backup", "backup")]
    for each in (mine, left[0]):
        each.mkdir(exist_ok=True)
    left[1].touch()
    for each in (mine, *left):
        os.utime(each, (0, 0))
    assert manage(url, "backup", file, var=here).returncode == 0
    assert not (here / "files" / ".backup").exists() and mine.exists()
    # Only SQLite's copy wants a folder.
    kept_folder = {left[0]} if connection.vendor == "postgresql" else set()
    assert {each for each in file.parent.iterdir() if each.name.startswith(".")} == {mine} | kept_folder


@pytest.mark.skipif(connection.vendor != "postgresql", reason="pg_dump")
def test_a_machine_without_pg_dump_reads_what_to_install(kept, tmp_path):
    _file, url, here = kept
    done = manage(url, "backup", tmp_path / "x.zip", var=here, PATH="/nowhere")
    assert done.returncode == 2 and "postgresql-client-" in done.stderr
    assert not (tmp_path / "x.zip").exists()
