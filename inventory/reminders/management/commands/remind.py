import json

from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.management.command import REFUSED, RegisterCommand, Unusable
from inventory.reminders import sending
from inventory.reminders.plan import Letter, Plan, titles


class Command(RegisterCommand):
    help = _(
        "Günü gelen hatırlatmaları e-postayla gönderir; her adım bir kez gider, kaçan gün en yeni adımla telafi edilir."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help=_("göndermez, kime ne gideceğini söyler; hiçbir şey yazmaz")
        )
        parser.add_argument("--json", action="store_true", help=_("sonucu tek bir JSON nesnesi olarak yazar"))

    def handle(self, *, dry_run, json, **options):
        plan = Plan(timezone.localdate())
        if dry_run:
            self._say(plan, plan.letters(), [], json)
            return
        try:
            outcome = sending.send(plan)
        except sending.Running as running:
            raise Unusable(_("Hatırlatmalar şu anda gönderiliyor; onun bitmesini bekleyiniz.")) from running
        except sending.NoServer as error:
            raise Unusable(error) from error
        self._say(plan, outcome.sent, outcome.failed, json)
        if outcome.failed:
            raise SystemExit(REFUSED)

    def _say(self, plan: Plan, letters: list[Letter], failed: list[tuple[Letter, str]], as_json: bool) -> None:
        mails = [*((letter, "") for letter in letters), *failed]
        if as_json:
            answer = {
                "day": plan.today.isoformat(),
                "working_day": plan.is_working_day,
                "note": plan.note,
                "mails": [_as_json(letter, error) for letter, error in mails],
            }
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for letter, error in mails:
            text = _("%(to)s: %(count)d hatırlatma") % {"to": letter.reader.address, "count": len(letter.lines)}
            self.stdout.write(f"{text} · {error}" if error else text)
        self.stdout.write(_("%(count)d e-posta.") % {"count": len(letters)})
        if plan.note:
            self.stdout.write(plan.note)


def _as_json(letter: Letter, error: str) -> dict:
    named = titles(letter.lines, letter.reader.account)
    return {
        "to": letter.reader.address,
        "name": letter.reader.name,
        "urgent": letter.urgent,
        "error": error,
        "rows": [
            {
                "register": line.due.register.slug,
                "id": line.due.row.pk,
                "title": named[line.due.register.slug, line.due.row.pk],
                "rule": line.due.rule.name,
                "due": line.due.day.isoformat(),
                "step": line.due.step,
                "why": line.why,
            }
            for line in letter.lines
        ],
    }
