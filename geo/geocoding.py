"""From an address to a place, offline: the parcel if its boundary is loaded, else the middle of the neighbourhood or
of the district that the address names. What is found says how, and how far it may be off; what is not, why.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _

from geo import parcels, systems
from geo.models import District, Location, Neighbourhood, Source
from geo.names import key
from geo.whereabouts import Whereabouts
from inventory.search import fold

_WORD = re.compile(r"[0-9a-z]+")
# At each digit of a long text the pattern would begin anew.
_LONGEST = 500
_PARCEL = re.compile(r"(\d+[a-z]?)\s*ada[\s,/-]*(\d+[a-z]?)\s*parsel")
_NEIGHBOURHOOD = {"mahallesi", "mahalle", "mah", "mh", "koyu"}
_STREET = {
    "caddesi", "cadde", "cad", "cd", "sokagi", "sokak", "sok", "sk", "bulvari", "bulvar", "blv", "bul", "yolu",
    "sitesi", "apartmani", "apt", "is",
}  # fmt: skip
# The longest names of neighbourhoods have so many words.
_WORDS = 5
# A building's address, as outside services find it.
_OUTSIDE_PRECISION = 100


@dataclass(frozen=True)
class Position:
    """A place for an address; `how` says in words what it is."""

    lon: float
    lat: float
    source: str
    precision_m: int | None
    how: str
    district: District | None = None
    neighbourhood: Neighbourhood | None = None
    footprint: bytes | None = None


class NotFound(ValueError):
    """The address names no place that is known; the message says why, and what to do."""


class Geocoder:
    """Knows every district and neighbourhood; one for many addresses."""

    def __init__(self):
        self._districts = {key(each.name): each for each in District.objects.all()}
        self._neighbourhoods: dict[str, list[Neighbourhood]] = defaultdict(list)
        for each in Neighbourhood.objects.select_related("district"):
            self._neighbourhoods[key(each.name)].append(each)
        self._around = {model: Whereabouts(model) for model in (District, Neighbourhood)}

    def find(self, location: Location) -> Position:
        """By what the location says of itself, and by its address. Raises NotFound."""
        words = _WORD.findall(fold(location.address))
        district = location.district or self._district(words)
        neighbourhood = location.neighbourhood or self._neighbourhood(words, district, location.address)
        if neighbourhood:
            district = neighbourhood.district
        if neighbourhood and (place := self._parcel(location, neighbourhood)):
            return place
        if location.address and (place := outside(location.address)):
            return place
        if neighbourhood and neighbourhood.is_placed:
            how = _("%(district)s / %(name)s mahallesinin merkezi") % {"district": district, "name": neighbourhood}
            return self._middle(neighbourhood, Source.NEIGHBOURHOOD, how, district, neighbourhood)
        if district and district.is_placed:
            how = _("%(name)s ilçesinin merkezi") % {"name": district}
            return self._middle(district, Source.DISTRICT, how, district, neighbourhood)
        raise NotFound(_("Adreste bilinen bir ilçe ya da mahalle adı yok; ilçeyi ve mahalleyi seçiniz."))

    def _middle(self, place, source: str, how: str, district, neighbourhood) -> Position:
        off = self._around[type(place)].farthest(place.pk, place.lon, place.lat)
        return Position(place.lon, place.lat, source, off, how, district, neighbourhood)

    def _district(self, words: list[str]) -> District | None:
        """A district's name that is not a street's; the last one, since addresses end in it."""
        for at in range(len(words) - 1, -1, -1):
            after = words[at + 1] if at + 1 < len(words) else ""
            if words[at] in self._districts and after not in _STREET and after not in _NEIGHBOURHOOD:
                return self._districts[words[at]]
        return None

    def _neighbourhood(self, words: list[str], district: District | None, address: str) -> Neighbourhood | None:
        """The longest name before "Mah."; without such a word, a part between commas that is a name by itself."""
        for at in [place for place, word in enumerate(words) if word in _NEIGHBOURHOOD]:
            for length in range(min(_WORDS, at), 0, -1):
                if named := self._neighbourhoods.get("".join(words[at - length : at])):
                    return _one_of(named, district)
        for part in address.split(","):
            if district and (named := self._neighbourhoods.get(key(part))) and part.strip():
                return next((each for each in named if each.district_id == district.pk), None)
        return None

    def _parcel(self, location: Location, neighbourhood: Neighbourhood) -> Position | None:
        if not (match := _PARCEL.search(fold(location.address)[:_LONGEST])):
            return None
        district = neighbourhood.district
        name = parcels.name(district, neighbourhood, match[1].upper(), match[2].upper())
        there = Location.objects.filter(name_same=fold(name), footprint__isnull=False).exclude(pk=location.pk).first()
        if there is None or there.lon is None or there.lat is None or not there.footprint:
            return None
        how = _("%(name)s parselinin sınırı") % {"name": name}
        return Position(
            there.lon, there.lat, Source.PARCEL, there.precision_m, how, district, neighbourhood, bytes(there.footprint)
        )


def _one_of(named: list[Neighbourhood], district: District | None) -> Neighbourhood | None:
    """The neighbourhood in the district. Raises NotFound where only the district would say which one it is."""
    if district:
        return next((each for each in named if each.district_id == district.pk), None)
    if len(named) == 1:
        return named[0]
    message = _("“%(name)s” mahallesi %(count)d ilçede var (%(districts)s); ilçeyi de yazınız.")
    districts = ", ".join(sorted((each.district.name for each in named), key=fold))
    raise NotFound(message % {"name": named[0], "count": len(named), "districts": districts})


def outside(address: str) -> Position | None:
    """What the outside service finds (`GEOCODER_URL`, Nominatim's form); None when it is off, silent or elsewhere."""
    if not settings.GEOCODER_URL:
        return None
    url = settings.GEOCODER_URL.format(query=quote(address))
    try:
        request = Request(url, headers={"Accept": "application/json", "User-Agent": "asset-register"})  # noqa: S310
        with urlopen(request, timeout=settings.GEOCODER_TIMEOUT) as answer:  # noqa: S310 - the operator's own URL
            first = json.load(answer)[0]
        lon, lat, name = float(first["lon"]), float(first["lat"]), str(first.get("display_name", ""))
    except (URLError, OSError, ValueError, LookupError, TypeError):
        return None
    if not systems.inside(np.array([lon]), np.array([lat]))[0]:
        return None
    return Position(
        round(lon, 7), round(lat, 7), Source.ADDRESS, _OUTSIDE_PRECISION, _("Dış hizmet: %(name)s") % {"name": name}
    )
