"""Boundaries of districts and neighbourhoods from a file, matched by name; what does not match is reported.

A feature is a district when its name is a district's and it names no neighbourhood's level; every other one
is a neighbourhood of the district in which it lies. Nothing is created: the file gives shapes to places that there
are (`geo/data`), and what it names otherwise is listed with the nearest names that lack a boundary.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from pyproj import CRS
from pyproj.exceptions import CRSError
from rapidfuzz import process
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo import shapes
from geo.files.layer import Layer
from geo.models import Boundary, District, Neighbourhood
from geo.names import key
from inventory import registers, writes
from inventory.history import Author
from inventory.search import fold

Place = District | Neighbourhood

# Attributes that name a feature, the best first; and those that name the district it lies in.
NAMES = ("name", "ad", "adi", "isim", "mahalle", "mahalle_ad", "mahalleadi", "mah_adi", "name:tr")
OTHER_NAMES = ("alt_name", "official_name", "old_name")
DISTRICTS = ("ilce", "ilce_adi", "ilceadi", "ilce_ad", "district")
# OpenStreetMap's levels of a district (6) and a neighbourhood (8 and below).
_DISTRICT_LEVEL = 6
# An outline that has so much of its district is the district's own; a neighbourhood's may reach so far outside.
_MOST_OF_DISTRICT, _OUTSIDE = 0.9, 0.1


class Unusable(ValueError):
    """The file cannot serve; the message says what to do."""


@dataclass
class Loaded:
    """What became of the features, each under the name that the file gives it."""

    districts: int = 0
    neighbourhoods: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    placed: int = 0
    outside: list[str] = field(default_factory=list)
    #: (name in the file, its district, the nearest names there that have no boundary)
    unmatched: list[tuple[str, str, list[str]]] = field(default_factory=list)
    twice: list[tuple[str, str]] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


@dataclass
class _Feature:
    names: list[str]
    district: str | None
    is_district: bool
    shape: Polygon | MultiPolygon

    @property
    def name(self) -> str:
        return self.names[0]


def load(layers: Iterable[Layer], source: str, by: Author, same: Mapping[str, str] | None = None) -> Loaded:
    """Give the matched places their boundaries, in one transaction; a second load of the same file changes nothing.

    `same`: names of the file → official names, for what is spelled otherwise. A neighbourhood without a point gets
    one inside its boundary. Raises Unusable.
    """
    loaded = Loaded()
    features = [feature for layer in layers for feature in _features(layer, loaded)]
    if not features:
        raise Unusable(_("Dosyada adı olan bir alan yok; sınırların adını “name” ya da “ad” özniteliğinde veriniz."))
    matched = _Matcher(
        features, {key(name): key(official) for name, official in (same or {}).items()}, loaded
    ).matched()
    with transaction.atomic():
        for place, feature in matched.items():
            _keep(place, feature, source, loaded)
        _place(matched, by, loaded)
        loaded.missing = [f"{n.district} / {n}" for n in _all(Neighbourhood) if not hasattr(n, "boundary")]
        loaded.missing += [str(d) for d in _all(District) if not hasattr(d, "boundary")]
    return loaded


def _features(layer: Layer, loaded: Loaded) -> Iterable[_Feature]:
    try:
        crs = CRS.from_user_input(layer.crs) if layer.crs else CRS.from_epsg(shapes.WGS84)
    except CRSError as error:
        raise Unusable(_("Dosyanın koordinat sistemi tanınmıyor: %(crs)s.") % {"crs": layer.crs}) from error
    for attributes, shape in layer.features:
        by_name = {fold(name): value for name, value in attributes.items() if value not in (None, "")}
        names = [str(by_name[name]) for name in (*NAMES, *OTHER_NAMES) if name in by_name]
        district = next((str(by_name[name]) for name in DISTRICTS if name in by_name), None)
        if not names and district:
            names, district = [district], None
        if not names or not isinstance(shape, Polygon | MultiPolygon):
            continue
        try:
            mended, was_broken = shapes.repaired(shapes.reproject(shape, crs, shapes.WGS84))
        except ValueError as error:
            loaded.broken.append((names[0], str(error)))
            continue
        if was_broken:
            loaded.repaired.append(names[0])
        level = str(by_name.get("admin_level", ""))
        is_district = int(level) <= _DISTRICT_LEVEL if level.isdecimal() else district is None
        yield _Feature(names, district, is_district, mended)


def _all(model: type[Place]):
    return model.objects.select_related("boundary", *(("district",) if model is Neighbourhood else ()))


class _Matcher:
    """Finds the place of each feature."""

    def __init__(self, features: list[_Feature], same: Mapping[str, str], loaded: Loaded):
        self._features, self._same, self._loaded = features, same, loaded
        self._districts = {key(d.name): d for d in _all(District)}
        self._neighbourhoods: dict[tuple[int, str], Neighbourhood] = {}
        self._by_name: dict[str, list[Neighbourhood]] = defaultdict(list)
        for each in _all(Neighbourhood):
            self._neighbourhoods[each.district_id, key(each.name)] = each
            self._by_name[key(each.name)].append(each)

    def matched(self) -> dict[Place, _Feature]:
        by_place: dict[Place, list[_Feature]] = defaultdict(list)
        rest = []
        for feature in self._features:
            district = self._of(feature, self._districts) if feature.is_district else None
            by_place[district].append(feature) if district else rest.append(feature)
        areas: dict[District, Polygon | MultiPolygon] = {
            d: fs[0].shape for d, fs in by_place.items() if isinstance(d, District) and len(fs) == 1
        }
        areas |= {
            d: shapes.unpack(d.boundary.shape)
            for d in self._districts.values()
            if d not in areas and hasattr(d, "boundary")
        }
        lost = []
        for feature in rest:
            district = self._district(feature, areas)
            place = self._neighbourhood(feature, district, bool(areas))
            if place and district:
                self._assign(feature, place, district, areas, by_place)
            elif place:
                by_place[place].append(feature)
            elif district is None and areas:
                self._loaded.outside.append(feature.name)
            else:
                lost.append((feature, district))
        self._suggest(lost, by_place)
        for named, features in by_place.items():
            self._loaded.twice += [(f.name, str(named)) for f in features if len(features) > 1]
        return {place: features[0] for place, features in by_place.items() if len(features) == 1}

    def _assign(self, feature: _Feature, place: Neighbourhood, district: District, areas, by_place) -> None:
        """A neighbourhood's outline to the neighbourhood; its district's, which may have its name, to the district."""
        area = areas.get(district)
        if area is None and key(feature.name) == key(district.name):
            area = self._by_others(feature, district)
        if area is not None and feature.shape.intersection(area).area > _MOST_OF_DISTRICT * area.area:
            by_place[district].append(feature)
        elif area is not None and feature.shape.difference(area).area > _OUTSIDE * feature.shape.area:
            self._loaded.broken.append(
                (feature.name, _("sınırı %(district)s ilçesinin dışına taşıyor") % {"district": district})
            )
        elif area is None and key(feature.name) == key(district.name):
            why = _("ilçenin mi mahallenin mi sınırı olduğu anlaşılmıyor; admin_level yazınız ya da önce ilçe "
                    "sınırlarını yükleyiniz")  # fmt: skip
            self._loaded.broken.append((feature.name, why))
        else:
            by_place[place].append(feature)

    def _by_others(self, feature: _Feature, district: District) -> BaseGeometry | None:
        """What the file's other features of the district cover together; None where there are none."""
        others = [
            other.shape
            for other in self._features
            if other is not feature and other.district and key(other.district) == key(district.name)
        ]
        return shapely.union_all([*others, feature.shape]) if others else None

    def _keys(self, feature: _Feature) -> list[str]:
        return [self._same.get(key(name), key(name)) for name in feature.names]

    def _of(self, feature: _Feature, places: Mapping[str, Place]) -> Place | None:
        return next((places[name] for name in self._keys(feature) if name in places), None)

    def _district(self, feature: _Feature, areas: Mapping[District, BaseGeometry]) -> District | None:
        """By the file's own word, else where it lies."""
        if feature.district:
            return self._districts.get(key(feature.district))
        inside = feature.shape.representative_point()
        return next((district for district, area in areas.items() if area.contains(inside)), None)

    def _neighbourhood(self, feature: _Feature, district: District | None, known: bool) -> Neighbourhood | None:
        for name in self._keys(feature):
            if district and (place := self._neighbourhoods.get((district.pk, name))):
                return place
            # Without any boundary to go by, a name that there is once in the province is enough.
            if district is None and not known and not feature.district and len(self._by_name.get(name, ())) == 1:
                return self._by_name[name][0]
        return None

    def _suggest(self, lost: list[tuple[_Feature, District | None]], by_place: Mapping[Place, list]) -> None:
        for feature, district in lost:
            free = {
                each.name: key(each.name)
                for each in self._neighbourhoods.values()
                if (district is None or each.district_id == district.pk) and each not in by_place
            }
            near = process.extract(self._keys(feature)[0], free, limit=3, score_cutoff=50)
            self._loaded.unmatched.append((feature.name, str(district or ""), [name for _key, _score, name in near]))


