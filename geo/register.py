from geo.models import District, Location, Neighbourhood
from inventory.registers import Register, register

register(
    Register(
        slug="locations",
        model=Location,
        group="list",
        icon="map-pin",
        columns=("name", "address", "district", "neighbourhood"),
        listed=("name", "address", "district", "neighbourhood"),
        filters=("district", "neighbourhood"),
        identity=(("name",),),
        named_by=("name",),
        order="name",
        scope=None,
        public=True,
        synonyms={"name": ("yer adı", "bina", "lokasyon"), "address": ("açık adres",)},
    )
)

register(
    Register(
        slug="districts",
        model=District,
        group="list",
        icon="map-2",
        columns=("official_id", "name", "province", "population"),
        listed=("official_id", "name", "province", "population"),
        identity=(("official_id",), ("name",)),
        named_by=("name",),
        sums=("population",),
        order="name",
        scope=None,
        public=True,
    )
)

register(
    Register(
        slug="neighbourhoods",
        model=Neighbourhood,
        group="list",
        icon="map",
        columns=("official_id", "district", "name", "population"),
        listed=("official_id", "district", "name", "population"),
        filters=("district",),
        identity=(("official_id",), ("district", "name")),
        named_by=("name",),
        sums=("population",),
        order="name",
        scope=None,
        public=True,
    )
)
