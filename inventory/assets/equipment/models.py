"""IT and office equipment."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.models import Device


class Equipment(Device):
    named_after = ("make", "model", "kind", "inventory_no")
    searched = (
        "inventory_no", "kind", "movable_code", "make", "model", "serial_no", "hostname", "mac_address",
        "processor", "room", "holder", "responsible_unit", "location", "notes",
    )  # fmt: skip

    processor = models.CharField(_("işlemci"), max_length=80, blank=True)
    memory_gb = models.PositiveIntegerField(_("bellek (GB)"), null=True, blank=True)
    disk_gb = models.PositiveIntegerField(_("disk (GB)"), null=True, blank=True)
    room = models.CharField(_("oda"), max_length=40, blank=True)
    holder = models.ForeignKey(
        "organization.Person",
        models.PROTECT,
        verbose_name=_("zimmetli kişi"),
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta(Device.Meta):
        verbose_name = _("bilişim donanımı")
        verbose_name_plural = _("Bilişim donanımı")

    def __str__(self) -> str:
        return f"{' '.join(filter(None, (self.make, self.model))) or self.kind.name} ({self.inventory_no})"
