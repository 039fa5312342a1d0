from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.assets import OF_VEHICLE
from inventory.assets.vehicles import doubts, leases
from inventory.assets.vehicles.models import Inspection, Insurance, LeaseContract, LeasedVehicle, Ownership, Vehicle
from inventory.computed.declared import Until, Validity
from inventory.models import Asset
from inventory.registers import Register, register

# A plate says that a vehicle is registered for the road, and so must be inspected and insured.
ON_THE_ROAD = ~Q(plate="")

register(
    Register(
        slug="vehicles",
        model=Vehicle,
        icon="truck",
        columns=(
            *Asset.HEAD,
            "plate", "fleet_no", "is_official", "ownership", "make", "trade_name", "model_year", "colour",
            "chassis_no", "engine_no", "fuel", "tank_litres", "engine_cc", "seats", "gross_weight_kg",
            "first_registered_on", "council_decision_no", "council_decision_on", "under_law_237",
            "use", "responsible_person", "meter", "meter_unit",
            *Asset.PLACE,
            *Asset.ORIGIN,
        ),
        sections=(
            (_("Kimlik"), "inventory_no"),
            (_("Araç"), "make"),
            (_("Ruhsat ve teknik"), "chassis_no"),
            (_("Meclis kararı"), "council_decision_no"),
            (_("Kullanım"), "use"),
            (_("Sorumluluk ve durum"), "responsible_unit"),
            (_("Edinme"), "acquired_how"),
        ),
        listed=(
            "inventory_no", "plate", "kind", "ownership", "make", "responsible_unit", "responsible_person", "status",
            "inspection_until", "liability_until",
        ),
        head=(
            "inventory_no", "kind", "make", "trade_name", "ownership", "responsible_unit", "responsible_person",
            "status", "location", "cost",
        ),
        filters=(
            "kind", "ownership", "responsible_unit", "status", "inspection_due", "liability_due", "lease_due",
            "model_year", "use", "responsible_person",
        ),
        identity=(("plate",), ("chassis_no",), ("fleet_no",)),
        named_by=("plate", "fleet_no", "chassis_no", "inventory_no"),
        sums=("cost",),
        split="ownership",
        order="plate",
        warnings=doubts.VEHICLE,
        synonyms={
            "plate": ("plaka no", "araç plakası", "araç plaka", "plakası"),
            "kind": ("araç türü", "araç cinsi", "cinsi"),
            "ownership": ("resmi/kiralık", "mülkiyeti", "sahiplik"),
            "make": ("markası",),
            "trade_name": ("tipi", "ticari adı", "model adı", "model"),
            "model_year": ("model", "yılı"),
            "chassis_no": ("şase no", "şasi numarası", "şase numarası"),
            "engine_no": ("motor numarası",),
            "fuel": ("yakıt türü", "yakıt cinsi"),
            "tank_litres": ("depo hacmi", "depo kapasitesi", "yakıt deposu", "depo (litre)"),
            "engine_cc": ("silindir hacmi", "motor hacmi", "cc"),
            "meter": ("km", "kilometre", "güncel km"),
            "responsible_unit": ("kullanan birim",),
            "responsible_person": ("sorumlu", "zimmetli", "kullanan"),
            "notes": ("not", "notlar", "açıklamalar"),
        },
    )
)  # fmt: skip

register(
    Register(
        slug="lease-contracts",
        model=LeaseContract,
        group="record",
        belongs_to="vehicles",
        heading=_("Kiralama"),
        icon="file-text",
        columns=(
            "number", "state", "contractor", "responsible_unit", "signed_on", "starts_on", "ends_on", "monthly_price",
            "notes",
        ),
        listed=("number", "state", "contractor", "responsible_unit", "starts_on", "ends_on", "due", "monthly_price"),
        filters=("state", "contractor", "responsible_unit", "due", "ends_on"),
        flow=leases.FLOW,
        identity=(("number",),),
        named_by=("number",),
        order="-starts_on",
        warnings=(doubts.LEASE, leases.ENDED_EARLY),
        # A contract that has ended is history; its vehicles' `lease_due` says which of them still wait for another.
        validity=Validity(
            begins="starts_on",
            ends="ends_on",
            counts={"state": (leases.RUNNING,)},
            ended={"state": (leases.ENDED, leases.CLOSED)},
            overdue=None,
        ),
        synonyms={
            "contractor": ("firma", "yüklenici firma"),
            "number": ("sözleşme numarası",),
            "state": ("durum",),
            "monthly_price": (
                "aylık bedel", "aylık bedel (TL)", "aylık kira bedeli", "kira bedeli", "aylık kira", "aylık tutar",
            ),
        },
    )
)  # fmt: skip

