"""Places: districts, neighbourhoods, and the locations that items may share."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.models import Row
from inventory.search import turkish


class District(Row):
    """A district (ilçe) with its official id."""

    searched = ("name",)

    official_id = models.PositiveIntegerField(_("resmî kod"), unique=True)
    name = models.CharField(_("ad"), max_length=100, unique=True)
    province = models.CharField(_("il"), max_length=100)
    population = models.PositiveIntegerField(_("nüfus"), null=True, blank=True)
    # A point inside the district, EPSG:4326 degrees.
    lon = models.FloatField(_("boylam"), null=True, blank=True)
    lat = models.FloatField(_("enlem"), null=True, blank=True)

    class Meta:
        verbose_name = _("ilçe")
        verbose_name_plural = _("İlçeler")
        ordering = [turkish("name")]

    def __str__(self):
        return self.name


class Neighbourhood(Row):
    """A neighbourhood (mahalle); its name repeats from district to district."""

    searched = ("name", "district")

    official_id = models.PositiveIntegerField(_("resmî kod"), unique=True)
    district = models.ForeignKey(District, models.PROTECT, verbose_name=_("ilçe"), related_name="neighbourhoods")
    name = models.CharField(_("ad"), max_length=100)
    population = models.PositiveIntegerField(_("nüfus"), null=True, blank=True)

    class Meta:
        verbose_name = _("mahalle")
        verbose_name_plural = _("Mahalleler")
        ordering = [turkish("name")]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "name"],
                name="neighbourhood_once_in_district",
                violation_error_message=_("Bu ilçede bu adda bir mahalle var."),
            )
        ]

    def __str__(self):
        return self.name


class Location(Row):
    """A place where items stand, such as a building or a depot."""

    searched = ("name", "address", "district", "neighbourhood")

    name = models.CharField(_("ad"), max_length=150, unique=True)
    address = models.CharField(_("adres"), max_length=300, blank=True)
    district = models.ForeignKey(
        District, models.PROTECT, verbose_name=_("ilçe"), related_name="+", null=True, blank=True
    )
    neighbourhood = models.ForeignKey(
        Neighbourhood, models.PROTECT, verbose_name=_("mahalle"), related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("yer")
        verbose_name_plural = _("Yerler")
        ordering = [turkish("name")]

    def __str__(self):
        return self.name
