from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext as _

from inventory import registers
from inventory.management.command import RegisterCommand


class Command(RegisterCommand):
    help = _("Kütükleri ve dosyalarını listeler.")

    def handle(self, **options):
        headings: dict[registers.Group, str] = {
            "asset": _("KÜTÜKLER"),
            "record": _("KAYITLAR"),
            "list": _("LİSTELER"),
        }
        for group, heading in headings.items():
            self.stdout.write(heading)
            for register in registers.every(group):
                app = Path(apps.get_app_config(register.model._meta.app_label).path)
                files = [app / "models.py", app / "register.py", *sorted(app.glob("data/*.csv"))]
                named = ", ".join(str(file.relative_to(settings.BASE_DIR)) for file in files if file.exists())
                self.stdout.write(f"  {register.slug:16} {register.title:28} {register.model._meta.label:32} {named}")
