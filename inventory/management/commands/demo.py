from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import module_has_submodule

from inventory import demo, registers
from inventory.organization.demo import ACCOUNTS, PASSWORD
from inventory.organization.demo import remove as remove_accounts


class Command(BaseCommand):
    help = "Adds made-up items that add up exactly to the published figures, or takes them away again."

    def add_arguments(self, parser):
        parser.add_argument("--scale", type=int, default=1, help="this many times the published figures")
        parser.add_argument("--remove", action="store_true", help="take the made-up rows away")
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are items already")

    def handle(self, *, scale, remove, if_empty, **options):
        if remove:
            self._remove()
        elif demo.is_there():
            self.stdout.write("The made-up data is there already; `demo --remove` takes it away.")
        elif if_empty and any(r.model.objects.exists() for r in registers.every("asset")):
            self.stdout.write("There are items already; nothing was made up.")
        else:
            self._fill(scale)

    def _fill(self, scale: int) -> None:
        if scale < 1:
            raise CommandError("--scale takes a whole number from 1.")
        # The made-up items stand in the units, districts and kinds of these lists.
        call_command("load_reference", stdout=self.stdout)
        count = demo.fill(_makers(), scale)
        self.stdout.write(f"{count} made-up rows.")
        if not settings.DEBUG:
            self.stdout.write("No accounts were made: their password is public, so they need DEBUG=1.")
            return
        for name, (_, title, _) in ACCOUNTS.items():
            self.stdout.write(f"  {name:10} {PASSWORD}   {title}")

    def _remove(self) -> None:
        remove_accounts()
        removed, kept = demo.remove()
        self.stdout.write(f"{removed} made-up rows were taken away.")
        for title, count in kept.items():
            self.stdout.write(f"  {title}: {count} stay, because they were changed since or others name them.")


def _makers():
    """Organisation and places first, since the items name them; then the apps in their order."""
    found = [
        app for app in apps.get_app_configs() if module_has_submodule(app.module, "demo") and app.label != "inventory"
    ]
    first = ("organization", "geo", "network")
    found.sort(key=lambda app: first.index(app.label) if app.label in first else len(first))
    return [import_module(f"{app.name}.demo").make for app in found]
