from django.utils.translation import gettext_lazy as _

from inventory.assets import OF_VEHICLE
from inventory.editing.doubts import to_come
from inventory.lifecycle.fleet.odometer.feeds import feed
from inventory.lifecycle.fleet.odometer.models import MeterReading
from inventory.registers import Register, register

register(
    Register(
        slug="meter-readings",
        model=MeterReading,
        group="record",
        belongs_to="vehicles",
        heading=_("Yakıt ve sayaç"),
        icon="gauge",
        columns=("vehicle", "read_at", "value", "unit", "meter", "source", "driver", "replaced", "notes"),
        listed=("vehicle", "vehicle_kind", "vehicle_responsible_unit", "read_at", "value", "unit", "source", "driver"),
        filters=("vehicle", "vehicle_kind", "vehicle_responsible_unit", "read_at", "source", "replaced"),
        identity=(("vehicle", "meter", "read_at"),),
        order="-read_at",
        scope="vehicle__responsible_unit",
        parents=("vehicle",),
        warnings=(to_come("read_at"),),
        through=OF_VEHICLE,
        synonyms={
            "vehicle": ("plaka", "araç plakası", "plaka no"),
            "read_at": ("tarih", "okuma tarihi", "tarih saat"),
            "value": ("km", "kilometre", "sayaç", "güncel km", "toplam km", "çalışma saati"),
            "driver": ("şoför", "şoför adı", "sürücü adı"),
        },
    )
)

feed("meter-readings", at="read_at", value="value", source=None, unit="unit", meter="meter", replaced="replaced")
