from django.utils.translation import gettext_lazy as _

from inventory.assets import OF_VEHICLE
from inventory.computed.declared import Through, Total, Validity
from inventory.lifecycle.fleet.odometer.feeds import feed
from inventory.lifecycle.fleet.odometer.models import Source
from inventory.lifecycle.fleet.servicing import doubts, flow
from inventory.lifecycle.fleet.servicing.models import PlannedService, ServiceLine, ServiceOrder, ServicePlan
from inventory.registers import Register, register

_OF_VEHICLE = {"vehicle": ("plaka", "araç plakası", "plaka no")}

register(
    Register(
        slug="service-orders",
        model=ServiceOrder,
        group="record",
        belongs_to="vehicles",
        heading=_("Servis ve bakım"),
        icon="tool",
        columns=(
            "order_no", "state", "vehicle", "kind", "plan", "opened_at", "complaint", "odometer",
            "place", "supplier", "sent_at", "received_at", "downtime", "diagnosis", "labour_hours",
            "invoice_no", "invoice_on", "warranty_until", "warranty_reading",
            "next_on", "next_reading", "closing_note", "notes",
        ),
        sections=(
            (_("Talep"), "order_no"),
            (_("Servis"), "place"),
            (_("Fatura ve garanti"), "invoice_no"),
            (_("Sonraki bakım"), "next_on"),
        ),
        listed=(
            "order_no", "vehicle", "vehicle_kind", "vehicle_responsible_unit", "kind", "state", "opened_at", "place",
            "supplier", "downtime", "cost",
        ),
        head=("order_no", "vehicle", "kind", "place", "supplier", "opened_at", "sent_at", "received_at", "downtime"),
        filters=(
            "state", "kind", "place", "vehicle", "vehicle_kind", "vehicle_responsible_unit", "supplier", "opened_at",
            "received_at",
        ),
        flow=flow.FLOW,
        guard=flow.guard,
        identity=(("vehicle", "opened_at", "kind"),),
        named_by=("order_no",),
        sums=("labour_hours", "downtime"),
        order="-opened_at",
        scope="vehicle__responsible_unit",
        parents=("vehicle", "plan"),
        warnings=doubts.ORDER,
        through=OF_VEHICLE,
        synonyms={
            **_OF_VEHICLE,
            "order_no": ("iş emri numarası",),
            "opened_at": ("açılış tarihi", "talep tarihi", "arıza tarihi"),
            "complaint": ("şikayet", "arıza", "yapılacak iş"),
            "odometer": ("km", "kilometre", "sayaç"),
            "place": ("yer", "servis yeri"),
            "supplier": ("firma", "servis", "yüklenici"),
            "sent_at": ("giriş tarihi", "gönderildiği tarih"),
            "received_at": ("çıkış tarihi", "alındığı tarih"),
            "diagnosis": ("yapılan işlem", "yapılan işlemler", "teşhis"),
        },
    )
)  # fmt: skip

feed("service-orders", at="sent_at", value="odometer", source=Source.SERVICE)

register(
    Register(
        slug="service-lines",
        model=ServiceLine,
        group="record",
        belongs_to="vehicles",
        heading=_("Servis ve bakım"),
        icon="receipt",
        columns=("order", "kind", "name", "source", "quantity", "unit_price", "amount"),
        listed=("order", "order_vehicle", "order_place", "kind", "name", "source", "quantity", "unit_price", "amount"),
        filters=("kind", "source", "order_place", "order_vehicle", "order", "order_received_at"),
        identity=(("order", "kind", "name", "source"),),
        sums=("amount",),
        order="order",
        scope="order__vehicle__responsible_unit",
        parents=("order",),
        line_of="order",
        totals=(Total(name="cost", column="amount", label=_("maliyet (TL)")),),
        warnings=doubts.LINE,
        through=(
            Through(of="order", column="vehicle", label=_("araç")),
            Through(of="order", column="place", label=_("yapıldığı yer")),
            Through(of="order", column="received_at", label=_("servisten çıkış")),
        ),
        synonyms={
            "name": ("parça", "malzeme", "parça adı", "işçilik"),
            "quantity": ("adet", "mik"),
            "unit_price": ("birim fiyat", "fiyat"),
            "amount": ("tutar", "bedel"),
        },
    )
)

register(
    Register(
        slug="service-plans",
        model=ServicePlan,
        group="list",
        belongs_to="vehicles",
        heading=_("Servis ve bakım"),
        icon="calendar-repeat",
        kinds_of="vehicles",
        columns=("name", "vehicle_kind", "every_months", "every_km", "every_hours", "notes"),
        listed=("name", "vehicle_kind", "every_months", "every_km", "every_hours"),
        filters=("vehicle_kind",),
        identity=(("name",),),
        named_by=("name",),
        order="name",
        scope=None,
        public=True,
        blanks={"vehicle_kind": _("Bütün türler")},
    )
)

register(
    Register(
        slug="planned-services",
        model=PlannedService,
        group="record",
        belongs_to="vehicles",
        heading=_("Servis ve bakım"),
        icon="calendar-due",
        columns=(
            "plan", "vehicle", "begins_on", "begins_at", "last_on", "last_reading", "due_on", "due_reading",
        ),
        listed=(
            "vehicle", "vehicle_kind", "vehicle_responsible_unit", "plan", "last_on", "last_reading", "due_on",
            "due_reading", "due",
        ),
        filters=("due", "plan", "vehicle", "vehicle_kind", "vehicle_responsible_unit", "due_on"),
        identity=(("plan", "vehicle"),),
        order="due_on",
        scope="vehicle__responsible_unit",
        parents=("vehicle", "plan"),
        line_of="plan",
        warnings=doubts.PLANNED,
        through=OF_VEHICLE,
        validity=Validity(of="vehicle", begins="begins_on", ends="due_on", series="plan"),
        synonyms={
            **_OF_VEHICLE,
            "begins_on": ("son bakım tarihi", "başlangıç tarihi"),
            "begins_at": ("son bakım km", "km"),
        },
    )
)  # fmt: skip
