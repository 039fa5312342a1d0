from django.utils.translation import gettext_lazy as _

from geo.models import District, Location, Neighbourhood
from inventory.registers import Register, register

DEGREES = {"lon": ("longitude", "lng", "doğu boylamı"), "lat": ("latitude", "kuzey enlemi")}

register(
    Register(
        slug="locations",
        model=Location,
        group="list",
        icon="map-pin",
        columns=(
            "name", "address", "district", "neighbourhood", "lon", "lat", "source", "precision_m", "area_m2",
        ),
        sections=((_("Adres"), "name"), (_("Konum"), "lon")),
        listed=("name", "address", "district", "neighbourhood", "source"),
        filters=("district", "neighbourhood", "source"),
        identity=(("name",),),
        named_by=("name",),
        order="name",
        scope=None,
        public=True,
        shows_items=True,
        synonyms={"name": ("yer adı", "bina", "lokasyon"), "address": ("açık adres",), **DEGREES},
    )
)  # fmt: skip

register(
    Register(
        slug="districts",
        model=District,
        group="list",
        icon="map-2",
        columns=("official_id", "name", "province", "population", "lon", "lat"),
        listed=("official_id", "name", "province", "population"),
        identity=(("official_id",), ("name",)),
        named_by=("name",),
        sums=("population",),
        order="name",
        scope=None,
        public=True,
        synonyms=DEGREES,
    )
)

register(
    Register(
        slug="neighbourhoods",
        model=Neighbourhood,
        group="list",
        icon="map",
        columns=("official_id", "district", "name", "population", "lon", "lat"),
        listed=("official_id", "district", "name", "population"),
        filters=("district",),
        identity=(("official_id",), ("district", "name")),
        named_by=("name",),
        sums=("population",),
        order="name",
        scope=None,
        public=True,
        synonyms=DEGREES,
    )
)
