import datetime as dt
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from imports.models import Batch
from inventory import registers, writes
from inventory.listing.address import Listing
from inventory.models import IN_SERVICE, DemoMark, Status
from inventory.organization.models import Grant, Unit, User
from inventory.pages.home import cards, changes
from inventory.pages.home.changes import MOST_CHANGES, last_changes
from inventory.pages.home.due import DuePart, due_parts
from inventory.pages.home.kinds import of_registers
from inventory.pages.home.mine import my_last
from inventory.pages.home.units import unit_lines
from inventory.pages.home.waiting import waiting_for
from inventory.trail.models import Event
from tests.pages import posted
from tests.rows import kind, row, set_values, unit, user

pytestmark = pytest.mark.django_db
VEHICLES, EQUIPMENT = registers.get("vehicles"), registers.get("equipment")
INSPECTIONS = registers.get("inspections")
TODAY = timezone.localdate()


@pytest.fixture
def city() -> Unit:
    return unit("Belediye", kind=Unit.Kind.MUNICIPALITY)


@pytest.fixture
def parks(city) -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı", city)


@pytest.fixture
def police(city) -> Unit:
    return unit("Zabıta Dairesi Başkanlığı", city)


@pytest.fixture
def admin(city) -> User:
    return user("yonetici", city, is_superuser=True)


def signed_in(account: User) -> Client:
    client = Client()
    client.force_login(account)
    return client


def counted(account: User) -> dict[str, dict[str, int]]:
    return {
        line.unit.name: {register.slug: count for register, count in line.cells if count}
        for line in unit_lines([VEHICLES, EQUIPMENT], account)
    }


def test_a_unit_answers_for_what_is_below_it(city, parks, police, admin):
    garden = unit("Fidanlık Şube Müdürlüğü", parks, kind=Unit.Kind.BRANCH)
    for where, register in ((parks, VEHICLES), (garden, VEHICLES), (garden, EQUIPMENT), (police, VEHICLES)):
        row(register, where)
    assert counted(admin) == {
        "Belediye": {"vehicles": 3, "equipment": 1},
        "Park ve Bahçeler Dairesi Başkanlığı": {"vehicles": 2, "equipment": 1},
        "Fidanlık Şube Müdürlüğü": {"vehicles": 1, "equipment": 1},
        "Zabıta Dairesi Başkanlığı": {"vehicles": 1},
    }


def test_every_count_is_what_its_link_lists(parks, police, admin):
    for where in (parks, parks, police):
        row(VEHICLES, where)
    row(VEHICLES, parks, status=Status.RETIRED, status_reason="eski")
    for line in unit_lines([VEHICLES], admin):
        query = {"responsible_unit": str(line.unit.pk), "status": IN_SERVICE}
        assert Listing(VEHICLES, admin, query).matching.count() == line.own["vehicles"]


def test_only_the_own_scope_is_counted_and_units_above_it_are_left_out(parks, police):
    row(VEHICLES, parks)
    row(VEHICLES, police)
    officer = user("ayse", parks, (parks, "", Grant.Level.VIEW))
    assert counted(officer) == {"Park ve Bahçeler Dairesi Başkanlığı": {"vehicles": 1}}


def test_each_of_two_trees_of_units_has_its_lines_and_its_part_of_the_total(admin):
    first, second = unit("A Belediyesi"), unit("B Belediyesi")
    below = unit("A Dairesi", first)
    for where in (below, second):
        row(VEHICLES, where)
    context = signed_in(admin).get(reverse("home-units")).context
    assert {line.unit.name for line in context["lines"]} >= {"A Dairesi", "B Belediyesi"}
    assert dict(context["totals"])[VEHICLES] == 2
    row(VEHICLES, second)
    assert dict(signed_in(admin).get(reverse("home-units")).context["totals"])[VEHICLES] == 3


def test_what_falls_due_is_reported_with_the_longest_overdue_first(parks, police, admin):
    for days in (-5, -40, 10, 200):
        vehicle = row(VEHICLES, parks, plate=f"41 AA {300 + days}")
        until = TODAY + dt.timedelta(days=days)
        row(INSPECTIONS, parks, vehicle=vehicle, done_on=until - dt.timedelta(days=700), valid_until=until)
    part = parts(admin)["Muayene geçerliliği"]
    assert [(state, number) for state, number, _query in part.counts] == [("overdue", 2), ("soon", 1)]
    days = [(day, state) for _pk, _title, day, state in part.lines]
    expected = ((-40, "overdue"), (-5, "overdue"), (10, "soon"))
    assert days == [(TODAY + dt.timedelta(days=n), state) for n, state in expected]
    for state, number, query in part.counts:
        assert Listing(VEHICLES, admin, QueryDict(query)).matching.count() == number, state
    shown = signed_in(admin).get(reverse("home-card", args=["due"])).content.decode()
    assert "2 Süresi geçmiş" in shown
    assert "inspection_due=overdue" in shown
    stranger = user("ayse", police, (police, "", Grant.Level.MANAGE))
    assert due_parts(stranger) == []


