import datetime as dt

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.management.command import RegisterCommand
from inventory.webhooks.models import Delivery, Rule, State
from inventory.webhooks.sending import DELAYS, LEASE, send


class Command(RegisterCommand):
    help = _("WEBHOOK_KEEP_DAYS günden eski bildirimleri siler, bekleyenleri hatırlatır; günlük zamanlayıcı içindir.")

    def handle(self, **options):
        before = timezone.now() - dt.timedelta(days=settings.WEBHOOK_KEEP_DAYS)
        # What an open rule has waiting goes out first.
        done = ~Q(state=State.WAITING) | Q(rule__active=False)
        count, _by_model = Delivery.objects.filter(done, made_at__lt=before).delete()
        count += Delivery.objects.exclude(rule__in=Rule.objects.order_by().values("pk")).delete()[0]
        _trust_no_clock_that_was_ahead()
        late = Delivery.objects.filter(state=State.WAITING, due_at__lte=timezone.now(), rule__active=True)
        for rule_id in Rule.objects.filter(pk__in=late.values("rule")).values_list("pk", flat=True):
            send.enqueue(rule_id)
        self.stdout.write(_("%(count)d bildirim silindi.") % {"count": count})


def _trust_no_clock_that_was_ahead() -> None:
    """No moment lies further ahead than it is ever set: else a rule would wait until the clock has caught up."""
    now = timezone.now()
    Rule.objects.filter(leased_until__gt=now + LEASE).update(leased_until=None)
    Rule.objects.filter(paused_until__gt=now + DELAYS[-1]).update(paused_until=None)
    Rule.objects.filter(look_at__gt=now + DELAYS[-1]).update(look_at=None)
    Delivery.objects.filter(state=State.WAITING, due_at__gt=now + DELAYS[-1]).update(due_at=now)
