import datetime as dt

import pytest
from django.utils import timezone

from inventory import registers, writes
from inventory.reminders.models import Rule
from inventory.reminders.plan import Plan
from tests.rows import SYSTEM, row, unit, user

RULES, VEHICLES, INSPECTIONS = (registers.get(slug) for slug in ("reminder-rules", "vehicles", "inspections"))
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def _lock_apart(settings, tmp_path):
    settings.VAR_DIR, settings.SITE_URL = tmp_path, "https://kutuk.example.org"


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı", email="park@example.org")


@pytest.fixture
def clerk(here):
    return user("katip", here, (here, "vehicles", 2), email="katip@example.org")


@pytest.fixture
def rule(db):
    return rule_of()


def rule_of(**values) -> Rule:
    given = {"name": "Muayene", "date": "vehicles.inspection_until", "days_before": "30, 7", "overdue_every": 7}
    return writes.save(RULES, Rule(**given | {"to_unit": True} | values), SYSTEM)


def inspected(of, until: dt.date, **values):
    """A vehicle whose inspection holds until then."""
    made = row(VEHICLES, of, **values)
    row(INSPECTIONS, of, vehicle=made, done_on=until - dt.timedelta(365), valid_until=until)
    return made


def plan_on(day: dt.date, *, working: bool = True, **more) -> Plan:
    plan = Plan(day, **more)
    plan.__dict__["is_working_day"] = working
    return plan
