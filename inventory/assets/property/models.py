"""Real estate: parcels, buildings and independent units, by their deeds."""

from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.fields import AreaField, BlockParcelField, LongTextField, MoneyField, SerialField
from inventory.models import STILL_HERE, Asset
from inventory.sameness.constraints import Same, SameField


class Account(models.TextChoices):
    LAND = "250", _("250 Arazi ve arsalar")
    WORKS = "251", _("251 Yeraltı ve yerüstü düzenleri")
    BUILDINGS = "252", _("252 Binalar")


class Title(models.TextChoices):
    """Why the property stands here; the forms of regulation 2006/10970, md. 7."""

    OURS = "ours", _("Mülkiyetimizde")
    ALLOCATED = "allocated", _("Bize tahsisli")
    COMMON = "common", _("Orta malı")
    SERVICE = "service", _("Genel hizmet alanı")
    LIMITED = "limited", _("Sınırlı ayni hak")


class Property(Asset):
    named_after = (
        "inventory_no", "district", "neighbourhood", "block", "parcel", "building", "floor", "independent_unit",
    )  # fmt: skip
    searched = (
        "inventory_no", "kind", "province", "district", "neighbourhood", "block", "parcel", "sheet",
        "deed_volume", "deed_page", "registry_id", "description", "independent_unit", "building",
        "actual_use", "location", "responsible_unit", "annotations", "notes",
    )  # fmt: skip

    province = models.CharField(_("il"), max_length=60, default="Kocaeli")
    district = models.ForeignKey("geo.District", models.PROTECT, verbose_name=_("ilçe"), related_name="+")
    neighbourhood = models.ForeignKey(
        "geo.Neighbourhood",
        models.PROTECT,
        verbose_name=_("mahalle"),
        related_name="+",
        null=True,
        blank=True,
    )
    block = BlockParcelField(_("ada"), max_length=20, blank=True)
    parcel = BlockParcelField(_("parsel"), max_length=20, blank=True)
    sheet = models.CharField(_("pafta"), max_length=60, blank=True)
    building = models.CharField(_("blok / bina"), max_length=40, blank=True)
    floor = models.CharField(_("kat"), max_length=20, blank=True)
    independent_unit = models.CharField(_("bağımsız bölüm"), max_length=20, blank=True)
    building_same = SameField()
    floor_same = SameField()
    independent_unit_same = SameField()

    deed_volume = models.CharField(_("cilt"), max_length=20, blank=True)
    deed_page = models.CharField(_("sayfa"), max_length=20, blank=True)
    registry_id = SerialField(_("taşınmaz kimlik no"), max_length=20, blank=True)
    registry_id_same = SameField()
    description = models.CharField(_("nitelik (tapu)"), max_length=250, blank=True)
    share_numerator = models.PositiveBigIntegerField(_("hisse pay"), default=1)
    share_denominator = models.PositiveBigIntegerField(_("hisse payda"), default=1)
    deed_on = models.DateField(_("tapu tarihi"), null=True, blank=True)
    deed_reason = models.CharField(_("tapu edinme sebebi"), max_length=120, blank=True)
    annotations = LongTextField(_("şerh, beyan, irtifak"), blank=True)

    title_kind = models.CharField(_("mülkiyet durumu"), max_length=20, choices=Title, default=Title.OURS)
    actual_use = models.CharField(_("fiilî kullanım"), max_length=250, blank=True)
    can_be_let = models.BooleanField(_("kiraya verilebilir"), default=False)

    area_m2 = AreaField(_("tapu alanı (m²)"), null=True, blank=True)
    our_area_m2 = AreaField(_("hissemize düşen alan (m²)"), null=True, blank=True, editable=False)
    account = models.CharField(_("hesap"), max_length=3, choices=Account, blank=True)
    book_value = MoneyField(_("defter değeri (TL)"), null=True, blank=True)
    current_value = MoneyField(_("güncel değer (TL)"), null=True, blank=True)
    valued_on = models.DateField(_("değerleme tarihi"), null=True, blank=True)

    class Meta:
        verbose_name = _("taşınmaz")
        verbose_name_plural = _("Taşınmazlar")
        indexes = [models.Index(fields=["registry_id_same"], name="property_registry_id")]
        constraints = [
            Same(
                "parcel", "block", "neighbourhood", "district", "building_same", "floor_same",
                "independent_unit_same",
                where=~Q(parcel="") & STILL_HERE,
                blanks=["neighbourhood"],
                name="property_parcel_once",
                message=_("Bu mahalle/ada/parsel/bağımsız bölüm zaten kayıtlı."),
            ),
            Same(
                "registry_id_same",
                where=~Q(registry_id="") & STILL_HERE,
                name="property_registry_id_once",
                message=_("Bu taşınmaz kimlik no zaten kayıtlı."),
            ),
            models.CheckConstraint(
                condition=Q(share_numerator__gt=0, share_denominator__gte=F("share_numerator")),
                name="property_share_at_most_one",
                violation_error_message=_("Hisse payı 0'dan büyük, paydadan küçük veya ona eşit olmalıdır."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        if not self.parcel:
            return self.inventory_no
        parts = (self.building, self.floor, self.independent_unit)
        place = f"{self.neighbourhood or self.district} {self.block}/{self.parcel}"
        return f"{place} {'-'.join(part for part in parts if part)}".strip()

    def derive(self) -> None:
        self.our_area_m2 = None
        if self.area_m2 is not None and self.share_denominator:
            ours = Decimal(self.area_m2) * self.share_numerator / self.share_denominator
            self.our_area_m2 = ours.quantize(Decimal("0.01"), ROUND_HALF_UP)
        super().derive()
        # So that "123/4" finds block 123, parcel 4.
        self.search_text += f" {self.block}/{self.parcel}" if self.parcel else ""

    def clean(self) -> None:
        super().clean()
        if self.neighbourhood and self.district_id and self.neighbourhood.district_id != self.district_id:
            raise ValidationError(
                {"neighbourhood": _("Bu mahalle seçilen ilçede değil; ilçeyi veya mahalleyi düzeltiniz.")}
            )
        if self.current_value is not None and self.valued_on is None:
            raise ValidationError({"valued_on": _("Güncel değerin hangi güne ait olduğunu yazınız.")})
