"""The way back to the data from anywhere, and rectangles that are drawn by dragging."""

import pytest

from tests.e2e.conftest import violations
from tests.e2e.test_maps import MAP, fleet, open_map, point, total  # noqa: F401 - fleet is a fixture
from tests.rows import user

pytestmark = pytest.mark.django_db(transaction=True)
CORNERS = ((29.895, 40.69), (29.935, 40.725))


def arrive(page) -> None:
    """Until the map stands over the province again."""
    ask = "s => { const m = document.querySelector(s).map; return !m.isMoving() && m.getCenter().lng > 29 }"
    for _attempt in range(50):
        if page.evaluate(ask, MAP):
            return
        page.wait_for_timeout(200)
    pytest.fail("the map did not come back")


def test_from_anywhere_a_button_leads_back(fleet, sized_page, sign_in):  # noqa: F811
    page = sized_page
    sign_in(page, user("filocu", fleet, (None, "vehicles", 1)))
    open_map(page, "#map=12/38.4/27.1")
    page.get_by_text("Bu görünümde kayıt yok.").wait_for()
    assert violations(page) == []
    page.locator("#map-away button").click()
    arrive(page)
    page.get_by_text("Bu görünümde kayıt yok.").wait_for(state="hidden")
    page.wait_for_timeout(1000)
    assert total(page) == 5
    page.evaluate("s => document.querySelector(s).map.jumpTo({center: [20, 20]})", MAP)
    page.get_by_role("button", name="Tüm kayıtlara dön").first.click()
    arrive(page)


def test_dragging_draws_a_rectangle_and_escape_ends_it(fleet, page, sign_in):  # noqa: F811
    sign_in(page, user("filocu", fleet, (None, "vehicles", 1)))
    open_map(page)
    tool = page.get_by_role("button", name="Dikdörtgen çiz")
    tool.click()
    page.get_by_text("Sürükleyiniz").wait_for()
    page.keyboard.press("Escape")
    assert tool.get_attribute("aria-pressed") == "false"
    assert not page.get_by_text("Sürükleyiniz").is_visible()
    tool.click()
    first, last = (point(page, *corner) for corner in CORNERS)
    page.mouse.move(first["x"], first["y"])
    page.mouse.down()
    page.mouse.move((first["x"] + last["x"]) / 2, (first["y"] + last["y"]) / 2, steps=5)
    page.mouse.move(last["x"], last["y"], steps=5)
    page.mouse.up()
    page.wait_for_url("**within=**")
    page.get_by_text("4 kayıttan 4 tanesi haritada").wait_for()


def test_a_finger_draws_it_too(fleet, page, sign_in):  # noqa: F811
    sign_in(page, user("filocu", fleet, (None, "vehicles", 1)))
    open_map(page)
    page.get_by_role("button", name="Dikdörtgen çiz").click()
    first, last = (point(page, *corner) for corner in CORNERS)
    touch = page.context.new_cdp_session(page)
    steps = [{axis: first[axis] + (last[axis] - first[axis]) * n / 8 for axis in "xy"} for n in range(9)]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [steps[0]]})
    for at in steps[1:]:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_url("**within=**")
    page.get_by_text("4 kayıttan 4 tanesi haritada").wait_for()
