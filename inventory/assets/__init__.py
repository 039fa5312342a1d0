"""The registers of the items; what records elsewhere show of an item that they name."""

from django.utils.translation import gettext_lazy as _

from inventory.computed.declared import Through

#: Beside a record that names a vehicle as `vehicle`; the plate is the vehicle's own name.
OF_VEHICLE = (
    Through(of="vehicle", column="kind", label=_("araç türü")),
    Through(of="vehicle", column="responsible_unit", label=_("aracın birimi")),
    Through(of="vehicle", column="responsible_person", label=_("aracın sorumlusu")),
    Through(of="vehicle", column="status", label=_("aracın durumu")),
)
