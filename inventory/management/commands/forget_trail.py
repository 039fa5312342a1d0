"""Take away the entries of the trail that are older than they must be kept."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from inventory.trail.keeping import record
from inventory.trail.models import Event


class Command(BaseCommand):
    help = "Entries older than TRAIL_KEEP_DAYS; says how many, and takes them away with --apply."

    def add_arguments(self, parser):
        parser.add_argument("--apply", action="store_true", help="take them away; without it they are only counted")

    def handle(self, *, apply: bool, **options):
        days = settings.TRAIL_KEEP_DAYS
        if not days:
            raise CommandError("TRAIL_KEEP_DAYS is 0: every entry is kept", returncode=2)
        before = timezone.now() - dt.timedelta(days=days)
        count = Event.objects.filter(at__lt=before).count()
        if apply and count:
            Event.objects.forget_before(before)
            record(Event.Kind.FORGOTTEN, text=f"{count} entries before {before:%Y-%m-%d}")
        self.stdout.write(f"{count} entries before {before:%Y-%m-%d} {'taken away' if apply else 'would go (--apply)'}")
