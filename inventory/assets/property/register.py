from django.utils.translation import gettext_lazy as _

from inventory.assets.property.models import Property
from inventory.models import Asset
from inventory.registers import Register, register

register(
    Register(
        slug="property",
        model=Property,
        icon="building-estate",
        columns=(
            *Asset.HEAD,
            "title_kind", "province", "district", "neighbourhood", "block", "parcel", "sheet", "building", "floor",
            "independent_unit",
            "deed_volume", "deed_page", "registry_id", "description", "share_numerator", "share_denominator",
            "deed_on", "deed_reason", "annotations",
            "area_m2", "our_area_m2", "actual_use", "can_be_let",
            "account", "book_value", "current_value", "valued_on",
            *Asset.PLACE,
            *Asset.ORIGIN,
        ),
        sections=(
            (_("Kimlik"), "inventory_no"),
            (_("Konum"), "province"),
            (_("Tapu"), "deed_volume"),
            (_("Alan ve kullanım"), "area_m2"),
            (_("Değer"), "account"),
            (_("Sorumluluk ve durum"), "responsible_unit"),
            (_("Edinme"), "acquired_how"),
        ),
        listed=(
            "inventory_no", "kind", "district", "neighbourhood", "block", "parcel", "independent_unit", "area_m2",
            "our_area_m2", "responsible_unit", "status",
        ),
        head=(
            "inventory_no", "kind", "district", "neighbourhood", "area_m2", "our_area_m2", "responsible_unit", "status",
            "location", "current_value", "cost",
        ),
        filters=("kind", "district", "neighbourhood", "responsible_unit", "status", "area_m2", "can_be_let"),
        identity=(
            ("registry_id",),
            ("district", "neighbourhood", "block", "parcel", "building", "floor", "independent_unit"),
        ),
        named_by=("inventory_no", "registry_id"),
        sums=("area_m2", "our_area_m2", "book_value", "current_value", "cost"),
        order="kind",
        synonyms={
            "kind": ("taşınmaz türü", "tür kodu", "taşınmaz kodu", "cinsi"),
            "block": ("ada no", "adano"),
            "parcel": ("parsel no", "parselno"),
            "sheet": ("pafta no",),
            "independent_unit": ("bağımsız bölüm no", "bb no", "b.b. no"),
            "building": ("blok", "bina", "blok no"),
            "deed_volume": ("cilt no",),
            "deed_page": ("sayfa no",),
            "registry_id": ("taşınmaz id", "zemin id", "tapu kimlik no"),
            "description": ("nitelik", "tapu niteliği", "ana taşınmaz nitelik", "vasfı"),
            "share_numerator": ("pay", "hisse payı"),
            "share_denominator": ("payda", "hisse paydası"),
            "area_m2": ("alan", "yüzölçümü", "yüzölçüm", "alan (m2)", "m2", "tapu alanı"),
            "annotations": ("şerh", "şerhler", "beyan", "irtifak", "takyidat"),
            "notes": ("not", "notlar", "açıklamalar"),
        },
    )
)  # fmt: skip
