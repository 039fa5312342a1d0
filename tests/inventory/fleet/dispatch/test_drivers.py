"""Drivers: each of their papers falls due by itself; their number is masked."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from inventory import registers, writes
from inventory.listing.address import Listing
from inventory.pages.home.due import due_parts
from inventory.reminders import due as reminding
from inventory.reminders.models import Rule
from tests.inventory.fleet.dispatch.conftest import driver
from tests.pages import signed_in
from tests.rows import SYSTEM, person, row, user

pytestmark = pytest.mark.django_db
DRIVERS = registers.get("drivers")
NAMES = ("licence_until", "src_until", "psychotechnic_until", "health_until", "operator_until")


def day(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def with_days(of, **days: int):
    return row(DRIVERS, of, **dict.fromkeys(NAMES) | {name: day(n) for name, n in days.items()})


def test_each_paper_has_its_own_state(support):
    made = with_days(support, licence_until=400, src_until=-1, psychotechnic_until=10)
    (shown,) = Listing(DRIVERS, None, {"columns": "all"}).rows.filter(pk=made.pk)
    states = {name: getattr(shown, name) for name in ("due", "src_due", "psychotechnic_due", "health_due")}
    assert states == {"due": "valid", "src_due": "overdue", "psychotechnic_due": "soon", "health_due": ""}
    found = Listing(DRIVERS, None, {"src_due": "overdue"}).matching
    assert list(found.values_list("pk", flat=True)) == [made.pk]


def test_what_runs_out_stands_on_the_first_page_of_who_sees_it_and_not_that_of_who_drives_no_more(support, parks):
    made = with_days(support, src_until=-1)
    row(DRIVERS, support, **dict.fromkeys(NAMES) | {"src_until": day(-1), "active": False})
    clerk, stranger = user("garaj", support, (support, "vehicles", 1)), user("uzak", parks, (parks, "vehicles", 1))
    (part,) = due_parts(clerk)
    assert (part.register, [line[0] for line in part.lines]) == (DRIVERS, [made.pk])
    assert due_parts(stranger) == []


def test_a_rule_reminds_of_any_of_the_days(support):
    made = with_days(support, licence_until=400, health_until=7)
    row(DRIVERS, support, **dict.fromkeys(NAMES) | {"health_until": day(7), "active": False})
    rule = row(registers.get("reminder-rules"), support, date="drivers.health_until", days_before="30, 7", active=True)
    found = list(reminding.due(Rule.objects.get(pk=rule.pk), timezone.localdate()))
    assert [each.row.pk for each in found] == [made.pk]


def test_the_number_of_a_licence_is_masked_and_refused_when_it_comes_masked(support, client):
    made = row(DRIVERS, support, licence_no="34 987654")
    page = signed_in(user("garaj", support, (support, "vehicles", 1))).get(
        reverse("register-detail", args=[DRIVERS, made.pk])
    )
    assert "987654" not in page.content.decode() and "987654" not in made.search_text
    with pytest.raises(ValidationError, match="gizli biçimde"):
        DRIVERS.column("licence_no").field.clean("*********54", None)
    with pytest.raises(ValidationError, match="rakamları Excel’de kaybolmuş") as refused:
        DRIVERS.column("licence_no").field.clean("6.37702E+15", None)
    assert "6.37702" not in str(refused.value)


def test_a_driver_is_of_the_persons_unit_and_one_only(support):
    who = person("Ali Örnek", support)
    made = writes.save(DRIVERS, DRIVERS.model(person=who), SYSTEM)
    assert made.responsible_unit == support
    with pytest.raises(ValidationError, match="zaten sürücü olarak kayıtlı"):
        writes.save(DRIVERS, DRIVERS.model(person=who), SYSTEM)


def test_the_requests_stand_under_the_vehicles_of_who_sees_them_and_by_themselves_for_others(support, parks):
    def menu(account):
        return signed_in(account).get(reverse("home")).context["frame"].menu

    url = reverse("register-list", args=["vehicle-requests"])
    clerk = menu(user("memur", parks, (parks, "vehicle-requests", 2)))
    assert [link.text for link in clerk if link.url == url] == ["Araç talepleri"]
    garage = menu(user("garaj", support, (support, "", 2)))
    (vehicles,) = [link for link in garage if link.url == reverse("register-list", args=["vehicles"])]
    assert url in {link.url for link in vehicles.below} and url not in {link.url for link in garage}


def test_a_day_lists_who_drives(support):
    who = driver(support)
    assert list(Listing(DRIVERS, None, {"q": who.staff_no}).matching.values_list("person", flat=True)) == [who.pk]
