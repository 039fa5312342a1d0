"""Move a SQLite installation to PostgreSQL.

Exit 0 when every table came over and was compared, 1 when one came out otherwise (nothing is kept), 2 when it may not
be done or failed.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from inventory.backups import CannotKeep, Damaged
from inventory.backups.moving import move
from inventory.management.command import REFUSED, CommandError, RegisterCommand, Unusable


class Command(RegisterCommand):
    help = _("SQLite dosyasının her satırını, geçmişiyle, DATABASE_URL’deki boş PostgreSQL veritabanına kopyalar.")

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help=_("var/register.sqlite3 gibi"))

    def handle(self, *, file, verbosity, **options):
        def on_progress(table: str, rows: int) -> None:
            if verbosity > 1 and rows:
                self.stdout.write(f"  {table}: {rows}")

        try:
            moved = move(file, on_progress)
        except CannotKeep as error:
            raise Unusable(error) from error
        except Damaged as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        rows = sum(each.rows for each in moved.values())
        counts = {"rows": rows, "tables": len(moved)}
        self.stdout.write(_("%(tables)d tabloda %(rows)d satır taşındı; her tablonun özeti karşılaştırıldı") % counts)
