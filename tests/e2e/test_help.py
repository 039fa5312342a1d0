"""The guide in a real browser: from a page's "?" to its part, what is searched, and how it looks."""

import pytest
from django.urls import reverse

from tests.e2e.conftest import looked_at
from tests.rows import unit, user

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_page_leads_to_its_part_which_is_read_searched_and_printed(sized_page, sign_in):
    page, here = sized_page, unit("Park ve Bahçeler Dairesi Başkanlığı")
    sign_in(page, user("filocu", here, (here, "vehicles", 2)))
    page.goto(page.base + reverse("register-new", args=["vehicles"]))
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Yardım").click()
    guide = opened.value
    guide.wait_for_url("**/help/#kayit-eklemek-ve-degistirmek")
    assert guide.locator(":target").inner_text() == "Kayıt eklemek ve değiştirmek"
    # The form stays where it was.
    assert page.get_by_role("button", name="Kaydet").first.is_visible()
    guide.close()

    page.goto(page.base + reverse("help"))
    looked_at(page, "help")
    page.get_by_role("searchbox", name="Kılavuzda ara").fill("parolamı unuttum")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Parola", exact=True).last.wait_for()
    looked_at(page, "help-found")
    page.get_by_role("searchbox", name="Kılavuzda ara").fill("zürafa")
    page.keyboard.press("Enter")
    page.get_by_text("Daha az sözcükle").wait_for()
    looked_at(page, "help-nothing")
    page.goto(page.base + reverse("help"))
    page.emulate_media(media="print")
    assert not page.locator(".guide-side").is_visible() and page.locator("#parola").is_visible()


def test_an_empty_list_says_what_to_do(sized_page, sign_in):
    page, here = sized_page, unit("Park ve Bahçeler Dairesi Başkanlığı")
    sign_in(page, user("filocu", here, (here, "vehicles", 2)))
    for name, args in (("register-list", ["vehicles"]), ("batches", []), ("comparisons", []), ("exports", [])):
        page.goto(page.base + reverse(name, args=args))
        assert page.locator(".empty-action a").count()
        looked_at(page, f"empty-{name}")
