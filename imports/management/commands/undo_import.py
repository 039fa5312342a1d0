"""Take an applied import back. Exit 0 when all of it went, 1 when rows were left, 2 when it cannot be undone."""

from __future__ import annotations

import json
import sys
from typing import NoReturn

from django.utils.translation import gettext as _

from imports.models import Batch
from imports.plans.undoing import Left, Undone, undo
from inventory.management.command import REFUSED, UNUSABLE, RegisterCommand, Unusable
from inventory.writes import Refused


class Command(RegisterCommand):
    help = _("Uygulanmış bir aktarımı geri alır; sonradan değiştirilen satırlar listelenir ve kalır.")

    def add_arguments(self, parser):
        parser.add_argument("batch", type=int, metavar="BATCH", help=_("aktarımın numarası"))
        parser.add_argument(
            "--force", action="store_true", help=_("bu satırlardaki sonraki değişiklikleri de geri alır")
        )
        parser.add_argument("--reason", default="", help=_("her satırın geçmişinde saklanır"))
        parser.add_argument("--json", action="store_true", dest="as_json", help=_("tek bir JSON nesnesi"))

    def handle(self, **options):
        self._asked = options
        batch = Batch.objects.filter(pk=options["batch"]).first()
        try:
            if batch is None:
                raise Refused(_("%(number)d numaralı bir aktarım yok.") % {"number": options["batch"]})
            done = undo(batch, None, options["reason"], force=options["force"])
        except Refused as refusal:
            self.unusable(str(refusal), refusal)
        if options["as_json"]:
            self.stdout.write(_as_json(batch.pk, done, ""))
        else:
            self._report(done)
        if done.left:
            sys.exit(REFUSED)

    def unusable(self, sentence: str, error: Exception | None = None) -> NoReturn:
        if self._asked["as_json"]:
            self.stdout.write(_as_json(self._asked["batch"], Undone(), sentence))
            sys.exit(UNUSABLE)
        raise Unusable(sentence) from error

    def _report(self, done: Undone) -> None:
        counts = {"deleted": done.deleted, "restored": done.restored}
        self.stdout.write(_("%(deleted)d eklenen kayıt silindi, %(restored)d kayıt eski hâline döndü.") % counts)
        if done.beside:
            self.stdout.write(_("%(count)d yerin konumu da eski hâline döndü.") % {"count": done.beside})
        for left in done.left:
            who = f" ({left.who}, {left.at:%d.%m.%Y %H:%M})" if left.at else ""
            self.stdout.write(f"  {left.key or left.id}: {left.why}{who}")


def _left(left: Left) -> dict:
    values = {"id": left.id, "key": left.key, "message": left.why}
    return values | ({"user": left.who, "at": left.at.isoformat()} if left.at else {})


def _as_json(number: int, done: Undone, message: str) -> str:
    values = {
        "batch": number,
        "undone": not message,
        "deleted": done.deleted,
        "restored": done.restored,
        "beside": done.beside,
        "left": [_left(left) for left in done.left],
        "message": message,
    }
    return json.dumps(values, ensure_ascii=False)
