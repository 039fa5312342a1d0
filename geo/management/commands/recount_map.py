from django.utils.translation import gettext as _

from geo import counts
from inventory.management.command import RegisterCommand


class Command(RegisterCommand):
    help = _(
        "Haritanın her gözünde kaç varlık olduğunu yeniden sayar. Yalnızca veritabanına uygulama dışından satır "
        "girdiyse gerekir."
    )

    def handle(self, **options):
        self.stdout.write(_("%(count)d sayı tutuluyor.") % {"count": counts.recount()})
