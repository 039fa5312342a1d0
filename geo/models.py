"""Places: districts, neighbourhoods and their boundaries, and the locations that items may share."""

from math import isfinite

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from geo.cells import cell_of
from geo.counts import CellChange, CellCount  # noqa: F401 - tables of this app
from inventory.fields import AreaField, DegreeField
from inventory.models import Row
from inventory.sameness.constraints import Same, SameField
from inventory.search import turkish

BOTH = _("Boylam ve enlemi birlikte yazınız ya da ikisini de boş bırakınız.")


class LonField(DegreeField):
    default_validators = [MinValueValidator(-180), MaxValueValidator(180)]


class LatField(DegreeField):
    default_validators = [MinValueValidator(-90), MaxValueValidator(90)]


class Point(models.Model):
    """A point in EPSG:4326 degrees, or none."""

    lon = LonField(_("boylam"), null=True, blank=True)
    lat = LatField(_("enlem"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
                name="%(class)s_lon_and_lat",
                violation_error_message=BOTH,
            )
        ]

    @property
    def is_placed(self) -> bool:
        return self.lon is not None and self.lat is not None

    def clean(self) -> None:
        super().clean()
        if (self.lon is None) != (self.lat is None):
            raise ValidationError({"lon" if self.lon is None else "lat": BOTH})


class District(Point, Row):
    """A district (ilçe) with its official id and a point inside it."""

    searched = ("name",)

    official_id = models.PositiveIntegerField(_("resmî kod"), unique=True)
    name = models.CharField(_("ad"), max_length=100)
    name_same = SameField()
    province = models.CharField(_("il"), max_length=100)
    population = models.PositiveIntegerField(_("nüfus"), null=True, blank=True)

    class Meta(Point.Meta):
        verbose_name = _("ilçe")
        verbose_name_plural = _("İlçeler")
        ordering = [turkish("name")]
        constraints = [
            *Point.Meta.constraints,
            Same("name_same", name="district_name_once", message=_("Bu adda bir ilçe var.")),
        ]

    def __str__(self) -> str:
        return self.name


