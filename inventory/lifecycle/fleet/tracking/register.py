from django.utils.translation import gettext_lazy as _

from inventory.assets import OF_VEHICLE
from inventory.editing.doubts import to_come
from inventory.lifecycle.fleet.tracking.models import TrackingAudit, TrackingFinding
from inventory.registers import Register, register

register(
    Register(
        slug="tracking-audits",
        model=TrackingAudit,
        group="record",
        belongs_to="vehicles",
        heading=_("Görev"),
        icon="radar",
        columns=("number", "done_on", "responsible_unit", "notes"),
        listed=("number", "done_on", "responsible_unit", "notes"),
        filters=("done_on", "responsible_unit"),
        identity=(("number",),),
        named_by=("number",),
        order="-done_on",
        warnings=(to_come("done_on"),),
        synonyms={"responsible_unit": ("daire", "birim"), "done_on": ("tarih",)},
    )
)

register(
    Register(
        slug="tracking-findings",
        model=TrackingFinding,
        group="record",
        belongs_to="vehicles",
        heading=_("Görev"),
        icon="alert-triangle",
        columns=("audit", "vehicle", "found_on", "kind", "letter_no", "letter_on", "answered_on", "notes"),
        sections=((_("Bulgu"), "audit"), (_("Bildirim"), "letter_no")),
        listed=(
            "audit", "vehicle", "vehicle_kind", "vehicle_responsible_unit", "found_on", "kind", "letter_on",
            "answered_on",
        ),
        filters=("found_on", "kind", "vehicle", "vehicle_responsible_unit", "letter_on"),
        identity=(("audit", "vehicle", "found_on", "kind"),),
        order="-found_on",
        scope="vehicle__responsible_unit",
        parents=("audit", "vehicle"),
        line_of="audit",
        warnings=(to_come("found_on"), to_come("letter_on"), to_come("answered_on")),
        through=OF_VEHICLE,
        synonyms={"vehicle": ("plaka", "araç plakası", "plaka no"), "letter_on": ("yazı tarihi",)},
    )
)  # fmt: skip
