"""The last entry of a row is the last that was written, whatever the clock said: it goes back, in summer time, by hand,
or when a server takes another's place."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory import history, registers, writes
from inventory.history import Author
from inventory.listing.address import Listing
from inventory.pages.home import changes
from inventory.past import opened
from tests.pages import EVERY, sample, signed_in
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


def at(hour: int, day: dt.date | None = None) -> Author:
    """Somebody who writes at that hour of yesterday."""
    day = day or timezone.localdate() - dt.timedelta(days=1)
    return Author(at=timezone.make_aware(dt.datetime.combine(day, dt.time(hour))))


def written(made, colour: str, by: Author) -> None:
    fresh = VEHICLES.model.objects.select_related(*VEHICLES.references).get(pk=made.pk)
    fresh.colour = colour
    writes.save(VEHICLES, fresh, by)


def made_before(here) -> object:
    made = row(VEHICLES, here, colour="Beyaz")
    with opened():
        for register in registers.every():
            register.model.history.update(history_date=timezone.now() - dt.timedelta(days=9))
    return made


def test_what_was_written_last_is_last_everywhere_though_the_clock_went_back(here):
    admin = user("yonetici", here, is_superuser=True)
    made = made_before(here)
    written(made, "Gri", replace(at(15), user=admin))
    written(made, "Kırmızı", replace(at(11), user=admin))
    yesterday = f"{timezone.localdate() - dt.timedelta(days=1):%d.%m.%Y}"
    assert Listing(VEHICLES, None, {"as_of": yesterday}).matching.get(id=made.pk).colour == "Kırmızı"
    entries = list(history.entries(VEHICLES, made.pk, admin))
    assert [[(c.old, c.new) for c in e.changes] for e in entries] == [[("Gri", "Kırmızı")], [("Beyaz", "Gri")], []]
    assert history.last_entries(VEHICLES, [made.pk])[made.pk].colour == "Kırmızı"
    assert changes._changes(VEHICLES, admin)[0].at == entries[0].at
    page = signed_in(admin).get(reverse("register-list", args=[VEHICLES]), {"as_of": yesterday, "columns": "colour"})
    assert [cell.text for cell in page.context["page"].lines[0].cells] == ["Kırmızı"]


def test_what_was_deleted_last_is_gone_though_the_clock_went_back(here):
    made = made_before(here)
    written(made, "Gri", at(15))
    writes.delete(VEHICLES, VEHICLES.model.objects.get(pk=made.pk), at(11))
    assert history.deleted(VEHICLES, made.pk).exists()
    assert not history.as_of(VEHICLES, timezone.localdate()).filter(id=made.pk).exists()
    assert not history.as_of(VEHICLES, timezone.localdate() - dt.timedelta(days=1)).filter(id=made.pk).exists()


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_a_day_ends_at_midnight_here(here, hour):
    """What was written in a day's first moment and in its last belongs to it, and not to the day before or after."""
    made, day = made_before(here), timezone.localdate() - dt.timedelta(days=3)
    begins = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    moment = {0: begins, 12: begins + dt.timedelta(hours=12), 23: begins + dt.timedelta(days=1, microseconds=-1)}[hour]
    written(made, "Gri", Author(at=moment))
    colours = [history.as_of(VEHICLES, day + dt.timedelta(days=days)).get(id=made.pk).colour for days in (-1, 0, 1)]
    assert colours == ["Beyaz", "Gri", "Gri"]


@pytest.mark.parametrize("register", EVERY)
def test_a_day_before_the_first_record_says_so(register, here):
    admin = user("yonetici", here, is_superuser=True)
    sample(register, here)
    client, url = signed_in(admin), reverse("register-list", args=[register])
    message = f"{timezone.localdate():%d.%m.%Y} gününden önce kayıt tutulmamış."
    asked = {"as_of": f"{timezone.localdate() - dt.timedelta(days=1):%d.%m.%Y}"}
    assert message in client.get(url, asked).content.decode()
    totals = client.get(reverse("register-totals", args=[register]), asked)
    assert message in totals.content.decode() and totals.context["sums"] == []
    assert (message, False) == (Listing(register, admin, asked).not_kept, bool(Listing(register, admin, {}).not_kept))
    today = client.get(url, {"as_of": f"{timezone.localdate():%d.%m.%Y}"})
    assert message not in today.content.decode() and today.context["page"].lines
