"""Databases that tests copy: the tables are made once by `manage.py migrate`, since that takes longer than most tests.

They stay in the system's folder for temporary files until a migration changes: SQLite's file, and what pg_dump writes
of PostgreSQL's, from which a template is made in the server under test.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

POSTGRESQL = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
# Debian keeps the programs off the PATH, a folder for each version.
PROGRAMS = sorted(
    (each.parent for each in Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")), key=lambda each: int(each.parts[-2])
)
_ROOT = settings.BASE_DIR
# What decides how the tables look: migrations, what they import, and what follows them (inventory/apps.py).
_NAMES = ("migrations/*", "fields", "past", "search", "search_indexes", "stock")
_SOURCES = ("requirements.txt", *(f"{app}/**/{name}.py" for app in ("geo", "imports", "inventory") for name in _NAMES))


def copy_of_migrated(name: str) -> str:
    """The URL of a new database with all tables and no rows. `name` is a file's path, or a PostgreSQL database's."""
    return copy("migrated", name, _migrate)


def copy(kind: str, name: str, fill: Callable[[str], None]) -> str:
    """The URL of a copy of the database of that kind, which `fill` makes when nobody has yet."""
    if POSTGRESQL:
        return created(name, f" TEMPLATE {_template_database(kind, fill)}")
    for ending in ("-wal", "-shm"):
        Path(name + ending).unlink(missing_ok=True)
    shutil.copyfile(_template_file(kind, fill), name)
    return f"sqlite:///{name}"


def migrated_file(file: Path) -> str:
    """The URL of a new SQLite file with all tables and no rows, whichever database is under test."""
    for each in (file, *(file.with_name(file.name + ending) for ending in ("-wal", "-shm"))):
        each.unlink(missing_ok=True)
    shutil.copyfile(_template_file("migrated", _migrate), file)
    return f"sqlite:///{file}"


def created(name: str, how: str = "") -> str:
    """The URL of a new PostgreSQL database beside the one under test; one of that name goes."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
        own.execute(f"DROP DATABASE IF EXISTS {name}")
        own.execute(f"CREATE DATABASE {name}{how}")
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def surroundings(url: str, **more: str) -> dict:
    """Where and with which settings a process of the application runs on the database."""
    return {"cwd": _ROOT, "env": os.environ | {"DATABASE_URL": url, "DEBUG": "1"} | more}


def _migrate(url: str) -> None:
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, **surroundings(url))


def _template_file(kind: str, fill: Callable[[str], None]) -> Path:
    """SQLite's; made by the first who asks."""
    name = f"{kind}_{_fingerprint()}"
    with _alone(name):
        file = _place() / f"{name}.sqlite3"
        if not file.exists():
            half = file.with_suffix(".half")
            half.unlink(missing_ok=True)
            fill(f"sqlite:///{half}")
            half.rename(file)
        return file


def _template_database(kind: str, fill: Callable[[str], None]) -> str:
    """The name of PostgreSQL's in the server under test."""
    name = f"{kind}_{_fingerprint()}"
    with _alone(f"{name}_database"):
        if not _exists(name):
            url = created(f"{name}_half")
            dump = _place() / f"{name}.sql"
            if dump.exists():
                _pour(dump, url)
            else:
                fill(url)
                if PROGRAMS:
                    _dump(url, dump)
            _rename(f"{name}_half", name)
        return name


def pour_migrated(url: str) -> None:
    """All tables and no rows, into an empty database of another PostgreSQL server."""
    name = _template_database("migrated", _migrate)
    _pour(_place() / f"{name}.sql", url)


def _dump(url: str, file: Path) -> None:
    half = file.with_suffix(".half")
    with half.open("wb") as out:
        subprocess.run([program("pg_dump"), "--no-owner", "--no-privileges", url], check=True, stdout=out)
    half.rename(file)


def _pour(file: Path, url: str) -> None:
    command = [program("psql"), "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", str(file), url]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def program(name: str) -> str:
    """One of PostgreSQL's, of its newest version here."""
    return str(PROGRAMS[-1] / name)


@cache
def _fingerprint() -> str:
    found = hashlib.sha256()
    for file in sorted({file for pattern in _SOURCES for file in _ROOT.glob(pattern)}):
        found.update(str(file.relative_to(_ROOT)).encode() + file.read_bytes())
    return found.hexdigest()[:16]


def _place() -> Path:
    place = Path(tempfile.gettempdir()) / f"register-tests-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


@contextmanager
def _alone(name: str):
    with (_place() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _exists(name: str) -> bool:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
        return bool(own.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchall())


def _rename(name: str, to: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
        own.execute(f"ALTER DATABASE {name} RENAME TO {to}")
