"""Real processes on one real database, as colleagues at work: started with a piece of code, read when they end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection


def surroundings(url: str) -> dict:
    return {"cwd": settings.BASE_DIR, "env": os.environ | {"DATABASE_URL": url, "DEBUG": "1"}}


_started: list[subprocess.Popen] = []


def start(url: str, code: str, **names) -> subprocess.Popen:
    given = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    code = f"import django; django.setup()\n{given}{code}"
    env = {"env": os.environ | {"DATABASE_URL": url, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen([sys.executable, "-c", code], **(surroundings(url) | env | pipes))
    _started.append(process)
    return process


def end_all() -> None:
    """What a failed test has left running."""
    while _started:
        process = _started.pop()
        process.kill()
        process.communicate(timeout=10)


def finish(process: subprocess.Popen):
    out, err = process.communicate(timeout=100)
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
    if connection.vendor == "postgresql":
        return _created(f"two_{os.getpid()}", f" TEMPLATE {_migrated().rpartition('/')[2]}")
    shutil.copyfile(_migrated().removeprefix("sqlite:///"), place / "two.sqlite3")
    return f"sqlite:///{place / 'two.sqlite3'}"


@cache
def _migrated() -> str:
    """A database with all tables, made once and copied: the migrations take longer than most tests."""
    url = f"sqlite:///{settings.VAR_DIR / f'migrated-{os.getpid()}.sqlite3'}"
    if connection.vendor == "postgresql":
        url = _created(f"migrated_{os.getpid()}")
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, **surroundings(url))
    return url


def _created(name: str, how: str = "") -> str:
    """The URL of a new PostgreSQL database beside the one under test."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
        own.execute(f"DROP DATABASE IF EXISTS {name}")
        own.execute(f"CREATE DATABASE {name}{how}")
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


@pytest.fixture
def empty(tmp_path):
    """Makes URLs of databases that are there and have no tables."""
    made = []

    def make() -> str:
        if connection.vendor == "sqlite":
            made.append(f"sqlite:///{tmp_path / f'empty{len(made)}.sqlite3'}")
        else:
            made.append(_created(f"empty_{os.getpid()}_{len(made)}"))
        return made[-1]

    return make


def manage(url: str, *arguments, var: Path, **more) -> subprocess.CompletedProcess:
    around = surroundings(url)
    around["env"] = around["env"] | {"VAR_DIR": str(var)} | more
    command = [sys.executable, "manage.py", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, **around)
