"""Throw away the files that no document names since a day: uploads that were cut off, documents that were deleted."""

from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.documents.files import sweep
from inventory.management.command import RegisterCommand


class Command(RegisterCommand):
    help = _("Bir gündür hiçbir belgenin anmadığı dosyaları siler.")

    def handle(self, **options):
        self.stdout.write(_("%(count)d dosya silindi.") % {"count": sweep(timezone.now())})
