"""Days at the edges of the calendar, which somebody wrote for "always" or by mistake."""

import datetime as dt

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from inventory import registers
from inventory.calendar.models import Day, WorkingHours
from inventory.listing.address import Listing
from inventory.pages.home.due import due_parts
from inventory.reminders import steps
from inventory.reminders.models import Notice
from tests.inventory.reminders.conftest import INSPECTIONS, TODAY, VEHICLES, rule_of
from tests.pages import signed_in
from tests.rows import row

FIRST, LAST, ONE = dt.date.min, dt.date.max, dt.timedelta(1)
EDGES = [FIRST, FIRST + ONE, TODAY, LAST - ONE, LAST]


@given(st.dates() | st.sampled_from(EDGES), st.dates() | st.sampled_from(EDGES), st.none() | st.integers(1, 32_767))
def test_each_step_has_room_in_its_column(day, due, every):
    step = steps.step_on(day, due, [3650, 0], every)
    assert step is None or -32_768 <= step <= 32_767


@pytest.mark.django_db
def test_reminders_lists_and_the_first_page_answer(here, clerk, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    pairs = [(begins, ends) for begins in EDGES for ends in EDGES if begins <= ends]
    cars = [row(VEHICLES, here) for _pair in pairs]
    chain = row(VEHICLES, here)
    held = [(car, *pair) for car, pair in zip(cars, pairs, strict=True)]
    held += [(chain, FIRST, TODAY), (chain, TODAY + ONE, LAST - ONE), (chain, LAST, LAST)]
    for car, begins, ends in held:
        row(INSPECTIONS, here, vehicle=car, done_on=begins, valid_until=ends)
    row(registers.get("calendar-days"), here, day=FIRST, kind=Day.Kind.LEAVE, yearly=True, yearly_until=LAST)
    row(registers.get("working-hours"), here, weekday=WorkingHours.Weekday.MONDAY, valid_from=FIRST, valid_until=LAST)
    rule_of(urgent=True, overdue_every=1, days_before="3650, 0"), rule_of(name="Kayıt", date="inspections.valid_until")

    until = {v.pk: v.inspection_until for v in Listing(VEHICLES, clerk, {"columns": "inspection_until"}).rows}
    assert until == {car.pk: ends if begins <= TODAY else None for car, begins, ends in held[:-3]} | {chain.pk: LAST}
    assert {part.register for part in due_parts(clerk)} >= {VEHICLES}
    client = signed_in(clerk)
    for name in ("reminders", "reminders-own", "home"):
        assert client.get(reverse(name)).status_code == 200
    call_command("remind")
    assert mail.outbox and Notice.objects.filter(due=FIRST, step=-32_768).exists()
    sent = len(mail.outbox)
    call_command("remind")
    assert len(mail.outbox) == sent
