"""Calendars of saved views: what stands in them, and to whom they open."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from inventory import registers, writes
from inventory.models import SavedView
from inventory.reminders import feeds
from inventory.reminders.models import Feed
from inventory.trail.models import Event
from tests.inventory.reminders.calendars import read
from tests.inventory.reminders.conftest import INSPECTIONS, TODAY, VEHICLES, inspected
from tests.pages import signed_in
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
SOON = TODAY + dt.timedelta(5)


def feed_of(account, query: str = "", register: str = "vehicles") -> Feed:
    view = SavedView.objects.create(register=register, owner=account, name="Muayene; takvim", query=query)
    return Feed.objects.create(view=view, owner=account)


def pulled(feed: Feed, **headers):
    return Client().get(feeds.url(feed).removeprefix("https://kutuk.example.org"), headers=headers)


def test_each_date_that_falls_due_is_an_all_day_event_of_its_own(here, clerk):
    made = inspected(here, SOON, make="Ford")
    inspected(here, SOON, make="Fiat")
    # Saved on a past day: the calendar is of today.
    feed = feed_of(clerk, "make=ford&as_of=31.12.2024&columns=plate&sort=-plate&page=3")
    answer = pulled(feed)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = read(answer.content)
    assert event["UID"] == f"vehicles-inspection_until-{made.pk}@kutuk.example.org"
    assert event["DTSTART"] == f"{SOON:%Y%m%d}" and event["DTEND"] == f"{SOON + dt.timedelta(1):%Y%m%d}"
    assert (event["TRANSP"], event["STATUS"], event["SEQUENCE"]) == ("TRANSPARENT", "CONFIRMED", str(made.version))
    assert event["SUMMARY"] == f"Muayene geçerliliği: {made.plate}" and event["CATEGORIES"] == "Araçlar"
    assert event["URL"] == f"https://kutuk.example.org/vehicles/{made.pk}/"


def test_a_full_calendar_has_the_next_days_and_says_that_there_are_more(here, clerk, monkeypatch):
    far, near, over, long_over = (inspected(here, TODAY + dt.timedelta(n)).pk for n in (30, 5, -2, -40))
    feed, most = feed_of(clerk), "Takvime en yakın"
    for limit, pks in ((4, [near, far, over, long_over]), (3, [near, far, over]), (1, [near])):
        monkeypatch.setattr(feeds, "MOST", limit)
        content = pulled(feed).content
        found = [event["UID"].partition("@")[0] for event in read(content)]
        assert found == [f"vehicles-inspection_until-{pk}" for pk in pks]
        assert (most in content.decode().replace("\r\n ", "")) == (limit < 4)


def test_what_is_renewed_moves_what_is_long_over_goes_and_nothing_new_is_304(here, clerk):
    made, feed = inspected(here, SOON), feed_of(clerk)
    inspected(here, TODAY - dt.timedelta(400))
    first = pulled(feed)
    again = pulled(feed, if_none_match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    row(INSPECTIONS, here, vehicle=made, done_on=TODAY, valid_until=TODAY + dt.timedelta(365))
    later = pulled(feed, if_none_match=first["ETag"])
    (before,), (after,) = read(first.content), read(later.content)
    assert later.status_code == 200 and before["UID"] == after["UID"] and before["DTSTART"] < after["DTSTART"]


def test_hostile_texts_stay_texts(here, clerk):
    name = "Lisans; \\n,ATTENDEE:x\r\nEND:VEVENT\r\n" + "ğüşiöç" * 25
    software = registers.get("software")
    row(software, here, name=name.replace("\r\n", " "), licence_until=SOON)
    account = user("bilgi", here, (here, "software", 1))
    (event,) = read(pulled(feed_of(account, register="software")).content)
    assert name.replace("\r\n", " ") in event["SUMMARY"]


def test_rights_are_those_of_its_owner_at_each_pull(here, clerk):
    there = unit("Zabıta")
    inspected(here, SOON), inspected(there, SOON)
    feed = feed_of(clerk)
    assert len(read(pulled(feed).content)) == 1
    clerk.person.grants.all().delete()
    assert pulled(feed).status_code == 404
    account = user("denetci", there, (None, "", 1))
    feed = feed_of(account)
    assert len(read(pulled(feed).content)) == 2
    account.is_active = False
    account.save()
    assert pulled(feed).status_code == 404
    account.is_active = True
    account.save()
    account.person.active = False
    writes.save(registers.get("people"), account.person, SYSTEM)
    assert pulled(feed).status_code == 404


@pytest.mark.parametrize("through", ["account", "person"])
def test_an_account_that_opens_again_opens_no_old_address(here, clerk, through):
    feed = feed_of(clerk)
    old = feeds.url(feed).removeprefix("https://kutuk.example.org")
    for is_open in (False, True):
        if through == "account":
            clerk.is_active = is_open
            clerk.save(update_fields=["is_active"])
        else:
            clerk.person.active = is_open
            writes.save(registers.get("people"), clerk.person, SYSTEM)
        assert Client().get(old).status_code == 404
    feed.refresh_from_db()
    assert pulled(feed).status_code == 200
    # A password of its own changes nothing.
    clerk.set_password("baska-ve-gizli-2"), clerk.save()
    assert pulled(feed).status_code == 200


def test_on_the_last_day_of_all_an_event_has_no_end(here, clerk):
    row(INSPECTIONS, here, done_on=TODAY, valid_until=dt.date.max), inspected(here, SOON)
    ends = {event["DTSTART"]: event.get("DTEND") for event in read(pulled(feed_of(clerk)).content)}
    assert ends == {"99991231": None, f"{SOON:%Y%m%d}": f"{SOON + dt.timedelta(1):%Y%m%d}"}


def test_an_address_is_shown_again_renewed_and_taken_away(here, clerk, settings):
    inspected(here, SOON)
    client, view = signed_in(clerk), SavedView.objects.create(register="vehicles", owner=clerk, name="V", query="")
    client.post(reverse("calendar-new"), {"view": view.pk})
    feed = Feed.objects.get(owner=clerk)
    old, page = feeds.url(feed), client.get(reverse("reminders-own")).content.decode()
    assert old in page and feeds.secret(feed) not in str(vars(feed))
    assert pulled(feed).status_code == 200
    client.post(reverse("calendar-renew", args=[feed.pk]))
    assert Client().get(old.removeprefix("https://kutuk.example.org")).status_code == 404
    feed.refresh_from_db()
    assert pulled(feed).status_code == 200
    url = feeds.url(feed)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "x" * 50
    assert Client().get(url.removeprefix("https://kutuk.example.org")).status_code == 200
    stranger = signed_in(user("baska", here, (here, "", 3)))
    for name in ("calendar-renew", "calendar-delete"):
        assert stranger.post(reverse(name, args=[feed.pk])).status_code == 404
    client.post(reverse("calendar-delete", args=[feed.pk]))
    assert pulled(feed).status_code == 404


def test_a_wrong_secret_a_missing_calendar_and_a_view_that_is_gone_look_alike(here, clerk):
    feed = feed_of(clerk)
    answers = [Client().get(reverse("calendar", args=[pk, "0" * 64])) for pk in (feed.pk, feed.pk + 1, 10**18)]
    url = feeds.url(feed).removeprefix("https://kutuk.example.org")
    feed.view.delete()
    answers.append(Client().get(url))
    assert [answer.status_code for answer in answers] == [404] * 4


def test_somebody_elses_view_is_no_calendar_of_mine(here, clerk):
    other = user("baska", here, (here, "", 1))
    view = SavedView.objects.create(register="vehicles", owner=other, name="V", query="")
    client = signed_in(clerk)
    client.post(reverse("calendar-new"), {"view": view.pk})
    assert not Feed.objects.exists()
    view.shared = True
    view.save()
    client.post(reverse("calendar-new"), {"view": view.pk})
    feed = Feed.objects.get(owner=clerk, view=view)
    assert pulled(feed).status_code == 200
    # No longer shared, it is closed from then on, and its owner reads why; shared with her unit, it is open again.
    view.shared = False
    view.save()
    assert pulled(feed).status_code == 404 and not feeds.views(clerk, feeds.seen_by(clerk))
    assert "artık sizinle paylaşılmıyor" in client.get(reverse("reminders-own")).content.decode()
    view.unit = here
    view.save()
    assert pulled(feed).status_code == 200
    assert "artık sizinle paylaşılmıyor" not in client.get(reverse("reminders-own")).content.decode()


def test_the_first_pull_of_a_day_is_in_the_trail_without_the_secret(here, clerk):
    feed = feed_of(clerk)
    pulled(feed), pulled(feed)
    (event,) = Event.objects.filter(kind=Event.Kind.WENT_OUT)
    assert (event.user, event.register) == (clerk, VEHICLES.slug)
    assert feeds.secret(feed) not in event.text + str(event.details)
