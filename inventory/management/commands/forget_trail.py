"""Take away the entries of the trail that are older than they must be kept."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.management.command import RegisterCommand
from inventory.trail.keeping import record
from inventory.trail.models import Event


class Command(RegisterCommand):
    help = _("İzin TRAIL_KEEP_DAYS günden eski satırlarını sayar; --apply ile siler.")

    def add_arguments(self, parser):
        parser.add_argument("--apply", action="store_true", help=_("siler; verilmezse yalnızca sayar"))

    def handle(self, *, apply: bool, **options):
        days = settings.TRAIL_KEEP_DAYS
        if not days:
            self.stdout.write(_("TRAIL_KEEP_DAYS 0: bütün satırlar saklanıyor."))
            return
        before = timezone.now() - dt.timedelta(days=days)
        count = Event.objects.filter(at__lt=before).count()
        if apply and count:
            Event.objects.forget_before(before)
            record(Event.Kind.FORGOTTEN, text=_gone(before, count))
        if apply:
            self.stdout.write(_gone(before, count))
        else:
            sentence = _("%(day)s öncesinden %(count)d satır silinecek (--apply).")
            self.stdout.write(sentence % {"count": count, "day": f"{before:%d.%m.%Y}"})


def _gone(before: dt.datetime, count: int) -> str:
    return _("%(day)s öncesinden %(count)d satır silindi.") % {"count": count, "day": f"{before:%d.%m.%Y}"}
