"""Made-up places in real neighbourhoods, scattered around the points of their districts."""

import random

from geo.models import Location, Source
from inventory.demo import World

TYPES = ("Hizmet Binası", "Garaj", "Depo", "Şantiye", "İtfaiye İstasyonu", "Kültür Merkezi", "Kule")
# Degrees around a district's point; about a kilometre.
SPREAD = 0.01


def make(world: World) -> None:
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
            yield Location(
                name=f"{district.name} {kind}",
                address=address,
                district=district,
                neighbourhood=place,
                lon=district.lon + dice.uniform(-SPREAD, SPREAD),
                lat=district.lat + dice.uniform(-SPREAD, SPREAD),
                source=Source.PICKED,
                precision_m=50,
            )
