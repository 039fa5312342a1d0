from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from inventory import demo, writes
from inventory.demo import removal
from inventory.demo.maker import Maker
from inventory.models import DemoMark
from inventory.organization.demo_accounts import login_table


class Command(BaseCommand):
    help = "Makes up rows that add up exactly to the published figures (data/*.csv); --remove takes them away."

    def add_arguments(self, parser):
        parser.add_argument("--scale", type=int, default=1, metavar="N", help="every line of the figures N times over")
        parser.add_argument("--remove", action="store_true", help="remove the made-up rows and their history")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are items already")

    def handle(self, *, scale: int, remove: bool, if_empty: bool, **options):
        if scale < 1:
            raise CommandError("--scale takes a whole number from 1.")
        if remove:
            return self.stdout.write(removal.remove().told())
        if mark := DemoMark.objects.first():
            return self.stdout.write(f"The demo is there already: {mark.rows} rows, made on {mark.made_on:%d.%m.%Y}.")
        if if_empty and demo.items():
            return self.stdout.write("There are items already; no demo was made.")
        call_command("load_reference", stdout=self.stdout)
        return self._make(scale)

    def _make(self, scale: int):
        maker = Maker(scale)
        try:
            with transaction.atomic():
                demo.make_all(maker)
                DemoMark.objects.create(rows=maker.rows)
        except writes.Refused as refusal:
            raise CommandError(f"Nothing was made, because it would collide with what is there: {refusal}") from refusal
        except ValidationError as error:
            raise CommandError(f"Nothing was made: {'; '.join(error.messages)}") from error
        self.stdout.write(f"Made {maker.rows} made-up rows. Every page says so until: manage.py demo --remove")
        self.stdout.write(login_table(maker.kept["accounts"]))
