"""What the API keeps: tokens, and the answers that a repeated request gets again."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory import registers
from inventory.registers import Register


class Token(models.Model):
    """A key by which a program acts for an account, with no more than the account's rights at that moment.

    Only the hash of the secret is kept. It is a long random text, so a plain fast hash cannot be guessed from.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("sahibi"), related_name="api_tokens"
    )
    name = models.CharField(_("ne için"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    #: The first letters of the secret, by which its owner knows it again.
    hint = models.CharField(_("anahtarın başı"), max_length=12, editable=False)
    may_write = models.BooleanField(_("yazabilir"), default=False)
    #: Slugs that grants name, separated by commas; blank is all.
    registers = models.CharField(_("kütükler"), max_length=600, blank=True)
    #: Addresses and networks, one a line; blank is anywhere.
    networks = models.TextField(_("ağlar"), blank=True)
    expires_on = models.DateField(_("son günü"))
    made_at = models.DateTimeField(_("oluşturuldu"), auto_now_add=True)
    used_at = models.DateTimeField(_("son kullanım"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("iptal edildi"), null=True, editable=False)
    #: Why it was revoked, where it was not by hand (`endings.explain`).
    why = ""

    class Meta:
        verbose_name = _("API anahtarı")
        verbose_name_plural = _("API anahtarları")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def living(cls) -> Q:
        return Q(revoked_at=None, expires_on__gte=timezone.localdate())

    @property
    def is_living(self) -> bool:
        return self.revoked_at is None and self.expires_on >= timezone.localdate()

    @property
    def slugs(self) -> list[str]:
        return [slug for slug in self.registers.split(",") if slug]

    @property
    def titles(self) -> str:
        """The registers that it opens, as a user calls them; "" for all."""
        return ", ".join(str(title) for slug, title in registers.grantable() if slug in self.slugs)

    def opens(self, register: Register) -> bool:
        return not self.registers or register.granted_as in self.slugs

    def may_come_from(self, address: str) -> bool:
        if not (networks := self.networks.split()):
            return True
        try:
            return any(ip_address(address) in ip_network(each, strict=False) for each in networks)
        except ValueError:
            return False


class Answered(models.Model):
    """The answer to a write that carried an `Idempotency-Key`: for a day the same request gets it again."""

    #: Of the token or, without one, of the account; then the key.
    who = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    #: Of method, address and body.
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who", "key"], name="api_answered_once")]

    def __str__(self) -> str:
        return f"{self.who}: {self.key}"