def _keep(place: Place, feature: _Feature, source: str, loaded: Loaded) -> None:
    packed = shapes.pack(feature.shape)
    if isinstance(place, District):
        loaded.districts += 1
    else:
        loaded.neighbourhoods += 1
    if not hasattr(place, "boundary"):
        name = "district" if isinstance(place, District) else "neighbourhood"
        Boundary.objects.create(**{name: place}, shape=packed, source=source)
        loaded.new += 1
    elif bytes(place.boundary.shape) != packed:
        place.boundary.shape, place.boundary.source = packed, source
        place.boundary.save()
        loaded.changed += 1
    else:
        loaded.unchanged += 1


def _place(matched: Mapping[Place, _Feature], by: Author, loaded: Loaded) -> None:
    """A point for those that have none: the centre, or where the centre lies outside, a point inside."""
    for slug, model in (("districts", District), ("neighbourhoods", Neighbourhood)):
        rows = [place for place in matched if isinstance(place, model) and not place.is_placed]
        for row in rows:
            middle = centre(matched[row].shape)
            row.lon, row.lat = round(middle.x, 7), round(middle.y, 7)
        writes.update_many(registers.get(slug), rows, ["lon", "lat"], by)
        loaded.placed += len(rows)


def centre(shape: Polygon | MultiPolygon) -> shapely.Point:
    middle = shape.centroid
    return middle if shape.contains(middle) else shape.representative_point()
