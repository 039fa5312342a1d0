"""What is wrong, or looks so, with the places of things: each topic a few queries over what the user may see.

Locations are public, as every name that others refer to; items are shown only to those who may see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

import numpy as np
from django.conf import settings
from django.db.models import Count, F, Q
from django.db.models.functions import Abs
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pyproj import CRS

from geo import shapes, systems
from geo.models import ROUGH, District, Location
from geo.whereabouts import Whereabouts
from inventory import access, registers
from inventory.many import by_id
from inventory.models import GONE
from inventory.registers import Register

# So many lines of a topic are listed.
SHOWN = 100
# Footprints that are held against each other at once.
MOST_FOOTPRINTS = 50_000
# Neighbours share an edge that was drawn twice; what they overlap by less than this is drawing.
_OVERLAP_M2, _OVERLAP_SHARE = 1.0, 0.01
_CHUNK = 10_000


@dataclass
class AuditLine:
    """A row of a topic's table: cells, and the pages to which they lead ("" for none)."""

    cells: list[str]
    url: str = ""
    actions: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Topic:
    """`count` is how many there are, of which `lines` are the first; `nothing` is said where there are none."""

    headings: list[str]
    lines: list[AuditLine]
    count: int
    nothing: str
    note: str = ""

    @property
    def has_actions(self) -> bool:
        return any(line.actions for line in self.lines)


def _page(row: Location | int, slug: str = "locations") -> str:
    return reverse("register-detail", args=[slug, getattr(row, "pk", row)])


def _number(value: Decimal | float, places: int = 2) -> str:
    # Rounded first: the format alone would cut.
    rounded = round(value, places) if isinstance(value, Decimal) else round(Decimal(value), places)
    return formats.number_format(rounded, places, force_grouping=True)


# Items without a place ---------------------------------------------------------------------------------------


def unplaced(user) -> Topic:
    """Of each register the items in service that have no location, or one without position, or only a rough one."""
    lines, lacking = [], 0
    for register, column in registers.naming(Location, "asset"):
        if not access.may_see(register, user):
            continue
        rows = access.visible_to(register, user).exclude(status__in=GONE)
        rough = Q(**{f"{column.name}__source__in": ROUGH})
        counted = rows.aggregate(
            all=Count("pk"),
            none=Count("pk", filter=Q(**{f"{column.name}__isnull": True})),
            unknown=Count("pk", filter=Q(**{f"{column.name}__isnull": False, f"{column.name}__cell__isnull": True})),
            rough=Count("pk", filter=rough),
        )
        placed = counted["all"] - counted["none"] - counted["unknown"]
        lacking += counted["all"] - placed
        share = _("%%%(share)s") % {"share": _number(placed * 100 / counted["all"], 1)} if counted["all"] else "—"
        cells = [register.title, *(_number(n, 0) for n in (counted["all"], placed)), share]
        cells += [_number(counted[name], 0) for name in ("none", "unknown", "rough")]
        lines.append(AuditLine(cells, f"{reverse('register-list', args=[register])}?{column.name}_blank=yes"))
    headings = [_("Kütük"), _("Hizmetteki kayıt"), _("Haritada"), _("Oran"), _("Yeri yok"), _("Yerinin konumu yok"),
                _("Yalnızca mahalle veya ilçe merkezi")]  # fmt: skip
    return Topic(headings, lines, lacking, _("Görebildiğiniz kayıt yok."))


# Locations that lie elsewhere --------------------------------------------------------------------------------


