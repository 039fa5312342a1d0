"""Restore a backup, or check one.

Exit 0 when all is as it was, 1 when the backup is damaged or came out otherwise, 2 when it may not be done here.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from inventory.backups import CannotKeep, Damaged
from inventory.backups.restoring import check, restore
from inventory.management.command import REFUSED, CommandError, RegisterCommand, Unusable


class Command(RegisterCommand):
    help = _("Yedeği boş bir kuruluma yükler; her tabloyu ve dosyayı yedeğin listesiyle karşılaştırır.")

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help=_("yedek dosyası"))
        parser.add_argument("--check-only", action="store_true", help=_("her baytını okur, hiçbir şey yazmaz"))

    def handle(self, *, file, check_only, **options):
        try:
            done = (check if check_only else restore)(file)
        except CannotKeep as error:
            raise Unusable(error) from error
        except Damaged as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        held = done.manifest
        what = _("eksiksiz") if check_only else _("geri yüklendi, her tablo ve dosya karşılaştırıldı")
        self.stdout.write(
            _("%(file)s (%(at)s): %(tables)d tabloda %(rows)d satır, %(files)d dosya: %(what)s")
            % {"file": file, "at": held.made_at, "rows": held.rows, "tables": len(held.tables),
               "files": len(held.files), "what": what}
        )  # fmt: skip
        for advice in done.advice:
            self.stdout.write(f"  {advice}")
