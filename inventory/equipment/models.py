"""IT and office equipment."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.fields import HostnameField, MacField, SerialField
from inventory.models import Asset


class Equipment(Asset):
    searched = (
        "inventory_no", "kind", "movable_code", "make", "model", "serial_no", "hostname", "mac_address",
        "processor", "room", "holder", "responsible_unit", "location", "notes",
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
    mac_address = MacField(_("MAC adresi"), max_length=17, blank=True)
    processor = models.CharField(_("işlemci"), max_length=80, blank=True)
    memory_gb = models.PositiveIntegerField(_("bellek (GB)"), null=True, blank=True)
    disk_gb = models.PositiveIntegerField(_("disk (GB)"), null=True, blank=True)
    warranty_until = models.DateField(_("garanti bitişi"), null=True, blank=True)
    room = models.CharField(_("oda"), max_length=40, blank=True)
    holder = models.ForeignKey(
        "organization.Person",
        models.PROTECT,
        verbose_name=_("zimmetli kişi"),
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("bilişim donanımı")
        verbose_name_plural = _("Bilişim donanımı")
        constraints = [
            models.UniqueConstraint(
                fields=["make", "serial_no"],
                condition=~Q(serial_no=""),
                name="equipment_serial_once",
                violation_error_message=_("Bu marka ve seri no ile bir cihaz zaten kayıtlı."),
            ),
            models.UniqueConstraint(
                fields=["mac_address"],
                condition=~Q(mac_address=""),
                name="equipment_mac_once",
                violation_error_message=_("Bu MAC adresi başka bir cihazda kayıtlı."),
            ),
        ]

    def __str__(self):
        return f"{' '.join(filter(None, (self.make, self.model))) or self.kind.name} ({self.inventory_no})"
