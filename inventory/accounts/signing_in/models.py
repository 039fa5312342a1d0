"""The second factor of an account: a secret shared with a phone, and recovery codes for the day it is lost.

Whether an account has one stands in the account itself (`User.second_factor_since`), since every request asks.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SecondFactor(models.Model):
    """The secret (TOTP, RFC 6238), sealed. It is only a beginning until the account says since when it counts."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    secret = models.TextField()
    #: The 30 seconds whose code was taken last: neither it nor an older one is taken again.
    last_step = models.BigIntegerField(default=-1)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("ikinci adım")

    def __str__(self) -> str:
        return f"{self.user_id}"


class RecoveryCode(models.Model):
    """One of ten, as its SHA-256: with 80 random bits there is nothing that a slower hash would protect."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("kurtarma kodu")
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.used_at or ''}"
