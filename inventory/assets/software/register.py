from django.utils.translation import gettext_lazy as _

from inventory.assets.software.models import Software, SoftwareUse
from inventory.computed.declared import Validity
from inventory.models import Asset
from inventory.registers import Register, register

register(
    Register(
        slug="software",
        model=Software,
        icon="apps",
        columns=(
            "inventory_no", "name", "kind", "platform", "audience", "supplier", "version_name",
            "licence_kind", "seats", "licence_from", "licence_until", "yearly_cost",
            "database", "server", "contact",
            *Asset.PLACE,
            *Asset.ORIGIN,
        ),
        sections=(
            (_("Kimlik"), "inventory_no"),
            (_("Lisans"), "licence_kind"),
            (_("Teknik"), "database"),
            (_("Sorumluluk ve durum"), "responsible_unit"),
            (_("Edinme"), "acquired_how"),
        ),
        listed=(
            "inventory_no", "name", "kind", "audience", "supplier", "licence_until", "yearly_cost",
            "responsible_unit", "status",
        ),
        head=(
            "inventory_no", "kind", "supplier", "audience", "responsible_unit", "status", "location", "yearly_cost",
            "cost",
        ),
        filters=("kind", "platform", "audience", "responsible_unit", "status", "due", "licence_until"),
        identity=(("name",),),
        named_by=("name", "inventory_no"),
        sums=("yearly_cost", "cost"),
        order="name",
        validity=Validity(begins="licence_from", ends="licence_until"),
        synonyms={
            "name": ("yazılım adı", "program", "yazılım", "uygulama adı", "uygulama"),
            "kind": ("yazılım türü",),
            "supplier": ("firma", "üretici"),
            "version_name": ("versiyon",),
            "seats": ("lisans sayısı", "kullanıcı sayısı"),
            "notes": ("not", "notlar", "açıklamalar"),
        },
    )
)  # fmt: skip

register(
    Register(
        slug="software-uses",
        model=SoftwareUse,
        group="record",
        belongs_to="software",
        icon="users-group",
        columns=("software", "reach", "unit", "since", "notes"),
        listed=("software", "reach", "unit", "since"),
        filters=("software", "reach", "unit"),
        identity=(("software", "reach", "unit"),),
        order="software",
        scope="software__responsible_unit",
        parents=("software",),
        synonyms={"software": ("program", "program adı"), "unit": ("birim", "kullanan birim")},
    )
)
