from django.utils.translation import gettext_lazy as _

from inventory.assets.equipment.models import Equipment
from inventory.models import Asset, Device
from inventory.registers import Register, register

register(
    Register(
        slug="equipment",
        model=Equipment,
        icon="device-desktop",
        columns=(
            *Asset.HEAD,
            *Device.MAKER, "mac_address", "processor", "memory_gb",
            "disk_gb", "warranty_until", "holder", "room",
            *Asset.PLACE,
            *Asset.ORIGIN,
        ),
        sections=(
            (_("Kimlik"), "inventory_no"),
            (_("Teknik"), "hostname"),
            (_("Zimmet"), "holder"),
            (_("Sorumluluk ve durum"), "responsible_unit"),
            (_("Edinme"), "acquired_how"),
        ),
        listed=(
            "inventory_no", "kind", "make", "model", "serial_no", "holder", "room", "responsible_unit", "location",
            "status",
        ),
        head=(
            "inventory_no", "kind", "make", "model", "serial_no", "holder", "responsible_unit", "status", "location",
            "warranty_until", "cost",
        ),
        filters=("kind", "make", "responsible_unit", "holder", "location", "status", "warranty_until"),
        identity=(("make", "serial_no"), ("mac_address",)),
        named_by=("inventory_no", "serial_no"),
        sums=("cost",),
        order="inventory_no",
        synonyms={
            "kind": ("cihaz türü", "cinsi", "donanım türü", "malzeme türü"),
            "serial_no": ("seri numarası", "serial", "s/n", "sn"),
            "hostname": ("bilgisayar adı", "pc adı"),
            "mac_address": ("mac",),
            "memory_gb": ("ram", "bellek", "ram (gb)"),
            "disk_gb": ("disk", "hdd", "ssd"),
            "holder": ("zimmet sahibi", "zimmetli", "kullanıcı", "kullanan"),
            "room": ("oda no",),
            "notes": ("not", "notlar", "açıklamalar"),
        },
    )
)  # fmt: skip