def elsewhere(user) -> Topic:
    """Locations whose district is another one than that in whose boundary they lie."""
    around = Whereabouts(District)
    headings = [_("Yer"), _("Yazılı ilçe"), _("Bulunduğu ilçe")]
    if not around:
        note = _("İlçe sınırları yüklü değil; sistem yöneticisi “load_boundaries” komutuyla yükleyebilir.")
        return Topic(headings, [], 0, _("Denetlenemedi."), note)
    names: dict[int | None, str] = dict(District.objects.values_list("pk", "name"))
    lines, count = [], 0
    rows = Location.objects.filter(cell__isnull=False, district__isnull=False)
    listed = rows.values_list("pk", "name", "district_id", "lon", "lat", named=True)
    for chunk in by_id(listed, _CHUNK):
        # What has a cell has a point.
        districts = around.of([cast(float, row.lon) for row in chunk], [cast(float, row.lat) for row in chunk])
        for (pk, name, stated, _lon, _lat), there in zip(chunk, districts, strict=True):
            if there != stated:
                count += 1
                lines.append(AuditLine([name, names[stated], names.get(there, _("hiçbiri (il dışı)"))], _page(pk)))
        del lines[SHOWN:]
    return Topic(headings, lines, count, _("Yazılı ilçesinden başka bir ilçede bulunan yer yok."))


def outside(user) -> Topic:
    """Positions outside the province, with their likely cause."""
    beyond = Q(lon__lt=systems.WEST) | Q(lon__gt=systems.EAST) | Q(lat__lt=systems.SOUTH) | Q(lat__gt=systems.NORTH)
    rows, degrees = Location.objects.filter(beyond), systems.System(CRS.from_epsg(shapes.WGS84))
    lines = [
        AuditLine(
            [row.name, formats.localize(row.lon), formats.localize(row.lat),
             systems.likely_cause(row.lon, row.lat, degrees) or _("Bilinmiyor.")],
            _page(row),
        )
        for row in rows.defer("footprint").order_by("pk")[:SHOWN] if row.lon is not None and row.lat is not None
    ]  # fmt: skip
    headings = [_("Yer"), _("Boylam"), _("Enlem"), _("Olası neden")]
    return Topic(headings, lines, rows.count(), _("İl dışında bulunan yer yok."))


# Areas -------------------------------------------------------------------------------------------------------


def areas(user) -> Topic:
    """Items whose deed has another area than their location's boundary, beyond the set percentage."""
    lines, count = [], 0
    for register, column in registers.naming(Location, "asset"):
        if {"area_m2", "parcel"} <= set(register.columns) and access.may_see(register, user):
            rows = _off(register, column.name, user)
            count += rows.count()
            for row in rows.select_related(*register.joined).order_by("pk")[:SHOWN]:
                drawn = row.location.area_m2
                off = (drawn - row.area_m2) * 100 / row.area_m2
                cells = [str(row), _number(row.area_m2), _number(drawn), f"%{_number(off, 1)}"]
                lines.append(AuditLine(cells, _page(row.pk, register.slug)))
    headings = [_("Taşınmaz"), _("Tapu alanı (m²)"), _("Sınır alanı (m²)"), _("Fark")]
    note = _("%%%(most)d’ten büyük farklar. Bağımsız bölümler sayılmaz, çünkü tapuları bölümün alanını taşır.")
    nothing = _("Tapu alanı sınırından bu kadar farklı taşınmaz yok.")
    return Topic(headings, lines[:SHOWN], count, nothing, note % {"most": settings.AREA_TOLERANCE_PERCENT})


def _off(register: Register, column: str, user):
    rows = access.visible_to(register, user).exclude(status__in=GONE)
    if "independent_unit" in register.columns:
        rows = rows.filter(independent_unit="")
    most = F("area_m2") * Decimal(settings.AREA_TOLERANCE_PERCENT) / 100
    rows = rows.filter(area_m2__gt=0, **{f"{column}__area_m2__isnull": False})
    return rows.alias(off=Abs(F(f"{column}__area_m2") - F("area_m2"))).filter(off__gt=most)


