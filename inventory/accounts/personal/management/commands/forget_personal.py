"""Forget what identifies people who left longer ago than it may be kept."""

import datetime as dt

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.accounts.personal import retention
from inventory.management.command import RegisterCommand


class Command(RegisterCommand):
    help = _(
        "PERSONAL_KEEP_DAYS günden uzun süredir görevde olmayan ve üzerinde bir şey kalmayan kişilerin kimlik numarası "
        "ile e-postasını kayıtlarından ve geçmişten siler; 0 ise süresiz saklanır."
    )

    def add_arguments(self, parser):
        parser.add_argument("--check-only", action="store_true", help=_("yalnızca kimler olduğunu yazar"))

    def handle(self, *args, check_only: bool, **options):
        days = settings.PERSONAL_KEEP_DAYS
        if not days:
            self.stdout.write(_("PERSONAL_KEEP_DAYS 0: her şey saklanıyor."))
            return
        moment = timezone.now() - dt.timedelta(days=days)
        people, holding = [], 0
        for leaver in retention.leavers(moment):
            if leaver.held:
                holding += 1
                held = ", ".join(f"{held.register.slug} {held.count}" for held in leaver.held)
                self.stdout.write(f"{_named(leaver)}: " + _("üzerinde hâlâ var: %(held)s") % {"held": held})
            else:
                people.append(leaver.person)
                if check_only:
                    self.stdout.write(_named(leaver))
        if not check_only:
            retention.forget(people)
        if check_only:
            sentence = _("%(day)s öncesinde ayrılanlar: %(count)d kişi silinecek, %(holding)d kişinin zimmeti var.")
        else:
            sentence = _("%(day)s öncesinde ayrılanlar: %(count)d kişi silindi, %(holding)d kişinin zimmeti var.")
        self.stdout.write(sentence % {"day": f"{moment:%d.%m.%Y}", "count": len(people), "holding": holding})


def _named(leaver: retention.Leaver) -> str:
    return f"{leaver.person.staff_no}, {leaver.since:%d.%m.%Y}"
