from django.utils.translation import gettext as _

from inventory.api import writing
from inventory.management.command import RegisterCommand


class Command(RegisterCommand):
    help = _("API’nin yinelenen istekler için sakladığı, süresi dolan yanıtları siler; günlük zamanlayıcı içindir.")

    def handle(self, **options):
        self.stdout.write(_("%(count)d yanıt silindi.") % {"count": writing.forget_answers()})
