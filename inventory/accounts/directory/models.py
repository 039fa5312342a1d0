"""The directory's groups: which of ours they stand for, and who is in ours because the directory says so."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

#: Longer names are no group of ours; Active Directory's own limit for a path is below it.
LONGEST_NAME = 300


class DirectoryGroup(models.Model):
    """A group as the directory calls it, by its whole name (LDAP: its DN); without a group of ours it gives nothing."""

    name = models.CharField(
        _("dizindeki grup"),
        max_length=LONGEST_NAME,
        unique=True,
        help_text=_("Dizindeki adı harfi harfine: LDAP'ta grubun DN'i, OpenID Connect'te gönderilen ad veya numara."),
        error_messages={"unique": _("Bu dizin grubu listede var; oradan açıp değiştiriniz.")},
    )
    group = models.ForeignKey(
        Group,
        models.SET_NULL,
        verbose_name=_("buradaki grup"),
        related_name="directory_groups",
        null=True,
        blank=True,
        help_text=_("Dizin grubunun üyeleri girişte bu gruba alınır. Boş bırakılırsa grup hiçbir şey vermez."),
    )
    seen_on = models.DateField(_("girişte son görülme"), null=True, editable=False)

    class Meta:
        verbose_name = _("dizin grubu")
        verbose_name_plural = _("Dizin grupları")

    def __str__(self) -> str:
        return self.name


class DirectoryMembership(models.Model):
    """The account is in the group because the directory says so; memberships without this were given by hand."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="directory_memberships")
    group = models.ForeignKey(Group, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("dizinden gelen üyelik")
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="directory_membership_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.group}"
