"""The rule itself, asked without a page: which grant reaches which rows, for reading, changing and managing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.utils import timezone

from inventory import access, registers, writes
from inventory.organization.models import Grant, Unit, User
from tests.inventory.past.yesterday import backdate
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
VIEW, CHANGE, MANAGE = Grant.Level.VIEW, Grant.Level.CHANGE, Grant.Level.MANAGE
VEHICLES, INSPECTIONS, UNITS, PEOPLE, KINDS, GRANTS = (
    registers.get(slug) for slug in ("vehicles", "inspections", "units", "people", "kinds", "grants")
)
ASKED = (access.visible_to, access.editable_by, access.managed_by)
MAY = (access.may_see, access.may_change, access.may_manage)


@pytest.fixture
def places() -> dict[str, Unit]:
    """Two units, p and w, and one below the first, b."""
    parks = unit("Park ve Bahçeler Dairesi Başkanlığı")
    branch = unit("Fidanlık Şube Müdürlüğü", parks, kind=Unit.Kind.BRANCH)
    return {"p": parks, "b": branch, "w": unit("Fen İşleri Dairesi Başkanlığı")}


def holder(places, *grants) -> User:
    """Somebody with the grants: (letter of the unit or None, slug, level)."""
    return user("ayse", places["w"], *[(where and places[where], slug, level) for where, slug, level in grants])


REACH = [
    ([], "", "", ""),
    ([("p", "vehicles", VIEW)], "pb", "", ""),
    ([("p", "vehicles", CHANGE)], "pb", "pb", ""),
    ([("p", "", MANAGE)], "pb", "pb", "pb"),
    ([("b", "vehicles", MANAGE)], "b", "b", "b"),
    ([(None, "vehicles", VIEW)], "pbw", "", ""),
    ([(None, "", MANAGE)], "pbw", "pbw", "pbw"),
    ([("p", "equipment", MANAGE), (None, "grants", MANAGE)], "", "", ""),
    ([("p", "vehicles", VIEW), ("w", "vehicles", MANAGE)], "pbw", "w", "w"),
    ([("p", "vehicles", MANAGE), (None, "vehicles", VIEW)], "pbw", "pb", "pb"),
    ([("p", "vehicles", CHANGE), (None, "equipment", MANAGE)], "pb", "pb", ""),
]


@pytest.mark.parametrize(("grants", "seen", "changed", "managed"), REACH)
def test_a_grant_reaches_its_unit_and_all_below_for_its_register_and_level(places, grants, seen, changed, managed):
    cars = {letter: row(VEHICLES, of) for letter, of in places.items()}
    checks = {letter: row(INSPECTIONS, of, vehicle=cars[letter]) for letter, of in places.items()}
    who = holder(places, *grants)
    for register, rows in ((VEHICLES, cars), (INSPECTIONS, checks)):
        for ask, may, letters in zip(ASKED, MAY, (seen, changed, managed), strict=True):
            assert set(ask(register, who)) == {rows[letter] for letter in letters}, (register, ask)
            assert may(register, who) is bool(letters)
        assert access.sees_everything(register, who) is any(
            where is None and slug in ("", "vehicles") for where, slug, _ in grants
        )
        assert set(access.personal_of(register, who)) == {rows[letter] for letter in changed}
        for letter in places:
            assert access.in_scope(register, who, rows[letter]) is (letter in changed)
            assert access.reaches(register, access.units_to_change(register, who), rows[letter]) is (letter in changed)
            assert access.reaches(register, access.units_to_see(register, who), rows[letter]) is (letter in seen)
    hidden = {rows.pk for letter, rows in cars.items() if letter not in seen}
    assert access.hidden(VEHICLES, who, [car.pk for car in cars.values()]) == hidden
    # Whoever sees an inspection sees its vehicle.
    assert access.unseen_by(INSPECTIONS, who, INSPECTIONS.column("vehicle")) is None


def test_who_asks_for_nobody_is_the_system_and_sees_all(places):
    made = row(VEHICLES, places["p"])
    for ask, may in zip(ASKED, MAY, strict=True):
        assert list(ask(VEHICLES, None)) == [made] and may(VEHICLES, None)
    assert access.units_to_see(VEHICLES, None) == access.units_to_change(VEHICLES, None) == []
    assert access.may_audit(None) and access.hidden(VEHICLES, None, [made.pk]) == set()


@pytest.mark.parametrize("why", ["unknown", "closed", "off duty"])
def test_whoever_is_not_let_in_sees_nothing_whatever_she_was_given(places, why):
    row(VEHICLES, places["p"])
    who = AnonymousUser() if why == "unknown" else holder(places, (None, "", MANAGE))
    if why == "closed":
        who.is_active = False
    elif why == "off duty":
        who.person.active = False
    for register in (VEHICLES, UNITS, KINDS, GRANTS):
        for ask, may in zip(ASKED, MAY, strict=True):
            assert not ask(register, who).exists() and may(register, who) is False
        assert access.units_to_see(register, who) is None
    assert not access.is_administrator(who)
    assert why == "unknown" or not access.may_audit(who)


def test_a_groups_grants_are_its_members(places):
    made = row(VEHICLES, places["p"])
    group = Group.objects.create(name="Filo")
    writes.save(GRANTS, Grant(group=group, unit=places["p"], register="vehicles", level=VIEW), SYSTEM)
    inside, outside = user("icerde", places["w"]), user("disarda", places["w"])
    inside.groups.add(group)
    assert list(access.visible_to(VEHICLES, inside)) == [made]
    assert not access.visible_to(VEHICLES, outside).exists()
    loose = User.objects.create_user("kisisiz")
    loose.groups.add(group)
    assert list(access.visible_to(VEHICLES, loose)) == [made]


def test_public_lists_are_seen_with_any_grant_and_changed_with_their_own_everywhere(places):
    some, keeper = holder(places, ("b", "vehicles", VIEW)), user("liste", places["w"], (None, "kinds", CHANGE))
    for register in (UNITS, PEOPLE, KINDS):
        assert access.sees_everything(register, some) and not access.may_change(register, some)
    assert access.may_change(KINDS, keeper) and not access.may_manage(KINDS, keeper)
    assert access.units_to_change(KINDS, keeper) == []
    steward = user("sorumlu", places["w"], (places["p"], "", MANAGE))
    # A list of the whole municipality is not a unit's.
    assert access.units_to_change(KINDS, steward) is None
    assert {each.name for each in access.editable_by(UNITS, steward)} == {places["p"].name, places["b"].name}
    assert access.reaches(UNITS, [places["p"]], Unit(name="Yeni", parent=places["b"]))
    assert not access.reaches(UNITS, [places["p"]], Unit(name="Yeni", parent=places["w"]))
    assert not access.reaches(UNITS, [places["p"]], Unit(name="Yeni"))
    assert access.reaches(UNITS, [], Unit(name="Yeni")) and not access.reaches(UNITS, None, Unit(name="Yeni"))
    assert not access.reaches(KINDS, [places["p"]], KINDS.model())


def test_grants_are_changed_by_those_who_manage_them_only(places):
    changer = holder(places, ("p", "", CHANGE))
    steward = user("sorumlu", places["w"], (places["p"], "", MANAGE))
    assert access.may_see(GRANTS, changer) and not access.may_change(GRANTS, changer)
    assert access.units_to_change(GRANTS, changer) is None
    assert access.units_to_change(GRANTS, steward) == [places["p"]]
    assert set(access.editable_by(GRANTS, steward)) == set(Grant.objects.filter(unit=places["p"]))


@pytest.mark.parametrize(
    ("own", "may"),
    [((None, "", VIEW), True), ((None, "vehicles", MANAGE), False), (("p", "", MANAGE), False)],
)
def test_who_sees_all_registers_everywhere_audits(places, own, may):
    assert access.may_audit(holder(places, own)) is may


GIVEN = [
    # (own grant; given), handed out, taken away
    (("p", "", MANAGE), ("b", "vehicles", VIEW), True),
    (("p", "vehicles", MANAGE), ("p", "vehicles", MANAGE), True),
    ((None, "", MANAGE), (None, "", MANAGE), True),
    (("p", "", CHANGE), ("b", "vehicles", VIEW), False),
    (("p", "vehicles", MANAGE), ("b", "", VIEW), False),
    (("p", "vehicles", MANAGE), ("b", "equipment", VIEW), False),
    (("b", "", MANAGE), ("p", "vehicles", VIEW), False),
    (("p", "", MANAGE), (None, "vehicles", VIEW), False),
    (("p", "", MANAGE), ("w", "vehicles", VIEW), False),
]


@pytest.mark.parametrize(("own", "given", "may"), GIVEN)
def test_nobody_hands_out_or_takes_away_more_than_she_manages(places, own, given, may):
    who, (where, slug, level) = holder(places, own), given
    grant = Grant(unit=where and places[where], register=slug, level=level)
    assert access.may_hand_out(who, grant) is may and access.may_take_away(who, grant) is may
    assert access.may_hand_out(None, grant) and access.may_take_away(None, grant)


def test_what_wants_a_second_factor_is_handed_on_with_that_condition_only(places):
    who = user("ayse", places["w"])
    who.second_factor_since = timezone.now()
    who.save()
    own = Grant(person=who.person, unit=places["p"], level=MANAGE, needs_second_factor=True)
    writes.save(GRANTS, own, SYSTEM)
    plain, strict = (Grant(unit=places["p"], level=VIEW, needs_second_factor=needs) for needs in (False, True))
    assert not access.may_hand_out(who, plain) and access.may_hand_out(who, strict)
    assert access.may_take_away(who, plain)
    assert access.grants_of(who) == [own] and access.sleeping_grants(who) == []


@pytest.mark.parametrize("slug", ["vehicles", "inspections"])
def test_of_the_past_counts_where_a_row_lay_then(places, slug):
    register, who = registers.get(slug), holder(places, ("p", "", VIEW))
    car = row(VEHICLES, places["b"])
    made = car if slug == "vehicles" else row(INSPECTIONS, places["b"], vehicle=car)
    backdate()
    yesterday, now = timezone.now() - dt.timedelta(days=1), timezone.now() + dt.timedelta(days=1)
    car.responsible_unit = places["w"]
    writes.save(VEHICLES, car, SYSTEM)
    assert access.hidden(register, who, [made.pk]) == {made.pk}
    assert access.hidden(register, who, [made.pk], yesterday) == set()
    assert access.hidden(register, who, [made.pk], now) == {made.pk}
    there = user("fen", places["w"], (places["w"], "", VIEW))
    assert access.hidden(register, there, [made.pk]) == set()
    assert access.hidden(register, there, [made.pk], yesterday) == {made.pk}
    assert access.hidden(register, there, [made.pk + 999], now) == set()


def test_what_a_row_names_beyond_its_readers_reach_is_veiled_and_nothing_else(places):
    network = registers.get("network")
    who = holder(places, ("p", "network", CHANGE))
    far, near = row(network, places["w"], hostname="uzak"), row(network, places["p"], hostname="yakin")
    veiled, plain = (row(network, places["p"], hostname=f"d{n}", linked_to=to) for n, to in enumerate((far, near)))
    column = network.column("linked_to")
    assert access.unseen(network, who, [veiled, plain])["linked_to"] == {far.pk}
    assert access.unseen_in(network, who, veiled) == [column] and access.unseen_in(network, who, plain) == []
    assert far.pk in access.unseen_by(network, who, column).values_list("pk", flat=True)
    assert near.pk not in access.unseen_by(network, who, column).values_list("pk", flat=True)
    then = access.unseen_by(network, who, column, timezone.now() + dt.timedelta(days=1)).values_list("id", flat=True)
    assert far.pk in then and near.pk not in then
    assert access.unseen_by(network, None, column) is None
    shown = access.veil(network, who, network.model.objects.filter(pk__in=[veiled.pk, plain.pk]).order_by("pk"))
    assert [isinstance(each.linked_to, access.Unseen) for each in shown] == [True, False]
    assert (shown[0].linked_to.pk, str(shown[0].linked_to)) == (far.pk, "(size görünmüyor)")
    assert {"(size görünmüyor)"} < access.Unseen.texts()
    veiled.linked_to = plain.linked_to = None
    assert access.emptied(network, who, [veiled, plain], ["linked_to", "make"]) == [column]
    assert access.emptied(network, who, [plain], ["linked_to"]) == []
    assert access.emptied(network, who, [veiled], ["make"]) == []
