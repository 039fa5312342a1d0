"""Programs in use, and which units use them."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.fields import LongTextField, MoneyField
from inventory.models import STILL_HERE, Asset, Row
from inventory.sameness.constraints import Same, SameField


class Platform(models.TextChoices):
    WEB = "web", _("Web")
    MOBILE = "mobile", _("Mobil")
    DESKTOP = "desktop", _("Masaüstü")
    SERVER = "server", _("Sunucu")
    OTHER = "other", _("Diğer")


class Audience(models.TextChoices):
    STAFF = "staff", _("Personel")
    CITIZENS = "citizens", _("Vatandaş")
    BOTH = "both", _("Personel ve vatandaş")


class Licence(models.TextChoices):
    PERPETUAL = "perpetual", _("Süresiz")
    SUBSCRIPTION = "subscription", _("Süreli / abonelik")
    FREE = "free", _("Ücretsiz")


class Software(Asset):
    sorted_by = "name"
    searched = (
        "inventory_no", "name", "kind", "supplier", "version_name", "database", "server", "contact",
        "responsible_unit", "notes",
    )  # fmt: skip

    name = models.CharField(_("program adı"), max_length=200)
    name_same = SameField()
    platform = models.CharField(_("platform"), max_length=10, choices=Platform, blank=True)
    audience = models.CharField(_("kime açık"), max_length=10, choices=Audience, default=Audience.STAFF)
    supplier = models.CharField(_("tedarikçi"), max_length=150, blank=True)
    version_name = models.CharField(_("sürüm"), max_length=40, blank=True)
    licence_kind = models.CharField(_("lisans türü"), max_length=15, choices=Licence, blank=True)
    seats = models.PositiveIntegerField(_("lisans adedi"), null=True, blank=True)
    licence_from = models.DateField(_("lisans başlangıcı"), null=True, blank=True)
    licence_until = models.DateField(_("lisans bitişi"), null=True, blank=True)
    yearly_cost = MoneyField(_("yıllık maliyet (TL)"), null=True, blank=True)
    database = models.CharField(_("veritabanı"), max_length=60, blank=True)
    server = models.ForeignKey(
        "network.NetworkDevice",
        models.PROTECT,
        verbose_name=_("çalıştığı sunucu"),
        related_name="+",
        null=True,
        blank=True,
    )
    contact = models.ForeignKey(
        "organization.Person",
        models.PROTECT,
        verbose_name=_("ilgili kişi"),
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("yazılım")
        verbose_name_plural = _("Yazılımlar")
        indexes = [models.Index(fields=["name_same"], name="software_name")]
        constraints = [
            Same(
                "name_same",
                where=STILL_HERE,
                name="software_name_once",
                message=_("Bu adda bir yazılım zaten kayıtlı."),
            ),
            models.CheckConstraint(
                condition=Q(licence_from__isnull=True)
                | Q(licence_until__isnull=True)
                | Q(licence_until__gte=F("licence_from")),
                name="software_licence_ends_after_start",
                violation_error_message=_("Lisans bitişi başlangıcından önce olamaz."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SoftwareUse(Row):
    """Who uses a program: one unit, all of them, or the mobile applications' public."""

    named_after = ("software", "reach", "unit")
    searched = ("software", "unit")

    class Reach(models.TextChoices):
        UNIT = "unit", _("Birim")
        ALL_UNITS = "all_units", _("Tüm Birimler")
        MOBILE = "mobile", _("Kurumsal Mobil Uygulamalar")

    software = models.ForeignKey(Software, models.PROTECT, verbose_name=_("yazılım"), related_name="uses")
    reach = models.CharField(_("kullanım kapsamı"), max_length=10, choices=Reach, default=Reach.UNIT)
    unit = models.ForeignKey(
        "organization.Unit",
        models.PROTECT,
        verbose_name=_("kullanan birim"),
        related_name="+",
        null=True,
        blank=True,
    )
    since = models.DateField(_("kullanım başlangıcı"), null=True, blank=True)
    notes = LongTextField(_("açıklama"), blank=True)

    class Meta:
        verbose_name = _("yazılım kullanımı")
        verbose_name_plural = _("Yazılım kullanımları")
        constraints = [
            Same(
                "unit",
                "software",
                where=Q(reach="unit"),
                name="software_use_once_by_unit",
                message=_("Bu birim bu yazılımın kullanıcısı olarak zaten kayıtlı."),
            ),
            Same(
                "reach",
                "software",
                where=~Q(reach="unit"),
                name="software_use_once_by_reach",
                message=_("Bu yazılım bu kapsamda zaten kayıtlı."),
            ),
            models.CheckConstraint(
                condition=Q(reach="unit", unit__isnull=False) | (~Q(reach="unit") & Q(unit__isnull=True)),
                name="software_use_names_unit",
                violation_error_message=_("Kapsam “Birim” ise kullanan birimi seçiniz; değilse birimi boş bırakınız."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.software} · {self.unit or self.get_reach_display()}"

    def clean(self) -> None:
        super().clean()
        if self.reach == self.Reach.UNIT and self.unit_id is None:
            raise ValidationError({"unit": _("Kullanan birimi seçiniz.")})
