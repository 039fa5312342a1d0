"""Somebody takes a token on her account's page, sees it once, reads the documentation, and revokes it."""

import pytest
from django.test import Client
from django.urls import reverse

from inventory import registers
from tests.e2e.conftest import looked_at
from tests.pages import sample
from tests.rows import unit, user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account(transactional_db):
    here = unit("Mali Hizmetler Dairesi Başkanlığı")
    sample(registers.get("vehicles"), here)
    return user("ayse", here, (here, "", 1), is_superuser=True)


def test_a_token_is_taken_used_and_revoked(account, sized_page, sign_in):
    page = sized_page
    sign_in(page, account)
    page.goto(page.base + reverse("account"))
    page.get_by_role("link", name="API anahtarları").click()
    page.get_by_text("Anahtar yok").first.wait_for()
    looked_at(page, "tokens-none")
    page.locator(".empty").first.get_by_role("link", name="Yeni anahtar").click()
    page.get_by_label("Ne için").fill("Excel’deki araç listesi")
    page.get_by_label("Ağlar").fill("10.1.2.0/99")
    page.get_by_role("button", name="Anahtarı al").click()
    page.get_by_text("bir adres ya da ağ değil").wait_for()
    looked_at(page, "token-new")
    page.get_by_label("Ağlar").fill("127.0.0.0/8")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Anahtarı al").click()
    page.get_by_role("heading", name="Anahtarınız").wait_for()
    looked_at(page, "token-given")
    program = Client(headers={"Authorization": f"Bearer {page.locator('.secret').inner_text().strip()}"})
    assert len(program.get("/api/v1/vehicles/").json()["results"]) == 1

    page.get_by_role("link", name="Kopyaladım").click()
    page.get_by_text("okur · bütün kütükler").wait_for()
    looked_at(page, "tokens")
    page.get_by_role("link", name="İptal et: Excel’deki araç listesi").click()
    looked_at(page, "token-revoke")
    page.get_by_role("button", name="İptal et").click()
    page.get_by_text("bir daha geçmez").wait_for()
    assert program.get("/api/v1/vehicles/").status_code == 401


def test_the_documentation_is_read_and_tried_without_another_host(account, sized_page, sign_in):
    page = sized_page
    sign_in(page, account)
    page.goto(page.base + reverse("api-docs"))
    page.locator(".opblock-tag", has_text="Araçlar").first.click()
    for method in ("get", "post"):
        page.locator(f".opblock-summary-{method}").first.click()
    page.locator("pre.body-param__example").first.wait_for()
    looked_at(page, "api-docs")
