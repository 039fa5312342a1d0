"""Real processes on one real database, as colleagues at work: started with a piece of code, read when they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.databases import POSTGRESQL, copy_of_migrated, created, surroundings

_started: list[subprocess.Popen] = []


def start(url: str, code: str, **names) -> subprocess.Popen:
    given = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    code = f"import django; django.setup()\n{given}{code}"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(
        [sys.executable, "-c", code], **surroundings(url, DJANGO_SETTINGS_MODULE="config.settings"), **pipes
    )
    _started.append(process)
    return process


def end_all() -> None:
    """What a failed test has left running."""
    while _started:
        process = _started.pop()
        process.kill()
        process.communicate(timeout=10)


def finish(process: subprocess.Popen):
    out, err = process.communicate(timeout=300)
    _started.remove(process)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1]) if out.strip() else None


@pytest.fixture
def database(tmp_path):
    """The URL of a fresh database of the kind under test, with empty tables."""
    return fresh(tmp_path)


@pytest.fixture(scope="module")
def shared_database(tmp_path_factory):
    """One for a whole module, whose tests keep to rows of their own."""
    return fresh(tmp_path_factory.mktemp("shared"))


def wait_for(place: Path, process: subprocess.Popen) -> None:
    """Until the process has made the file."""
    until = time.monotonic() + 60
    while not place.exists():
        assert process.poll() is None and time.monotonic() < until, process.communicate(timeout=5)
        time.sleep(0.02)


def fresh(place: Path) -> str:
    return copy_of_migrated(f"two_{os.getpid()}" if POSTGRESQL else str(place / "two.sqlite3"))


def go_back(url: str, app: str, migration: str, var: Path) -> None:
    """Make a fresh database one of an older version: ten times quicker than to come there from nothing, and what
    comes after is the same."""
    back = manage(url, "migrate", "-v0", app, migration, var=var)
    assert back.returncode == 0, back.stderr


@pytest.fixture
def empty(tmp_path):
    """Makes URLs of databases that are there and have no tables."""
    made = []

    def make() -> str:
        if not POSTGRESQL:
            made.append(f"sqlite:///{tmp_path / f'empty{len(made)}.sqlite3'}")
        else:
            made.append(created(f"empty_{os.getpid()}_{len(made)}"))
        return made[-1]

    return make


def manage(url: str, *arguments, var: Path, **more) -> subprocess.CompletedProcess:
    around = surroundings(url, VAR_DIR=str(var), **more)
    command = [sys.executable, "manage.py", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **around)
