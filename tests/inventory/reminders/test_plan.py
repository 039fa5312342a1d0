"""What goes out on a day, to whom and why not."""

import datetime as dt
from unittest import mock

import pytest

from inventory import registers, writes
from inventory.calendar import reference
from inventory.calendar.models import Day
from inventory.organization.models import Unit
from inventory.reminders.due import due
from inventory.reminders.models import Answer, Preference
from inventory.reminders.plan import Plan
from inventory.reminders.readers import Readers
from tests.inventory.reminders.conftest import INSPECTIONS, TODAY, VEHICLES, inspected, plan_on, rule_of
from tests.rows import SYSTEM, person, row, unit, user

pytestmark = pytest.mark.django_db


def days(n: int) -> dt.date:
    return TODAY + dt.timedelta(n)


def readers_of(plan: Plan) -> set[tuple[str, int, str]]:
    return {(line.reader.address or line.reader.name, line.due.step, line.held) for line in plan.lines}


def test_each_row_has_its_newest_step_alone(here, clerk, rule):
    steps = {n: inspected(here, days(n)) for n in (40, 30, 12, 7, 3, 0, -1, -8, -20)}
    expected = {30: 30, 12: 30, 7: 7, 3: 7, 0: 7, -1: 7, -8: -7, -20: -14}
    found = {line.due.row.pk: line.due.step for line in plan_on(TODAY).lines if line.reader.account}
    assert found == {steps[n].pk: step for n, step in expected.items()}


def test_unit_clerk_and_holder_are_told_and_why_not_is_said(here, clerk):
    rule_of(to_holder=True)
    stranger = user("yabanci", unit("Zabıta"), email="y@example.org")
    branch = unit("Bakım Şube", here, kind=Unit.Kind.BRANCH)
    holders = (clerk.person, stranger.person, person("Hesapsız", here))
    for holder in holders:
        inspected(branch, days(5), responsible_person=holder)
    assert readers_of(plan_on(TODAY)) == {
        ("park@example.org", 7, ""),  # the branch has no address of its own
        ("katip@example.org", 7, ""),
        ("y@example.org", 7, "no_right"),
        (str(holders[2]), 7, "no_account"),
    }
    mine = [line.why for line in plan_on(TODAY).lines if line.reader.account == clerk]
    assert sorted(mine) == ["holder", "level", "level"]


def test_whoever_may_not_see_the_row_gets_nothing(here, rule):
    there = unit("Zabıta Dairesi Başkanlığı")
    inspected(here, days(5))
    for name, grants in (("baska", [(there, "", 3)]), ("goren", [(here, "", 1)]), ("ag", [(None, "network", 3)])):
        user(name, there, *grants, email=f"{name}@example.org")
    user("yonetici", here, is_superuser=True, email="admin@example.org")
    closed = user("ayrilan", here, (here, "", 3), email="ayrilan@example.org")
    closed.person.active = False
    writes.save(registers.get("people"), closed.person, SYSTEM)
    user("uyuyan", here, (here, "", 3), email="uyuyan@example.org").person.grants.update(needs_second_factor=True)
    assert readers_of(plan_on(TODAY)) == {("park@example.org", 7, "")}


@pytest.mark.parametrize("change", ["retired", "renewed", "failed", "plate gone"])
def test_what_asks_for_nothing_is_not_reminded_of(here, clerk, rule, change):
    made = inspected(here, days(5))
    assert plan_on(TODAY).lines
    if change == "retired":
        made.status, made.status_reason = "retired", "hurda"
        writes.save(VEHICLES, made, SYSTEM)
    elif change == "renewed":
        row(INSPECTIONS, here, vehicle=made, done_on=TODAY, valid_until=days(400))
    elif change == "failed":
        found = INSPECTIONS.model.objects.get()
        found.result = "failed"
        writes.save(INSPECTIONS, found, SYSTEM)
    else:
        writes.delete(INSPECTIONS, INSPECTIONS.model.objects.get(), SYSTEM)
        writes.delete(VEHICLES, made, SYSTEM)
    assert plan_on(TODAY).lines == []


def test_a_records_own_date_counts_while_it_is_its_items_last(here, rule):
    rule_of(name="Kayıt", date="inspections.valid_until", days_before="180")
    made = inspected(here, days(100))
    assert {line.due.rule.name for line in plan_on(TODAY).lines} == {"Kayıt"}
    row(INSPECTIONS, here, vehicle=made, done_on=TODAY, valid_until=days(120))
    (line,) = (line for line in plan_on(TODAY).lines if line.why == "unit")
    assert line.due.day == days(120)


def test_a_closed_contract_asks_nothing(here):
    leases = registers.get("lease-contracts")
    rule_of(name="Kira", date="lease-contracts.ends_on", days_before="90")
    contract = row(leases, here, starts_on=days(-300), ends_on=days(60))
    assert plan_on(TODAY).lines == []  # a draft holds for nobody
    leases.model.objects.filter(pk=contract.pk).update(state="running")
    assert len(plan_on(TODAY).lines) == 1
    leases.model.objects.filter(pk=contract.pk).update(state="closed")
    assert plan_on(TODAY).lines == []


def test_a_plain_date_is_reminded_of_before_it_and_made_up_for_two_weeks(here):
    rule_of(name="Garanti", date="equipment.warranty_until", days_before="14", overdue_every=None)
    equipment = registers.get("equipment")
    made = {n: row(equipment, here, warranty_until=days(n)) for n in (14, 1, -10, -15, 15)}
    row(equipment, here, warranty_until=days(3), status="disposed", status_reason="hurda")
    assert {line.due.row.pk for line in plan_on(TODAY).lines} == {made[n].pk for n in (14, 1, -10)}


