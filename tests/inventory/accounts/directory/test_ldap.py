"""The login form, asked of a real OpenLDAP."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inventory import registers, writes
from inventory.accounts.directory.models import DirectoryGroup
from inventory.organization.models import Grant, User
from inventory.trail.models import Event
from tests.directories import BASE, free_port, needs_slapd
from tests.rows import SYSTEM, user

pytestmark = [pytest.mark.django_db, needs_slapd]
PASSWORD = "Kurum Parolası 1ğ"
LOGIN = reverse("login")


def sign_in(client: Client, name: str, password: str, **more):
    return client.post(LOGIN, {"username": name, "password": password, **more})


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def known(ldap, ayse) -> str:
    """Ayşe's DN."""
    return ldap.person("ayilmaz", ayse.staff_no, PASSWORD)


def test_the_right_password_opens_an_account_and_leads_on(known, ayse, client):
    assert sign_in(client, "ayilmaz", PASSWORD, next="/account/").url == "/account/"
    account = User.objects.get(person=ayse)
    assert (account.username, account.has_usable_password()) == ("ayse.yilmaz", False)
    assert "Ayşe Nur Yılmaz" in text(client.get("/account/"))
    assert sign_in(Client(), "AYILMAZ", PASSWORD).status_code == 302, "a directory's names have no case"
    assert User.objects.filter(person=ayse).count() == 1
    assert sign_in(Client(), "ayilmaz", PASSWORD, next="https://kotu.example/").url == reverse("home")


@pytest.mark.parametrize("password", ["yanlis", "", " ", "\u00ad", "\u200b\u00ad", "*"])
def test_no_other_password_is_let_in(known, ayse, client, password):
    """A soft hyphen is nothing to RFC 4013; and nothing is a password that this server, as others, says yes to."""
    assert "Kullanıcı adı veya parola yanlış" in text(sign_in(client, "ayilmaz", password))
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["*", "ayil*", "ayilmaz)(uid=*", "*)(|(uid=*", f"uid=ayilmaz,{BASE}", "\\61yilmaz"])
def test_what_a_filter_would_read_otherwise_is_only_a_name(known, client, name):
    assert "yanlış" in text(sign_in(client, name, PASSWORD))


def test_a_name_that_two_have_is_nobodys(ldap, known, ayse, client, settings):
    ldap.person("ikinci", ayse.staff_no, PASSWORD)
    settings.LDAP_USER_FILTER = f"(|(uid={{name}})(employeeNumber={ayse.staff_no}))"
    assert "yanlış" in text(sign_in(client, "ayilmaz", PASSWORD))
    ldap.person("ucuncu", ayse.staff_no, PASSWORD)
    assert "yanlış" in text(sign_in(client, "ayilmaz", PASSWORD))
    ldap.forget(f"uid=ikinci,{BASE}")
    ldap.forget(f"uid=ucuncu,{BASE}")


def test_local_accounts_come_first_and_need_no_directory(ldap, here, client, settings):
    user("yerel", here)
    settings.LDAP_URL = [f"ldap://127.0.0.1:{free_port()}"]
    assert sign_in(client, "yerel", "uzun-ve-gizli-1").status_code == 302
    result = text(sign_in(Client(), "ayilmaz", PASSWORD))
    assert "Kurum dizinine şu anda ulaşılamıyor" in result and "Kullanıcı adı veya parola yanlış. " not in result


def test_the_second_server_is_asked_when_the_first_is_away(known, client, settings):
    settings.LDAP_URL = [f"ldap://127.0.0.1:{free_port()}", *settings.LDAP_URL]
    assert sign_in(client, "ayilmaz", PASSWORD).status_code == 302


def test_a_wrong_password_of_our_own_is_message_as_an_outage(known, client, settings, caplog):
    settings.LDAP_BIND_PASSWORD = "eski"
    assert "ulaşılamıyor" in text(sign_in(client, "ayilmaz", PASSWORD))
    assert "LDAPInvalidCredentialsResult" in caplog.text and PASSWORD not in caplog.text


@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_only_the_right_servers_certificate_is_taken(ldap, known, settings, scheme):
    port = {"ldap": ldap.port, "ldaps": ldap.tls_port}[scheme]
    settings.LDAP_URL = [f"{scheme}://127.0.0.1:{port}"]
    assert sign_in(Client(), "ayilmaz", PASSWORD).status_code == 302
    settings.LDAP_URL = [f"{scheme}://127.0.0.2:{port}"]
    assert "ulaşılamıyor" in text(sign_in(Client(), "ayilmaz", PASSWORD)), "it is 127.0.0.1's"
    settings.LDAP_URL, settings.LDAP_CA_FILE = [f"{scheme}://127.0.0.1:{port}"], ""
    assert "ulaşılamıyor" in text(sign_in(Client(), "ayilmaz", PASSWORD)), "nobody we know signed it"


