"""The guide's page, what is found in it, and that each page's "?" leads to a part of it."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import ResolverMatch, reverse

from inventory import registers, search
from inventory.help import guide, places
from tests.rows import unit, user
from tests.web import addresses


@pytest.fixture(scope="module")
def anchors() -> list[str]:
    return [part.anchor for part in guide.parts()]


@pytest.fixture
def reader(db):
    client = Client()
    client.force_login(user("okuyan", unit("Park ve Bahçeler")))
    return client


def hits(query: str) -> list[str]:
    return [hit.part.anchor for hit in guide.found(query)]


@pytest.mark.once
def test_anchors_are_one_each(anchors):
    assert len(anchors) > 25
    assert sorted(set(anchors)) == sorted(anchors)
    assert not [anchor for anchor in anchors if not re.fullmatch(r"[a-z0-9-]+", anchor)]


@pytest.mark.once
def test_every_part_that_a_page_leads_to_is_there(anchors):
    named = {places.STUCK, *places.PAGES.values(), *places.REGISTERS.values()}
    assert sorted(named - set(anchors)) == []


@pytest.mark.once
def test_pages_and_registers_are_those_of_the_project():
    """Which pages must be named, tests/web/test_access_matrix.py knows: it opens them all."""
    names = {address.name for address in addresses.every()}
    assert sorted(set(places.PAGES) - names) == []
    assert sorted(set(places.REGISTERS) - {register.slug for register in registers.every()}) == []


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "arguments", "anchor"),
    [
        ("home", {}, "ana-sayfa"),
        ("register-list", {"register": "vehicles"}, "aramak-ve-suzmek"),
        ("register-list", {"register": "grants"}, "yetkiler"),
        ("register-import", {"register": "grants"}, "excel-den-almak"),
        ("map-audit", {}, "harita-denetimi"),
        ("of a page without a part", {}, "takilinca"),
    ],
)
def test_the_part_of_a_page(name, arguments, anchor):
    arguments = {key: registers.get(slug) for key, slug in arguments.items()}
    match = ResolverMatch(lambda: None, (), arguments, url_name=name)
    assert places.url_for(match) == f"/help/#{anchor}"


@pytest.mark.once
def test_what_has_no_page_has_the_part_for_who_is_stuck():
    assert places.url_for(None) == "/help/#takilinca"


@pytest.mark.once
@pytest.mark.parametrize(
    ("query", "anchor"),
    [
        ("parola unutursanız", "parola"),
        ("PAROLAMI UNUTTUM", "parola"),  # By what the words begin with.
        ("shapefile", "cografi-dosyalar-geojson-kml-shapefile-geopackage"),
        ("Excel’e", "excel-e-vermek"),
        ("taşınmaz sinir alan", "harita-denetimi"),
    ],
)
def test_parts_are_found(query, anchor):
    assert anchor in hits(query)


@pytest.mark.once
def test_a_part_has_all_words():
    both = hits("grup dizin")
    assert both and set(both) == set(hits("grup")) & set(hits("dizin"))


@pytest.mark.once
@pytest.mark.parametrize("query", ["zürafa", "…", "a" * 2000])
def test_nothing_is_found(query):
    assert hits(query) == []


@pytest.mark.once
def test_words_are_marked_whatever_their_case():
    assert guide.marked("Yeni PAROLA bağlantısı", ["parola"]) == [
        ("Yeni", False),
        (" ", False),
        ("PAROLA", True),
        (" ", False),
        ("bağlantısı", False),
    ]


@pytest.mark.once
def test_what_is_shown_of_a_hit_has_its_words():
    for hit in guide.found("geri al"):
        shown = " ".join(text for pieces in (hit.title, *hit.sentences) for text, _ in pieces)
        assert "geri" in search.fold(shown) or "al" in search.fold(shown)
        assert any(marked for pieces in (hit.title, *hit.sentences) for _, marked in pieces)


@pytest.mark.once
def test_the_markdown_may_hold_no_html(tmp_path, monkeypatch):
    (tmp_path / "guide.md").write_text("# G\n\nBaş\n\n## B\n\n<script>x</script> [a](javascript:x)\n")
    monkeypatch.setattr(guide, "FILE", tmp_path / "guide.md")
    (part,) = guide._parts()
    assert "<script" not in part.html and "href" not in part.html
    assert "&lt;script&gt;" in part.html


@pytest.mark.once
def test_pictures_are_small_have_texts_and_are_all_shown():
    folder = settings.BASE_DIR / "docs" / guide.PICTURES
    html = "".join(part.html for part in guide.parts())
    shown = re.findall(r'<img src="[^"]*/guide/([a-z-]+\.png)" alt="([^"]{10,})" width="\d+" height="\d+"', html)
    assert len(shown) == html.count("<img")
    assert sorted(name for name, _ in shown) == sorted(file.name for file in folder.iterdir())
    assert [file.name for file in folder.iterdir() if file.stat().st_size > 60_000] == []


def test_the_page_has_every_part(reader, anchors):
    answer = reader.get("/help/")
    page = answer.content.decode()
    assert re.findall(r'<h[23] id="([^"]+)">', page) == anchors
    assert re.findall(r'class="guide-level-\d" href="/help/#([^"]+)"', page) == anchors
    assert "style=" not in page
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_it_is_searched_without_scripts(reader):
    page = reader.get("/help/", {"q": "<b>parola"}).content.decode()
    assert "<b>" not in page.split("<main")[1] and "&lt;b&gt;parola" in page
    page = reader.get("/help/", {"q": "parola"}).content.decode()
    assert "<mark>" in page and 'href="/help/#parola"' in page
    page = reader.get("/help/", {"q": "zürafa"}).content.decode()
    assert "<mark>" not in page and "Bilgi İşlem’e sorunuz" in page


def test_the_guide_is_for_who_has_an_account(reader, client):
    assert client.get("/help/").url.startswith(reverse("login"))
    assert reader.get("/help/").status_code == 200


def test_a_page_leads_to_its_part(reader):
    page = reader.get(reverse("account")).content.decode()
    link = re.search(r'<a class="[^"]*help-link[^>]*>', page).group()
    assert 'href="/help/#girmek-ve-cikmak"' in link and 'aria-label="Yardım"' in link


def test_reading_asks_the_database_nothing_of_its_own(reader, django_assert_num_queries):
    with django_assert_num_queries(0):
        guide.parts(), guide.found("parola")
