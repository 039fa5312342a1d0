"""What pages say to a browser, beyond those that tests/web/matrix.py looks for on every address."""

from __future__ import annotations

import gzip
import re

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from tests.pages import signed_in
from tests.rows import unit, user
from tests.web.headers import lacking

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    parks = unit("Park ve Bahçeler Dairesi Başkanlığı")
    return user("ayse", parks, (parks, "", 1))


@override_settings(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True)
def test_cookies_are_for_this_site_over_https_alone(clerk):
    browser = Client()
    given = {"username": "ayse", "password": "uzun-ve-gizli-1"}
    assert browser.post(reverse("login"), given, secure=True).status_code == 302
    browser.post(reverse("set_language"), {"language": "en"}, secure=True)
    session, chosen = (browser.cookies[name] for name in (settings.SESSION_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME))
    assert session["secure"] and session["httponly"] and session["samesite"] == "Lax"
    assert chosen["httponly"] and chosen["samesite"] == "Lax"
    assert browser.cookies[settings.CSRF_COOKIE_NAME]["secure"]


def test_browsers_are_asked_to_come_by_https_for_a_year(clerk):
    assert settings.SECURE_HSTS_SECONDS >= 31_536_000 and settings.SECURE_HSTS_INCLUDE_SUBDOMAINS
    with override_settings(SECURE_SSL_REDIRECT=True):
        answer = signed_in(clerk).get(reverse("home"))
        assert answer.status_code == 301 and answer.url.startswith("https://")
        answer = signed_in(clerk).get(reverse("home"), secure=True)
    assert answer["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize("path", ["/yok/", "/vehicles/999/", "/?q=%00"])
def test_a_page_that_is_refused_is_guarded_as_well(clerk, path):
    answer = signed_in(clerk).get(path)
    assert answer.status_code in (400, 404) and lacking(answer) == []


def test_a_page_that_fails_is_guarded_as_well(clerk, monkeypatch):
    monkeypatch.setattr("inventory.pages.home.views.render", lambda *_: 1 / 0)
    browser = signed_in(clerk)
    browser.raise_request_exception = False
    answer = browser.get(reverse("home"))
    assert answer.status_code == 500 and lacking(answer) == []


def test_personal_pages_are_kept_by_no_cache(clerk):
    browser = signed_in(clerk)
    assert browser.get(reverse("home"))["Cache-Control"] == "private, no-store"
    kept = browser.get(reverse("tile-of-all", args=[8, 149, 96]))["Cache-Control"]
    assert set(kept.split(", ")) == {"private", "no-cache"}


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
@pytest.mark.parametrize("name", ["login", "set_language", "logout"])
def test_nobody_is_sent_to_another_site(clerk, name, next_page):
    given = {"username": "ayse", "password": "uzun-ve-gizli-1", "language": "en", "next": next_page}
    answer = Client().post(reverse(name), given, headers={"Referer": "https://evil.example/"})
    assert answer.status_code == 302 and answer.url.startswith("/") and not answer.url.startswith(("//", "/\\"))


def test_another_hosts_name_is_refused(clerk):
    answer = signed_in(clerk).get(reverse("home"), headers={"Host": "evil.example"})
    assert answer.status_code == 400


def test_a_page_is_sent_compressed_and_its_length_tells_nothing(clerk):
    """What another site sees of an answer is its length: it differs from one answer to the next (BREACH)."""
    browser = signed_in(clerk)
    answers = [browser.get(reverse("home"), headers={"accept-encoding": "gzip"}) for _ in range(8)]
    assert {answer["Content-Encoding"] for answer in answers} == {"gzip"}
    assert all("Accept-Encoding" in answer["Vary"] and "Cookie" in answer["Vary"] for answer in answers)
    pages = [gzip.decompress(answer.content).decode() for answer in answers]
    assert len({re.search(r'"X-CSRFToken": "(\w+)"', page)[1] for page in pages}) == len(pages)
    assert len({len(answer.content) for answer in answers}) > 2
    assert "Content-Encoding" not in browser.get(reverse("home")).headers


def test_a_file_is_sent_as_it_is(clerk):
    url = reverse("register-export", args=["vehicles"])
    for form in ("xlsx", "csv"):
        answer = signed_in(clerk).get(url, {"format": form}, headers={"accept-encoding": "gzip"})
        assert b"".join(answer.streaming_content) and "Content-Encoding" not in answer.headers
