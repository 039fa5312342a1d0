from django.utils.translation import gettext as _

from inventory.lifecycle.fleet.odometer import feeds, log
from inventory.management.command import RegisterCommand


class Command(RegisterCommand):
    help = _(
        "Sayaç günlüğünü bütün okumalardan yeniden yazar ve yeniden değerlendirir; günlük okuma sınırları "
        "değiştirildiyse ya da veritabanına uygulama dışından satır girdiyse gerekir."
    )

    def handle(self, **options):
        self.stdout.write(_("Sayaç günlüğünde %(count)d okuma var.") % {"count": log.rebuild(feeds.every())})