register(
    Register(
        slug="leased-vehicles",
        model=LeasedVehicle,
        group="record",
        belongs_to="vehicles",
        heading=_("Kiralama"),
        icon="car",
        columns=("contract", "vehicle", "starts_on", "ends_on", "monthly_price"),
        listed=(
            "contract", "vehicle", "vehicle_kind", "vehicle_responsible_unit", "vehicle_responsible_person",
            "starts_on", "ends_on", "due", "monthly_price",
        ),
        filters=("due", "contract", "vehicle", "vehicle_kind", "vehicle_responsible_unit", "ends_on"),
        identity=(("contract", "vehicle", "starts_on"),),
        sums=("monthly_price",),
        order="-starts_on",
        scope="vehicle__responsible_unit",
        parents=("vehicle", "contract"),
        line_of="contract",
        warnings=(doubts.LEASE, leases.HARDLY_LEASED, leases.AT_ONE_TIME),
        through=OF_VEHICLE,
        validity=Validity(
            of="vehicle",
            begins="starts_on",
            ends="ends_on",
            beside=(
                Until(
                    name="lease",
                    label=_("kira bitişi"),
                    due_label=_("kira durumu"),
                    overdue=Q(ownership=Ownership.LEASED),
                    missing=Q(ownership=Ownership.LEASED),
                ),
            ),
        ),
        synonyms={
            "vehicle": ("plaka", "araç plakası", "plaka no"),
            "contract": ("sözleşme no",),
            "monthly_price": ("aylık kira bedeli", "kira bedeli", "aylık kira", "aylık tutar", "bedel", "fiyat"),
        },
    )
)  # fmt: skip

register(
    Register(
        slug="inspections",
        model=Inspection,
        group="record",
        belongs_to="vehicles",
        heading=_("Muayene ve sigorta"),
        icon="clipboard-check",
        columns=("vehicle", "done_on", "valid_until", "place", "result", "notes"),
        listed=(
            "vehicle", "vehicle_kind", "vehicle_responsible_unit", "vehicle_responsible_person", "done_on",
            "valid_until", "due", "result",
        ),
        filters=("due", "vehicle", "vehicle_kind", "vehicle_responsible_unit", "valid_until", "result"),
        identity=(("vehicle", "done_on"),),
        order="-done_on",
        scope="vehicle__responsible_unit",
        parents=("vehicle",),
        warnings=(doubts.INSPECTION, doubts.DONE),
        through=OF_VEHICLE,
        validity=Validity(
            of="vehicle",
            begins="done_on",
            ends="valid_until",
            counts={"result": (Inspection.Result.PASSED,)},
            beside=(
                Until(
                    name="inspection",
                    label=_("muayene geçerliliği"),
                    due_label=_("muayene durumu"),
                    missing=ON_THE_ROAD,
                ),
            ),
        ),
        synonyms={
            "vehicle": ("plaka", "araç plakası", "plaka no"),
            "valid_until": ("geçerlilik tarihi", "muayene bitiş"),
            "place": ("muayene istasyonu", "yer"),
        },
    )
)  # fmt: skip

register(
    Register(
        slug="insurances",
        model=Insurance,
        group="record",
        belongs_to="vehicles",
        heading=_("Muayene ve sigorta"),
        icon="shield-check",
        columns=("vehicle", "kind", "company", "policy_no", "starts_on", "ends_on", "premium", "notes"),
        listed=(
            "vehicle", "vehicle_kind", "vehicle_responsible_unit", "vehicle_responsible_person", "kind", "company",
            "policy_no", "starts_on", "ends_on", "due",
        ),
        head=("vehicle", "kind", "company", "policy_no", "starts_on", "ends_on", "premium"),
        filters=("due", "kind", "vehicle", "vehicle_kind", "vehicle_responsible_unit", "company", "ends_on"),
        identity=(("vehicle", "kind", "policy_no"),),
        sums=("premium",),
        order="-starts_on",
        scope="vehicle__responsible_unit",
        parents=("vehicle",),
        warnings=(doubts.INSURANCE,),
        through=OF_VEHICLE,
        validity=Validity(
            of="vehicle",
            begins="starts_on",
            ends="ends_on",
            series="kind",
            beside=(
                Until(
                    name="liability",
                    label=_("trafik sigortası bitişi"),
                    due_label=_("trafik sigortası durumu"),
                    kinds=(Insurance.Kind.LIABILITY,),
                    missing=ON_THE_ROAD,
                ),
                Until(
                    name="own_damage",
                    label=_("kasko bitişi"),
                    due_label=_("kasko durumu"),
                    kinds=(Insurance.Kind.OWN_DAMAGE,),
                ),
                Until(
                    name="seat",
                    label=_("koltuk sigortası bitişi"),
                    due_label=_("koltuk sigortası durumu"),
                    kinds=(Insurance.Kind.SEAT,),
                ),
                Until(
                    name="other_insurance",
                    label=_("diğer sigorta bitişi"),
                    due_label=_("diğer sigorta durumu"),
                    kinds=(Insurance.Kind.OTHER,),
                ),
            ),
        ),
        synonyms={
            "vehicle": ("plaka", "araç plakası", "plaka no"),
            "company": ("sigorta şirketi",),
            "kind": ("sigorta cinsi", "tür"),
            "policy_no": ("poliçe numarası",),
        },
    )
)  # fmt: skip
