from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.assets import OF_VEHICLE
from inventory.computed.declared import Further, Validity
from inventory.editing.doubts import to_come
from inventory.lifecycle.fleet.dispatch import doubts, flows
from inventory.lifecycle.fleet.dispatch.models import (
    Driver,
    DutyLog,
    LicenceRule,
    TaskOrder,
    VehicleRequest,
)
from inventory.lifecycle.fleet.odometer.feeds import feed
from inventory.lifecycle.fleet.odometer.models import Source
from inventory.registers import Register, register

VEHICLE_WORDS = ("plaka", "araç plakası", "plaka no")
DRIVER_WORDS = ("şoför", "şoför adı", "sürücü adı", "sürücü adı soyadı")


register(
    Register(
        slug="drivers",
        model=Driver,
        group="record",
        belongs_to="vehicles",
        heading=_("Görev"),
        icon="steering-wheel",
        columns=(
            "person", "responsible_unit", "active",
            "licence_no", "classes", "licence_until", "src_kind", "src_until", "psychotechnic_until", "health_until",
            "operator_certificate_no", "operator_until", "notes",
        ),
        sections=((_("Belgeler"), "licence_no"),),
        listed=(
            "person", "responsible_unit", "classes", "licence_until", "due", "src_until", "src_due",
            "psychotechnic_until", "psychotechnic_due", "active",
        ),
        filters=(
            "responsible_unit", "classes", "active", "due", "src_due", "psychotechnic_due", "health_due",
            "operator_due",
        ),
        identity=(("person",),),
        order="person",
        parents=("person",),
        validity=Validity(
            ends="licence_until",
            overdue=Q(active=True),
            further=(
                Further(ends="src_until", label=_("SRC durumu")),
                Further(ends="psychotechnic_until", label=_("psikoteknik durumu")),
                Further(ends="health_until", label=_("sağlık raporu durumu")),
                Further(ends="operator_until", label=_("operatörlük durumu")),
            ),
        ),
        synonyms={
            "person": ("sicil no", "ad soyad", "adı soyadı", *DRIVER_WORDS),
            "classes": ("ehliyet sınıfı", "sınıf", "belge sınıfı", "sürücü belgesi sınıfı"),
            "licence_no": ("ehliyet no", "belge no", "ehliyet numarası"),
            "licence_until": ("ehliyet bitişi", "ehliyet geçerlilik tarihi"),
            "src_kind": ("SRC", "SRC belgesi"),
        },
    )
)  # fmt: skip

register(
    Register(
        slug="licence-rules",
        model=LicenceRule,
        group="list",
        belongs_to="vehicles",
        heading=_("Görev"),
        icon="license",
        columns=("kind", "classes", "needs_operator", "notes"),
        listed=("kind", "classes", "needs_operator", "notes"),
        filters=("kind", "classes", "needs_operator"),
        identity=(("kind",),),
        order="kind",
        scope=None,
        public=True,
        kinds_of="vehicles",
    )
)

register(
    Register(
        slug="vehicle-requests",
        model=VehicleRequest,
        group="record",
        stands_under="vehicles",
        kinds_of="vehicles",
        heading=_("Görev"),
        icon="message-question",
        columns=(
            "request_no", "state", "asked_at", "asking_unit", "outside_body",
            "purpose", "from_at", "until_at", "from_place", "to_place", "people", "load", "kind_wanted", "with_driver",
            "assigned", "answer", "notes",
        ),
        sections=((_("Görev"), "purpose"), (_("Karar"), "assigned")),
        listed=("request_no", "state", "asking_unit", "purpose", "from_at", "until_at", "to_place", "assigned"),
        filters=("state", "asking_unit", "outside_body", "from_at", "kind_wanted"),
        identity=(("asking_unit", "from_at", "purpose"),),
        named_by=("request_no",),
        order="-from_at",
        scope="asking_unit",
        flow=flows.REQUESTS,
        once=("asked_at", "from_at", "until_at", "assigned", "answer"),
        warnings=(to_come("asked_at"), doubts.ASKED_LATE),
        synonyms={
            "asking_unit": ("birim", "talep eden birim", "isteyen"),
            "purpose": ("konu", "görev", "talebin konusu"),
            "from_at": ("başlangıç", "çıkış zamanı"),
            "until_at": ("bitiş",),
            "people": ("yolcu sayısı",),
        },
    )
)  # fmt: skip

register(
    Register(
        slug="task-orders",
        model=TaskOrder,
        group="record",
        belongs_to="vehicles",
        heading=_("Görev"),
        icon="clipboard-list",
        columns=(
            "order_no", "state", "kind", "vehicle", "driver", "second_driver", "request",
            "requesting_unit", "purpose", "route", "leave_at", "return_at", "people", "passengers", "load",
            "out_of_province",
            "left_at", "odometer_out", "returned_at", "odometer_in", "cancel_reason", "notes",
        ),
        sections=((_("Görev"), "requesting_unit"), (_("Gerçekleşen"), "left_at")),
        listed=(
            "order_no", "state", "vehicle", "driver", "requesting_unit", "purpose", "route", "leave_at", "return_at",
        ),
        filters=("state", "vehicle", "driver", "requesting_unit", "leave_at", "kind", "vehicle_kind"),
        identity=(("vehicle", "leave_at"),),
        named_by=("order_no",),
        order="-leave_at",
        scope="vehicle__responsible_unit",
        parents=("vehicle", "driver", "request"),
        through=OF_VEHICLE,
        flow=flows.ORDERS,
        once=(
            "request", "leave_at", "return_at", "left_at", "odometer_out", "returned_at", "odometer_in",
            "cancel_reason",
        ),
        warnings=doubts.ORDER,
        synonyms={
            "vehicle": VEHICLE_WORDS,
            "driver": DRIVER_WORDS,
            "requesting_unit": ("birim", "talep eden birim"),
            "purpose": ("konu", "görev", "görevin konusu"),
            "route": ("gidilecek yer", "yer"),
            "leave_at": ("çıkış",),
            "return_at": ("dönüş",),
        },
    )
)  # fmt: skip

register(
    Register(
        slug="duty-log",
        model=DutyLog,
        group="record",
        belongs_to="vehicles",
        heading=_("Görev"),
        icon="notebook",
        columns=("order", "vehicle", "driver", "from_at", "until_at", "odometer_out", "odometer_in", "route", "notes"),
        listed=("order", "vehicle", "driver", "from_at", "until_at", "odometer_out", "odometer_in", "route"),
        filters=("vehicle", "driver", "order", "from_at"),
        identity=(("order", "driver", "from_at"),),
        order="-from_at",
        scope="vehicle__responsible_unit",
        parents=("order", "vehicle", "driver"),
        line_of="order",
        warnings=(doubts.OUTSIDE_ORDER,),
        synonyms={"vehicle": VEHICLE_WORDS, "driver": DRIVER_WORDS},
    )
)

feed("task-orders", at="left_at", value="odometer_out", source=Source.TASK)
feed("task-orders", at="returned_at", value="odometer_in", source=Source.TASK)
feed("duty-log", at="from_at", value="odometer_out", source=Source.TASK)
feed("duty-log", at="until_at", value="odometer_in", source=Source.TASK)
