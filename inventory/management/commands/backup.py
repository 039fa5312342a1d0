"""Back the installation up while people write. Exit 0 when the file is there, 2 when it could not be made."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from inventory.backups import CannotKeep
from inventory.backups.making import back_up
from inventory.management.command import RegisterCommand, Unusable


class Command(RegisterCommand):
    help = _("Veritabanını ve yüklenen dosyaları, aynı andaki hâlleriyle, tek dosyaya yazar (içindekiler listeli zip).")

    def add_arguments(self, parser):
        parser.add_argument(
            "file", type=Path, metavar="FILE", help=_("yedek dosyası; varsa tek adımda yenisiyle değişir")
        )

    def handle(self, *, file, **options):
        try:
            made = back_up(file)
        except CannotKeep as error:
            raise Unusable(error) from error
        counts = {"file": file, "rows": made.rows, "tables": len(made.tables), "files": len(made.files)}
        self.stdout.write(_("%(file)s: %(tables)d tabloda %(rows)d satır, %(files)d dosya") % counts)
        for name in made.missing:
            self.stderr.write("  " + _("Bir kaydın andığı %(name)s diskte yok.") % {"name": name})
