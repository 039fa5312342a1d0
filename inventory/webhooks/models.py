"""What is reported to other programs: rules, and the deliveries that wait or have gone out."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from inventory import registers
from inventory.columns import field_of
from inventory.history import CHANGED, CREATED, DELETED
from inventory.registers import Register

#: The field that says whether a rule wants a kind of write.
WANTS = {CREATED: "on_created", CHANGED: "on_changed", DELETED: "on_deleted"}


class Rule(models.Model):
    """Which writes are reported to which address, as far as the rule's owner may see them.

    No register of its own: like an API token it acts for one account, and nobody else has a right to it by her unit.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("sahibi"), related_name="webhook_rules"
    )
    name = models.CharField(_("ne için"), max_length=80)
    url = models.CharField(_("adres"), max_length=500)
    register = models.CharField(_("kütük"), max_length=40)
    #: The filter and the columns of the saved view that was chosen, as it was then.
    query = models.TextField(blank=True, editable=False)
    on_created = models.BooleanField(_("eklenince"), default=True)
    on_changed = models.BooleanField(_("değişince"), default=True)
    on_deleted = models.BooleanField(_("silinince"), default=True)
    on_state = models.BooleanField(_("durum adımı atılınca"), default=True)
    active = models.BooleanField(_("açık"), default=True)
    #: The secret of its signatures, sealed.
    seal = models.TextField(editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    #: Tries in a row that failed; the rule is switched off after some.
    failures = models.PositiveIntegerField(default=0, editable=False)
    stopped_at = models.DateTimeField(null=True, editable=False)
    #: Nothing is sent before, since what was tried last had no answer.
    paused_until = models.DateTimeField(null=True, editable=False)
    #: Until then the worker of this mark sends, and no other.
    leased_until = models.DateTimeField(null=True, editable=False)
    holder = models.CharField(max_length=16, blank=True, editable=False)
    #: The moment for which a task has been asked that looks again.
    look_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("bildirim kuralı")
        verbose_name_plural = _("Bildirim kuralları")
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["register"], condition=Q(active=True), name="webhook_active")]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def of(self) -> Register | None:
        """The register; None for one that this version does not have."""
        return next((each for each in registers.every() if each.slug == self.register), None)

    @property
    def events(self) -> list[str]:
        names = ("on_created", "on_changed", "on_deleted", "on_state")
        return [str(field_of(Rule, name).verbose_name) for name in names if getattr(self, name)]


class State(models.TextChoices):
    WAITING = "waiting", _("bekliyor")
    SENT = "sent", _("iletildi")
    FAILED = "failed", _("iletilemedi")
    CANCELLED = "cancelled", _("gönderilmedi")


class Delivery(models.Model):
    """One message: written in the transaction of what it reports, sent by a worker. Its key is the same at each try."""

    # Without a constraint: whose rule is deleted while a clerk writes would make her write fail when it is committed.
    # `sweep_webhooks` clears away what then belongs to none.
    rule = models.ForeignKey(Rule, models.CASCADE, related_name="deliveries", db_constraint=False)
    key = models.CharField(max_length=40, unique=True, default=partial(get_random_string, 32))
    event = models.CharField(_("olay"), max_length=60)
    #: None for a trial.
    row_id = models.BigIntegerField(null=True)
    body = models.TextField()
    #: What its owner's rights rested on when the body was made (`making.rights`).
    rights = models.TextField(blank=True)
    made_at = models.DateTimeField(_("olay zamanı"), auto_now_add=True, db_index=True)
    state = models.CharField(_("durum"), max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    #: The receiver's answer: its status and first words, or why there was none.
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("bildirim")
        verbose_name_plural = _("Bildirimler")
        indexes = [
            models.Index(fields=["rule", "id"], name="webhook_of_rule"),
            models.Index(fields=["rule", "row_id", "id"], condition=Q(state="waiting"), name="webhook_waiting"),
            models.Index(fields=["rule", "due_at", "id"], condition=Q(state="waiting"), name="webhook_due"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.key}"

    @property
    def message_id(self) -> str:
        return f"msg_{self.key}"
