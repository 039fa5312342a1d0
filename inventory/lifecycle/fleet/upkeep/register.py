from django.utils.translation import gettext_lazy as _

from inventory.assets import OF_VEHICLE
from inventory.computed.declared import Validity
from inventory.lifecycle.fleet.upkeep import doubts
from inventory.lifecycle.fleet.upkeep.models import CheckKind, Part, VehicleCheck
from inventory.registers import Register, register

_PLATE = ("plaka", "araç plakası", "plaka no")

register(
    Register(
        slug="tyres",
        model=Part,
        group="record",
        belongs_to="vehicles",
        heading=_("Servis ve bakım"),
        icon="wheel",
        columns=(
            "serial_no", "kind", "brand", "dimension", "season", "retread", "vehicle", "position", "mounted_on",
            "mounted_at", "removed_on", "removed_at", "tread_mm", "store_place", "scrapped_on", "notes",
        ),
        sections=((_("Kimlik"), "serial_no"), (_("Araçta"), "vehicle"), (_("Depo ve hurda"), "store_place")),
        listed=(
            "serial_no", "kind", "brand", "dimension", "season", "vehicle", "vehicle_responsible_unit", "position",
            "mounted_on", "removed_on", "tread_mm", "store_place", "scrapped_on",
        ),
        head=("serial_no", "kind", "dimension", "season", "vehicle", "position", "tread_mm"),
        filters=("kind", "season", "dimension", "vehicle", "vehicle_kind", "vehicle_responsible_unit", "scrapped_on"),
        identity=(("serial_no", "kind", "vehicle"),),
        named_by=("serial_no",),
        order="-mounted_on",
        scope="vehicle__responsible_unit",
        parents=("vehicle",),
        warnings=doubts.PART,
        through=OF_VEHICLE,
        synonyms={
            "vehicle": _PLATE,
            "serial_no": ("dot", "dot no", "seri no", "lastik no", "akü no"),
            "dimension": ("ebat", "ebadı", "kapasite", "amper"),
            "tread_mm": ("diş derinliği",),
        },
    )
)  # fmt: skip

register(
    Register(
        slug="check-kinds",
        model=CheckKind,
        group="list",
        belongs_to="vehicles",
        heading=_("Muayene ve sigorta"),
        icon="list-check",
        kinds_of="vehicles",
        columns=("code", "name", "vehicle_kind", "period_months", "notes"),
        listed=("name", "code", "vehicle_kind", "period_months"),
        filters=("vehicle_kind",),
        identity=(("code",),),
        named_by=("code", "name"),
        order="name",
        scope=None,
        public=True,
        blanks={"vehicle_kind": _("Bütün türler")},
    )
)

register(
    Register(
        slug="vehicle-checks",
        model=VehicleCheck,
        group="record",
        belongs_to="vehicles",
        heading=_("Muayene ve sigorta"),
        icon="checklist",
        columns=("vehicle", "kind", "done_on", "valid_until", "result", "place", "document_no", "notes"),
        listed=(
            "vehicle", "vehicle_kind", "vehicle_responsible_unit", "kind", "done_on", "valid_until", "due", "result",
            "document_no",
        ),
        filters=("due", "kind", "vehicle", "vehicle_kind", "vehicle_responsible_unit", "valid_until", "result"),
        identity=(("vehicle", "kind", "done_on"),),
        order="-done_on",
        scope="vehicle__responsible_unit",
        parents=("vehicle",),
        warnings=doubts.CHECK,
        through=OF_VEHICLE,
        validity=Validity(
            of="vehicle",
            begins="done_on",
            ends="valid_until",
            series="kind",
            counts={"result": (VehicleCheck.Result.PASSED,)},
        ),
        synonyms={
            "vehicle": _PLATE,
            "kind": ("kontrol", "tür"),
            "valid_until": ("geçerlilik tarihi", "bitiş tarihi"),
            "place": ("yapan", "kuruluş", "istasyon"),
        },
    )
)  # fmt: skip