def parts(account) -> dict[str, DuePart]:
    return {part.label: part for part in due_parts(account)}


def test_what_a_latest_date_hides_is_reported(parks, admin):
    """A failed inspection, a policy that begins later, own-damage insurance alone: nothing of it is valid today."""
    insurances, day = registers.get("insurances"), dt.timedelta(days=1)
    failed, later, other = (row(VEHICLES, parks, plate=f"41 AB {100 + n}") for n in range(3))
    row(INSPECTIONS, parks, vehicle=failed, done_on=TODAY - day, valid_until=TODAY + 700 * day, result="failed")
    for vehicle, cover, begins in ((later, "liability", TODAY + 40 * day), (other, "own_damage", TODAY - day)):
        row(insurances, parks, vehicle=vehicle, kind=cover, starts_on=begins, ends_on=begins + 365 * day)
    missing = {"inspection": [failed, later, other], "liability": [failed, later, other], "own_damage": []}
    for name, vehicles in missing.items():
        found = Listing(VEHICLES, admin, {f"{name}_due": "missing"}).matching
        assert {v.pk for v in found} == {v.pk for v in vehicles}, name
    assert Listing(VEHICLES, admin, {"own_damage_due": "valid"}).matching.get() == other


def test_a_replaced_record_and_a_vehicle_that_is_gone_ask_for_nothing(parks, admin):
    renewed, gone = row(VEHICLES, parks), row(VEHICLES, parks, status=Status.DISPOSED, status_reason="hurda")
    past, coming = TODAY - dt.timedelta(days=30), TODAY + dt.timedelta(days=700)
    for vehicle, until in ((renewed, past), (renewed, coming), (gone, past)):
        row(INSPECTIONS, parks, vehicle=vehicle, done_on=until - dt.timedelta(days=730), valid_until=until)
    assert "Muayene geçerliliği" not in parts(admin)
    for state in ("overdue", "missing", "soon"):
        assert not Listing(VEHICLES, admin, {"inspection_due": state}).matching.exists()
        assert not Listing(INSPECTIONS, admin, {"due": state}).matching.exists()


def test_last_changes_name_one_row_for_a_write_of_many(parks, admin):
    vehicles = [row(VEHICLES, parks) for _ in range(3)]
    with_reason = writes.Author(user=admin, reason="toplu")
    set_values(VEHICLES, VEHICLES.model.objects.all(), {"make": "Ford"}, with_reason)
    newest = last_changes(admin)[0]
    assert (newest.register, newest.kind, newest.others, newest.user) == (VEHICLES, "~", True, admin)
    assert newest.title in {str(vehicle) for vehicle in vehicles}
    assert len(last_changes(admin)) <= MOST_CHANGES


def test_last_changes_stay_within_what_is_mine_now(parks, police, admin):
    moved, kept = row(VEHICLES, parks), row(VEHICLES, parks)
    kept.notes = "kaldı"
    writes.save(VEHICLES, kept, writes.Author(user=admin))
    moved.responsible_unit = police
    writes.save(VEHICLES, moved, writes.Author(user=admin))
    officer = user("ayse", parks, (parks, "vehicles", Grant.Level.VIEW))
    assert {c.row_id for c in last_changes(officer) if c.register is VEHICLES} == {kept.pk}


def test_a_deleted_row_is_reported_without_a_link(parks, admin):
    gone = row(VEHICLES, parks)
    title = str(gone)
    writes.delete(VEHICLES, gone, writes.Author(user=admin))
    newest = last_changes(admin)[0]
    assert (newest.row_id, newest.kind, newest.title) == (None, "-", title)
    assert signed_in(admin).get(reverse("home")).status_code == 200


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


