"""A session that ends while somebody types: she is warned before, and what she has typed can still be saved."""

import pytest
from django.test import override_settings
from django.urls import reverse

from inventory import registers
from tests.e2e.conftest import violations
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db(transaction=True)
VEHICLES = registers.get("vehicles")


@pytest.fixture
def clerk(transactional_db):
    here = unit("Destek Hizmetleri Dairesi Başkanlığı")
    row(VEHICLES, here, make="Ford", trade_name="Transit")
    return user("ayse.yilmaz", here, (here, "vehicles", 2))


def test_a_session_goes_on_by_a_click_and_a_typed_form_is_saved_after_a_new_login(clerk, page, sign_in):
    vehicle = VEHICLES.model.objects.get()
    with override_settings(SESSION_IDLE_SECONDS=6):
        sign_in(page, clerk)
        page.goto(page.base + reverse("register-edit", args=[VEHICLES, vehicle.pk]))
        page.get_by_label("Ticari ad").fill("Tourneo")
        page.get_by_role("button", name="Çalışmaya devam et").click(timeout=20_000)
        page.locator("#session-note").wait_for(state="hidden")
        page.get_by_text("Oturumunuz kapandı. Bu sayfada yazdıklarınız duruyor").wait_for(timeout=20_000)
        assert violations(page) == []
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="yeni sekmede giriş yapıp").click()
        other = opened.value
        other.get_by_text("Oturumunuz sona erdi").wait_for()
    # From here on nobody is in a hurry.
    other.get_by_label("Kullanıcı adı").fill(clerk.username)
    other.get_by_label("Parola", exact=True).fill("uzun-ve-gizli-1")
    other.keyboard.press("Enter")
    other.get_by_role("heading", name="Hesabım").wait_for()
    other.close()
    # Headless tabs do not hide each other: what the browser says when one comes back is said here.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.locator("#session-note").wait_for(state="hidden")
    page.get_by_role("button", name="Kaydet").first.click()
    page.wait_for_url(f"**{reverse('register-detail', args=[VEHICLES, vehicle.pk])}")
    vehicle.refresh_from_db()
    assert vehicle.trade_name == "Tourneo"


def logged_in_beside(page, account) -> None:
    """Another tab of the same browser: out, and in as the account."""
    other = page.context.new_page()
    other.goto(page.base)
    other.evaluate("document.querySelector('form[action$=\"/account/logout/\"]').submit()")
    other.get_by_label("Kullanıcı adı").wait_for()
    other.goto(page.base + reverse("login"))
    other.get_by_label("Kullanıcı adı").fill(account.username)
    other.get_by_label("Parola", exact=True).fill("uzun-ve-gizli-1")
    other.keyboard.press("Enter")
    other.wait_for_url(page.base + "/")
    other.close()


def test_a_login_in_another_tab_neither_loses_a_form_nor_sends_it_in_another_name(clerk, page, sign_in):
    vehicle = VEHICLES.model.objects.get()
    here = vehicle.responsible_unit
    other = user("mehmet.kaya", here, (here, "vehicles", 2))
    sign_in(page, clerk)
    page.goto(page.base + reverse("register-edit", args=[VEHICLES, vehicle.pk]))
    page.get_by_label("Ticari ad").fill("Tourneo")
    logged_in_beside(page, other)
    page.get_by_text("başka bir hesapla giriş yapıldı").wait_for()
    assert "mehmet.kaya" in page.locator("#session-note").inner_text()
    assert violations(page) == []
    page.get_by_role("button", name="Kaydet").first.click()
    page.wait_for_timeout(500)
    vehicle.refresh_from_db()
    assert vehicle.trade_name == "Transit" and page.get_by_label("Ticari ad").input_value() == "Tourneo"
    logged_in_beside(page, clerk)
    page.locator("#session-note").wait_for(state="hidden")
    page.get_by_role("button", name="Kaydet").first.click()
    page.wait_for_url(f"**{reverse('register-detail', args=[VEHICLES, vehicle.pk])}")
    vehicle.refresh_from_db()
    assert vehicle.trade_name == "Tourneo"
    assert VEHICLES.model.history.filter(id=vehicle.pk).latest("history_id").history_user == clerk


def test_ones_own_account_at_both_sizes(clerk, sized_page, sign_in):
    page = sized_page
    sign_in(page, clerk)
    page.goto(page.base + reverse("account"))
    page.get_by_role("heading", name="Yetkilerim").wait_for()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.get_by_role("button", name="Öteki bilgisayarlardan çıkış yap").click()
    page.get_by_text("Öteki bilgisayarlardaki bütün oturumlarınız kapatıldı").wait_for()
