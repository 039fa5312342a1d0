from django.utils import timezone
from django.utils.translation import gettext as _

from imports.exporting import jobs
from inventory.management.command import RegisterCommand


class Command(RegisterCommand):
    help = _("Arka planda yapılıp süresi dolan dosyaları siler; günlük zamanlayıcı içindir.")

    def handle(self, **options):
        self.stdout.write(_("%(count)d dosya silindi.") % {"count": jobs.clear(timezone.now())})
