"""Steps over many rows, asked for as nobody should: hostile lists, parts, colleagues at work, disks that are full."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from imports import batches, by_hand
from imports.models import Batch
from inventory import registers
from inventory.history import Author
from tests.pages import signed_in
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES, EQUIPMENT = registers.get("vehicles"), registers.get("equipment")
LEASES = registers.get("lease-contracts")


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def clerk(here):
    return user("ayse", here, (here, "", 3))


@pytest.fixture
def planned(here, clerk):
    """A step over two registers that waits to be written."""
    registers_of = (VEHICLES, EQUIPMENT)
    parts = [by_hand.Part(each, [[row(each, here, notes="eski")]], {"notes": "yeni"}) for each in registers_of]
    return by_hand.planned("iki kütük", Author(clerk), parts)


def states(batch: Batch) -> list[str]:
    return list(Batch.objects.filter(pk__in=[part.pk for part in batch.all_parts]).values_list("state", flat=True))


def test_entries_of_a_past_day_are_no_rows_to_be_written(here, clerk):
    """Their ids are the history's, which are those of other rows."""
    row(VEHICLES, here), row(LEASES, here)
    client, query = signed_in(clerk), f"as_of={timezone.localdate():%d.%m.%Y}"
    page = client.post(reverse("register-bulk", args=[VEHICLES]), {"all": 1, "query": query})
    assert (page.context["count"], page.context["editable"]) == (0, 0)
    page = client.post(reverse("register-many-steps", args=[LEASES, "run"]), {"all": 1, "query": query})
    assert (page.context["ready"], page.context["refused"]) == (0, [])


def test_nothing_of_a_step_that_is_being_written_is_given_up(clerk, planned):
    client, url = signed_in(clerk), reverse("import-drop", args=[planned.pk])
    batches.ask_to_apply(planned)
    assert "vazgeçildi" not in client.post(url, follow=True).content.decode()
    assert sorted(states(planned)) == ["applying", "checked"]
    batches.run_apply(planned, before=())
    client.post(url)
    assert states(planned) == ["applied"] * 2


def test_a_step_is_given_up_with_its_parts(clerk, planned):
    signed_in(clerk).post(reverse("import-drop", args=[planned.pk]))
    assert states(planned) == ["dropped"] * 2
