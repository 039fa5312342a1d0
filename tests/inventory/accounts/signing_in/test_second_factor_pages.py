"""One's own pages of the second factor, and the administrator's."""

from __future__ import annotations

import re
from base64 import b32decode
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from inventory.accounts.signing_in import second_factor
from inventory.trail.models import Event
from tests.pages import signed_in
from tests.phones import Phone, phone_of
from tests.rows import unit, user

PASSWORD = "uzun-ve-gizli-1"
OWN, BEGIN, SETUP = (reverse(name) for name in ("second-factor", "second-factor-begin", "second-factor-setup"))
CODES, REMOVE, STEP = (reverse(name) for name in ("recovery-codes", "second-factor-remove", "second-step"))


@pytest.fixture
def phone(account, clock):
    return phone_of(account, clock)


@pytest.fixture
def client(phone, account, clock) -> Client:
    """Logged in with a code."""
    made = signed_in(account)
    made.get("/")
    clock.wait(30)
    assert made.post(STEP, {"code": phone.code(30)}).status_code == 302
    clock.wait(30)
    phone.now = clock.now
    return made


def text(answer) -> str:
    return unescape(answer.content.decode())


def test_it_is_set_up_with_password_picture_and_code(account, clock):
    client = signed_in(account)
    assert BEGIN in text(client.get(OWN))
    assert client.get(SETUP).url == OWN, "nothing is begun"
    assert "Parola yanlış" in text(client.post(BEGIN, {"password": "yanlis"}))
    assert client.get(SETUP).url == OWN
    assert client.post(BEGIN, {"password": PASSWORD}).url == SETUP
    page = client.get(SETUP)
    assert "no-store" in page["Cache-Control"]
    assert 'src="data:image/svg+xml' in text(page)
    secret = re.search(r'class="secret"[^>]*>([A-Z2-7 ]+)<', text(page))[1].replace(" ", "")
    assert len(b32decode(secret)) == 20, "160 bits, as RFC 4226 recommends"
    assert "kodu değil" in text(client.post(SETUP, {"code": "000000"}))
    done = client.post(SETUP, {"code": Phone(secret, clock.now).code()})
    codes = re.findall(r"<code>([0-9A-Z-]{19})</code>", text(done))
    assert len(codes) == 10 and "no-store" in done["Cache-Control"]
    file = unquote(re.search(r'href="data:text/plain;charset=utf-8,([^"]+)"', done.content.decode())[1])
    assert file.split("\r\n")[2:12] == codes and "ayse" in file
    assert client.get(reverse("home")).status_code == 200, "this session has seen a code"
    assert client.get(SETUP).url == client.get(BEGIN).url == OWN
    shown = text(client.get(OWN))
    assert secret not in shown and codes[0] not in shown and CODES in shown and REMOVE in shown
    assert Event.objects.filter(kind=Event.Kind.FACTOR_ON, username="ayse").count() == 1


