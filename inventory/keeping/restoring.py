"""A backup put into an empty installation, and everything in it proven afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import connection

from inventory.keeping import CannotKeep, Damaged, databases, tables, uploads
from inventory.keeping.archive import Manifest, Reader, key_mark


@dataclass
class Restored:
    """What the backup holds, and what is left to do by hand."""

    manifest: Manifest
    advice: list[str] = field(default_factory=list)


def check(file: Path) -> Restored:
    """Read the whole archive against its manifest. Raises CannotKeep for no file, Damaged for a broken one."""
    archive = _opened(file)
    archive.check()
    return Restored(archive.manifest, _advice(archive.manifest))


def restore(file: Path) -> Restored:
    """Put the backup into this installation, which must be empty, and compare every table and file.

    Raises CannotKeep before anything is written, Damaged for a broken archive (nothing is written either) or for rows
    that came out otherwise than they went in.
    """
    archive = _opened(file)
    _refuse_what_does_not_fit(archive.manifest)
    _refuse_to_overwrite()
    archive.check()
    for name in archive.manifest.files:
        place = Path(default_storage.path(name))
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as target:
            archive.take_file(name, target)
    archive.take_database(databases.fill)
    found = tables.tally("default", tables.models_of(tables.as_migrated("default")))
    if odd := tables.differing(archive.manifest.tables, found):
        raise Damaged("the restored database is not what was backed up; do not use it:\n  " + "\n  ".join(odd))
    return Restored(archive.manifest, _advice(archive.manifest))


def _opened(file: Path) -> Reader:
    try:
        return Reader(file)
    except OSError as error:
        raise CannotKeep(f"{file}: {error.strerror}") from error


def _refuse_what_does_not_fit(manifest: Manifest) -> None:
    if manifest.engine != connection.vendor:
        raise CannotKeep(
            f"the backup is of {manifest.engine}, DATABASE_URL names {connection.vendor}; restore it into "
            f"{manifest.engine}, and move it with sqlite_to_postgres then"
        )
    if newer := _newer(manifest):
        raise CannotKeep(
            f"the backup was made by a newer version (it has {newer[0][0]}.{newer[0][1]}); install that version first"
        )


def _refuse_to_overwrite() -> None:
    if there := databases.tables():
        name = connection.settings_dict["NAME"]
        way = (
            "make an empty one (createdb) and name it in DATABASE_URL"
            if connection.vendor == "postgresql"
            else "stop the service and move that file away, or name another in DATABASE_URL"
        )
        raise CannotKeep(f"{name} has {len(there)} tables already, and a restore overwrites nothing: {way}")
    if uploads.any_there():
        raise CannotKeep(
            f"{uploads.folder()} has files already, and a restore overwrites nothing: move that folder away, or name "
            "another place in VAR_DIR"
        )


def _newer(manifest: Manifest) -> list[tables.Migration]:
    return sorted(set(manifest.migrations) - tables.known())


def _advice(manifest: Manifest) -> list[str]:
    told = []
    if newer := _newer(manifest):
        told.append(f"it was made by a newer version than this one ({len(newer)} migrations are unknown here)")
    if older := tables.known() - set(manifest.migrations):
        told.append(f"it was made by an older version: run `manage.py migrate` after restoring ({len(older)} to apply)")
    if manifest.engine != connection.vendor:
        told.append(f"it is of {manifest.engine}, while DATABASE_URL names {connection.vendor}")
    if manifest.secret_key != key_mark():
        told.append(
            "its installation had another secret key: everybody will have to log in again, and codes of second factors "
            "are refused (recovery codes are not) unless SECRET_KEY_FALLBACKS has that key"
        )
    if manifest.missing:
        told.append(f"{len(manifest.missing)} files that rows name were not on the disk when it was made")
    return told
