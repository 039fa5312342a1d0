"""A backup while people write: one file, whole or not there at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from inventory.keeping import CannotKeep, tables, uploads
from inventory.keeping.archive import Manifest, Writer
from inventory.keeping.databases import Still, held_still


def back_up(file: Path) -> Manifest:
    """Write the installation as it is at one moment into the file, readable by its owner alone.

    It is written beside its place and renamed; what is there already is replaced. Raises CannotKeep.
    """
    try:
        with tempfile.NamedTemporaryFile(dir=file.resolve().parent, prefix=".backup-", delete=False) as target:
            try:
                manifest = _write(target, file.resolve().parent)
                target.flush()
                os.fsync(target.fileno())
                # mkstemp made it for its owner alone, and a renaming keeps that.
                os.replace(target.name, file)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(target.name)
                raise
    except OSError as error:
        raise CannotKeep(f"{error.filename or file}: {error.strerror or error}") from error
    return manifest


def _write(target: BinaryIO, beside: Path) -> Manifest:
    with uploads.linked() as links:
        links.gather()
        with held_still(beside) as still:
            links.mark()
            links.gather()
            manifest = Manifest.begun(tables.applied(still.alias))
            archive = Writer(target)
            manifest.database = archive.add_database(manifest.engine, still.write)
            missing = _count(still, manifest)
        for name, link in links:
            missing.discard(name)
            with link.open("rb") as source:
                manifest.files[name] = archive.add_file(name, source)
        manifest.missing = sorted(missing)
        archive.finish(manifest)
    return manifest


def _count(still: Still, manifest: Manifest) -> set[str]:
    """Take down every table; returns the files that its rows name."""
    models = tables.models_of(tables.as_migrated(still.alias))
    manifest.tables = tables.tally(still.alias, models)
    return set(tables.named_files(still.alias, models))
