"""One moment of the database while people write: held still, written to a stream, and put into an empty one."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, connections, transaction
from django.utils.translation import gettext as _

from inventory.backups import CannotKeep, Sink, Source
from inventory.server import unfinished

_PIECE = 1 << 20
# The names under which the database stands in an archive.
NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
# Tables that a backup has without their rows: answers are to be gone after a day, and what waited to be sent on the day
# of the backup is not sent after a restore.
EMPTIED = ("api_answered", "webhooks_delivery")


@dataclass(frozen=True)
class Still:
    """A moment of the database. `alias` reads its rows; `write` puts the whole of it into a stream."""

    alias: str
    write: Callable[[Sink], None]


@contextmanager
def held_still(place: Path) -> Iterator[Still]:
    """The database as it is now; writers go on. SQLite's copy lies in `place` meanwhile."""
    with _postgresql() if connection.vendor == "postgresql" else _sqlite(place) as still:
        yield still


# PostgreSQL ---------------------------------------------------------------------------------------------------


@contextmanager
def _postgresql() -> Iterator[Still]:
    # pg_dump sees this transaction's snapshot, so that what is counted here is what it writes.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        yield Still("default", lambda target: _dump(snapshot, target))


def _dump(snapshot: str, target: Sink) -> None:
    command = ["pg_dump", "--format=custom", "--compress=1", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    command += [f"--exclude-table-data={table}" for table in EMPTIED]
    with _program(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        while piece := process.stdout.read(_PIECE):
            target.write(piece)


def _restore_dump(source: Source) -> None:
    # One transaction: all of it or nothing. A comment on an extension may be written by its owner alone.
    command = ["pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    with _program([*command, "--no-comments"], stdin=subprocess.PIPE) as process, suppress(BrokenPipeError):
        assert process.stdin
        while piece := source.read(_PIECE):
            process.stdin.write(piece)
        process.stdin.close()


@contextmanager
def _program(command: list[str], **pipes) -> Iterator[subprocess.Popen]:
    """One of PostgreSQL's programs on our database. Raises CannotKeep with what it said when it fails."""
    arguments, environment = connection.client.settings_to_cmd_args_env(connection.settings_dict, ["--dbname"])
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(  # noqa: S603 - the arguments are ours and the settings'
                [*command, *arguments[1:]], env=os.environ | (environment or {}), stderr=said, **pipes
            )
        except FileNotFoundError as error:
            version = connection.get_database_version()[0]
            raise CannotKeep(
                _("%(program)s kurulu değil (Debian: postgresql-client-%(version)s).")
                % {"program": command[0], "version": version}
            ) from error
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        finally:
            for pipe in filter(None, (process.stdin, process.stdout)):
                with suppress(BrokenPipeError):
                    pipe.close()
            process.wait()
        if process.returncode:
            said.seek(0)
            output = said.read().decode(errors="replace").strip() or f"exit {process.returncode}"
            raise CannotKeep(_("%(program)s başarısız oldu: %(why)s") % {"program": command[0], "why": output})


# SQLite -------------------------------------------------------------------------------------------------------


@contextmanager
def _sqlite(place: Path) -> Iterator[Still]:
    with unfinished.inner_folder(place, "backup") as folder:
        copy = folder / NAMES["sqlite"]
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])

        def write(target: Sink) -> None:
            # Only now: the moment must be short, since files come and go meanwhile.
            _empty(copy)
            with copy.open("rb") as source:
                while piece := source.read(_PIECE):
                    target.write(piece)

        with opened(copy) as alias:
            yield Still(alias, write)


def _empty(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as opened_copy:
        there = {name for (name,) in opened_copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        # Overwritten, so that nothing of a row is left in the pages that it frees.
        opened_copy.execute("PRAGMA secure_delete = ON")
        for table in there.intersection(EMPTIED):
            opened_copy.execute(f"DELETE FROM {table}")  # noqa: S608 - our own words
        opened_copy.commit()


@contextmanager
def opened(file: Path, **options) -> Iterator[str]:
    """A SQLite file as one more database, for reading; gives its alias."""
    alias = f"file {file}"
    settings = connections["default"].settings_dict | {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file)}
    # No write-ahead log beside a file that is only read.
    connections.settings[alias] = settings | {"OPTIONS": options, "CONN_MAX_AGE": 0}
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias], connections.settings[alias]


def _place_file(source: Source) -> None:
    place = Path(connection.settings_dict["NAME"])
    connection.close()
    if any(left.exists() for left in _logs(place)):
        raise CannotKeep(
            _("%(file)s: başka bir süreç açık tutuyor; önce web hizmetini ve işçiyi durdurunuz.") % {"file": place}
        )
    with unfinished.file(place.parent, "restore") as target:
        while piece := source.read(_PIECE):
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
        os.replace(target.name, place)


def _logs(place: Path) -> list[Path]:
    return [place.with_name(f"{place.name}-{end}") for end in ("wal", "shm", "journal")]


# Both ---------------------------------------------------------------------------------------------------------


def tables() -> list[str]:
    """The names of the tables that are there."""
    with connection.cursor() as cursor:
        return connection.introspection.table_names(cursor)


@contextmanager
def none_left() -> Iterator[None]:
    """When it fails, the SQLite file that was not there before goes again."""
    place = Path(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else None
    is_new = place is not None and not place.exists()
    try:
        yield
    except BaseException:
        if place and is_new:
            connection.close()
            for each in (place, *_logs(place)):
                with suppress(OSError):
                    each.unlink(missing_ok=True)
        raise


def fill(source: Source) -> None:
    """Put what `Still.write` wrote into the database, which must be empty: all of it or nothing."""
    (_restore_dump if connection.vendor == "postgresql" else _place_file)(source)
