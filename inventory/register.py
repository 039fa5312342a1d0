from inventory.models import Kind, Limit, MovableCode
from inventory.registers import Register, register

register(
    Register(
        slug="kinds",
        model=Kind,
        group="list",
        icon="category",
        columns=("register", "code", "name", "is_group"),
        listed=("register", "code", "name", "is_group"),
        filters=("register", "is_group"),
        identity=(("register", "code"),),
        named_by=("code", "name"),
        order="code",
        scope=None,
        public=True,
    )
)

register(
    Register(
        slug="movable-codes",
        model=MovableCode,
        group="list",
        icon="barcode",
        columns=("code", "name"),
        listed=("code", "name"),
        identity=(("code",),),
        named_by=("code", "name"),
        order="code",
        scope=None,
        public=True,
        synonyms={"code": ("taşınır kodu", "hesap kodu"), "name": ("taşınır adı",)},
    )
)

register(
    Register(
        slug="limits",
        model=Limit,
        group="list",
        icon="gauge",
        columns=("code", "name", "value"),
        listed=("name", "value", "code"),
        identity=(("code",),),
        named_by=("code", "name"),
        order="code",
        scope=None,
        public=True,
    )
)
