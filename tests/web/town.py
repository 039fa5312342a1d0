"""A town for the tests of the web side: two directorates, every kind of user, and one of everything that has a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db.models import Model
from django.utils import timezone

from imports import batches, profiles
from imports.comparing import comparisons
from imports.comparing.models import Comparison
from imports.exporting import jobs
from imports.models import Batch, Meaning
from inventory import registers
from inventory.accounts.directory.models import DirectoryGroup
from inventory.api.models import Token
from inventory.columns import Type
from inventory.models import SavedView
from inventory.organization.models import Grant, Unit, User
from inventory.registers import Register
from inventory.reminders.models import Feed
from inventory.webhooks.making import trial
from inventory.webhooks.models import Rule
from tests.pages import sample
from tests.rows import row, unit, user

# What stands in every text of the one directorate, and may be read by nobody who works in the other.
SECRET = "Qzx9gizli"
VIEW, CHANGE, MANAGE = Grant.Level.VIEW, Grant.Level.CHANGE, Grant.Level.MANAGE


@dataclass
class Town:
    here: Unit
    there: Unit
    people: dict[str, User | None]
    #: (slug, which unit) → its row
    rows: dict[tuple[str, str], Model]

    #: Who may read nothing of the other directorate, and who may write nothing anywhere.
    local = ("nobody", "half login", "no grant", "sleeping", "viewer", "editor", "manager")
    readers = ("nobody", "half login", "no grant", "sleeping", "viewer", "auditor")

    def ids(self, register: Register, which: str = "") -> list[int]:
        return [made.pk for (slug, of), made in self.rows.items() if slug == register.slug and which in ("", of)]


def built() -> Town:
    here, there = unit("Park ve Bahçeler Dairesi Başkanlığı"), unit("Zabıta Dairesi Başkanlığı")
    people = {
        "nobody": None,
        # Who has given the password of an administrator, and not the code.
        "half login": user("yarim", here, is_superuser=True, second_factor_since=timezone.now()),
        "no grant": user("yetkisiz", here),
        "sleeping": user("uyuyan", here, (None, "", MANAGE)),
        "viewer": user("goren", here, (here, "", VIEW)),
        "editor": user("duzenleyen", here, (here, "", CHANGE)),
        "manager": user("yoneten", here, (here, "", MANAGE)),
        "steward": user("sorumlu", there, (None, "vehicles", MANAGE)),
        "auditor": user("denetci", there, (None, "", VIEW)),
        "administrator": user("yonetici", here, is_superuser=True, is_staff=True),
    }
    Grant.objects.filter(person=people["sleeping"].person).update(needs_second_factor=True)
    rows = {}
    for register in registers.every():
        rows[register.slug, "here"] = sample(register, here)
        rows[register.slug, "there"] = _secret(register, there)
    town = Town(here, there, people, rows)
    for number, who in enumerate(("editor", "steward", "administrator")):
        _belongings(people[who], here, "", number)
    # Somebody of the other directorate, whose files and views are nobody else's.
    _belongings(user("yabanci", there, (there, "", CHANGE)), there, SECRET, 3)
    DirectoryGroup.objects.create(name="CN=Denetim", group=Group.objects.create(name="Denetçiler"))
    return town


def _secret(register: Register, there: Unit) -> Model:
    if register.slug in ("grants", "units"):
        return sample(register, there)
    if register.scope is None or register.public:
        return row(register, there)
    texts = (c for c in register.all_columns() if c.editable and c.type in (Type.TEXT, Type.LONG_TEXT))
    return row(register, there, **{column.name: f"{SECRET} {register.slug}" for column in texts})


def _belongings(account: User, of: Unit, mark: str, number: int) -> None:
    """Imports in several states, comparisons, an export, views, a profile and an answer of the account's.

    `number`: another one for each account, since their vehicles need plates of their own.
    """
    vehicles = registers.get("vehicles")
    name = f"{mark or 'liste'}.csv"
    lines = ["Plaka;Tür;Marka;Sorumlu birim", *(f"41 ZZ 1{number}{n};Deneme türü;{mark or 'Ford'};{of.name}"
                                               for n in range(2))]  # fmt: skip
    for content in (lines, [*lines, "41 ZZ 999;Bilinmeyen;Ford;Yok"], [], lines):
        made = batches.upload(vehicles, account, ContentFile("\n".join(content).encode()), name)
        batches.run_check(made)
    batches.run_apply(made)
    waiting = batches.upload(vehicles, account, ContentFile(b"Plaka\n41 ABC 123"), name)
    assert {*Batch.objects.filter(user=account).values_list("state", flat=True)} >= {"checked", "refused", "applied"}
    profile = profiles.keep(Batch.objects.filter(user=account, state="checked").latest("pk"), mark or "Profil",
                            shared=False)  # fmt: skip
    Meaning.objects.create(
        register="vehicles", column="kind", text=mark or "Kamyonet", key=(mark or "kamyonet").lower(),
        means=str(waiting.pk), user=account,
    )  # fmt: skip
    for signed in (False, True):
        made = batches.upload(
            vehicles, account, ContentFile("\n".join(lines).encode()), name, into=Comparison, source=mark or "Sigorta"
        )
        comparisons.run(made)
        if signed:
            made.lines.update(decision="ours")
            comparisons.sign(made, account)
            comparisons.keep_report(made)
    for form in ("xlsx", "csv"):
        jobs.run(jobs.ask(vehicles, account, "columns=all", form))
    jobs.ask(vehicles, account, "sort=plate", "xlsx")
    for kind in SavedView.Kind.values:
        SavedView.objects.create(register="vehicles", owner=account, kind=kind, name=mark or "Görünüm", query="q=a")
    Token.objects.create(
        owner=account, name=mark or "Anahtar", digest=account.username, expires_on=timezone.localdate()
    )
    trial(Rule.objects.create(owner=account, name=mark or "Bildirim", register="vehicles", url="https://example.org/"))
    Feed.objects.create(view=SavedView.objects.get(owner=account, kind=SavedView.Kind.VIEW), owner=account)
    assert profile.pk


def last_writes() -> str:
    """Asks for the number of the last history entry of every register: what any write raises."""
    return _of_every("SELECT %(number)d, MAX(history_id) FROM %(table)s", lambda r: {"table": r.model.history.model})


def versions(town: Town, which: str) -> str:
    """Asks for one directorate's rows with their versions, by which any change or deletion of them is seen."""
    return _of_every(
        "SELECT %(number)d, id, version FROM %(table)s WHERE id = %(id)d",
        lambda r: {"table": r.model, "id": town.rows[r.slug, which].pk},
    )


def _of_every(select: str, of: Callable[[Register], dict]) -> str:
    """The select of every register, in one statement, since it is asked after every request."""
    parts = []
    for number, register in enumerate(registers.every()):
        names = of(register)
        parts.append(select % (names | {"number": number, "table": names["table"]._meta.db_table}))
    return " UNION ALL ".join(parts)
