"""How often one may log in, search, export and upload; counted for all processes of a machine."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64encode

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from config import env
from inventory.server import limits
from tests.pages import signed_in
from tests.rows import unit, user

pytestmark = pytest.mark.django_db
LIMITS = {"login": (3, 300), "search": (2, 60), "export": (2, 600), "upload": (2, 600)}


@pytest.fixture
def place(tmp_path, settings):
    settings.RATE_LIMITS, settings.VAR_DIR = LIMITS, tmp_path
    return tmp_path


@pytest.fixture
def parks():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


def _upload(browser):
    return browser.post("/vehicles/import/", {"file": SimpleUploadedFile("a.csv", b"Plaka\n41 A 1")})


def _export(browser):
    answer = browser.get("/vehicles/export/", {"format": "csv"})
    b"".join(answer)
    return answer


ASKED = {
    "search": lambda browser: browser.get(reverse("search"), {"q": "41"}),
    "export": _export,
    "upload": _upload,
}


@pytest.mark.parametrize("kind", ASKED)
def test_who_asks_too_often_reads_when_to_come_back(place, parks, kind):
    browser, other = (signed_in(user(name, parks, (parks, "vehicles", 2))) for name in ("ayse", "fatma"))
    for _time in range(2):
        assert ASKED[kind](browser).status_code in (200, 302)
    refused = ASKED[kind](browser)
    assert refused.status_code == 429 and 50 <= int(refused["Retry-After"]) <= 601
    assert "dakika</strong> sonra yeniden deneyiniz" in refused.content.decode()
    # Neither her other pages nor anybody else's wait.
    assert browser.get(reverse("home")).status_code == 200
    assert ASKED[kind](other).status_code in (200, 302)


@pytest.mark.parametrize(
    "url",
    [
        reverse("row-papers", args=["vehicles", 1]),
        reverse("register-labels", args=["vehicles"]),
        reverse("paper-version-try", args=[1, 1]),
        reverse("paper-upload", args=[1]),
    ],
)
def test_papers_and_labels_are_counted(place, parks, url):
    browser = signed_in(user("ayse", parks, (parks, "vehicles", 2)))
    assert [browser.post(url).status_code == 429 for _time in range(3)] == [False, False, True]


def test_after_the_time_is_over_it_goes_on(place, monkeypatch):
    now = 1_000_000.0
    monkeypatch.setattr(limits.time, "time", lambda: now)
    assert [limits.count("search", "7") for _time in range(3)] == [0, 0, 60]
    now += 59
    assert limits.count("search", "7") == 1
    now += 1.5
    assert limits.count("search", "7") == 0


def test_passwords_are_not_guessed_at_under_many_names(place, parks):
    user("ayse", parks)
    right = {"username": "ayse", "password": "uzun-ve-gizli-1"}
    for number in range(3):
        assert Client().post(reverse("login"), {"username": f"ad{number}", "password": "x"}).status_code == 200
    refused = Client().post(reverse("login"), right)
    assert refused.status_code == 429 and "Retry-After" in refused.headers
    # From elsewhere she logs in.
    assert Client(REMOTE_ADDR="10.0.0.7").post(reverse("login"), right).status_code == 302


def test_who_has_come_in_from_an_address_is_not_kept_out_by_others_there(place, parks):
    """An office behind one address, of which somebody types wrong names: on whatever browser, by page or program."""
    user("ayse", parks, (parks, "vehicles", 1))
    user("fatma", parks)
    right = {"password": "uzun-ve-gizli-1"}
    basic = {"Authorization": "Basic " + b64encode(b"ayse:uzun-ve-gizli-1").decode()}
    assert Client().post(reverse("login"), right | {"username": "ayse"}).status_code == 302
    for number in range(3):
        Client().post(reverse("login"), {"username": f"ad{number}", "password": "x"})
    assert Client().post(reverse("login"), right | {"username": "fatma"}).status_code == 429, "never came from here"
    for _time in range(2):
        assert Client().post(reverse("login"), right | {"username": "ayse"}).status_code == 302
        assert Client().get(reverse("features"), headers=basic).status_code == 200
    # Guesses at her name are stopped by its own lockout.
    seen = [Client().post(reverse("login"), {"username": "ayse", "password": "x"}).status_code for _time in range(6)]
    assert seen == [200, 200, 200, 200, 429, 429]
    assert Client().post(reverse("login"), right | {"username": "ayse"}).status_code == 429


def test_a_program_that_has_come_in_is_known_too(place, parks):
    user("harita", parks, (parks, "vehicles", 1))
    basic = {"Authorization": "Basic " + b64encode(b"harita:uzun-ve-gizli-1").decode()}
    assert Client().get(reverse("features"), headers=basic).status_code == 200
    for _time in range(3):
        Client().get(reverse("features"), headers={"Authorization": "Basic eDp5"})
    assert Client().get(reverse("features"), headers={"Authorization": "Basic eDp5"}).status_code == 429
    assert Client().get(reverse("features"), headers=basic).status_code == 200


def test_what_is_known_of_an_address_is_forgotten_after_a_month(place, parks, monkeypatch):
    user("ayse", parks)
    right = {"username": "ayse", "password": "uzun-ve-gizli-1"}
    now = limits.time.time()
    assert Client().post(reverse("login"), right).status_code == 302
    monkeypatch.setattr(limits.time, "time", lambda: now + 31 * 86_400)
    for number in range(3):
        Client().post(reverse("login"), {"username": f"ad{number}", "password": "x"})
    assert Client().post(reverse("login"), right).status_code == 429


def test_a_whole_office_may_log_in_from_one_address(place, parks):
    user("ayse", parks)
    right = {"username": "ayse", "password": "uzun-ve-gizli-1"}
    assert {Client().post(reverse("login"), right).status_code for _time in range(6)} == {302}


def test_programs_are_counted_as_pages_are(place, parks):
    wrong = {"Authorization": "Basic eDp5"}
    seen = [Client().get(reverse("features"), headers=wrong).status_code for _time in range(4)]
    assert seen == [401, 401, 401, 429]


@pytest.mark.parametrize(
    ("behind", "forwarded", "seen"),
    [
        (False, "9.9.9.9", "127.0.0.1"),
        (True, "1.1.1.1, 9.9.9.9", "9.9.9.9"),
        (True, "<script>", "127.0.0.1"),
        (True, "", "127.0.0.1"),
    ],
)
def test_an_address_is_believed_from_our_proxy_alone(rf, settings, behind, forwarded, seen):
    settings.BEHIND_PROXY = behind
    assert limits.client_address(rf.get("/", headers={"X-Forwarded-For": forwarded})) == seen


def test_all_processes_of_a_machine_count_together(place):
    code = "import sys; sys.path.insert(0, '.'); from django.conf import settings\n"
    code += f"settings.configure(VAR_DIR={str(place)!r}, RATE_LIMITS={{'export': (30, 600)}})\n"
    code += "from inventory.server import limits; print(sum(limits.count('export', '7') > 0 for _ in range(20)))"
    both = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _process in range(2)]
    assert sum(int(process.communicate(timeout=300)[0]) for process in both) == 10


def test_a_count_that_cannot_be_kept_keeps_nobody_from_her_work(place, settings):
    settings.VAR_DIR = place / "yok"
    assert [limits.count("search", "7") for _time in range(4)] == [0] * 4


def test_a_limit_is_a_setting(monkeypatch):
    monkeypatch.setenv("RATE_LIMIT_X", "5/60")
    assert env.rate("RATE_LIMIT_X", "1/1") == (5, 60)
    monkeypatch.setenv("RATE_LIMIT_X", "0")
    assert env.rate("RATE_LIMIT_X", "1/1") is None
    monkeypatch.setenv("RATE_LIMIT_X", "beş")
    with pytest.raises(ImproperlyConfigured, match="RATE_LIMIT_X"):
        env.rate("RATE_LIMIT_X", "1/1")
