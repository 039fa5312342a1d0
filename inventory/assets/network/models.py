"""Radio and network hardware."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.fields import SerialField
from inventory.models import Device


class NetworkDevice(Device):
    named_after = ("hostname", "serial_no", "inventory_no")
    searched = (
        "inventory_no", "kind", "movable_code", "make", "model", "serial_no", "hostname", "ip_address",
        "mac_address", "rack", "radio_id", "call_sign", "licence_no", "responsible_unit", "location", "notes",
    )  # fmt: skip

    ip_address = models.GenericIPAddressField(_("IP adresi"), null=True, blank=True)
    firmware = models.CharField(_("yazılım sürümü"), max_length=60, blank=True)
    rack = models.CharField(_("kabin / direk"), max_length=80, blank=True)
    radio_id = SerialField(_("telsiz kimlik no"), max_length=30, blank=True)
    call_sign = models.CharField(_("çağrı kodu"), max_length=30, blank=True)
    licence_no = models.CharField(_("ruhsat no"), max_length=60, blank=True)
    licence_until = models.DateField(_("ruhsat bitişi"), null=True, blank=True)
    power_w = models.PositiveIntegerField(_("güç (W)"), null=True, blank=True)
    linked_to = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("bağlı olduğu cihaz"),
        related_name="links",
        null=True,
        blank=True,
    )

    class Meta(Device.Meta):
        verbose_name = _("telsiz / ağ donanımı")
        verbose_name_plural = _("Telsiz ve ağ donanımı")

    def __str__(self) -> str:
        name = self.hostname or self.serial_no
        return f"{name} ({self.inventory_no})" if name else self.inventory_no
