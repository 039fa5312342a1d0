"""Pages over the items of all registers: search, the short address, what was deleted."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory import access, registers, writes
from inventory.history import Author
from inventory.organization.models import Person
from tests.pages import signed_in
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
ASSETS = registers.every("asset")


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def there():
    return unit("Zabıta Dairesi Başkanlığı")


def queries_of_search(client, text: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(reverse("search"), {"q": text}).status_code == 200
    return len([q for q in queries if "UNION" in q["sql"] or "inventory_item" in q["sql"] or "LIKE" in q["sql"]])


def test_all_registers_are_searched_in_one_query_and_items_shown_by_another(here):
    client = signed_in(user("denetci", here, (None, "", 1)))
    for register in ASSETS:
        row(register, here)
    few = queries_of_search(client, "a-0")
    for register in ASSETS:
        for _ in range(12):
            row(register, here)
    assert queries_of_search(client, "a-0") == few == 2
    found = client.get(reverse("search"), {"q": "a-0"}).context["results"]
    assert [(hit["register"], len(hit["rows"]), hit["more"]) for hit in found] == [(r, 10, True) for r in ASSETS]


def test_a_search_shows_what_the_lists_show(here):
    client = signed_in(user("denetci", here, (None, "", 1)))
    made = {register: row(register, here) for register in ASSETS}
    page = client.get(reverse("search"), {"q": "a-0"}).content.decode()
    for register, each in made.items():
        assert reverse("register-detail", args=[register, each.pk]) in page
        assert str(each.kind) in page and str(each) in page
    assert client.get(reverse("search"), {"q": made[ASSETS[0]].inventory_no}).status_code == 302


@pytest.mark.parametrize("register", ASSETS)
def test_the_short_address_leads_to_the_item_and_to_the_history_of_a_deleted_one(register, here, there):
    made = row(register, here)
    url = reverse("item", args=[made.inventory_no.lower().replace("-", "‐") + "\u200b"])
    client, stranger = signed_in(user("ayse", here, (here, "", 3))), signed_in(user("oteki", there, (there, "", 3)))
    assert client.get(url).url == reverse("register-detail", args=[register, made.pk])
    assert stranger.get(url).status_code == client.get(reverse("item", args=["A-999999"])).status_code == 404
    writes.delete(register, made, Author(reason="mükerrer"))
    assert client.get(url).url == reverse("register-history", args=[register, made.pk])
    assert client.get(url, follow=True).status_code == 200
    assert stranger.get(url).status_code == 404
    assert signed_in(None).get(url).status_code == 302


def test_what_was_deleted_stands_together_for_those_who_saw_it(here, there):
    clerk = user("ayse", here, (here, "", 3))
    gone = []
    for register in ASSETS:
        for where in (here, there):
            each = row(register, where)
            gone.append((register, each, where, each.pk))
            writes.delete(
                register, each, Author(user=clerk if where is here else None, reason=f"gerekçe {register.slug}")
            )
        row(register, here)
    page = signed_in(clerk).get(reverse("deleted"))
    assert [line["item"].inventory_no for line in page.context["lines"]] == [
        each.inventory_no for _register, each, where, _pk in reversed(gone) if where is here
    ]
    text = page.content.decode()
    for register, each, where, pk in gone:
        assert (each.inventory_no in text) == (where is here)
        if where is here:
            assert reverse("register-history", args=[register, pk]) in text and f"gerekçe {register.slug}" in text
    assert "ayse" in text
    assert len(signed_in(user("denetci", here, (None, "", 1))).get(reverse("deleted")).context["lines"]) == len(gone)
    assert signed_in(user("yetkisiz", here)).get(reverse("deleted")).status_code == 404


def test_what_was_deleted_stays_in_sight_when_its_unit_goes_too(here, there):
    branch, register = unit("Fidanlık Şube Müdürlüğü", here), registers.get("vehicles")
    made = row(register, branch)
    pk = made.pk
    writes.delete(register, made, Author())
    for person in Person.objects.filter(unit=branch):
        writes.delete(registers.get("people"), person, Author())
    writes.delete(registers.get("units"), branch, Author())
    client, stranger = signed_in(user("ayse", here, (here, "", 1))), signed_in(user("oteki", there, (there, "", 3)))
    history = reverse("register-history", args=[register, pk])
    assert client.get(history).status_code == 200 and stranger.get(history).status_code == 404
    assert client.get(reverse("item", args=[made.inventory_no])).url == history
    assert made.inventory_no in client.get(reverse("deleted")).content.decode()
    assert stranger.get(reverse("item", args=[made.inventory_no])).status_code == 404
    assert made.inventory_no not in stranger.get(reverse("deleted")).content.decode()


def test_the_deleted_are_found_by_number_and_by_name_and_paged(here):
    client, register = signed_in(user("denetci", here, (None, "", 3))), registers.get("vehicles")
    rows = [row(register, here) for _ in range(52)]
    numbers = [each.inventory_no for each in rows]
    first = str(rows[0])
    for each in rows:
        writes.delete(register, each, Author())
    url = reverse("deleted")
    assert [len(client.get(url, {"page": n}).context["lines"]) for n in (1, 2)] == [50, 2]
    for query in (numbers[0].lower(), first, first.replace(" ", "-")):
        found = client.get(url, {"q": query}).context["lines"]
        assert numbers[0] in [line["item"].inventory_no for line in found] and len(found) < 5, query
    assert "Silinenler arasında bulunamadı" in client.get(url, {"q": "yok böyle"}).content.decode()
    assert client.get(url, {"q": "x " * 600}).status_code == 200


def test_who_sees_nothing_searches_nothing(here):
    assert signed_in(user("yetkisiz", here)).get(reverse("search"), {"q": "a-0"}).context["results"] == []
    assert not access.visible_items(user("hicbiri", here)).exists()


def test_the_page_of_the_deleted_asks_the_same_for_few_and_many_units(here):
    client, register = signed_in(user("denetci", here, (None, "", 3))), registers.get("vehicles")

    def queries(number: int) -> int:
        for n in range(number):
            writes.delete(register, row(register, unit(f"Birim {number}-{n}")), Author())
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("deleted")).status_code == 200
        return len(captured)

    queries(1)
    assert queries(2) == queries(12)


def test_what_begins_with_the_words_comes_before_what_has_them_within_its_own(here):
    """More than are shown have the word within theirs, and are older; so do those of the register before."""
    vehicles, estate = registers.get("vehicles"), registers.get("property")
    row(estate, here, actual_use="Marsa")
    within = [row(vehicles, here, make="Marsal") for _ in range(12)]
    begun = row(vehicles, here, make="Arsacı")
    client = signed_in(user("denetci", here, (None, "", 1)))
    found = client.get(reverse("search"), {"q": "arsa"}).context["results"]
    assert [hit["register"] for hit in found] == [vehicles, estate]
    assert [line["pk"] for line in found[0]["rows"]] == [begun.pk, *(each.pk for each in within[:9])]
    assert found[0]["more"]


@pytest.mark.parametrize(
    ("query", "opens"),
    [
        ("itfaiye", True),
        ("İTFAİYE", True),
        ("faiye", False),
        ("41 abc", True),
        ("BC 777", False),
        ("41-ABC-777", True),
        ("7/4", True),
    ],
)
def test_a_single_hit_is_opened_only_where_the_words_begin_words(query, opens):
    here = unit("Destek Hizmetleri Dairesi Başkanlığı")
    vehicles = registers.get("vehicles")
    made = row(vehicles, here, make="(İtfaiye)", plate="41 ABC 777", notes="ada 7/4")
    answer = signed_in(user("yonetici", here, is_superuser=True)).get(reverse("search"), {"q": query})
    assert (answer.status_code == 302) == opens
    assert str(made.pk) in (answer.url if opens else answer.content.decode())
