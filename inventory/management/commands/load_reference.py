from importlib import import_module

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.module_loading import module_has_submodule


class Command(BaseCommand):
    help = "Loads the lists that a new installation starts with; what is there already stays as it is."

    def handle(self, **options):
        added: dict[str, int] = {}
        with transaction.atomic():
            for app in apps.get_app_configs():
                if module_has_submodule(app.module, "reference"):
                    added |= import_module(f"{app.name}.reference").load()
        new = ", ".join(f"{count} {name}" for name, count in added.items() if count)
        self.stdout.write(f"Reference lists: {new or 'all there'}.")
