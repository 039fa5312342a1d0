"""Back the installation up while people write. Exit 0 when the file is there, 2 when it could not be made."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from inventory.keeping import CannotKeep
from inventory.keeping.making import back_up


class Command(BaseCommand):
    help = "Writes database and uploaded files, as they are at one moment, into one FILE (a zip with a manifest)."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="replaced in one step when it is there")

    def handle(self, *, file, **options):
        try:
            made = back_up(file)
        except CannotKeep as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"{file}: {made.rows} rows in {len(made.tables)} tables, {len(made.files)} files")
        for name in made.missing:
            self.stderr.write(f"  a row names {name}, which is not on the disk")
