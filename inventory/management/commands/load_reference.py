from importlib import import_module

from django.apps import apps
from django.db import transaction
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext as _

from inventory.management.command import RegisterCommand


class Command(RegisterCommand):
    help = _("Yeni bir kurulumun başladığı listeleri yükler; olanlar olduğu gibi kalır.")

    def handle(self, **options):
        added: dict[str, int] = {}
        with transaction.atomic():
            for app in apps.get_app_configs():
                if module_has_submodule(app.module, "reference"):
                    added |= import_module(f"{app.name}.reference").load()
        new = ", ".join(f"{count} {name}" for name, count in added.items() if count)
        self.stdout.write(_("Başlangıç listeleri: %(new)s.") % {"new": new or _("hepsi var")})
