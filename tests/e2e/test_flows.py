"""Steps of a flow in a real browser: by keyboard, on a desk and on a phone, readable by everybody."""

import pytest

from inventory import registers
from inventory.organization.models import Unit
from tests.e2e.conftest import looked_at
from tests.flows.walks import in_state, state_of, states
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db(transaction=True)
LEASES = registers.get("lease-contracts")


@pytest.fixture
def here(transactional_db) -> Unit:
    return unit("Destek Hizmetleri Dairesi Başkanlığı")


def test_a_contract_is_put_into_force_by_keyboard(here, page, sign_in):
    made = row(LEASES, here, number="2026 KRL 7", signed_on=None)
    sign_in(page, user("filocu", here, (here, "vehicles", 2)))
    page.goto(f"{page.base}/lease-contracts/{made.pk}/")
    page.get_by_role("link", name="Yürürlüğe al").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/step/run/")
    page.keyboard.press("Control+s")
    page.get_by_text("“Sözleşme tarihi” boş bırakılamaz").wait_for()
    page.get_by_label("Sözleşme tarihi").fill("05.01.2026")
    page.get_by_label("Gerekçe").fill("imzalandı")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/lease-contracts/{made.pk}/")
    page.get_by_text("“Yürürlüğe al” adımı atıldı").wait_for()
    assert "imzalandı" in page.get_by_text("Son değişiklikler").locator("../..").inner_text()
    assert state_of(LEASES, made) == "running"
    page.get_by_role("link", name="Taslağa geri al").click()
    page.get_by_role("button", name="Taslağa geri al").click()
    page.get_by_text("Geri adımın gerekçesini yazınız").wait_for()
    assert state_of(LEASES, made) == "running"


def test_a_tab_is_there_before_its_count_and_keeps_the_keyboard(here, page, sign_in):
    in_state(LEASES, here, "running")
    sign_in(page, user("filocu", here, (here, "vehicles", 2)))
    held = []
    page.route("**/lease-contracts/totals/**", lambda route: held.append(route))
    with page.expect_request("**/lease-contracts/totals/**"):
        page.goto(f"{page.base}/lease-contracts/")
    page.get_by_role("link", name="Yürürlükte", exact=True).focus()
    held[0].continue_()
    page.get_by_role("link", name="Yürürlükte 1", exact=True).wait_for()
    assert page.locator(".state-tabs").count() == 1
    page.unroute("**/lease-contracts/totals/**")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lease-contracts/?state=running")
    page.get_by_text("1 kayıt").wait_for()


def test_its_pages_are_readable_at_any_size(here, sized_page, sign_in):
    page = sized_page
    for number, state in enumerate(states(LEASES)):
        for _ in range(number + 1):
            last = in_state(LEASES, here, state)
    ended = in_state(LEASES, here, "ended")
    sign_in(page, user("filocu", here, (here, "vehicles", 2)))
    page.goto(f"{page.base}/lease-contracts/")
    page.get_by_role("link", name="Yürürlükte 2").click()
    page.get_by_text("2 kayıt").wait_for()
    assert page.locator("tbody tr").count() == 2
    looked_at(page, "list")
    page.goto(f"{page.base}/lease-contracts/{ended.pk}/")
    page.get_by_text("yönetenler atar").wait_for()
    looked_at(page, "detail")
    page.goto(f"{page.base}/lease-contracts/{ended.pk}/step/resume/")
    page.get_by_role("button", name="Yürürlüğe geri al").click()
    page.get_by_text("Geri adımın gerekçesini yazınız").wait_for()
    looked_at(page, "step-back")
    page.goto(f"{page.base}/lease-contracts/{row(LEASES, here).pk}/step/run/")
    looked_at(page, "step")
    page.goto(f"{page.base}/lease-contracts/{last.pk}/history/")
    looked_at(page, "history")
    page.emulate_media(media="print")
    page.goto(f"{page.base}/lease-contracts/{ended.pk}/")
    assert not page.get_by_role("link", name="Yürürlüğe geri al").is_visible()
    assert page.locator(".state-strip").inner_text().split() == ["Sözleşme", "durumu:", "Sona", "erdi"]
    page.goto(f"{page.base}/lease-contracts/")
    assert page.locator(".state-tabs").is_visible()


def test_many_take_a_step_and_go_back(here, sized_page, sign_in):
    page, made = sized_page, [row(LEASES, here, number=f"2026 KRL {n}") for n in range(3)]
    in_state(LEASES, here, "ended")
    sign_in(page, user("filocu", here, (here, "vehicles", 3)))
    page.goto(f"{page.base}/lease-contracts/")
    page.get_by_role("checkbox", name="Bu sayfadakilerin tümünü seç").check()
    page.get_by_role("button", name="Seçilenlere adım uygula").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Yürürlüğe al…").click()
    page.get_by_text("Seçtiklerinizden 3 kayıt “Yürürlükte” olacak.").wait_for()
    looked_at(page, "many-steps")
    page.get_by_label("Gerekçe").fill("belgeleri geldi")
    page.get_by_role("button", name="Yürürlüğe al: 3 kayıt").click()
    page.get_by_text("3 kayıt değişti.").wait_for()
    assert [state_of(LEASES, each) for each in made] == ["running"] * 3
    page.get_by_role("link", name="Ayrıntısı ve geri alma").click()
    page.get_by_text("2026 KRL 0").first.wait_for()
    looked_at(page, "many-steps-done")
    page.get_by_role("link", name="Geri al…").click()
    page.get_by_label("Listelere baktım, geri alınsın.").check()
    page.get_by_role("button", name="Geri al").click()
    page.get_by_text("3 kayıt eski hâline döndü").wait_for()
    assert [state_of(LEASES, each) for each in made] == ["draft"] * 3
