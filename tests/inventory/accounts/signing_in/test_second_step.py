"""The way in: password, code, page; and that no way leads around the code."""

from __future__ import annotations

import time
from base64 import b64encode

import pytest
from django.conf import settings as configured
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.accounts.signing_in import second_factor, second_step
from inventory.organization import accounts
from inventory.trail.models import Event
from tests.phones import phone_of
from tests.rows import user

PASSWORD = "uzun-ve-gizli-1"
STEP = "/account/second-step/"


@pytest.fixture
def phone(account, clock):
    made = phone_of(account, clock)
    clock.wait(300)
    made.now = clock.now
    return made


def half(then: str = "") -> Client:
    """A browser in which the password was given."""
    client = Client()
    answer = client.post(reverse("login"), {"username": "ayse", "password": PASSWORD, "next": then})
    assert (answer.status_code, answer.url) == (302, STEP)
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("home")).status_code == 200


def kinds() -> list[str]:
    """What logins have left; that the account was made and given its grant is recorded, too."""
    found = Event.objects.exclude(kind__in=("account", "grant"))
    return list(found.order_by("id").values_list("kind", flat=True))


def test_password_and_code_lead_to_the_page_that_was_asked_for(phone, account):
    client = half("/vehicles/")
    assert SESSION_KEY not in client.session and not is_in(client)
    assert account.username in client.get(STEP).content.decode()
    assert client.post(STEP, {"code": phone.code()}).url == "/vehicles/"
    assert is_in(client)
    assert kinds() == ["login"], "the password alone was no login"
    assert client.get(STEP).url == "/"


def test_without_a_second_factor_the_password_is_enough(account):
    client = Client()
    assert client.post(reverse("login"), {"username": "ayse", "password": PASSWORD}).url == "/"
    assert is_in(client)


def test_every_page_leads_the_half_logged_in_to_the_code(phone):
    client = half()
    answer = client.get("/vehicles/", follow=True)
    assert [url for url, _ in answer.redirect_chain] == ["/account/login/?next=/vehicles/", STEP]
    assert client.get(reverse("home-units")).status_code == 302
    assert client.post(reverse("second-factor-remove"), {"code": phone.code()}).url.startswith("/account/login/")
    assert client.get(reverse("features")).status_code == 401


def test_a_wrong_code_is_reported_counted_and_kept(phone):
    client = half()
    result = client.post(STEP, {"code": "000000"})
    assert result.status_code == 200 and "Bu kod geçmiyor" in result.content.decode()
    assert not is_in(client)
    assert kinds() == ["code_failed"]
    answer = client.post(STEP, {"code": phone.code()}, follow=True)
    assert "1 kez yanlış kod yazıldı" in answer.content.decode()
    assert "yanlış kod yazıldı" not in client.get(reverse("home")).content.decode()


def test_five_wrong_codes_lock_the_name_and_a_right_password_does_not_forget_them(phone, account):
    for _ in range(configured.AXES_FAILURE_LIMIT - 1):
        assert half().post(STEP, {"code": "000000"}).status_code == 200
    client = half()
    locked = client.post(STEP, {"code": "000000"})
    assert locked.status_code == 429 and "yanlış parola veya kod" in locked.content.decode()
    assert client.post(STEP, {"code": phone.code()}).status_code == 429
    assert client.post(STEP, {"code": phone.recovery_codes[0]}).status_code == 429
    assert Client().post(reverse("login"), {"username": "ayse", "password": PASSWORD}).status_code == 429
    assert accounts.is_locked(account)
    assert second_factor.codes_left(account) == 10


