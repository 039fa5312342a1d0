"""A backup while people write: one file, whole or not there at all."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from inventory.backups import CannotKeep, tables, uploads
from inventory.backups.archive import Manifest, Writer
from inventory.backups.databases import EMPTIED, Still, held_still
from inventory.server import faults, unfinished

_MOMENTS = 5


def back_up(file: Path) -> Manifest:
    """Write the installation as it is at one moment into the file, readable by its owner alone.

    It is written beside its place and renamed; what is there already is replaced. Raises CannotKeep.
    """
    try:
        with unfinished.file(file.resolve().parent, "backup") as target:
            archive = Writer(target)
            try:
                manifest = _write(archive, file.resolve().parent)
                target.flush()
                os.fsync(target.fileno())
                # mkstemp made it for its owner alone, and a renaming keeps that.
                os.replace(target.name, file)
            except BaseException:
                archive.abandon()
                raise
    except OSError as error:
        if faults.unusable_place(error) and not file.absolute().is_relative_to(settings.VAR_DIR.absolute()):
            raise
        raise CannotKeep(_("%(file)s yazılamadı: %(why)s") % {"file": file, "why": error.strerror or error}) from error
    return manifest


def _write(archive: Writer, folder: Path) -> Manifest:
    with uploads.linked() as links:
        manifest = _add_moment(archive, links, folder)
        for name, link in links:
            with link.open("rb") as source:
                manifest.files[name] = archive.add_file(name, source)
        archive.finish(manifest)
    return manifest


def _add_moment(
    archive: Writer, links: uploads.Links, folder: Path, before: frozenset = frozenset(), moments: int = _MOMENTS
) -> Manifest:
    """Add the database; `before` was missing at the last moment. A file that came after the first look and went before
    the second is none that is missing: no row of the next moment names it."""
    links.gather()
    with held_still(folder) as still:
        links.mark()
        links.gather()
        manifest = Manifest.begun(tables.applied(still.alias))
        missing = frozenset(_count(still, manifest).difference(name for name, _link in links))
        if missing <= before or moments == 1:
            manifest.missing = sorted(missing)
            manifest.database = archive.add_database(manifest.engine, still.write)
            return manifest
    links.clear()
    return _add_moment(archive, links, folder, missing, moments - 1)


def _count(still: Still, manifest: Manifest) -> set[str]:
    """Take down every table; returns the files that its rows name."""
    models = tables.models_of(tables.as_migrated(still.alias))
    manifest.tables = tables.tally(still.alias, models, EMPTIED)
    return set(tables.named_files(still.alias, models))
