from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.assets import OF_VEHICLE
from inventory.computed.declared import Validity
from inventory.lifecycle.fleet.incidents import doubts
from inventory.lifecycle.fleet.incidents.flow import FLOW
from inventory.lifecycle.fleet.incidents.models import Accident, Fine
from inventory.registers import Register, register

_PLATE = ("plaka", "araç plakası", "plaka no")

register(
    Register(
        slug="accidents",
        model=Accident,
        group="record",
        belongs_to="vehicles",
        heading=_("Kaza ve ceza"),
        icon="car-crash",
        columns=(
            "accident_no", "vehicle", "at", "state", "kind", "place", "driver", "minute_no", "police_report_no",
            "injured", "alcohol_report", "fault_share", "other_name", "other_plate", "insurer", "policy_no",
            "insurer_file_no", "expert", "repair_cost", "paid_by_insurer", "recourse", "value_loss", "notes",
        ),
        sections=(
            (_("Olay"), "accident_no"),
            (_("Karşı taraf"), "other_name"),
            (_("Hasar dosyası"), "insurer_file_no"),
        ),
        listed=(
            "accident_no", "vehicle", "vehicle_responsible_unit", "at", "kind", "place", "driver", "fault_share",
            "state", "repair_cost", "paid_by_insurer",
        ),
        head=("accident_no", "vehicle", "at", "kind", "place", "driver", "repair_cost"),
        filters=("state", "kind", "vehicle", "vehicle_kind", "vehicle_responsible_unit", "driver", "at"),
        flow=FLOW,
        identity=(("vehicle", "at"),),
        named_by=("accident_no",),
        sums=("repair_cost", "paid_by_insurer", "recourse"),
        order="-at",
        scope="vehicle__responsible_unit",
        parents=("vehicle",),
        warnings=doubts.ACCIDENT,
        through=OF_VEHICLE,
        synonyms={
            "vehicle": _PLATE,
            "at": ("kaza tarihi", "olay tarihi"),
            "minute_no": ("tutanak no",),
            "driver": ("şoför", "sürücü adı"),
            "insurer_file_no": ("dosya no",),
        },
    )
)  # fmt: skip

register(
    Register(
        slug="fines",
        model=Fine,
        group="record",
        belongs_to="vehicles",
        heading=_("Kaza ve ceza"),
        icon="gavel",
        columns=(
            "number", "vehicle", "at", "served_on", "article", "place", "driver", "amount", "discount_until",
            "last_pay_on", "paid_on", "paid", "objected_on", "cancelled_on", "recourse", "notes",
        ),
        sections=((_("Ceza"), "number"), (_("Ödeme"), "amount"), (_("İtiraz ve rücu"), "objected_on")),
        listed=(
            "number", "vehicle", "vehicle_responsible_unit", "at", "article", "driver", "amount", "discount_until",
            "last_pay_on", "due", "paid_on", "paid",
        ),
        head=("number", "vehicle", "at", "article", "driver", "amount", "last_pay_on"),
        filters=(
            "due", "vehicle", "vehicle_kind", "vehicle_responsible_unit", "driver", "at", "last_pay_on", "paid_on",
        ),
        identity=(("number",),),
        named_by=("number",),
        sums=("amount", "paid", "recourse"),
        order="-at",
        scope="vehicle__responsible_unit",
        parents=("vehicle",),
        warnings=doubts.FINE,
        through=OF_VEHICLE,
        # What is paid or cancelled is never overdue.
        validity=Validity(ends="last_pay_on", overdue=Q(paid_on=None, cancelled_on=None)),
        synonyms={
            "vehicle": _PLATE,
            "number": ("tutanak no", "ceza no", "seri sıra no"),
            "at": ("ceza tarihi", "ihlal tarihi"),
            "article": ("madde", "ceza maddesi"),
            "amount": ("tutar", "ceza tutarı"),
            "driver": ("şoför",),
        },
    )
)  # fmt: skip
