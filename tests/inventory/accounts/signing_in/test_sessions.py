"""How long a login lasts, and how it ends."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.test import Client, override_settings
from django.urls import reverse

from inventory import registers, writes
from inventory.accounts.signing_in import sessions
from inventory.trail.models import Event
from tests.pages import signed_in
from tests.rows import SYSTEM, row, set_values, unit, user

pytestmark = pytest.mark.django_db
PASSWORD = "uzun-ve-gizli-1"


@pytest.fixture
def clock(monkeypatch):
    """Time that passes when it is asked to."""
    now = [time.time()]
    monkeypatch.setattr(sessions.time, "time", lambda: now[0])

    def wait(**span) -> None:
        now[0] += timedelta(**span).total_seconds()

    return wait


@pytest.fixture
def clerk():
    here = unit("Destek Hizmetleri Dairesi Başkanlığı")
    return user("ayse.yilmaz", here, (here, "vehicles", 2))


def is_in(client: Client) -> bool:
    return client.get(reverse("home")).status_code == 200


def test_who_does_nothing_for_an_hour_is_asked_again_and_comes_back_to_her_page(client, clerk, clock):
    client.force_login(clerk)
    for _ in range(5):
        clock(minutes=40)
        assert is_in(client)
    clock(minutes=61)
    answer = client.get("/vehicles/?kind=3")
    assert answer.status_code == 302 and answer["Location"].endswith("?next=/vehicles/%3Fkind%3D3")
    assert "Oturumunuz sona erdi" in client.get(answer["Location"]).content.decode()
    sent = client.post(answer["Location"], {"username": clerk.username, "password": PASSWORD, "next": "/vehicles/"})
    assert sent["Location"] == "/vehicles/" and is_in(client)


def test_a_progress_that_asks_by_itself_keeps_nobody_logged_in(client, clerk, clock):
    client.force_login(clerk)
    for _ in range(12):
        clock(minutes=4)
        client.get(reverse("home"), headers={sessions.POLL: "1"})
    clock(minutes=14)
    assert not is_in(client)


def test_a_login_ends_after_its_hours_however_busy_its_holder(client, clerk, clock):
    client.force_login(clerk)
    for _ in range(19):
        clock(minutes=30)
        assert is_in(client)
    clock(minutes=31)
    assert not is_in(client)


def test_an_open_page_costs_no_write(client, clerk, clock, django_assert_num_queries):
    client.force_login(clerk)
    client.get(reverse("alive"))
    clock(minutes=5)
    with django_assert_num_queries(2):  # the session and the account with its person
        assert client.get(reverse("alive")).status_code == 200


def test_the_sign_of_life_of_another_session_is_none(clerk, clock):
    """Nor is one that somebody has made up."""
    old, young = signed_in(clerk), signed_in(clerk)
    is_in(old)
    clock(minutes=61)
    young = signed_in(clerk)
    assert is_in(young)
    for made_up in (young.cookies[sessions.COOKIE].value, str(int(sessions.time.time())), "9999999999:abc"):
        old.cookies[sessions.COOKIE] = made_up
        assert not is_in(old)


def test_who_logs_out_is_not_informed_that_her_session_ended(client, clerk):
    client.force_login(clerk)
    is_in(client)
    client.post(reverse("logout"))
    assert client.cookies[sessions.COOKIE].value == ""
    assert "sona erdi" not in client.get(reverse("login") + "?next=/vehicles/").content.decode()


def test_logging_out_everywhere_else(clerk):
    here, elsewhere = signed_in(clerk), signed_in(clerk)
    answer = here.post(reverse("end-other-sessions"), follow=True)
    assert "Öteki bilgisayarlardaki bütün oturumlarınız kapatıldı" in answer.content.decode()
    assert is_in(here) and not is_in(elsewhere)


def test_an_administrator_ends_a_colleagues_sessions_and_her_own_but_this_one(clerk):
    admin = user("yonetici", clerk.person.unit, is_superuser=True)
    theirs, own, other = signed_in(clerk), signed_in(admin), signed_in(admin)
    own.post(reverse("user-end-sessions", args=[clerk.pk]))
    assert not is_in(theirs) and is_in(other)
    own.post(reverse("user-end-sessions", args=[admin.pk]))
    assert is_in(own) and not is_in(other)


def test_a_new_password_and_a_closed_account_end_sessions_for_good(clerk):
    admin = signed_in(user("yonetici", clerk.person.unit, is_superuser=True))
    first = signed_in(clerk)
    admin.post(reverse("user-active", args=[clerk.pk]))
    assert not is_in(first)
    admin.post(reverse("user-active", args=[clerk.pk]))
    assert not is_in(first), "opened again, the account has none of its former sessions"
    clerk.refresh_from_db()
    here, elsewhere = signed_in(clerk), signed_in(clerk)
    new = "baska-uzun-parola-2"
    sent = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.post(reverse("password_change"), sent).status_code == 302
    assert is_in(here) and not is_in(elsewhere)


def test_who_is_off_duty_is_out_at_once_comes_not_in_and_may_do_nothing(client, clerk):
    inside = signed_in(clerk)
    assert is_in(inside)
    person = clerk.person
    person.active = False
    writes.save(registers.get("people"), person, SYSTEM)
    assert not is_in(inside)
    assert client.post(reverse("login"), {"username": clerk.username, "password": PASSWORD}).status_code == 200
    assert not is_in(client)
    # A job that she started looks her up again.
    clerk = type(clerk).objects.get(pk=clerk.pk)
    from inventory import access

    assert access.grants_of(clerk) == [] and not access.may_see(registers.get("vehicles"), clerk)


def test_who_comes_back_on_duty_has_none_of_her_former_sessions(clerk):
    inside, people = signed_in(clerk), registers.get("people")
    for active in (False, True):
        set_values(people, people.model.objects.filter(pk=clerk.person_id), {"active": active}, SYSTEM)
    assert not is_in(inside)


def test_a_long_session_goes_on_after_the_others_were_ended(client, clerk, clock):
    client.force_login(clerk)
    for _ in range(3):
        clock(minutes=40)
        assert is_in(client)
    client.post(reverse("end-other-sessions"))
    clock(minutes=40)
    assert is_in(client)


def test_what_a_leaver_holds_is_listed(clerk):
    vehicles, equipment = registers.get("vehicles"), registers.get("equipment")
    here, person = clerk.person.unit, clerk.person
    row(vehicles, here, responsible_person=person)
    for _ in range(2):
        row(equipment, here, holder=person)
    row(equipment, here, holder=person, status="retired", status_reason="Eskidi")
    admin = signed_in(user("yonetici", here, is_superuser=True))
    page = admin.post(reverse("user-active", args=[clerk.pk]), follow=True)
    found = {(held.register.slug, held.column.name): held for held in page.context["held"]}
    assert {key: held.count for key, held in found.items()} == {
        ("vehicles", "responsible_person"): 1,
        ("equipment", "holder"): 2,
    }
    for held in found.values():
        listed = admin.get(reverse("register-list", args=[held.register]) + "?" + held.query)
        assert len(listed.context["page"].lines) == held.count
    message = page.content.decode()
    assert "Üzerinde hâlâ" in message and "hâlâ görevde görünüyor" in message
    # The person's own page has them, too.
    card = admin.get(reverse("register-detail", args=["people", person.pk]))
    assert {records["register"].slug for records in card.context["records"]} == {"vehicles", "equipment"}


def test_passwords_are_hashed_by_argon2_and_older_ones_anew_at_the_next_login(client, clerk):
    hashers = ["inventory.accounts.signing_in.hashing.Argon2", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=hashers):
        assert make_password(PASSWORD).startswith("argon2$argon2id$v=19$m=47104,t=2,p=1$")
        clerk.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
        clerk.save(update_fields=["password"])
        client.post(reverse("login"), {"username": clerk.username, "password": PASSWORD})
        clerk.refresh_from_db()
        assert identify_hasher(clerk.password).algorithm == "argon2" and check_password(PASSWORD, clerk.password)
        # The same password in another form is no change that an auditor should read of.
        assert not Event.objects.filter(text__contains="parolası").exists()
    assert is_in(client)


def test_ones_own_account_says_what_one_may_do(client, clerk):
    client.force_login(clerk)
    message = client.get(reverse("account")).content.decode()
    assert "Araçlar" in message and clerk.person.unit.name in message and "Değiştirir" in message