class Neighbourhood(Point, Row):
    """A neighbourhood (mahalle); its name repeats from district to district."""

    searched = ("name", "district")

    official_id = models.PositiveIntegerField(_("resmî kod"), unique=True)
    district = models.ForeignKey(District, models.PROTECT, verbose_name=_("ilçe"), related_name="neighbourhoods")
    name = models.CharField(_("ad"), max_length=100)
    name_same = SameField()
    population = models.PositiveIntegerField(_("nüfus"), null=True, blank=True)

    class Meta(Point.Meta):
        verbose_name = _("mahalle")
        verbose_name_plural = _("Mahalleler")
        ordering = [turkish("name")]
        constraints = [
            *Point.Meta.constraints,
            Same(
                "name_same",
                "district",
                name="neighbourhood_once_in_district",
                message=_("Bu ilçede bu adda bir mahalle var."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Boundary(models.Model):
    """The boundary of a district or a neighbourhood, from a file (`manage.py load_boundaries`).

    A table of its own, since a list joins the districts of its rows and a boundary has 100 kB: `shape` is WKB
    (geo/shapes.py). It replaces the former one; `source` names the file.
    """

    district = models.OneToOneField(District, models.CASCADE, related_name="boundary", null=True, blank=True)
    neighbourhood = models.OneToOneField(Neighbourhood, models.CASCADE, related_name="boundary", null=True, blank=True)
    shape = models.BinaryField()
    source = models.CharField(max_length=200)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(district__isnull=True) ^ Q(neighbourhood__isnull=True), name="boundary_of_one_place"
            )
        ]

    def __str__(self) -> str:
        return str(self.district or self.neighbourhood)


class Source(models.TextChoices):
    """Where a location's point comes from; `precision_m` says how far it may be off."""

    SURVEY = "survey", _("Ölçüm")
    PARCEL = "parcel", _("Parsel dosyası")
    FILE = "file", _("Coğrafi dosya")
    PICKED = "picked", _("Haritada işaretlendi")
    TYPED = "typed", _("Koordinat yazıldı")
    ADDRESS = "address", _("Adresten (dış hizmet)")
    NEIGHBOURHOOD = "neighbourhood", _("Mahalle merkezi")
    DISTRICT = "district", _("İlçe merkezi")


# The point is the middle of a large area, not the place itself.
ROUGH = (Source.NEIGHBOURHOOD, Source.DISTRICT)


class Location(Point, Row):
    """A place where items stand: a building, a depot, a parcel (named by `geo.parcels.name`).

    `footprint` is a polygon or multipolygon in WGS 84, as WKB (geo/shapes.py). A location with a footprint and no
    point of its own gets one inside it. From these follow `west` to `north` (of the footprint, else the point), the
    footprint's area in EPSG:5254, and `cell`, the number by which a map tile finds the point (geo/cells.py).
    """

    searched = ("name", "address", "district", "neighbourhood")

    name = models.CharField(_("ad"), max_length=150)
    name_same = SameField()
    address = models.CharField(_("adres"), max_length=300, blank=True)
    district = models.ForeignKey(
        District, models.PROTECT, verbose_name=_("ilçe"), related_name="+", null=True, blank=True
    )
    neighbourhood = models.ForeignKey(
        Neighbourhood, models.PROTECT, verbose_name=_("mahalle"), related_name="+", null=True, blank=True
    )
    source = models.CharField(
        _("konum kaynağı"),
        max_length=20,
        choices=Source,
        blank=True,
        help_text=_("Konumun nereden geldiği; bilinmiyorsa boş kalabilir."),
    )
    precision_m = models.PositiveIntegerField(
        _("konum yanılma payı (m)"),
        null=True,
        blank=True,
        help_text=_("Nokta gerçek yerinden en çok kaç metre uzakta olabilir; bilinmiyorsa boş kalabilir."),
    )
    footprint = models.BinaryField(_("sınır"), null=True, blank=True, editable=True)
    area_m2 = AreaField(_("sınır alanı (m²)"), null=True, blank=True, editable=False)
    west = models.FloatField(null=True, blank=True, editable=False)
    south = models.FloatField(null=True, blank=True, editable=False)
    east = models.FloatField(null=True, blank=True, editable=False)
    north = models.FloatField(null=True, blank=True, editable=False)
    cell = models.BigIntegerField(null=True, blank=True, editable=False, db_index=True)

    class Meta(Point.Meta):
        verbose_name = _("yer")
        verbose_name_plural = _("Yerler")
        ordering = [turkish("name")]
        # A tile asks for the few outlines near it among many points.
        indexes = [
            models.Index(fields=["cell"], condition=Q(footprint__isnull=False), name="location_with_outline"),
            models.Index(turkish("name"), "id", name="location_by_name"),
        ]
        constraints = [
            *Point.Meta.constraints,
            Same("name_same", name="location_name_once", message=_("Bu adda bir yer var.")),
        ]

    def __str__(self) -> str:
        return self.name

    def fill(self) -> None:
        shape = self._shape() if self.lon is None and self.lat is None else None
        if shape is not None:
            inside = shape.representative_point()
            self.lon, self.lat = round(inside.x, LonField.decimal_places), round(inside.y, LatField.decimal_places)

    def derive(self) -> None:
        from geo import shapes  # with the libraries that few processes need

        super().derive()
        shape = self._shape()
        self.area_m2 = shapes.area_m2(shape) if shape is not None else None
        lon, lat = self.lon, self.lat
        known = lon is not None and lat is not None and isfinite(lon) and isfinite(lat)
        self.cell = cell_of(lon, lat) if lon is not None and lat is not None and known else None
        bounds = shape.bounds if shape is not None else (lon, lat) * 2 if known else (None,) * 4
        self.west, self.south, self.east, self.north = bounds

    def _shape(self):
        """The footprint, None while there is none that can be read; `clean` says why."""
        from geo import shapes

        try:
            return shapes.unpack(self.footprint) if self.footprint else None
        except ValueError:
            return None

    def clean(self) -> None:
        super().clean()
        if self.district_id and self.neighbourhood and self.neighbourhood.district_id != self.district_id:
            raise ValidationError(
                {"neighbourhood": _("Bu mahalle seçilen ilçede değil; ilçeyi veya mahalleyi düzeltiniz.")}
            )
        if self.footprint:
            from geo import shapes

            try:
                shapes.unpack(self.footprint)
            except ValueError as error:
                raise ValidationError(str(error)) from error
        if not self.is_placed and (self.source or self.precision_m is not None):
            raise ValidationError(_("Konumu olmayan yerin konum kaynağını ve yanılma payını da boş bırakınız."))
