"""Take an applied import back. Exit 0 when all of it went, 1 when rows were left, 2 when it cannot be undone."""

from __future__ import annotations

import json
import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from imports.models import Batch
from imports.undoing import Left, Undone, undo
from inventory.writes import Refused


class Command(BaseCommand):
    help = "Takes an applied import back; rows edited since are listed and left."

    def add_arguments(self, parser):
        parser.add_argument("batch", type=int, metavar="BATCH")
        parser.add_argument("--force", action="store_true", help="take later edits of these rows back, too")
        parser.add_argument("--reason", default="", help="kept in the history of every row")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, **options):
        batch = Batch.objects.filter(pk=options["batch"]).first()
        try:
            if batch is None:
                raise Refused(_("%(number)d numaralı bir aktarım yok.") % {"number": options["batch"]})
            done = undo(batch, None, options["reason"], force=options["force"])
        except Refused as refusal:
            if options["as_json"]:
                self.stdout.write(_as_json(options["batch"], Undone(), str(refusal)))
                sys.exit(2)
            raise CommandError(str(refusal), returncode=2) from refusal
        if options["as_json"]:
            self.stdout.write(_as_json(batch.pk, done, ""))
        else:
            self._tell(done)
        if done.left:
            sys.exit(1)

    def _tell(self, done: Undone) -> None:
        counts = {"deleted": done.deleted, "restored": done.restored}
        self.stdout.write(_("%(deleted)d eklenen kayıt silindi, %(restored)d kayıt eski hâline döndü.") % counts)
        if done.beside:
            self.stdout.write(_("%(count)d yerin konumu da eski hâline döndü.") % {"count": done.beside})
        for left in done.left:
            who = f" ({left.who}, {left.at:%d.%m.%Y %H:%M})" if left.at else ""
            self.stdout.write(f"  {left.key or left.id}: {left.why}{who}")


def _left(left: Left) -> dict:
    told = {"id": left.id, "key": left.key, "message": left.why}
    return told | ({"user": left.who, "at": left.at.isoformat()} if left.at else {})


def _as_json(number: int, done: Undone, message: str) -> str:
    told = {
        "batch": number,
        "undone": not message,
        "deleted": done.deleted,
        "restored": done.restored,
        "beside": done.beside,
        "left": [_left(left) for left in done.left],
        "message": message,
    }
    return json.dumps(told, ensure_ascii=False)
