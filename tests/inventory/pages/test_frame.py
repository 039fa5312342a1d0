"""What stands on every page: the menu, the banner of made-up data, and what an error shows."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inventory import registers
from inventory.models import DemoMark
from inventory.organization.models import Grant, Unit, User
from tests.pages import signed_in
from tests.rows import unit, user

pytestmark = pytest.mark.django_db
VEHICLES, EQUIPMENT = registers.get("vehicles"), registers.get("equipment")
INSPECTIONS = registers.get("inspections")
TODAY = timezone.localdate()


@pytest.fixture
def parks() -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def admin(parks) -> User:
    return user("yonetici", parks, is_superuser=True)


def test_somebody_without_grants_is_reported_whom_to_ask(parks):
    shown = signed_in(user("yeni", parks)).get(reverse("home")).content.decode()
    assert "henüz yetki verilmemiş" in shown
    assert "Kullanıcı adınız: yeni" in shown


def test_made_up_data_is_announced_on_every_page(parks, admin):
    client = signed_in(admin)
    assert "uydurma tanıtım verisi" not in client.get(reverse("home")).content.decode()
    DemoMark.objects.create(rows=1)
    for path in (reverse("home"), reverse("register-list", args=["vehicles"]), "/boyle-bir-sayfa-yok/"):
        assert "uydurma tanıtım verisi" in client.get(path).content.decode()
    assert "uydurma tanıtım verisi" in Client().get(reverse("login")).content.decode()


def test_the_menu_holds_what_may_be_seen(parks):
    officer = user("ayse", parks, (parks, "vehicles", Grant.Level.VIEW))
    shown = signed_in(officer).get(reverse("home")).content.decode()
    for slug, there in (("vehicles", True), ("inspections", True), ("property", False), ("units", True)):
        assert (f'href="/{slug}/"' in shown) is there, slug
    assert reverse("users") not in shown


def test_pages_carry_no_inline_script_or_style(parks, admin):
    client = signed_in(admin)
    for name in ("home", "home-units", "home-arrange", "users", "user-new", "groups", "password_change"):
        answer = client.get(reverse(name))
        assert "unsafe-inline" not in answer["Content-Security-Policy"], name
        shown = answer.content.decode()
        for inline in ("<style", " style=", " onclick=", "<script>"):
            assert inline not in shown, (name, inline)


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_error_pages_stand_without_a_request(status):
    page = render_to_string(f"{status}.html")
    assert '<html lang="tr">' in page
    assert "Ana sayfaya dön" in page
