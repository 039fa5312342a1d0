"""Made-up places in real neighbourhoods."""

from geo.models import Location
from inventory.demo import World

TYPES = ("Hizmet Binası", "Garaj", "Depo", "Şantiye", "İtfaiye İstasyonu", "Kültür Merkezi", "Kule")


def make(world: World) -> None:
    world.add("locations", _locations(world))


def _locations(world: World):
    districts = sorted({n.district_id: n.district for n in world.neighbourhoods}.values(), key=lambda d: d.official_id)
    for district in districts:
        near = [n for n in world.neighbourhoods if n.district_id == district.pk]
        for kind in TYPES:
            place = world.pick(near)
            address = f"{place.name} Mah. Örnek Sk. No: {world.dice.randint(1, 90)} (uydurma)"
            yield Location(name=f"{district.name} {kind}", address=address, district=district, neighbourhood=place)