def test_an_account_is_not_guessed_at_from_many_addresses(phone, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.RATE_LIMITS = {"code": (6, 600)}
    for number in range(6):
        client = half()
        assert client.post(STEP, {"code": "000000"}, REMOTE_ADDR=f"10.0.0.{number}").status_code == 200
    result = half().post(STEP, {"code": phone.code()}, REMOTE_ADDR="10.0.0.9")
    assert result.status_code == 200 and "10 dakika sonra" in result.content.decode()


def test_wrong_codes_count_as_failed_logins_of_the_address(phone, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.RATE_LIMITS = {"login": (2, 600)}
    client = half()
    for _ in range(2):
        client.post(STEP, {"code": "000000"})
    assert client.post(STEP, {"code": phone.code()}).status_code == 429


def test_a_code_is_not_kept_among_the_failures(phone, account):
    from axes.models import AccessAttempt

    half().post(STEP, {"code": "987654"})
    assert "987654" not in AccessAttempt.objects.get().post_data


def test_a_recovery_code_lets_in_once_and_says_how_many_are_left(phone):
    client = half()
    assert "?recovery" in client.get(STEP).content.decode()
    assert "Kurtarma kodu" in client.get(f"{STEP}?recovery").content.decode()
    answer = client.post(f"{STEP}?recovery", {"code": phone.recovery_codes[3]}, follow=True)
    assert "9 kodunuz kaldı" in answer.content.decode()
    assert kinds() == ["login", "recovery_used"]
    assert half().post(f"{STEP}?recovery", {"code": phone.recovery_codes[3]}).status_code == 200


# What ends a half login -----------------------------------------------------------------------------------------


def test_a_half_login_waits_for_ten_minutes(phone, monkeypatch):
    client, moment = half(), time.time()
    monkeypatch.setattr(second_step.time, "time", lambda: moment + second_step.SECONDS + 5)
    assert client.post(STEP, {"code": phone.code()}).url == reverse("login")
    assert client.get(reverse("login")).status_code == 200


@pytest.mark.parametrize("change", ["password", "closed", "reset", "backend"])
def test_a_half_login_ends_with_what_it_rests_on(phone, account, settings, change):
    client = half()
    match change:
        case "password":
            account.set_password("Kestane-Kebap-41")
            account.save()
        case "closed":
            account.is_active = False
            account.save()
        case "reset":
            second_factor.remove(account)
        case "backend":
            settings.AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend"]
    assert client.post(STEP, {"code": phone.code()}).url == reverse("login")
    assert SESSION_KEY not in client.session


def test_another_account_can_be_chosen_instead(phone):
    client = half()
    assert client.post(STEP, {"other": "1"}).url == reverse("login")
    assert client.get(reverse("login")).status_code == 200
    assert client.get(STEP).url == reverse("login")


# No way around ----------------------------------------------------------------------------------------------------


def test_a_login_by_any_other_way_is_taken_back_until_the_code_is_given(phone, account):
    """As an identity provider's view would do that knows nothing of second factors."""
    client = Client()
    client.force_login(account)
    answer = client.get("/vehicles/?q=41", follow=True)
    assert answer.redirect_chain[-1][0] == STEP
    assert SESSION_KEY not in client.session
    assert client.post(STEP, {"code": phone.code()}).url == "/vehicles/?q=41"
    assert is_in(client)


def test_a_provider_that_asked_for_a_second_factor_itself_may_say_so(phone, account):
    request = Client().get("/").wsgi_request
    account.backend = configured.AUTHENTICATION_BACKENDS[-1]
    assert second_step.admit(request, account, "/vehicles/", seen=True).url == "/vehicles/"
    assert request.session[SESSION_KEY] == str(account.pk)
    request.session.save()
    client = Client()
    client.cookies["sessionid"] = request.session.session_key
    assert is_in(client)


def test_sessions_that_were_open_before_are_asked_for_the_code(account, clock):
    client = Client()
    client.force_login(account)
    assert is_in(client)
    phone = phone_of(account, clock)
    assert not is_in(client)
    clock.wait(30)
    assert client.post(STEP, {"code": phone.code(30)}).status_code == 302
    assert is_in(client)


def test_a_session_of_an_earlier_second_factor_is_asked_for_a_code_of_the_new_one(phone, account, clock):
    client = half()
    client.post(STEP, {"code": phone.code()})
    second_factor.remove(account)
    new = phone_of(account, clock)
    assert not is_in(client)
    assert client.post(STEP, {"code": new.recovery_codes[0]}).status_code == 302


def test_programs_that_send_a_password_only_are_reported_why_they_are_refused(phone, account):
    basic = "Basic " + b64encode(f"ayse:{PASSWORD}".encode()).decode()
    refused = Client().get(reverse("features"), headers={"Authorization": basic})
    assert refused.status_code == 403
    assert "ikinci adım" in refused.json()["description"]
    second_factor.remove(account)
    assert Client().get(reverse("features"), headers={"Authorization": basic}).status_code == 200


def test_the_guard_asks_the_database_nothing(account, phone, django_assert_num_queries):
    without, client = Client(), half()
    without.force_login(user("veli", account.person.unit, (account.person.unit, "", 1)))
    client.post(STEP, {"code": phone.code()})
    with CaptureQueriesContext(connection) as asked:
        assert without.get(reverse("password_change")).status_code == 200
    with django_assert_num_queries(len(asked)):
        assert client.get(reverse("password_change")).status_code == 200
