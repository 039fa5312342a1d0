"""Logging in by a real OpenID provider, and what it might be made to say."""

from __future__ import annotations

import hashlib
import time
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.contrib.auth.models import Group
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from inventory import registers, writes
from inventory.accounts.directory import oidc as oidc_module
from inventory.accounts.directory.models import DirectoryGroup
from inventory.organization import accounts
from inventory.organization.models import User
from inventory.trail.models import Event
from tests.directories import free_port
from tests.rows import SYSTEM, user

pytestmark = pytest.mark.django_db
LOGIN, BEGIN, BACK = (reverse(name) for name in ("login", "oidc-login", "oidc-callback"))
FORGED = RSAKey.generate_key(2048, {"kid": "1"}, private=True)


@pytest.fixture(autouse=True)
def _asked_anew():
    """Each test asks the provider about itself."""
    oidc_module._made.cache_clear()


@pytest.fixture
def known(oidc, ayse) -> str:
    oidc.person("ayse", employee_number=ayse.staff_no, groups=["Denetim"], preferred_username="ayse@belediye")
    return "ayse"


def text(answer) -> str:
    return answer.content.decode()


def back_from(oidc, client: Client, name: str, then: str = "") -> str:
    """Where the provider sends the browser back to, once this person has logged in there."""
    sent = client.get(BEGIN, {"next": then})
    assert sent.status_code == 302 and sent.url.startswith(oidc.issuer)
    return oidc.asked(sent.url, name)


def state_of(client: Client, state: str) -> dict:
    return client.session[f"_state_oidc_{state}"]["data"]


def test_the_login_page_offers_it_only_where_it_is_set(client, settings):
    assert "Kurum hesabıyla giriş" not in text(client.get(LOGIN))
    assert client.get(BEGIN).url == client.get(BACK, {"code": "1", "state": "2"}).url == LOGIN
    settings.OIDC_ISSUER = "https://giris.example"
    assert f'href="{BEGIN}?next=%2Fvehicles%2F%3Fq%3D%26"' in text(client.get(LOGIN, {"next": "/vehicles/?q=&"}))


def test_it_opens_an_account_and_leads_on(oidc, known, ayse, client):
    assert client.get(back_from(oidc, client, known, "/account/")).url == "/account/"
    account = User.objects.get(person=ayse)
    assert (account.username, account.has_usable_password()) == ("ayse.yilmaz", False)
    assert "Ayşe Nur Yılmaz" in text(client.get("/account/"))
    assert not [key for key in dict(client.session.items()) if "oidc" in key]
    again = Client()
    assert again.get(back_from(oidc, again, known)).url == reverse("home")
    assert User.objects.filter(person=ayse).count() == 1
    assert again.get(BEGIN).url == reverse("home"), "who is logged in is not sent away"


def test_an_account_without_a_password_is_offered_no_new_one(oidc, known, client):
    client.get(back_from(oidc, client, known))
    assert reverse("password_change") not in text(client.get("/account/"))


def test_a_name_that_was_just_given_away_is_no_error(oidc, known, ayse, client, monkeypatch):
    whole = accounts.open_for

    def too_late(person, username):
        monkeypatch.setattr(accounts, "open_for", whole)
        raise IntegrityError

    monkeypatch.setattr(accounts, "open_for", too_late)
    assert client.get(back_from(oidc, client, known)).status_code == 302
    assert User.objects.get().person == ayse


def test_what_is_asked_of_the_provider(oidc, known, client):
    asked = parse_qs(urlsplit(client.get(BEGIN).url).query)
    assert asked["response_type"] == ["code"] and asked["code_challenge_method"] == ["S256"]
    assert "openid" in asked["scope"][0].split() and len(asked["state"][0]) >= 20 and len(asked["nonce"][0]) >= 20
    assert asked["redirect_uri"] == [f"http://testserver{BACK}"]


@pytest.mark.parametrize("then", ["https://kotu.example/", "//kotu.example/", "javascript:alert(1)", "/\\kotu.example"])
def test_it_leads_to_no_other_host(oidc, known, client, then):
    assert client.get(back_from(oidc, client, known, then)).url == reverse("home")


def test_what_was_not_asked_for_here_is_not_taken(oidc, known, client):
    back = back_from(oidc, client, known)
    assert Client().get(back).status_code == 400, "another browser's: somebody would be logged in as another"
    assert client.get(back.replace("state=", "state=x")).status_code == 400
    assert client.get(BACK).status_code == 400
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 400, "once"
    assert User.objects.count() == 1
    assert Event.objects.filter(kind=Event.Kind.LOGIN_FAILED, text__startswith="OpenID Connect: ").count() == 4


