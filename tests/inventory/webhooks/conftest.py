from __future__ import annotations

import json

import pytest
from django.utils import timezone

from inventory import registers
from inventory.accounts.signing_in import sealing
from inventory.webhooks import signing
from inventory.webhooks.models import Delivery, Rule
from inventory.webhooks.sending import take_turn
from tests.inventory.webhooks.receiver import receiving
from tests.rows import unit, user

VEHICLES = registers.get("vehicles")
SECRET = signing.new_secret()


@pytest.fixture(autouse=True)
def _here(settings):
    settings.WEBHOOK_ALLOWED = ["127.0.0.1"]


@pytest.fixture
def receiver():
    with receiving() as made:
        yield made


@pytest.fixture
def here(db):
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def there(db):
    return unit("Zabıta Dairesi Başkanlığı")


@pytest.fixture
def clerk(here):
    """Who reads the vehicles of one unit and changes nothing."""
    return user("katip", here, (here, "vehicles", 1))


def rule_of(owner, url="http://127.0.0.1:9/", **values) -> Rule:
    given = {"name": "Muhasebe", "register": "vehicles", "seal": sealing.sealed(SECRET)}
    return Rule.objects.create(owner=owner, url=url, **given | values)


@pytest.fixture
def rule(clerk, receiver):
    return rule_of(clerk, receiver.url)


def said(rule: Rule) -> list[dict]:
    """The bodies made for a rule, in order."""
    return [json.loads(each) for each in rule.deliveries.order_by("pk").exclude(body="").values_list("body", flat=True)]


def later(rule: Rule) -> None:
    """A worker's turn when all that waits is due again."""
    Delivery.objects.filter(rule=rule).update(due_at=timezone.now())
    Rule.objects.filter(pk=rule.pk).update(paused_until=None)
    take_turn(rule.pk)
