"""Somebody sets up the second step on her own page, logs out, and comes in with a code, later with a recovery code."""

import time

import pyotp
import pytest
from django.urls import reverse

from inventory import registers, writes
from inventory.organization.models import Grant
from tests.e2e.conftest import violations
from tests.rows import SYSTEM, unit, user

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "uzun-ve-gizli-1"


@pytest.fixture
def account(transactional_db):
    here = unit("Mali Hizmetler Dairesi Başkanlığı")
    made = user("ayse", here)
    for register in ("vehicles", "network"):
        row = Grant(person=made.person, unit=here, register=register, level=2, needs_second_factor=True)
        writes.save(registers.get("grants"), row, SYSTEM)
    return made


def log_in(page) -> None:
    page.goto(page.base + reverse("login"))
    page.get_by_label("Kullanıcı adı").fill("ayse")
    page.get_by_label("Parola", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")


def log_out(page) -> None:
    page.locator(".user-menu").click()
    page.get_by_role("button", name="Çıkış").click()


def test_the_second_step_is_set_up_and_used(account, sized_page, sign_in, tmp_path):
    page = sized_page
    sign_in(page, account)
    page.get_by_text("Bu yetkileriniz ikinci adım kurulunca geçerli olur").wait_for()
    assert violations(page) == []
    page.get_by_role("link", name="İkinci adımı kur").click()
    assert violations(page) == []
    page.get_by_role("link", name="İkinci adımı kur").click()
    page.get_by_label("Parolanız").fill(PASSWORD)
    page.get_by_role("button", name="Devam").click()
    picture = page.get_by_role("img", name="Doğrulama uygulaması için kare kod")
    assert picture.evaluate("img => img.complete && img.naturalWidth > 100")
    assert violations(page) == []
    phone = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", ""))

    page.get_by_label("Uygulamadaki altı haneli kod").fill("000 000")
    page.get_by_role("button", name="Kurulumu bitir").click()
    page.get_by_text("kodu değil").wait_for()
    page.get_by_label("Uygulamadaki altı haneli kod").fill(phone.now())
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Kurtarma kodları").wait_for()
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10 and violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Dosya olarak indir").click()
    download.value.save_as(tmp_path / "kodlar.txt")
    assert (tmp_path / "kodlar.txt").read_text(encoding="utf-8").split()[-10:] == codes
    assert download.value.suggested_filename == "kurtarma-kodlari.txt"
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name="Yazdır").click()
    assert page.title() == "printed"
    page.get_by_role("link", name="Kodları sakladım").click()
    page.get_by_text("iki adımla korunuyor").wait_for()
    assert violations(page) == []

    log_out(page)
    log_in(page)
    page.get_by_role("heading", name="Giriş: ikinci adım").wait_for()
    assert violations(page) == []
    # The phone's next code: the one that set it up is used.
    page.keyboard.type(phone.at(int(time.time()) + 30))
    page.keyboard.press("Enter")
    page.wait_for_url(page.base + "/")
    page.get_by_text("Hizmetteki varlıklar").wait_for()

    log_out(page)
    log_in(page)
    page.get_by_role("link", name="Telefonum yanımda değil").click()
    page.get_by_label("Kurtarma kodu").fill(codes[0].lower())
    page.keyboard.press("Enter")
    page.get_by_text("9 kodunuz kaldı").wait_for()
