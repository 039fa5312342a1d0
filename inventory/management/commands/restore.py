"""Restore a backup, or check one.

Exit 0 when all is as it was, 1 when the backup is damaged or came out otherwise, 2 when it may not be done here.
"""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from inventory.keeping import CannotKeep, Damaged
from inventory.keeping.restoring import check, restore


class Command(BaseCommand):
    help = "Puts a backup into an empty installation and compares every table and file with its manifest."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--check-only", action="store_true", help="read every byte of it and write nothing")

    def handle(self, *, file, check_only, **options):
        try:
            done = (check if check_only else restore)(file)
        except CannotKeep as error:
            raise CommandError(str(error), returncode=2) from error
        except Damaged as error:
            raise CommandError(str(error), returncode=1) from error
        held = done.manifest
        what = "whole" if check_only else "restored, and every table and file compared"
        self.stdout.write(
            f"{file} of {held.made_at}: {held.rows} rows in {len(held.tables)} tables, {len(held.files)} files: {what}"
        )
        for advice in done.advice:
            self.stdout.write(f"  {advice}")
