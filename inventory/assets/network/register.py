from django.utils.translation import gettext_lazy as _

from inventory.assets.network.models import NetworkDevice
from inventory.computed.declared import Validity
from inventory.models import Asset, Device
from inventory.registers import Register, register

register(
    Register(
        slug="network",
        model=NetworkDevice,
        icon="antenna",
        columns=(
            *Asset.HEAD,
            *Device.MAKER, "ip_address", "mac_address", "firmware",
            "rack", "power_w", "linked_to", "radio_id", "call_sign", "licence_no", "licence_until", "warranty_until",
            *Asset.PLACE,
            *Asset.ORIGIN,
        ),
        sections=(
            (_("Kimlik"), "inventory_no"),
            (_("Ağ"), "hostname"),
            (_("Telsiz"), "radio_id"),
            (_("Sorumluluk ve durum"), "responsible_unit"),
            (_("Edinme"), "acquired_how"),
        ),
        listed=(
            "inventory_no", "kind", "make", "model", "serial_no", "hostname", "ip_address", "responsible_unit",
            "location", "status",
        ),
        head=(
            "inventory_no", "kind", "make", "model", "serial_no", "ip_address", "responsible_unit", "status",
            "location", "cost",
        ),
        filters=("kind", "make", "responsible_unit", "location", "status", "due", "licence_until"),
        identity=(("make", "serial_no"), ("mac_address",)),
        named_by=("inventory_no", "serial_no", "hostname"),
        sums=("cost",),
        order="inventory_no",
        validity=Validity(ends="licence_until"),
        synonyms={
            "kind": ("cihaz türü", "cinsi", "donanım türü"),
            "serial_no": ("seri numarası", "serial", "s/n", "sn"),
            "hostname": ("bilgisayar adı", "host adı"),
            "ip_address": ("ip", "ip no"),
            "mac_address": ("mac",),
            "notes": ("not", "notlar", "açıklamalar"),
        },
    )
)  # fmt: skip