def overlapping(user) -> Topic:
    """Boundaries that lie on each other."""
    outlined = Location.objects.filter(footprint__isnull=False).order_by("pk").values_list("pk", "name", "footprint")
    kept = [(pk, name, bytes(outline)) for pk, name, outline in outlined[: MOST_FOOTPRINTS + 1] if outline]
    note = (
        _("Yalnızca ilk %(most)d sınır karşılaştırıldı.") % {"most": MOST_FOOTPRINTS}
        if len(kept) > MOST_FOOTPRINTS
        else ""
    )
    lines = []
    for (one, name), (other, other_name), common in _overlaps(kept[:MOST_FOOTPRINTS]):
        cells = [name, other_name, _number(common, 1)]
        lines.append(AuditLine(cells, _page(one), [(_("Birleştir"), _merging(one, other))]))
    lines.sort(key=lambda line: line.cells)
    headings = [_("Yer"), _("Öteki yer"), _("Ortak alan (m²)")]
    return Topic(headings, lines[:SHOWN], len(lines), _("Birbirinin üstünde sınır yok."), note)


def _overlaps(kept: list[tuple[int, str, bytes]]) -> Iterator[tuple[tuple[int, str], tuple[int, str], float]]:
    """((id, name), (id, name), common m²) of each two of the footprints (id, name, WKB in WGS 84) that overlap."""
    # Half a second and 50 MB, which only this page pays.
    import geopandas

    shape = geopandas.GeoSeries.from_wkb([each[2] for each in kept], crs=shapes.WGS84).to_crs(shapes.PLANE)
    first, second = shape.sindex.query(shape, predicate="intersects")
    first, second = first[first < second], second[first < second]
    one, other = (shape.iloc[places].reset_index(drop=True) for places in (first, second))
    common, least = one.intersection(other).area, np.minimum(one.area, other.area)
    for place in np.flatnonzero(common > np.maximum(_OVERLAP_M2, _OVERLAP_SHARE * least)):
        yield kept[first[place]][:2], kept[second[place]][:2], common[place]


def duplicates(user) -> Topic:
    """Locations at the very same point that say that they know it well; rough ones share a centre by nature."""
    rows = Location.objects.filter(cell__isnull=False).exclude(source__in=ROUGH)
    twice = rows.values("cell").annotate(number=Count("pk")).filter(number__gt=1).order_by("-number", "cell")
    cells = [each["cell"] for each in twice[:SHOWN]]
    groups: dict[int | None, list[Location]] = {}
    for row in rows.filter(cell__in=cells).defer("footprint").order_by("cell", "pk"):
        groups.setdefault(row.cell, []).append(row)
    lines = [
        AuditLine(
            [", ".join(row.name for row in group), str(len(group))],
            _page(group[0]),
            [(_("Birleştir"), _merging(group[0].pk, group[1].pk))],
        )
        for group in groups.values()
    ]
    return Topic([_("Yerler"), _("Sayı")], lines, twice.count(), _("Aynı noktada birden çok yer yok."))


def _merging(kept: int, gone: int) -> str:
    return f"{reverse('merge-locations', args=[gone])}?into={kept}"


#: slug → (title, what it means, what finds it)
TOPICS: dict[str, tuple[object, object, Callable[[object], Topic]]] = {
    "unplaced": (
        gettext_lazy("Haritaya yerleşen kayıtlar"),
        gettext_lazy("“Bina ve Tesislerin Coğrafi Bilgi Sistemine Eklenme Oranı” göstergesi için de kullanılır."),
        unplaced,
    ),
    "elsewhere": (
        gettext_lazy("Yazılı ilçesinde bulunmayan yerler"),
        gettext_lazy("Ya ilçesi ya konumu yanlıştır."),
        elsewhere,
    ),
    "outside": (gettext_lazy("İl dışında kalan yerler"), gettext_lazy("Çoğu kez koordinatlar karışmıştır."), outside),
    "areas": (
        gettext_lazy("Tapu alanı sınırına uymayan taşınmazlar"),
        gettext_lazy("Sınırın alanı TUREF / TM30 düzleminde ölçülür."),
        areas,
    ),
    "overlapping": (
        gettext_lazy("Birbirinin üstüne gelen sınırlar"),
        gettext_lazy("Aynı parsel iki kez kaydedilmiş olabilir."),
        overlapping,
    ),
    "duplicates": (
        gettext_lazy("Aynı noktadaki yerler"),
        gettext_lazy("Aynı yerse birleştiriniz; kayıtlar kalan yere taşınır."),
        duplicates,
    ),
}
