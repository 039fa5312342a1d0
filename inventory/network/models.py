"""Radio and network hardware."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.fields import HostnameField, MacField, SerialField
from inventory.models import Asset


class NetworkDevice(Asset):
    searched = (
        "inventory_no", "kind", "movable_code", "make", "model", "serial_no", "hostname", "ip_address",
        "mac_address", "rack", "radio_id", "call_sign", "licence_no", "responsible_unit", "location", "notes",
    )  # fmt: skip

    movable_code = models.ForeignKey(
        "inventory.MovableCode",
        models.PROTECT,
        verbose_name=_("taşınır kodu"),
        related_name="+",
        null=True,
        blank=True,
    )
    make = models.CharField(_("marka"), max_length=60, blank=True)
    model = models.CharField(_("model"), max_length=80, blank=True)
    serial_no = SerialField(_("seri no"), max_length=60, blank=True)
    hostname = HostnameField(_("cihaz adı"), max_length=120, blank=True)
    ip_address = models.GenericIPAddressField(_("IP adresi"), null=True, blank=True)
    mac_address = MacField(_("MAC adresi"), max_length=17, blank=True)
    firmware = models.CharField(_("yazılım sürümü"), max_length=60, blank=True)
    rack = models.CharField(_("kabin / direk"), max_length=80, blank=True)
    radio_id = SerialField(_("telsiz kimlik no"), max_length=30, blank=True)
    call_sign = models.CharField(_("çağrı kodu"), max_length=30, blank=True)
    licence_no = models.CharField(_("ruhsat no"), max_length=60, blank=True)
    licence_until = models.DateField(_("ruhsat bitişi"), null=True, blank=True)
    warranty_until = models.DateField(_("garanti bitişi"), null=True, blank=True)
    power_w = models.PositiveIntegerField(_("güç (W)"), null=True, blank=True)
    linked_to = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("bağlı olduğu cihaz"),
        related_name="links",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("telsiz / ağ donanımı")
        verbose_name_plural = _("Telsiz ve ağ donanımı")
        constraints = [
            models.UniqueConstraint(
                fields=["make", "serial_no"],
                condition=~Q(serial_no=""),
                name="network_serial_once",
                violation_error_message=_("Bu marka ve seri no ile bir cihaz zaten kayıtlı."),
            ),
            models.UniqueConstraint(
                fields=["mac_address"],
                condition=~Q(mac_address=""),
                name="network_mac_once",
                violation_error_message=_("Bu MAC adresi başka bir cihazda kayıtlı."),
            ),
        ]

    def __str__(self):
        name = self.hostname or self.serial_no
        return f"{name} ({self.inventory_no})" if name else self.inventory_no
