"""Made-up places in real neighbourhoods. Every coordinate and outline is made up too: it lies around the point of its
district (which is real), and nowhere else does it say anything of the place."""

import math
import random
from collections import Counter
from decimal import Decimal

import shapely

from geo import shapes
from geo.models import Location, Neighbourhood, Source
from inventory.demo import World
from inventory.models import Row

TYPES = ("Hizmet Binası", "Garaj", "Depo", "Şantiye", "İtfaiye İstasyonu", "Kültür Merkezi", "Kule")
# Degrees around a district's point; about a kilometre.
SPREAD = 0.01
# The side of a building in metres, from and to; a mast has no outline.
SIDES = {
    "Hizmet Binası": (25, 60),
    "Garaj": (40, 90),
    "Depo": (30, 80),
    "İtfaiye İstasyonu": (20, 40),
    "Kültür Merkezi": (30, 50),
}
METRES_PER_DEGREE = 111_320
# How far apart the middles of a district's neighbourhoods are, and how wide the rows of parcels in each, in metres.
APART, WIDE, GAP = 900, 700, 8


def make(world: World) -> None:
    world.parcel = Parcels(world).place
    world.add("locations", _locations(world))


def _locations(world: World):
    # Dice of their own, so that the other registers' rows stay what they are.
    dice = random.Random(41)
    districts = sorted({n.district_id: n.district for n in world.neighbourhoods}.values(), key=lambda d: d.official_id)
    for district in districts:
        near = [n for n in world.neighbourhoods if n.district_id == district.pk]
        for kind in TYPES:
            place = world.pick(near)
            address = f"{place.name} Mah. Örnek Sk. No: {world.dice.randint(1, 90)} (uydurma)"
            lon, lat = (getattr(district, axis) + dice.uniform(-SPREAD, SPREAD) for axis in ("lon", "lat"))
            yield Location(
                name=f"{district.name} {kind}",
                address=address,
                district=district,
                neighbourhood=place,
                lon=lon,
                lat=lat,
                footprint=_square(lon, lat, dice.uniform(*SIDES[kind])) if kind in SIDES else None,
                source=Source.PICKED,
                precision_m=50,
            )


def _square(lon: float, lat: float, side: float) -> bytes:
    """A square of so many metres around a point."""
    up = side / 2 / METRES_PER_DEGREE
    right = up / math.cos(math.radians(lat))
    return shapes.pack(shapely.box(lon - right, lat - up, lon + right, lat + up))


class Parcels:
    """Squares of the deeds' area, laid side by side in rows: each neighbourhood has a place around its district's
    point, in the order of the official ids."""

    def __init__(self, world: World):
        self._spots: dict[int, tuple[float, float]] = {}
        counted: Counter[int] = Counter()
        for each in world.neighbourhoods:
            self._spots[each.pk] = _spot(counted[each.district_id])
            counted[each.district_id] += 1
        # By neighbourhood: how far its last row of parcels reaches, and where the next row begins.
        self._rows: dict[int, tuple[float, float, float]] = {}

    def place(self, neighbourhood: Row, block: str, parcel: str, area_m2: Decimal) -> Location:
        """A location, not yet saved, for a parcel of that area."""
        assert isinstance(neighbourhood, Neighbourhood)
        east, north = self._spots[neighbourhood.pk]
        side = math.sqrt(float(area_m2))
        along, row, next_row = self._rows.get(neighbourhood.pk, (0.0, 0.0, 0.0))
        if along and along + side > WIDE:
            along, row = 0.0, next_row
        self._rows[neighbourhood.pk] = (along + side + GAP, row, max(next_row, row + side + GAP))
        district = neighbourhood.district
        assert district.lat is not None and district.lon is not None  # as the list that comes with us has them
        lat = district.lat + (north + row + side / 2) / METRES_PER_DEGREE
        lon = district.lon + (east + along + side / 2) / METRES_PER_DEGREE / math.cos(math.radians(lat))
        return Location(
            name=f"{district}/{neighbourhood} {block}/{parcel}",
            district=district,
            neighbourhood=neighbourhood,
            lon=lon,
            lat=lat,
            footprint=_square(lon, lat, side),
            source=Source.PARCEL,
            precision_m=50,
        )


def _spot(number: int) -> tuple[float, float]:
    """Metres east and north of the middle for the number-th of points that lie on a spiral around it."""
    far, turn = APART * math.sqrt(number), number * math.pi * (3 - math.sqrt(5))
    return far * math.cos(turn), far * math.sin(turn)
