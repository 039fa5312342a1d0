from django.utils.translation import gettext as _

from inventory import stock
from inventory.management.command import RegisterCommand


class Command(RegisterCommand):
    help = _(
        "Rapor, ana sayfa ve liste toplamlarının dayandığı sayıları ve toplamları yeniden sayar. Yalnızca veritabanına "
        "uygulama dışından satır girdiyse gerekir."
    )

    def handle(self, **options):
        self.stdout.write(_("%(count)d satır tutuluyor.") % {"count": stock.recount()})
