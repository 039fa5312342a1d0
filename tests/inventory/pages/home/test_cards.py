"""The cards of the first page: by whom they are chosen, what waits, one's own last work, kinds."""

from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from imports.models import Batch
from inventory import registers
from inventory.listing.address import Listing
from inventory.models import IN_SERVICE, Status
from inventory.organization.models import Grant
from inventory.pages.home import cards
from inventory.pages.home.kinds import of_registers
from inventory.pages.home.mine import my_last
from inventory.pages.home.waiting import waiting_for
from inventory.trail.models import Event
from tests.pages import posted, signed_in
from tests.rows import kind, row, user

pytestmark = pytest.mark.django_db
VEHICLES, EQUIPMENT = registers.get("vehicles"), registers.get("equipment")
INSPECTIONS = registers.get("inspections")
TODAY = timezone.localdate()


@pytest.mark.parametrize(
    "url", [reverse("home"), reverse("home-units"), *(reverse("home-card", args=[name]) for name in cards.CARDS)]
)
def test_the_fragments_take_the_same_queries_for_few_and_many_rows(url, parks, admin):
    client = signed_in(admin)
    made = [row(register, parks) for register in registers.every("asset", "record")]
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _ in range(4):
        made += [row(register, parks) for register in registers.every("asset", "record")]
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)


def test_each_register_is_counted_by_its_own_kinds_as_their_lists_count(parks, admin):
    top = kind(VEHICLES, "1", "Taşıtlar")
    car, bus = kind(VEHICLES, "1.1", "Otomobil"), kind(VEHICLES, "1.2", "Otobüs")
    small = kind(VEHICLES, "1.1.1", "Küçük otomobil")
    for chosen in (car, small, small, bus):
        row(VEHICLES, parks, kind=chosen)
    row(VEHICLES, parks, kind=car, status=Status.RETIRED, status_reason="eski")
    (part,) = of_registers(admin)
    assert (part.number, part.kinds, part.others) == (4, [(car, 3), (bus, 1)], 0), "the group over all says nothing"
    for each, number in part.kinds:
        assert Listing(VEHICLES, admin, {"kind": str(each.pk), "status": IN_SERVICE}).matching.count() == number
    row(VEHICLES, parks, kind=top)
    assert of_registers(admin)[0].kinds == [(top, 5)]


def test_many_kinds_are_summed_up_in_a_last_line(parks, admin):
    for number in range(1, 9):
        row(VEHICLES, parks, kind=kind(VEHICLES, f"{number}", f"Tür {number}"))
    (part,) = of_registers(admin)
    assert (len(part.kinds), part.others, part.other_kinds) == (4, 4, 4)
    assert "diğer 4 tür" in signed_in(admin).get(reverse("home-card", args=["kinds"])).content.decode()


def test_a_group_without_a_name_is_not_named(parks, admin):
    kind(VEHICLES, "1", "Taşıtlar"), kind(VEHICLES, "2", "")
    car, tractor, loader = (kind(VEHICLES, code, code) for code in ("1.1", "2.1", "2.2"))
    for chosen in (car, tractor, loader, loader):
        row(VEHICLES, parks, kind=chosen)
    assert [(each.code, number) for each, number in of_registers(admin)[0].kinds] == [("2.2", 2), ("2.1", 1), ("1", 1)]


def test_kinds_of_what_is_not_mine_are_not_counted(parks, police):
    row(VEHICLES, police)
    officer = user("ayse", parks, (parks, "vehicles", Grant.Level.VIEW))
    assert of_registers(officer) == []
    assert "Excel dosyasından" in signed_in(officer).get(reverse("home-card", args=["kinds"])).content.decode()


def test_what_waits_is_said_to_those_who_may_take_a_step(parks, admin):
    leases = registers.get("lease-contracts")
    for state in ("draft", "draft", "running"):
        row(leases, parks, state=state)
    drafts, *others = waiting_for(admin)
    assert (drafts.number, others) == (2, [])
    address = urlsplit(drafts.url)
    assert Listing(leases, admin, QueryDict(address.query)).matching.count() == 2
    assert waiting_for(user("bakan", parks, (None, "", Grant.Level.VIEW))) == []


def test_a_sheet_that_is_checked_waits_for_who_brought_it(parks, admin, police):
    sheet = {"register": "vehicles", "user": admin, "size": 1}
    batch = Batch.objects.create(**sheet, name="araçlar.xlsx", state=Batch.State.CHECKED)
    Batch.objects.create(**sheet, name="eski.xlsx", state=Batch.State.APPLIED)
    assert [(each.text, each.url) for each in waiting_for(admin)] == [
        ("araçlar.xlsx", reverse("import-batch", args=[batch.pk]))
    ]
    assert waiting_for(user("ayse", police, (police, "", Grant.Level.MANAGE))) == []


def test_my_last_work_is_mine_in_words(parks, admin):
    made, other = row(VEHICLES, parks), user("ayse", parks, (None, "", Grant.Level.MANAGE))
    client = signed_in(other)
    url = reverse("register-edit", args=[VEHICLES, made.pk])
    data = posted(client.get(url).context["form"])
    client.post(url, data | {"kind": ""})
    assert my_last(other) == [], "what was refused was not done"
    assert client.post(url, data | {"notes": "değişti"}).status_code == 302
    client.get(reverse("register-export", args=[VEHICLES]), {"format": "csv"})
    assert str(made) in my_last(other)[1].what
    assert len(my_last(other)) == 2
    assert str(made) in client.get(reverse("home")).content.decode()
    assert my_last(admin) == []
    other.username = "eski"
    other.save()
    assert my_last(user("ayse", parks, (None, "", Grant.Level.MANAGE))) == [], "an account that had the name before"


def test_cards_are_chosen_and_ordered(parks, admin):
    client, url = signed_in(admin), reverse("home-arrange")
    names = list(cards.CARDS)

    def shown() -> list[str]:
        return [card.name for card, _ in client.get(reverse("home")).context["cards"]]

    assert shown() == names
    client.post(url, {"order": names, "shown": names, "down": names[0]})
    assert shown() == [names[1], names[0], *names[2:]]
    answer = client.post(url, {"order": names, "shown": [names[2], names[1], "no-card"], "save": ""})
    assert answer["Location"] == reverse("home")
    assert shown() == names[1:3]
    client.post(url, {"order": names, "shown": names[1:3], "down": names[0]})
    arranged = [(card.name, is_shown) for card, is_shown in client.get(url).context["cards"]]
    assert arranged[:3] == [(names[1], True), (names[0], False), (names[2], True)], "a hidden card is moved as well"
    answer = client.post(url, {"order": names, "shown": ["no-card"], "save": ""}, follow=True)
    assert "En az bir kart seçiniz." in answer.content.decode()
    assert shown() == names[1:3]
    client.post(url, {"order": [*names, "no-card"], "shown": names, "up": "no-card", "reset": ""})
    assert shown() == names
    assert client.get(reverse("home-card", args=["no-card"])).status_code == 404
    assert not Event.objects.filter(text__contains=url).exists(), "nobody's business"


def test_what_waits_is_what_she_may_bring_on_and_what_its_link_lists(parks, police):
    leases = registers.get("lease-contracts")
    for where in (parks, police, police):
        row(leases, where, state="draft")
    clerk = user("ayse", parks, (None, "", Grant.Level.VIEW), (parks, "", Grant.Level.CHANGE))
    (drafts,) = waiting_for(clerk)
    assert drafts.number == 1
    assert Listing(leases, clerk, QueryDict(urlsplit(drafts.url).query)).matching.count() == 1
