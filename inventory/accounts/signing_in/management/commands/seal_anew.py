"""After a change of SEAL_KEY or SECRET_KEY: then the former one can go."""

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from inventory.accounts.signing_in import second_factor
from inventory.management.command import REFUSED, RegisterCommand


class Command(RegisterCommand):
    help = _("İkinci adımların sırlarını güncel anahtarla yeniden mühürler; çıkış 1: bazılarını hiçbir anahtar açmadı.")

    def handle(self, *args, **options):
        done, lost = second_factor.seal_anew()
        self.stdout.write(_("Güncel anahtarla mühürlenen ikinci adım: %(count)d.") % {"count": done})
        if lost:
            message = _("Hiçbir anahtarın açmadığı: %(count)d. Sahipleri kurtarma koduyla girip yenisini kurar.")
            raise CommandError(message % {"count": lost}, returncode=REFUSED)