def test_the_picture_says_what_apps_read(account):
    secret = "ABCDEFGH" * 4
    address = urlsplit(second_factor.address(account, secret, "Varlık Kütüğü"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/Varlık Kütüğü:ayse"
    assert parse_qs(address.query) == {"secret": [secret], "issuer": ["Varlık Kütüğü"]}


def test_an_account_without_a_password_is_not_asked_for_one(account):
    """It logs in through an identity provider."""
    account.set_unusable_password()
    account.save()
    client = signed_in(account)
    assert 'type="password"' not in text(client.get(BEGIN))
    assert client.post(BEGIN, {"go": "1"}).url == SETUP


def test_new_recovery_codes_ask_for_the_password(client, phone, account):
    assert "Parola yanlış" in text(client.post(CODES, {"password": "yanlis"}))
    assert second_factor.take(account, phone.recovery_codes[0])
    new = re.findall(r"<code>([0-9A-Z-]{19})</code>", text(client.post(CODES, {"password": PASSWORD})))
    assert len(new) == 10 and not set(new) & set(phone.recovery_codes)
    assert not second_factor.take(account, phone.recovery_codes[1])
    assert second_factor.take(account, new[0])
    assert Event.objects.filter(kind=Event.Kind.RECOVERY_NEW, username="ayse").count() == 1


def test_new_recovery_codes_ask_for_a_code_where_there_is_no_password(client, phone, account):
    account.set_unusable_password()
    account.save()
    fresh = signed_in(account)
    fresh.get("/")
    fresh.post(STEP, {"code": phone.recovery_codes[0]})
    assert "Bu kod geçmiyor" in text(fresh.post(CODES, {"code": "000000"}))
    assert "kurtarma kodları" in text(fresh.post(CODES, {"code": phone.code()})).lower()


def test_taking_it_off_asks_for_password_and_code(client, phone, account):
    assert "Parola yanlış" in text(client.post(REMOVE, {"password": "yanlis", "code": phone.code()}))
    assert "Bu kod geçmiyor" in text(client.post(REMOVE, {"password": PASSWORD, "code": "000000"}))
    account.refresh_from_db()
    assert account.second_factor_since
    # The code was not used up by the attempt with the wrong password.
    assert client.post(REMOVE, {"password": PASSWORD, "code": phone.code()}).url == OWN
    account.refresh_from_db()
    assert account.second_factor_since is None
    assert client.get(CODES).url == client.get(REMOVE).url == OWN
    assert Event.objects.filter(kind=Event.Kind.FACTOR_OFF, username="ayse").count() == 1


def test_guesses_on_an_open_computer_lock_as_those_at_the_login(client, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert client.post(REMOVE, {"password": PASSWORD, "code": "000000"}).status_code == 200
    assert client.post(REMOVE, {"password": PASSWORD, "code": "000000"}).status_code == 429


# The administrator ------------------------------------------------------------------------------------------------


def test_an_administrator_resets_it_for_a_colleague(client, account):
    admin = signed_in(user("yonetici", unit("Bilgi İşlem Dairesi Başkanlığı"), (None, "", 3)))
    page = reverse("user", args=[account.pk])
    reset = reverse("user-second-factor", args=[account.pk])
    # A session of the time before, in which no code was asked.
    account.second_factor_since, before = None, account.second_factor_since
    account.save()
    older = signed_in(account)
    assert older.get("/").status_code == 200
    account.second_factor_since = before
    account.save()
    assert reset in text(admin.get(page))
    assert admin.get(reset).status_code == 405
    assert admin.post(reset).url == page
    assert reset not in text(admin.get(page))
    account.refresh_from_db()
    assert account.second_factor_since is None
    assert older.get("/").status_code == client.get("/").status_code == 302, "open sessions end"
    entry = Event.objects.get(kind=Event.Kind.FACTOR_RESET)
    assert (entry.username, entry.text, entry.row_id) == ("yonetici", "ayse", account.pk)
    admin.post(reset)
    assert Event.objects.filter(kind=Event.Kind.FACTOR_RESET).count() == 1, "there was nothing to take off"


def test_nobody_resets_her_own_without_a_code_nor_an_administrators(client, phone, account, clock):
    account.person.grants.update(unit=None, level=3)
    own = reverse("user-second-factor", args=[account.pk])
    assert client.post(own).url == OWN
    root = user("root", account.person.unit, is_superuser=True)
    phone_of(root, clock)
    assert client.post(reverse("user-second-factor", args=[root.pk])).status_code == 404
    for each in (account, root):
        each.refresh_from_db()
        assert each.second_factor_since


def test_others_have_no_such_page(account, clock):
    colleague = user("veli", account.person.unit, (account.person.unit, "", 3))
    phone_of(colleague, clock)
    assert signed_in(account).post(reverse("user-second-factor", args=[colleague.pk])).status_code == 404
