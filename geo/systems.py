"""Coordinate systems of files from the province: which one numbers are in, and whether their axes are swapped.

Local files are in TUREF / TM30 or the older ED50 / TM30, some 190 m apart, so numbers alone do not distinguish these
two from each other: the newer one is taken, with a word of warning. In the surveyors' notation X is north and Y is
east, so sheets have them the other way round as often as not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo import shapes

#: The systems that a file may be in, the likelier first; what a page calls them.
SYSTEMS = {
    4326: gettext_lazy("WGS 84 (boylam, enlem)"),
    5254: gettext_lazy("TUREF / TM30"),
    2320: gettext_lazy("ED50 / TM30"),
    32635: gettext_lazy("WGS 84 / UTM 35"),
    32636: gettext_lazy("WGS 84 / UTM 36"),
    3857: gettext_lazy("Web Mercator"),
}
# The province with two kilometres around it, EPSG:4326 degrees.
WEST, SOUTH, EAST, NORTH = 29.31, 40.50, 30.40, 41.23
# From so much on, the coordinates are taken to be in a system, or the other way round.
_MOST = 0.9
# ED50 and TUREF cannot be distinguished by where they lead.
_LOOK_ALIKE = {5254: 2320}


class UnknownSystem(ValueError):
    """What the file's coordinates are in cannot be known; the message says what to do."""


@dataclass(frozen=True)
class System:
    """A system and the order of the file's axes; `note` is what a person should know of the choice, or ""."""

    crs: CRS
    swapped: bool = False
    note: str = ""

    def points(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(lon, lat), EPSG:4326 degrees; infinite where a number means no place."""
        east, north = (y, x) if self.swapped else (x, y)
        return shapes.transformer(self.crs, shapes.WGS84).transform(east, north)


def inside(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Whether each point lies in the province's bounds."""
    return (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)


def named(text: str) -> CRS:
    """The system that a file names. Raises UnknownSystem."""
    try:
        return CRS.from_user_input(text)
    except CRSError as error:
        raise UnknownSystem(
            _("Dosyanın koordinat sistemi tanınmıyor (%(crs)s); başlıklar bölümünde sistemi seçiniz.")
            % {"crs": text[:60]}
        ) from error


def settle(xs: Sequence[float], ys: Sequence[float], declared: str | None) -> System:
    """The system of a file by what it says of itself, else by where its coordinates lead.

    Raises UnknownSystem when they lead to the province in no system.
    """
    x, y = np.asarray(xs, float), np.asarray(ys, float)
    if declared:
        return _as_declared(x, y, named(declared))
    for swapped in (False, True):
        for code in SYSTEMS:
            system = System(CRS.from_epsg(code), swapped)
            if _share(system, x, y) >= _MOST:
                return System(system.crs, swapped, _note(code, swapped))
    if not x.size:
        return System(CRS.from_epsg(shapes.WGS84))
    if _are_degrees(x, y):
        return System(CRS.from_epsg(shapes.WGS84))
    raise UnknownSystem(
        _("Dosyadaki koordinatlar bilinen hiçbir sistemde ile düşmüyor; başlıklar bölümünde sistemi seçiniz.")
    )


def _as_declared(x: np.ndarray, y: np.ndarray, crs: CRS) -> System:
    """The file's word holds, unless all of it lies outside and would lie inside with its axes turned."""
    as_declared, turned = System(crs), System(crs, swapped=True)
    if x.size and _share(as_declared, x, y) < 1 - _MOST and _share(turned, x, y) >= _MOST:
        return System(crs, True, _swapped())
    return as_declared


def _share(system: System, x: np.ndarray, y: np.ndarray) -> float:
    if not x.size:
        return 0
    return float(np.mean(inside(*system.points(x, y))))


def _are_degrees(x: np.ndarray, y: np.ndarray) -> bool:
    return bool(np.all(np.abs(x) <= 180) and np.all(np.abs(y) <= 90))


def _swapped() -> str:
    return _("Dosyada eksenler yer değiştirmiş (haritacılıkta X kuzey, Y doğudur); yerleri değiştirilerek okundu.")


def _note(code: int, swapped: bool) -> str:
    notes = [_swapped()] if swapped else []
    if code != shapes.WGS84:
        taken = _("Dosya koordinat sistemini söylemiyor; %(system)s olarak okundu.") % {"system": SYSTEMS[code]}
        notes.append(taken)
    if other := _LOOK_ALIKE.get(code):
        notes.append(
            _("Eski bir dosyaysa %(other)s olabilir (yaklaşık 190 m kayar); öyleyse başlıklar bölümünde seçiniz.")
            % {"other": SYSTEMS[other]}
        )
    return " ".join(notes)


def likely_cause(x: float, y: float, system: System) -> str:
    """Why a single point lies outside the province: a sentence, "" when no guess leads inside."""
    turned, others = _elsewhere(system.crs, system.swapped)
    if bool(inside(*turned.points(*_one(x, y)))[0]):
        return _("Bu satırın X ve Y değerleri yer değiştirmiş olabilir.")
    for code, other in others.items():
        if bool(inside(*other.points(*_one(x, y)))[0]):
            return _("Koordinatlar %(system)s sisteminde olabilir.") % {"system": SYSTEMS[code]}
    return ""


@lru_cache(maxsize=64)
def _elsewhere(crs: CRS, swapped: bool) -> tuple[System, dict[int, System]]:
    """(the system with its axes turned, the others by their code): built once, as a file asks it for each row."""
    others = {code: System(CRS.from_epsg(code), swapped) for code in SYSTEMS}
    return System(crs, not swapped), {code: other for code, other in others.items() if other.crs != crs}


def _one(x: float, y: float) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray([x]), np.asarray([y])
