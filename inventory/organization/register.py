from django.utils.translation import gettext_lazy as _

from inventory.editing.doubts import Doubt
from inventory.organization import authority
from inventory.organization.holdings import Leaving
from inventory.organization.models import Grant, Person, Unit
from inventory.registers import Register, register

register(
    Register(
        slug="units",
        model=Unit,
        group="list",
        icon="sitemap",
        columns=(
            "name", "short_name", "kind", "parent", "valid_from", "valid_until", "spellings", "email",
        ),
        sections=((_("Geçerlilik"), "valid_from"), (_("İletişim ve yazılış"), "spellings")),
        listed=("name", "short_name", "kind", "parent", "valid_until"),
        filters=("kind", "parent"),
        identity=(("name", "parent"), ("name",)),
        named_by=("name", "short_name", "spellings"),
        order="name",
        scope="",
        public=True,
        guard=authority.of_units,
        synonyms={"name": ("birim adı", "birim"), "parent": ("bağlı olduğu birim",)},
    )
)  # fmt: skip

register(
    Register(
        slug="people",
        model=Person,
        group="list",
        icon="users",
        columns=("staff_no", "name", "title", "unit", "email", "identity_no", "active"),
        listed=("staff_no", "name", "title", "unit", "active"),
        filters=("unit", "active"),
        identity=(("staff_no",),),
        named_by=("staff_no", "name"),
        order="name",
        scope="unit",
        public=True,
        shows_items=True,
        guard=authority.of_people,
        warnings=(Leaving(),),
        synonyms={
            "staff_no": ("sicil", "sicil numarası", "personel no"),
            "name": ("adı soyadı", "personel", "ad", "isim"),
            "unit": ("müdürlük", "daire", "görev yeri"),
            "identity_no": (
                "TCKN",
                "TC no",
                "TC kimlik",
                "TC kimlik no",
                "TC kimlik numarası",
                "kimlik no",
                "kimlik numarası",
            ),
        },
    )
)

register(
    Register(
        slug="grants",
        model=Grant,
        group="list",
        icon="key",
        columns=("person", "group", "unit", "register", "level", "needs_second_factor"),
        listed=("person", "group", "unit", "register", "level", "needs_second_factor"),
        filters=("person", "unit", "level", "needs_second_factor"),
        identity=(("person", "group", "unit", "register"),),
        order="person",
        scope="unit",
        stewards_only=True,
        guard=authority.of_grants,
        warnings=(Doubt(("unit", "register"), authority.is_everything),),
        blanks={"unit": _("Her yer"), "register": _("Bütün kütükler")},
        synonyms={"needs_second_factor": ("ikinci adım", "iki adımlı giriş")},
    )
)
