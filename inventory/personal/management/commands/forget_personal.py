"""Forget what identifies people who left longer ago than it may be kept."""

import datetime as dt

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from inventory.personal import retention


class Command(BaseCommand):
    help = (
        "Empties identity number and e-mail of people off duty for more than PERSONAL_KEEP_DAYS who hold nothing any "
        "more, in their rows and in the history; 0 keeps them for ever."
    )

    def add_arguments(self, parser):
        parser.add_argument("--check-only", action="store_true", help="only say of whom")

    def handle(self, *args, check_only: bool, **options):
        days = settings.PERSONAL_KEEP_DAYS
        if not days:
            self.stdout.write("PERSONAL_KEEP_DAYS is 0: everything is kept")
            return
        moment = timezone.now() - dt.timedelta(days=days)
        found, holding = [], 0
        for leaver in retention.leavers(moment):
            if leaver.held:
                holding += 1
                held = ", ".join(f"{held.register.slug} {held.count}" for held in leaver.held)
                self.stdout.write(f"{leaver.person.staff_no} since {leaver.since:%Y-%m-%d}: still holds {held}")
            else:
                found.append(leaver.person)
                if check_only:
                    self.stdout.write(f"{leaver.person.staff_no} since {leaver.since:%Y-%m-%d}")
        if not check_only:
            retention.forget(found)
        done = "would be forgotten" if check_only else "forgotten"
        self.stdout.write(f"off duty before {moment:%Y-%m-%d}: {len(found)} {done}, {holding} still hold something")
