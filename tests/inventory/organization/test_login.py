import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inventory.organization import accounts
from inventory.organization.models import Grant, User
from inventory.trail.models import Event
from tests.pages import signed_in
from tests.rows import unit, user

pytestmark = pytest.mark.django_db
PASSWORD = "uzun-ve-gizli-1"


@pytest.fixture
def account() -> User:
    here = unit("Zabıta Dairesi Başkanlığı")
    return user("ayse", here, (here, "", Grant.Level.VIEW))


def sign_in(client: Client, password: str, username: str = "ayse", **extra):
    return client.post(reverse("login"), {"username": username, "password": password, **extra})


def test_every_page_but_the_entrance_asks_for_a_login():
    client = Client()
    for name in ("home", "users", "search", "password_change", "home-units", "home-arrange"):
        asked = client.get(reverse(name))
        assert asked.status_code == 302
        assert asked.url.startswith(reverse("login"))
    assert client.get(reverse("login")).status_code == 200


def test_login_leads_on_to_the_page_that_was_asked_for(account):
    client = Client()
    assert sign_in(client, PASSWORD, next="/vehicles/").url == "/vehicles/"
    assert sign_in(Client(), PASSWORD, next="https://kotu.example/").url == reverse("home")


def test_a_wrong_password_says_so_in_turkish(account):
    message = sign_in(Client(), "yanlis-parola").content.decode()
    assert "Kullanıcı adı veya parola yanlış" in message


def test_five_failures_lock_the_name_for_a_while(account, settings):
    client = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert sign_in(client, "yanlis-parola").status_code == 200
    locked = sign_in(client, "yanlis-parola")
    message = locked.content.decode()
    assert locked.status_code == 429
    assert "15 dakika" in message
    assert "hesap yöneticiniz" in message
    assert sign_in(client, PASSWORD).status_code == 429
    # Another name on the same computer is not shut out with it.
    assert sign_in(client, "yanlis-parola", "mehmet").status_code == 200


def test_a_new_password_link_lifts_the_lock(account, settings):
    client = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, "yanlis-parola")
    assert accounts.is_locked(account)
    accounts.password_link(account)
    assert not accounts.is_locked(account)
    account.set_password(PASSWORD)
    account.save()
    assert sign_in(client, PASSWORD).status_code == 302


def test_logout_takes_a_post(account):
    client = Client()
    client.force_login(account)
    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout")).url == reverse("login")
    assert client.get(reverse("home")).status_code == 302


def test_the_own_password_is_changed_by_the_rules(account):
    client = Client()
    client.force_login(account)
    page = client.get(reverse("password_change")).content.decode()
    assert "12" in page  # the least length stands beside the field
    fields = {"old_password": PASSWORD, "new_password1": "kisa", "new_password2": "kisa"}
    refused = client.post(reverse("password_change"), fields)
    assert refused.context["form"].errors["new_password2"]
    fields |= {"new_password1": "Kestane-Kebap-41", "new_password2": "Kestane-Kebap-41"}
    assert client.post(reverse("password_change"), fields).url == reverse("password_changed")
    account.refresh_from_db()
    assert account.check_password("Kestane-Kebap-41")
    assert client.get(reverse("password_changed")).status_code == 200


def test_the_language_is_switched_before_and_after_the_login(account):
    client = Client()
    assert 'lang="tr"' in client.get(reverse("login")).content.decode()
    assert client.post(reverse("set_language"), {"language": "en", "next": "/account/login/"}).status_code == 302
    assert '<html lang="en">' in client.get(reverse("login")).content.decode()
    client.force_login(account)
    assert '<html lang="en">' in client.get(reverse("home")).content.decode()


@pytest.mark.parametrize("cookie", [None, "de", "en' OR 1"])
def test_a_browser_that_asks_for_english_still_gets_turkish(cookie):
    client = Client(headers={"accept-language": "en-US,en;q=0.9"})
    if cookie:
        client.cookies["django_language"] = cookie
    answer = client.get(reverse("login"))
    assert '<html lang="tr">' in answer.content.decode()
    assert answer["Content-Language"] == "tr"


CHANGE = "/account/password/"
NEW = {"new_password1": "baska-uzun-parola-7", "new_password2": "baska-uzun-parola-7"}


def change(client, old: str, **extra):
    return client.post(CHANGE, {"old_password": old} | NEW, **extra)


def test_the_old_password_is_not_guessed_at_on_the_page_that_changes_it(account, settings, tmp_path):
    """A computer left open: after five the account waits, and every guess stands in the trail."""
    client = signed_in(account)
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert change(client, "yanlis").status_code == 200
    assert change(client, "yanlis").status_code == 429
    assert change(client, PASSWORD).status_code == 429
    assert Event.objects.filter(kind="login_failed", user=account).count() == settings.AXES_FAILURE_LIMIT
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


@pytest.mark.parametrize("page", ["password_change", "recovery-codes"])
def test_nor_from_many_addresses(page, account, settings, tmp_path):
    settings.VAR_DIR, settings.RATE_LIMITS = tmp_path, {"code": (3, 600)}
    User.objects.filter(pk=account.pk).update(second_factor_since=timezone.now())
    client = Client()
    client.force_login(account)
    session = client.session
    session["second_factor"] = User.objects.get(pk=account.pk).second_factor_since.isoformat()
    session.save()
    for number in range(3):
        sent = {"old_password": "yanlis", "password": "yanlis"} | NEW
        assert client.post(reverse(page), sent, REMOTE_ADDR=f"10.0.0.{number}").status_code == 200
    right = {"old_password": PASSWORD, "password": PASSWORD} | NEW
    result = client.post(reverse(page), right, REMOTE_ADDR="10.0.0.9")
    assert result.status_code == 200 and "10 dakika sonra" in result.content.decode()


def test_the_right_old_password_changes_it(account):
    assert change(signed_in(account), PASSWORD).status_code == 302
