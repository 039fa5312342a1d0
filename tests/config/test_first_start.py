"""Twenty processes in a fresh folder, all at once: what is made at the first use is made once, and whole."""

import os
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest
from django.conf import settings

from imports import steps

pytestmark = pytest.mark.once

# Each waits for the line that lets all go at once.
_SECRET = """
from pathlib import Path
from config import env
input()
print(env.secret("NONE", Path(place) / "secret_key"))
"""
_LIMITS = """
import django; from django.conf import settings
settings.configure(VAR_DIR=place, RATE_LIMITS={"search": (1000, 600)})
from inventory.server import limits
input()
for _n in range(5):
    limits._asked("INSERT INTO counts VALUES (?1, 1, ?2) ON CONFLICT (who) DO UPDATE SET count = count + 1",
                  ("all", 9e9))
print(1)
"""


def at_once(code, place, number=20):
    """What each of the processes has printed."""
    command = [sys.executable, "-c", f"place = {str(place)!r}\n{code}"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    around = {"cwd": settings.BASE_DIR, "env": os.environ | {"PYTHONPATH": str(settings.BASE_DIR)}}
    processes = [subprocess.Popen(command, **pipes, **around) for _n in range(number)]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    result = [process.communicate(timeout=300) for process in processes]
    assert not any(process.returncode for process in processes), [error for _out, error in result]
    return [out.strip() for out, _error in result]


@pytest.mark.parametrize("left", [None, "", "\n"], ids=["nothing there", "an empty file", "an empty line"])
def test_twenty_processes_have_one_secret(left, tmp_path):
    place = tmp_path / "var"
    if left is not None:
        place.mkdir()
        (place / "secret_key").write_text(left)
    keys = set(at_once(_SECRET, place))
    assert keys == {(place / "secret_key").read_text()} and len(keys.pop()) > 50
    assert [path.name for path in place.iterdir()] == ["secret_key"]
    assert (place / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_kept_secret_stays(tmp_path):
    (tmp_path / "secret_key").write_text("geheim\n")
    assert set(at_once(_SECRET, tmp_path, 2)) == {"geheim"}


def test_twenty_processes_make_one_file_of_limits_and_count_in_it(tmp_path):
    import sqlite3

    at_once(_LIMITS, tmp_path)
    with sqlite3.connect(tmp_path / "limits.sqlite3") as database:
        ((count,),) = database.execute("SELECT count FROM counts")
    database.close()
    assert count == 100


def test_threads_that_write_one_mark_at_the_same_time_leave_one_of_theirs(tmp_path):
    row = SimpleNamespace(pk=1, _meta=SimpleNamespace(label_lower="first.start"))
    failed = []

    def ask(name):
        try:
            for _n in range(200):
                steps.ask_to_stop(row, name)
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=ask, args=(f"Ayşe {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    place = steps._place(row, "stop")
    assert not failed and place.read_text(encoding="utf-8").startswith("Ayşe")
    assert [path.name for path in place.parent.glob("first.start*")] == [place.name]
    steps.forget(row)
