"""A real browser against a real server. A console error, a failed request or another host fails the test."""

import os
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

AXE = settings.NODE_MODULES / "axe-core" / "axe.min.js"
SIZES = {"desk": {"width": 1366, "height": 768}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="session")
def browser():
    # Playwright's own loop runs in this thread, so Django takes the tests for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Its own Node needs a library (libatomic) that a plain Debian has not; ours does not.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(sys.executable).with_name("node")))
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            # Maps are drawn by WebGL, here without a graphics card.
            args=[
                "--no-sandbox",
                "--use-angle=swiftshader",
                "--enable-unsafe-swiftshader",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(params=SIZES)
def any_size(request):
    return SIZES[request.param]


def _watched(browser, live_server, size):
    context = browser.new_context(viewport=size, locale="tr-TR", accept_downloads=True)
    faults: list[str] = []
    host = urlsplit(live_server.url).netloc
    page = context.new_page()
    page.on("console", lambda m: m.type in ("error", "warning") and faults.append(f"console: {m.text}"))
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("requestfailed", lambda r: r.failure != "net::ERR_ABORTED" and faults.append(f"failed: {r.url}"))
    page.on("response", lambda r: r.status >= 400 and faults.append(f"{r.status}: {r.url}"))
    page.on(
        "request",
        lambda r: r.url.startswith("http") and urlsplit(r.url).netloc != host and faults.append(f"host: {r.url}"),
    )
    page.set_default_timeout(15_000)
    page.base = live_server.url
    return context, page, faults


@pytest.fixture
def page(browser, live_server):
    context, page, faults = _watched(browser, live_server, SIZES["desk"])
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def sized_page(browser, live_server, any_size):
    context, page, faults = _watched(browser, live_server, any_size)
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def sign_in(live_server):
    def sign(page, account, password="uzun-ve-gizli-1"):
        page.goto(f"{live_server.url}/account/login/")
        page.get_by_label("Kullanıcı adı").fill(account.username)
        page.get_by_label("Parola", exact=True).fill(password)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{live_server.url}/")

    return sign


def action(page, name: str) -> None:
    """Clicks a link of the page's actions, which a phone has behind one button."""
    if (others := page.get_by_role("button", name="İşlemler")).is_visible():
        others.click()
    page.get_by_role("link", name=name, exact=True).click()


def violations(page) -> list[str]:
    """What axe-core finds wrong on the page, a line each; on the whole of it, should a click be leading there still."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text())
    options = "{resultTypes: ['violations'], rules: {'target-size': {enabled: true}}}"
    found = page.evaluate(f"axe.run(document, {options})")["violations"]
    return [f"{v['id']}: {v['help']}: {[n['target'] for n in v['nodes']][:3]}" for v in found]


# Of a frame that does not scroll, what it holds lies on what comes after it.
_SPILLS = """Array.from(document.querySelectorAll(".table-responsive")).some(
    (frame) => getComputedStyle(frame).overflowY === "visible" && frame.scrollHeight > frame.clientHeight + 1)"""


def looked_at(page, name: str) -> None:
    """No page is wider than its window, no table lies over what follows it, no object of ours stands in a page, and axe
    finds nothing; LOOKED_AT keeps what was seen."""
    page.wait_for_load_state("networkidle")
    assert not page.evaluate(_SPILLS), name
    assert not re.search(r"(&lt;|<)[A-Z]\w+(:? |&gt;)", page.content()), name
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    assert violations(page) == [], name
    if folder := os.environ.get("LOOKED_AT"):
        page.screenshot(path=Path(folder) / f"{name}-{page.viewport_size['width']}.png", full_page=True)
