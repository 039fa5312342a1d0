"""What a browser or a program asks for without wanting the page: its head, and a file's name."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.http import content_disposition_header

from config import headers
from inventory import registers
from tests.pages import signed_in
from tests.rows import kind, unit, user
from tests.web import addresses

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


def status(answer):
    # As a server does: a file is closed when it has been sent.
    b"".join(answer)
    return answer.status_code


@pytest.fixture
def browser():
    kind(VEHICLES)
    return signed_in(user("yonetici", unit("Bilgi İşlem"), (None, "vehicles", 3), is_superuser=True))


def test_the_head_of_every_page_is_answered_as_the_page_is(browser):
    arguments = {"register": "vehicles", "pk": 1, "name": "x"}
    seen = 0
    for address in addresses.every():
        if any(name not in arguments for _converter, name in address.parts) or address.name in ("logout",):
            continue
        url = address.at(arguments)
        page, head = status(browser.get(url)), status(browser.head(url))
        assert head == page, url
        seen += page == 200
    assert seen > 25


def test_a_head_counts_as_the_page_that_is_made_for_it(browser, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.RATE_LIMITS = {"export": (2, 600)}
    url = "/vehicles/export/?format=csv"
    assert [status(browser.head(url)) for _time in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("liste.xlsx", "liste.xlsx"),
        ("Araçlar şablonu.xlsx", "Araclar sablonu.xlsx"),
        ("ISPARTA ığüşöç İĞÜŞÖÇ.csv", "ISPARTA igusoc IGUSOC.csv"),
        ('a"b\\c;ş.csv', "a_b_c_s.csv"),
        ("表.csv", "_.csv"),
        ("a\r\nSet-Cookie: ş=1.csv", "a__Set-Cookie_ s_1.csv"),
    ],
)
def test_a_file_has_a_name_for_every_program(name, plain):
    def view(_request):
        return HttpResponse(headers={"Content-Disposition": content_disposition_header(True, name)})

    result = headers.guarded(view)(RequestFactory().get("/")).headers["Content-Disposition"]
    assert result.startswith(f'attachment; filename="{plain}"')
    assert (result.isascii() and result.count("filename=") == 1 and "filename*=" in result) or name.isascii()


def test_the_template_has_both_names(browser):
    answer = browser.get("/vehicles/template/")
    assert status(answer) == 200
    result = answer.headers["Content-Disposition"]
    assert 'filename="Araclar sablonu.xlsx"' in result and "filename*=utf-8''Ara%C3%A7lar" in result


def test_a_page_says_that_it_needs_javascript(browser):
    page = browser.get("/vehicles/").content.decode()
    assert "<noscript>" in page and "JavaScript kapalı" in page
