import datetime as dt

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.management.command import RegisterCommand
from inventory.webhooks.models import Delivery, Rule, State
from inventory.webhooks.sending import send


class Command(RegisterCommand):
    help = _("WEBHOOK_KEEP_DAYS günden eski bildirimleri siler, bekleyenleri hatırlatır; günlük zamanlayıcı içindir.")

    def handle(self, **options):
        before = timezone.now() - dt.timedelta(days=settings.WEBHOOK_KEEP_DAYS)
        # What an open rule has waiting goes out first.
        done = ~Q(state=State.WAITING) | Q(rule__active=False)
        count, _by_model = Delivery.objects.filter(done, made_at__lt=before).delete()
        late = Delivery.objects.filter(state=State.WAITING, due_at__lt=timezone.now(), rule__active=True)
        for rule_id in Rule.objects.filter(pk__in=late.values("rule")).values_list("pk", flat=True):
            send.enqueue(rule_id)
        self.stdout.write(_("%(count)d bildirim silindi.") % {"count": count})