def test_the_last_changes_are_those_that_all_registers_name(parks, admin, monkeypatch):
    """And only the registers that changed last are asked for theirs."""
    made = [row(register, parks) for register in registers.every("asset", "record") for _ in range(2)]
    for vehicle in made[:4]:
        writes.save(registers.of(type(vehicle)), vehicle, writes.Author(user=admin))
    with CaptureQueriesContext(connection) as all_registers:
        every = [each for register in registers.every() for each in changes._changes(register, admin)]
    newest = sorted(every, key=lambda change: change.at, reverse=True)[:MOST_CHANGES]
    with CaptureQueriesContext(connection) as queries:
        assert last_changes(admin) == newest
    assert len(queries) <= len(all_registers) + len(registers.every())
    asked, real = [], changes._changes
    monkeypatch.setattr(changes, "_changes", lambda register, *rest: asked.append(register) or real(register, *rest))
    for number in range(MOST_CHANGES + 1):
        made[0].notes = f"{number}"
        writes.save(registers.of(type(made[0])), made[0], writes.Author(user=admin))
    assert len(last_changes(admin)) == MOST_CHANGES and asked == [registers.of(type(made[0]))]


def test_a_write_of_many_rows_hides_none_that_came_before(parks, admin):
    register = registers.get("vehicles")
    first = row(register, parks)
    changed = [row(register, parks) for _ in range(MOST_CHANGES + 3)]
    first.notes = "Tek değişiklik"
    writes.save(register, first, writes.Author(user=admin))
    for each in changed:
        each.notes = "Toplu"
    writes.update_many(register, changed, ["notes"], writes.Author(user=admin))
    many, one, *_rest = last_changes(admin)
    assert (many.register, many.kind, many.others) == (register, "~", True)
    assert (one.register, one.row_id, one.others) == (register, first.pk, False)


def test_the_first_row_of_many_is_said_to_have_others(parks, admin):
    register = registers.get("vehicles")
    many = [row(register, parks) for _ in range(2)]
    for each in many:
        each.notes = "Toplu"
    writes.update_many(register, many, ["notes"], writes.Author(user=admin))
    for number in range(MOST_CHANGES - 1):
        many[0].notes = f"{number}"
        writes.save(register, many[0], writes.Author(user=admin))
    last = last_changes(admin)[-1]
    assert (last.row_id, last.others) == (many[1].pk, True)


def test_somebody_without_grants_is_reported_whom_to_ask(parks):
    shown = signed_in(user("yeni", parks)).get(reverse("home")).content.decode()
    assert "henüz yetki verilmemiş" in shown
    assert "Kullanıcı adınız: yeni" in shown


def test_made_up_data_is_announced_on_every_page(parks, admin):
    client = signed_in(admin)
    assert "uydurma tanıtım verisi" not in client.get(reverse("home")).content.decode()
    DemoMark.objects.create(rows=1)
    for path in (reverse("home"), reverse("register-list", args=["vehicles"]), "/boyle-bir-sayfa-yok/"):
        assert "uydurma tanıtım verisi" in client.get(path).content.decode()
    assert "uydurma tanıtım verisi" in Client().get(reverse("login")).content.decode()


def test_the_menu_holds_what_may_be_seen(parks):
    officer = user("ayse", parks, (parks, "vehicles", Grant.Level.VIEW))
    shown = signed_in(officer).get(reverse("home")).content.decode()
    for slug, there in (("vehicles", True), ("inspections", True), ("property", False), ("units", True)):
        assert (f'href="/{slug}/"' in shown) is there, slug
    assert reverse("users") not in shown


def test_pages_carry_no_inline_script_or_style(parks, admin):
    client = signed_in(admin)
    for name in ("home", "home-units", "home-arrange", "users", "user-new", "groups", "password_change"):
        answer = client.get(reverse(name))
        assert "unsafe-inline" not in answer["Content-Security-Policy"], name
        shown = answer.content.decode()
        for inline in ("<style", " style=", " onclick=", "<script>"):
            assert inline not in shown, (name, inline)


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_error_pages_stand_without_a_request(status):
    page = render_to_string(f"{status}.html")
    assert '<html lang="tr">' in page
    assert "Ana sayfaya dön" in page


# Cards ----------------------------------------------------------------------------------------------------


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


def test_what_the_system_wrote_is_no_news(parks, admin):
    made = row(VEHICLES, parks)
    url = reverse("home-card", args=["changes"])
    assert "Henüz bir değişiklik yok" in signed_in(admin).get(url).content.decode()
    made.notes = "değişti"
    writes.save(VEHICLES, made, writes.Author(user=admin))
    assert str(made) in signed_in(admin).get(url).content.decode()


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
