from django.utils.translation import gettext as _

from inventory import items
from inventory.management.command import RegisterCommand


class Command(RegisterCommand):
    help = _(
        "Bütün kütüklerin ortak dizinini (envanter noları, silinenler) yeniden yazar. Yalnızca veritabanına uygulama "
        "dışından satır girdiyse gerekir."
    )

    def handle(self, **options):
        self.stdout.write(_("%(count)d kayıt dizinde.") % {"count": items.rebuild()})