def test_another_nonce_is_refused(oidc, known, client):
    back = back_from(oidc, client, known)
    session = client.session
    session[f"_state_oidc_{parse_qs(urlsplit(back).query)['state'][0]}"]["data"]["nonce"] = "x" * 20
    session.save()
    assert client.get(back).status_code == 400
    assert not User.objects.exists()


def test_the_code_is_fetched_with_what_was_promised(oidc, known, client, monkeypatch):
    """PKCE: the provider of these tests does not compare, a real one does."""
    sent, whole = {}, oidc_module._Provider.fetch_access_token
    monkeypatch.setattr(
        oidc_module._Provider, "fetch_access_token", lambda *args, **more: sent.update(more) or whole(*args, **more)
    )
    asked = client.get(BEGIN).url
    promised = parse_qs(urlsplit(asked).query)["code_challenge"][0]
    assert client.get(oidc.asked(asked, known)).status_code == 302
    digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
    assert len(sent["code_verifier"]) >= 43
    assert urlsafe_b64encode(digest).rstrip(b"=").decode() == promised


def test_saying_no_there_leads_back(oidc, client):
    sent = client.get(BEGIN).url
    state = parse_qs(urlsplit(sent).query)["state"][0]
    answer = client.get(BACK, {"error": "access_denied", "error_description": "<b>hayır</b>", "state": state})
    assert answer.status_code == 400 and "orada iptal edilmiş" in text(answer) and "<b>" not in text(answer)


def token(claims: dict, key=FORGED, alg: str = "RS256") -> str:
    return jwt.encode({"alg": alg, "kid": "1"}, claims, key, algorithms=[alg])


def unsigned(claims: dict) -> str:
    made = token(claims).split(".")
    return f"eyJhbGciOiJub25lIn0.{made[1]}."