def test_a_rule_about_a_date_that_is_gone_or_closed_says_nothing(here, rule):
    inspected(here, days(5))
    rule.date = "documents.no_such_day"
    type(rule).objects.filter(pk=rule.pk).update(date=rule.date)
    assert plan_on(TODAY).lines == []
    type(rule).objects.filter(pk=rule.pk).update(date="vehicles.inspection_until", active=False)
    assert plan_on(TODAY).lines == []


def test_digests_go_on_working_days_and_urgent_ones_alone_on_any(here, clerk, rule):
    rule_of(name="İvedi", urgent=True)
    inspected(here, days(5)), inspected(here, days(6))
    letters = plan_on(TODAY, working=False).letters()
    assert [(letter.urgent, len(letter.lines)) for letter in letters] == [(True, 1)] * 4
    digests = [letter for letter in plan_on(TODAY).letters() if not letter.urgent]
    assert {(letter.reader.address, len(letter.lines)) for letter in digests} == {
        ("park@example.org", 2),
        ("katip@example.org", 2),
    }


def test_the_calendar_says_which_days_are_worked_and_the_week_where_it_knows_nothing(here):
    monday = dt.date(2026, 11, 30)
    assert Plan(monday).is_working_day and not Plan(monday - dt.timedelta(1)).is_working_day
    plan = Plan(monday)
    assert plan.is_working_day and plan.note
    reference.load()
    assert Plan(monday).is_working_day
    writes.save(registers.get("calendar-days"), Day(day=monday, name="İdari izin", kind="leave"), SYSTEM)
    assert not Plan(monday).is_working_day


def test_who_wants_only_urgent_mail_gets_no_digest(here, clerk, rule):
    Preference.objects.create(user=clerk, rhythm="urgent")
    inspected(here, days(5))
    assert ("katip@example.org", 7, "urgent_only") in readers_of(plan_on(TODAY))
    rule.urgent = True
    writes.save(registers.get("reminder-rules"), rule, SYSTEM)
    assert ("katip@example.org", 7, "") in readers_of(plan_on(TODAY))


def test_what_was_seen_or_put_off_waits_and_is_said_again(here, clerk, rule):
    made = inspected(here, days(5))

    def held(on: int = 0):
        return {line.held for line in plan_on(days(on)).lines}

    def say(kind, until=None, due=None):
        Answer.objects.create(rule=rule, row_id=made.pk, due=due or days(5), kind=kind, until=until, user=clerk)

    say("later", days(2))
    assert (held(), held(1), held(2)) == ({"later"}, {"later"}, {""})
    say("seen")
    assert held() == {"seen"}
    assert held(13) == {""}  # overdue by more than a week
    say("again")
    assert held() == {""}
    say("seen", due=days(300))  # of another date
    assert held() == {""}


def test_a_holder_is_told_of_what_she_may_see_of_rows_that_follow_others(here):
    rule = rule_of(name="Belge", date="documents.valid_until", days_before="30", to_unit=False, to_holder=True)
    one, secret, elsewhere = (
        row(registers.get("documents"), unit("Zabıta") if away else here, valid_until=days(5), confidential=is_secret)
        for away, is_secret in ((False, False), (False, True), (True, False))
    )
    account = user("goren", here, (here, "", 1), email="goren@example.org")
    held = {}
    told_of = Readers(rows={rule.pk: [one.pk, secret.pk, elsewhere.pk]})
    for each in due(rule, TODAY):
        # No register that follows others names a person so far.
        with mock.patch("inventory.reminders.readers.people", lambda register: ["holder"]):
            each.row.holder = account.person
            ((reader, why, held[each.row.pk]),) = told_of.of(each)
        assert (reader.account, why) == (account, "holder")
    assert held == {one.pk: "", secret.pk: "no_right", elsewhere.pk: "no_right"}


def test_a_plan_costs_the_same_queries_for_few_and_many_rows(here, clerk, rule, django_assert_max_num_queries):
    for number in range(6):
        inspected(here, days(5 + number))
    with django_assert_max_num_queries(10):
        plan = plan_on(TODAY)
        assert len(plan.lines) == 12 and plan.letters()


def test_a_page_plans_the_rows_that_its_reader_sees(here, clerk, rule):
    there = unit("Zabıta Dairesi Başkanlığı", email="z@example.org")
    own, other = inspected(here, days(5)), inspected(there, days(5))
    assert {line.due.row.pk for line in plan_on(TODAY).lines} == {own.pk, other.pk}
    assert {line.due.row.pk for line in plan_on(TODAY, asker=clerk).lines} == {own.pk}


def test_a_document_is_reminded_of_by_who_may_change_what_it_belongs_to(here):
    """No unit says who reaches it; and a confidential one is not for those who only see."""
    rule_of(name="Belge", date="documents.valid_until", days_before="30", to_level=2)
    there = unit("Zabıta")
    for name, where, level in (("degistiren", here, 2), ("goren", here, 1), ("baska", there, 3)):
        user(name, where, (where, "", level), email=f"{name}@example.org")
    made = row(registers.get("documents"), here, valid_until=days(5))
    assert readers_of(plan_on(TODAY)) == {("degistiren@example.org", 30, "")}
    row(registers.get("documents"), here, valid_until=days(500))
    type(made).objects.filter(pk=made.pk).update(replaced_by=type(made).objects.latest("pk"))
    assert plan_on(TODAY).lines == []
