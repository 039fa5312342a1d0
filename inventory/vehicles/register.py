from django.utils.translation import gettext_lazy as _

from inventory.models import Asset
from inventory.registers import Register, register
from inventory.vehicles.models import Inspection, Insurance, LeaseContract, LeasedVehicle, Vehicle

register(
    Register(
        slug="vehicles",
        model=Vehicle,
        icon="truck",
        columns=(
            *Asset.HEAD,
            "plate", "fleet_no", "is_official", "ownership", "make", "trade_name", "model_year", "colour",
            "chassis_no", "engine_no", "fuel", "engine_cc", "seats", "gross_weight_kg", "first_registered_on",
            "council_decision_no", "council_decision_on", "under_law_237",
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
            "inventory_no", "plate", "kind", "ownership", "make", "trade_name", "model_year", "responsible_unit",
            "responsible_person", "status",
        ),
        filters=("kind", "ownership", "responsible_unit", "status", "model_year", "use", "responsible_person"),
        identity=(("plate",), ("chassis_no",), ("fleet_no",)),
        named_by=("plate", "fleet_no", "chassis_no", "inventory_no"),
        sums=("cost",),
        split="ownership",
        order="plate",
        synonyms={
            "plate": ("plaka no", "araç plakası", "araç plaka", "plakası"),
            "kind": ("araç türü", "araç cinsi", "cinsi"),
            "ownership": ("resmi/kiralık", "mülkiyeti", "sahiplik"),
            "make": ("markası",),
            "trade_name": ("tipi", "ticari adı", "model adı"),
            "model_year": ("model", "yılı"),
            "chassis_no": ("şase no", "şasi numarası", "şase numarası"),
            "engine_no": ("motor numarası",),
            "fuel": ("yakıt türü", "yakıt cinsi"),
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
        icon="file-text",
        columns=(
            "number", "contractor", "responsible_unit", "signed_on", "starts_on", "ends_on", "monthly_price", "notes",
        ),
        listed=("number", "contractor", "responsible_unit", "starts_on", "ends_on", "monthly_price"),
        filters=("contractor", "responsible_unit", "ends_on"),
        identity=(("number",),),
        named_by=("number",),
        sums=("monthly_price",),
        order="-starts_on",
        due="ends_on",
        synonyms={"contractor": ("firma", "yüklenici firma"), "number": ("sözleşme numarası",)},
    )
)  # fmt: skip

register(
    Register(
        slug="leased-vehicles",
        model=LeasedVehicle,
        group="record",
        belongs_to="vehicles",
        icon="car",
        columns=("contract", "vehicle", "starts_on", "ends_on", "monthly_price"),
        listed=("contract", "vehicle", "starts_on", "ends_on", "monthly_price"),
        filters=("contract", "vehicle", "ends_on"),
        identity=(("contract", "vehicle", "starts_on"),),
        sums=("monthly_price",),
        order="-starts_on",
        scope="vehicle__responsible_unit",
        parents=("vehicle", "contract"),
        due="ends_on",
        synonyms={"vehicle": ("plaka", "araç plakası"), "contract": ("sözleşme no",)},
    )
)

register(
    Register(
        slug="inspections",
        model=Inspection,
        group="record",
        belongs_to="vehicles",
        icon="clipboard-check",
        columns=("vehicle", "done_on", "valid_until", "place", "result", "notes"),
        listed=("vehicle", "done_on", "valid_until", "place", "result"),
        filters=("vehicle", "valid_until", "result"),
        identity=(("vehicle", "done_on"),),
        order="-done_on",
        scope="vehicle__responsible_unit",
        parents=("vehicle",),
        due="valid_until",
        synonyms={
            "vehicle": ("plaka", "araç plakası", "plaka no"),
            "valid_until": ("geçerlilik tarihi", "muayene bitiş"),
            "place": ("muayene istasyonu", "yer"),
        },
    )
)

register(
    Register(
        slug="insurances",
        model=Insurance,
        group="record",
        belongs_to="vehicles",
        icon="shield-check",
        columns=("vehicle", "kind", "company", "policy_no", "starts_on", "ends_on", "premium", "notes"),
        listed=("vehicle", "kind", "company", "policy_no", "starts_on", "ends_on", "premium"),
        filters=("vehicle", "kind", "company", "ends_on"),
        identity=(("vehicle", "kind", "policy_no"),),
        sums=("premium",),
        order="-starts_on",
        scope="vehicle__responsible_unit",
        parents=("vehicle",),
        due="ends_on",
        due_series=("kind",),
        synonyms={
            "vehicle": ("plaka", "araç plakası", "plaka no"),
            "company": ("sigorta şirketi",),
            "kind": ("sigorta cinsi", "tür"),
            "policy_no": ("poliçe numarası",),
        },
    )
)
