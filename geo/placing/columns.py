"""The columns that a sheet may have beside an item's own: a shape, or two coordinates, in a system it may name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from geo.models import Location
from geo.systems import SYSTEMS
from inventory.registers import Register

SHAPE, X, Y = "place:shape", "place:x", "place:y"
DEGREES = 4326
_SHAPES = ("geometri", "geometry", "geom", "wkt", "sınır geometrisi")


def takes(register: Register) -> bool:
    """Whether the register's items lie at locations."""
    return register.group == "asset" and "location" in register.columns


def is_of_places(register: Register) -> bool:
    """Whether the register is the list of places itself."""
    return register.model is Location


def names(register: Register) -> Mapping[str, str]:
    """Each column by itself, then with every system: a user who knows better than the file chooses so."""
    if is_of_places(register):
        return {SHAPE: _("Konum: nokta")}
    if not takes(register):
        return {}
    plain = {SHAPE: _("Konum: sınır ya da nokta"), X: _("Konum: X (doğu, boylam)"), Y: _("Konum: Y (kuzey, enlem)")}
    with_system = {
        f"{name}@{code}": f"{plain[name]} · {system}" for name in (SHAPE, X) for code, system in SYSTEMS.items()
    }
    return plain | with_system


def headings(register: Register) -> Mapping[str, Sequence[str]]:
    if is_of_places(register):
        return {SHAPE: _SHAPES}
    if not takes(register):
        return {}
    return {
        SHAPE: _SHAPES,
        X: ("x", "doğu", "sağa", "easting", "x koordinatı", "koordinat x", "y (sağa)", "sağa (y)"),
        Y: ("y", "kuzey", "yukarı", "northing", "y koordinatı", "koordinat y", "x (yukarı)", "yukarı (x)", "enlem",
            "latitude", "lat"),
        f"{X}@{DEGREES}": ("boylam", "longitude", "lon", "lng", "long"),
    }  # fmt: skip


def parts(name: str) -> tuple[str, int | None]:
    """(the column, the EPSG code that goes with it)."""
    column, mark, code = name.partition("@")
    return column, int(code) if mark else None