FORGERIES = {
    "whole": (None, {}, token),
    "another issuer": (400, {"iss": "https://kotu.example"}, token),
    "for another program": (400, {"aud": "baska"}, token),
    "for another program, given to us": (400, {"aud": "baska", "azp": "kutuk"}, token),
    "too old": (400, {"exp": 1_000}, token),
    "of another login": (400, {"nonce": "baska"}, token),
    "without a nonce": (400, {"nonce": None}, token),
    "signed by another": (400, {}, lambda c: token(c, RSAKey.generate_key(2048, {"kid": "1"}, private=True))),
    "signed with our secret": (400, {}, lambda c: token(c, OctKey.import_key("saklanan-sir" * 3), "HS256")),
    "signed by nobody": (400, {}, unsigned),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_token_is_taken_only_whole(oidc, known, ayse, client, monkeypatch, name):
    """The provider's key is ours here, so that each token is as right as can be but for one thing."""
    status, changed, made = FORGERIES[name]
    back = back_from(oidc, client, known)
    state = parse_qs(urlsplit(back).query)["state"][0]
    claims = {
        "iss": oidc.issuer, "aud": "kutuk", "sub": "ayse", "iat": int(time.time()), "exp": int(time.time()) + 60,
        "nonce": state_of(client, state)["nonce"], "employee_number": ayse.staff_no, "groups": [],
    } | changed  # fmt: skip
    given = {
        "access_token": "x",
        "token_type": "Bearer",
        "id_token": made({k: v for k, v in claims.items() if v is not None}),
    }
    monkeypatch.setattr(oidc_module._Provider, "fetch_access_token", lambda *_, **__: dict(given))
    monkeypatch.setattr(
        oidc_module._Provider, "fetch_jwk_set", lambda *_, **__: {"keys": [FORGED.as_dict(private=False)]}
    )
    assert client.get(back).status_code == (status or 302)
    assert User.objects.exists() == (status is None)


def test_without_a_token_nobody_is_let_in(oidc, known, client, monkeypatch):
    back = back_from(oidc, client, known)
    only = {"access_token": "x", "token_type": "Bearer"}
    monkeypatch.setattr(oidc_module._Provider, "fetch_access_token", lambda *_, **__: dict(only))
    assert client.get(back).status_code == 400


def test_what_only_the_second_answer_has_is_asked_for(oidc, known, ayse, client, monkeypatch):
    """Some providers send claims of their own only by userinfo; and it must be of the same person."""
    whole = oidc_module._Provider.parse_id_token
    short = lambda *args, **more: {k: v for k, v in whole(*args, **more).items() if k != "employee_number"}  # noqa: E731
    monkeypatch.setattr(oidc_module._Provider, "parse_id_token", short)
    assert client.get(back_from(oidc, client, known)).status_code == 302
    other = lambda *args, **more: short(*args, **more) | {"sub": "baska"}  # noqa: E731
    monkeypatch.setattr(oidc_module._Provider, "parse_id_token", other)
    again = Client()
    assert again.get(back_from(oidc, again, known)).status_code == 400


def test_whom_the_register_does_not_know_reads_her_number(oidc, client):
    oidc.person("yabanci", employee_number="<9999>", groups=[])
    answer = client.get(back_from(oidc, client, "yabanci"))
    assert answer.status_code == 403
    assert "&lt;9999&gt;" in text(answer) and "kişi listesinde yok" in text(answer)
    oidc.person("numarasiz", groups=[], employee_number=["1", "2"])
    assert "sicil numaranızı göndermedi" in text(client.get(back_from(oidc, client, "numarasiz")))
    assert not User.objects.exists()
    assert Event.objects.filter(kind=Event.Kind.DIRECTORY_REFUSED, text="UNKNOWN: <9999>").count() == 1


def test_who_is_off_duty_stays_out(oidc, known, ayse, client):
    ayse.active = False
    writes.save(registers.get("people"), ayse, SYSTEM)
    answer = client.get(back_from(oidc, client, known))
    assert answer.status_code == 403 and "görevde değilsiniz" in text(answer)


def test_groups_come_and_go_with_the_claim(oidc, known, ayse, client, settings):
    inspectors = Group.objects.create(name="Denetçiler")
    DirectoryGroup.objects.create(name="Denetim", group=inspectors)

    def groups_after(**claims) -> list[str]:
        oidc.person("ayse", employee_number=ayse.staff_no, **claims)
        browser = Client()
        assert browser.get(back_from(oidc, browser, "ayse")).status_code == 302
        return [group.name for group in User.objects.get(person=ayse).groups.all()]

    assert groups_after(groups=["Denetim", 5, "denetim"]) == ["Denetçiler"]
    assert groups_after() == [], "a claim that is not sent gives nothing"
    assert groups_after(groups="Denetim") == ["Denetçiler"]
    settings.OIDC_GROUPS_CLAIM = ""
    assert groups_after(groups=[]) == ["Denetçiler"], "groups are not asked of the provider"


def test_the_code_is_asked_here_unless_the_providers_own_is_trusted(oidc, known, ayse, client, settings):
    client.get(back_from(oidc, client, known))
    User.objects.update(second_factor_since=timezone.now())
    asked = Client()
    assert asked.get(back_from(oidc, asked, known, "/account/")).url == reverse("second-step")
    assert asked.get("/account/").status_code == 302
    assert asked.get(reverse("second-step")).status_code == 200
    settings.SSO_TRUSTED_SECOND_FACTOR = True
    trusted = Client()
    assert trusted.get(back_from(oidc, trusted, known, "/account/")).url == "/account/"
    assert trusted.get("/account/").status_code == 200


def test_a_provider_that_is_away_is_message_and_local_accounts_work(oidc, here, client, settings):
    settings.OIDC_ISSUER = f"http://localhost:{free_port()}"
    answer = client.get(BEGIN)
    assert answer.status_code == 503 and "kendi parolası varsa" in text(answer)
    user("yerel", here)
    assert client.post(LOGIN, {"username": "yerel", "password": "uzun-ve-gizli-1"}).status_code == 302


def test_a_provider_that_calls_itself_otherwise_is_not_used(oidc, client, settings):
    """Discovery by another name would let it speak for another."""
    settings.OIDC_ISSUER = oidc.issuer.replace("localhost", "127.0.0.1")
    result = requests.get(f"{settings.OIDC_ISSUER}/.well-known/openid-configuration", timeout=5).json()
    if result["issuer"] == settings.OIDC_ISSUER:
        settings.OIDC_ISSUER += "/baska"
    assert client.get(BEGIN).status_code == 503


def test_failures_count_for_the_limit_of_logins(oidc, client, settings, tmp_path):
    settings.RATE_LIMITS, settings.VAR_DIR = {"login": (3, 300)}, tmp_path
    for _time in range(3):
        assert client.get(BACK, {"state": "x"}, REMOTE_ADDR="10.9.8.7").status_code == 400
    assert client.get(BEGIN, REMOTE_ADDR="10.9.8.7").status_code == 429
    assert client.get(BEGIN, REMOTE_ADDR="10.9.8.8").status_code == 302
