"""Move a SQLite installation to PostgreSQL.

Exit 0 when every table came over and was compared, 1 when one came out otherwise (nothing is kept), 2 when it may not
be done or failed.
"""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from inventory.keeping import CannotKeep, Damaged
from inventory.keeping.moving import move


class Command(BaseCommand):
    help = "Copies every row of the SQLite FILE, history included, into the empty PostgreSQL database of DATABASE_URL."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="such as var/register.sqlite3")

    def handle(self, *, file, verbosity, **options):
        def told(table: str, rows: int) -> None:
            if verbosity > 1 and rows:
                self.stdout.write(f"  {table}: {rows}")

        try:
            moved = move(file, told)
        except CannotKeep as error:
            raise CommandError(str(error), returncode=2) from error
        except Damaged as error:
            raise CommandError(str(error), returncode=1) from error
        rows = sum(each.rows for each in moved.values())
        self.stdout.write(f"{rows} rows in {len(moved)} tables moved, and the checksum of every table compared")
