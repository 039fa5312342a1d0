from django.utils.translation import gettext_lazy as _

from inventory.assets import OF_VEHICLE
from inventory.editing.doubts import to_come
from inventory.lifecycle.fleet.fuel import alarms, doubts, matching, tanks
from inventory.lifecycle.fleet.fuel.models import FuelAlarm, FuelCard, FuelFill, FuelTank, TankMovement
from inventory.lifecycle.fleet.odometer.feeds import feed
from inventory.lifecycle.fleet.odometer.models import Source
from inventory.registers import Completing, Register, register

register(
    Register(
        slug="fuel-fills",
        model=FuelFill,
        group="record",
        belongs_to="vehicles",
        heading=_("Yakıt ve sayaç"),
        icon="gas-station",
        columns=(
            "vehicle", "plate_text", "filled_at", "fuel", "litres", "unit_price", "amount", "discount", "odometer",
            "full", "missed_before", "supplier", "station", "station_kind", "tank", "receipt_no", "card_no", "driver",
            "notes",
        ),
        listed=(
            "vehicle", "vehicle_responsible_unit", "filled_at", "fuel", "litres", "amount", "odometer", "station",
            "alarm",
        ),
        head=("vehicle", "plate_text", "filled_at", "fuel", "litres", "amount", "odometer", "station"),
        filters=(
            "vehicle", "vehicle_kind", "vehicle_responsible_unit", "filled_at", "fuel", "supplier", "station_kind",
            "alarm",
        ),
        identity=(
            ("supplier", "receipt_no", "filled_at", "fuel"),
            ("vehicle", "filled_at", "litres", "amount"),
            ("plate_text", "filled_at", "litres", "amount"),
        ),
        repeats=True,
        completing=Completing(
            fill=matching.complete, label=_("Araçlarıyla eşleştir"), waiting={"vehicle_blank": "yes"}
        ),
        sums=("litres", "amount"),
        order="-filled_at",
        # What names no vehicle lies in no unit: it is seen and changed by those who may everywhere.
        scope="vehicle__responsible_unit",
        parents=("vehicle", "tank"),
        warnings=(to_come("filled_at"), doubts.AMOUNT, doubts.NO_VEHICLE),
        through=OF_VEHICLE,
        computed=(alarms.COLUMN,),
        synonyms={
            "vehicle": ("araç",),
            "plate_text": ("plaka", "plaka no", "araç plakası", "araç plaka", "filo no", "şasi no"),
            "filled_at": (
                "tarih", "işlem tarihi", "alım tarihi", "dolum tarihi", "tarih saat", "işlem tarih saat",
                "yakıt tarihi",
            ),
            "fuel": ("yakıt tipi", "yakıt türü", "yakıt cinsi", "stok adı", "ürün", "ürün adı"),
            "litres": ("litre", "lt", "miktar", "yakıt miktarı", "miktar (lt)", "alınan litre"),
            "unit_price": ("fiyat", "birim fiyat", "litre fiyatı", "pompa fiyatı"),
            "amount": ("tutar", "toplam", "toplam tutar", "satır tutarı", "net tutar", "işlem tutarı"),
            "discount": ("iskonto", "indirim tutarı"),
            "odometer": ("km", "kilometre", "km bilgisi", "araç km", "sayaç km"),
            "supplier": ("firma", "akaryakıt firması"),
            "station": ("istasyon adı", "bayi", "bayi adı"),
            "receipt_no": ("fiş", "fiş numarası", "işlem no", "işlem numarası", "belge no", "provizyon no"),
            "card_no": ("kart numarası", "kart", "taşıt tanıma no"),
            "driver": ("şoför", "şoför adı", "sürücü adı"),
        },
    )
)  # fmt: skip

register(
    Register(
        slug="fuel-cards",
        model=FuelCard,
        group="record",
        belongs_to="vehicles",
        heading=_("Yakıt ve sayaç"),
        icon="credit-card",
        columns=("card_no", "vehicle", "supplier", "starts_on", "ends_on", "notes"),
        listed=("card_no", "vehicle", "vehicle_kind", "vehicle_responsible_unit", "supplier", "starts_on", "ends_on"),
        filters=("vehicle", "vehicle_kind", "vehicle_responsible_unit", "supplier", "ends_on"),
        identity=(("card_no", "vehicle"),),
        order="card_no",
        scope="vehicle__responsible_unit",
        parents=("vehicle",),
        through=OF_VEHICLE,
        synonyms={
            "vehicle": ("plaka", "araç plakası", "plaka no"),
            "card_no": ("kart numarası", "yakıt kartı", "taşıt tanıma no"),
        },
    )
)

register(
    Register(
        slug="fuel-tanks",
        model=FuelTank,
        group="record",
        belongs_to="vehicles",
        heading=_("Yakıt ve sayaç"),
        icon="barrel",
        columns=("name", "fuel", "capacity", "responsible_unit", "location", "notes"),
        listed=("name", "fuel", "capacity", "responsible_unit", "location", "book_level", "level_difference"),
        filters=("fuel", "responsible_unit"),
        identity=(("name",),),
        named_by=("name",),
        order="name",
        computed=tanks.COLUMNS,
        synonyms={"name": ("tank", "tank adı"), "capacity": ("hacim", "kapasite", "litre")},
    )
)

register(
    Register(
        slug="tank-movements",
        model=TankMovement,
        group="record",
        belongs_to="vehicles",
        heading=_("Yakıt ve sayaç"),
        icon="arrows-left-right",
        columns=("tank", "at", "kind", "litres", "waybill_no", "notes"),
        listed=("tank", "at", "kind", "litres", "waybill_no"),
        filters=("tank", "kind", "at"),
        identity=(("tank", "kind", "at"),),
        order="-at",
        scope="tank__responsible_unit",
        parents=("tank",),
        warnings=(to_come("at"), doubts.MORE_THAN_IT_HOLDS),
        synonyms={"at": ("tarih", "işlem tarihi"), "litres": ("litre", "lt", "miktar"), "waybill_no": ("irsaliye",)},
    )
)

register(
    Register(
        slug="fuel-alarms",
        model=FuelAlarm,
        group="list",
        belongs_to="vehicles",
        heading=_("Yakıt ve sayaç"),
        icon="alert-triangle",
        columns=("code", "name", "active", "figure"),
        listed=("name", "active", "figure", "code"),
        identity=(("code",),),
        named_by=("code", "name"),
        order="code",
        scope=None,
        public=True,
    )
)

feed("fuel-fills", at="filled_at", value="odometer", source=Source.FUEL)
