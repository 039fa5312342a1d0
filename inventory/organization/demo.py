"""Made-up branches and people, and the accounts to try the application with."""

from itertools import product

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from inventory import registers, writes
from inventory.demo import AUTHOR, World
from inventory.organization.models import Grant, Person, Unit, User

PASSWORD = "Demo-2024!kayit"  # noqa: S105 - known on purpose, and refused where DEBUG is off
BRANCHES = ("İdari İşler", "Planlama", "Uygulama", "Destek", "Denetim")
# The figures know 104 branches: four in each directorate, and a fifth in the first four.
BRANCH_COUNT = 104
FIRST = ("Ayşe", "Mehmet", "Zeynep", "Ali", "Elif", "Mustafa", "Çiğdem", "İbrahim", "Şule", "Ömer", "Gül", "Ümit")
LAST = ("Örnekoğlu", "Deneme", "Uydurma", "Misal", "Tanıtım", "Kurgu", "Varsayım", "Numune", "Temsili", "Farazi")
TITLES = ("Memur", "Şef", "Mühendis", "Tekniker", "Teknisyen", "Şube Müdürü", "Şoför", "İşçi")
PEOPLE = 600

C, M, V = Grant.Level.CHANGE, Grant.Level.MANAGE, Grant.Level.VIEW
# user name: (first and last name, short name of the unit, what she is, grants as (short name of the unit or None,
# register, level)). Names of nobody: each last name says that it is made up.
ACCOUNTS = {
    "yonetici": (("Selin", "Tanıtım"), "Bilgi İşlem", "Sistem yöneticisi", ()),
    "emlak": (
        ("Kerem", "Temsili"),
        "Emlak ve İstimlak",
        "Taşınmaz kütüğü sorumlusu",
        ((None, "property", M), (None, "locations", C)),
    ),
    "destek": (
        ("Nazlı", "Uydurma"),
        "Destek Hizmetleri",
        "Araç kayıtları",
        ((None, "vehicles", C), (None, "locations", C)),
    ),
    "bilgi": (
        ("Barış", "Varsayım"),
        "Bilgi İşlem",
        "Ağ, donanım ve yazılım kayıtları",
        ((None, "network", C), (None, "equipment", C), (None, "software", C), (None, "locations", C)),
    ),
    "birim": (("Defne", "Misal"), "Park ve Bahçeler", "Bir dairenin kayıtları", (("Park ve Bahçeler", "", C),)),
    "denetci": (("Tuna", "Farazi"), "Mali Hizmetler", "Denetçi: her şeyi görür", ((None, "", V),)),
}


def make(world: World) -> None:
    world.add("units", _branches(world))
    world.add("people", _people(world))
    if settings.DEBUG:
        _accounts(world)


def _branches(world: World):
    directorates = [unit for unit in world.units.values() if unit.kind == Unit.Kind.DIRECTORATE]
    pairs = list(product(BRANCHES, directorates))[:BRANCH_COUNT]
    for name, parent in pairs:
        yield Unit(name=f"{name} Şube Müdürlüğü", parent=parent, kind=Unit.Kind.BRANCH)


def _people(world: World):
    # The branches were made a moment ago, after the world was first asked for units.
    branches = list(Unit.objects.filter(kind__in=(Unit.Kind.BRANCH, Unit.Kind.OFFICE)).order_by("number"))
    for number in range(1, PEOPLE + 1):
        name = f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}"
        unit = branches[number % len(branches)]
        yield Person(staff_no=f"D{number:05d}", name=name, title=world.pick(TITLES), unit=unit)


def _accounts(world: World) -> None:
    password = make_password(PASSWORD)
    for number, (username, (name, unit, title, grants)) in enumerate(ACCOUNTS.items(), 1):
        account = User.objects.filter(username=username).first() or User(username=username)
        if account.pk and (account.is_active or account.person_id or account.has_usable_password()):
            continue  # Not one that `remove` has closed.
        person = Person(staff_no=f"DH{number:02d}", name=" ".join(name), title=title, unit=world.units[unit])
        world.add("people", [person])
        account.password, account.person, account.is_active = password, person, True
        account.first_name, account.last_name = name
        account.is_superuser = username == "yonetici"
        account.save()
        for where, register, level in grants:
            row = Grant(person=person, unit=world.units[where] if where else None, register=register, level=level)
            writes.save(registers.get("grants"), row, AUTHOR)


def remove() -> list[str]:
    """Delete the accounts, before their people. An account whose work remains (an import, an entry in a history) is
    closed instead and loses its person; returns the names of these."""
    made = Person.history.filter(history_type="+", history_change_reason=AUTHOR.reason).values("id")
    closed = []
    for account in User.objects.filter(username__in=ACCOUNTS, person__in=made).order_by("username"):
        try:
            with transaction.atomic():
                account.delete()
        except IntegrityError:  # ProtectedError is one, too.
            account.set_unusable_password()
            account.is_active, account.is_superuser, account.person = False, False, None
            account.first_name = account.last_name = ""
            account.save()
            closed.append(account.username)
    return closed
