"""How many items each unit answers for."""

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory import registers
from inventory.listing.address import Listing
from inventory.models import IN_SERVICE, Status
from inventory.organization.models import Grant, Unit, User
from inventory.pages.home.units import unit_lines
from tests.pages import signed_in
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES, EQUIPMENT = registers.get("vehicles"), registers.get("equipment")
INSPECTIONS = registers.get("inspections")
TODAY = timezone.localdate()


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