def test_whom_the_register_does_not_know_reads_her_number(ldap, ayse, client):
    ldap.person("yabanci", "9999", PASSWORD)
    result = text(sign_in(client, "yabanci", PASSWORD))
    assert "9999" in result and "kişi listesinde yok" in result and "yanlış." not in result
    ldap.person("numarasiz", "", PASSWORD)
    assert "sicil numaranızı göndermedi" in text(sign_in(client, "numarasiz", PASSWORD))
    assert not User.objects.exists()
    result = Event.objects.filter(kind=Event.Kind.DIRECTORY_REFUSED).order_by("pk").values_list("username", "text")
    assert list(result) == [("yabanci", "UNKNOWN: 9999"), ("numarasiz", "NO_NUMBER: —")]


def test_who_is_off_duty_or_closed_stays_out(known, ayse, client, settings):
    settings.SSO_OPENS_ACCOUNTS = False
    assert "hesabı yok" in text(sign_in(client, "ayilmaz", PASSWORD))
    settings.SSO_OPENS_ACCOUNTS = True
    assert sign_in(client, "ayilmaz", PASSWORD).status_code == 302
    ayse.active = False
    writes.save(registers.get("people"), ayse, SYSTEM)
    assert client.get("/account/").status_code == 302, "the open session has ended"
    assert "görevde değilsiniz" in text(sign_in(Client(), "ayilmaz", PASSWORD))
    ayse.active = True
    writes.save(registers.get("people"), ayse, SYSTEM)
    User.objects.update(is_active=False)
    assert "Hesabınız kapatılmış" in text(sign_in(Client(), "ayilmaz", PASSWORD))


@pytest.mark.parametrize("how", ["memberOf", "search"])
def test_groups_give_and_take_grants(ldap, known, ayse, here, settings, how):
    if how == "search":
        settings.LDAP_GROUP_BASE = BASE
    inspectors, by_hand = Group.objects.create(name="Denetçiler"), Group.objects.create(name="Elle")
    grant = Grant(group=inspectors, register="vehicles", level=1)
    writes.save(registers.get("grants"), grant, SYSTEM)
    dn = ldap.group("Denetim (İç), Üst*", known) if how == "memberOf" else ldap.group("denetim", known)
    listed = Client()
    assert sign_in(listed, "ayilmaz", PASSWORD).status_code == 302
    account = User.objects.get(person=ayse)
    seen = DirectoryGroup.objects.get()
    assert (seen.group, seen.seen_on) == (None, timezone.localdate()), "only listed"
    assert listed.get("/vehicles/").status_code == 404
    DirectoryGroup.objects.update(group=inspectors)
    account.groups.add(by_hand)
    assert sign_in(Client(), "ayilmaz", PASSWORD).status_code == 302
    assert set(account.groups.all()) == {inspectors, by_hand}
    assert listed.get("/vehicles/").status_code == 200
    ldap.forget(dn)
    assert sign_in(Client(), "ayilmaz", PASSWORD).status_code == 302
    assert set(account.groups.all()) == {by_hand}
    assert listed.get("/vehicles/").status_code == 404
    result = Event.objects.filter(kind=Event.Kind.DIRECTORY_GROUPS).order_by("pk").values_list("text", flat=True)
    assert list(result) == ["+ Denetçiler", "− Denetçiler"]


def test_guesses_lock_the_name_before_the_directory_is_asked(known, settings):
    for _time in range(settings.AXES_FAILURE_LIMIT - 1):
        assert sign_in(Client(), "ayilmaz", "yanlis").status_code == 200
    assert sign_in(Client(), "ayilmaz", "yanlis").status_code == 429
    settings.LDAP_URL = ["ldap://127.0.0.1:1"]
    locked = sign_in(Client(), "ayilmaz", PASSWORD)
    assert locked.status_code == 429 and "ulaşılamıyor" not in text(locked)


def test_other_spellings_of_a_name_are_no_way_around_the_lock(known, settings, tmp_path):
    settings.RATE_LIMITS, settings.VAR_DIR = {"directory": (4, 900)}, tmp_path
    for name in ("ayilmaz", "AYILMAZ", " Ayilmaz ", "ａyilmaz"):
        assert "Kullanıcı adı veya parola yanlış" in text(sign_in(Client(), name, "yanlis"))
    result = text(sign_in(Client(), "aYilmaz", PASSWORD))
    assert "çok kez yanlış parola" in result and "15 dakika" in result
    assert sign_in(Client(REMOTE_ADDR="10.9.8.7"), "aYilmaz", PASSWORD).status_code == 302, "she elsewhere gets in"


def test_a_second_factor_is_asked_after_the_directorys_password(known, ayse, client, settings):
    settings.SSO_TRUSTED_SECOND_FACTOR = True
    sign_in(Client(), "ayilmaz", PASSWORD)
    User.objects.update(second_factor_since=timezone.now())
    assert sign_in(client, "ayilmaz", PASSWORD).url == reverse("second-step"), "LDAP asks for a password alone"
    assert client.get(reverse("second-step")).status_code == 200
    assert client.get("/account/").status_code == 302
