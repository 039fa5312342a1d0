"""What a row is called, found by and ordered by agrees: `str`, `named_after`, `sorted_by`, `search_text`."""

from __future__ import annotations

import pytest

from inventory import access, former, registers, seen, writes
from inventory.listing.address import Listing
from inventory.search import LONGEST, MOST_WORDS, fold
from tests.pages import signed_in
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
REGISTERS = [pytest.param(register, id=register.slug) for register in registers.every()]


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def there():
    return unit("Bilgi İşlem Dairesi Başkanlığı")


@pytest.mark.parametrize("register", REGISTERS)
def test_a_name_reads_the_columns_that_it_says(register, here):
    made = row(register, here, **({"register": "vehicles"} if register.slug == "grants" else {}))
    one = register.model.objects.only("pk", *former.named_after(register.model)).get(pk=made.pk)
    unread = one.get_deferred_fields()
    assert str(one) == str(made)
    assert one.get_deferred_fields() == unread, "its name reads a column that `named_after` does not list"


def _with_a_server_of(there, here, **values):
    """(software of here on a server of there, its row)"""
    server = row(registers.get("network"), there)
    return row(registers.get("software"), here, server=server, **values)


@pytest.mark.parametrize("day", [False, True])
def test_a_row_with_a_hidden_reference_is_found_by_what_its_other_references_are_called(day, here, there):
    branch = unit("Bakım Şube Müdürlüğü", here, kind="branch", spellings="Bakımcılar")
    clerk = user("ayse", here, (here, "", 2))
    own = _with_a_server_of(there, branch)
    register, end = registers.get("software"), former.EVER if day else None
    rows = former.last(former.entries_of(register.model)) if day else access.visible_to(register, clerk)

    def found(query: str) -> list[int]:
        return list(seen.matching(register, clerk, rows, query, end).values_list("id", flat=True))

    assert found(fold(branch.full_name)) == [own.pk]
    assert found("Bakımcılar") == []  # How files spell a unit is no name of it, here as in `search_text`.
    assert found(own.server.inventory_no) == found(str(own.server)) == []


@pytest.mark.parametrize("day", [False, True])
def test_as_many_words_as_are_a_search_are_looked_for(day, here, there):
    clerk = user("ayse", here, (here, "", 2))
    words = [f"sözcük-{number}" for number in range(MOST_WORDS)]
    own = _with_a_server_of(there, here, notes=" ".join(words))
    register, end = registers.get("software"), former.EVER if day else None
    rows = former.last(former.entries_of(register.model)) if day else access.visible_to(register, clerk)
    query = " ".join(words)
    assert len(query) < LONGEST
    assert list(seen.matching(register, clerk, rows, query, end).values_list("id", flat=True)) == [own.pk]


def test_uses_are_ordered_by_what_their_software_is_called(here):
    register = registers.get("software-uses")
    for name in ("Yedekleme", "Arşiv", "Çizim"):
        row(register, here, software=row(registers.get("software"), here, name=name))
    names = [str(use.software) for use in Listing(register, None, {"sort": "software"}).rows]
    assert names == ["Arşiv", "Çizim", "Yedekleme"]


def test_rows_of_which_one_comes_from_a_sheet_are_written(here):
    register = registers.get("equipment")
    rows = [row(register, here), row(register, here)]
    rows[0].sheet_row, rows[0].notes, rows[1].notes = 7, "bir", "iki"
    writes.update_many(register, rows, ["notes"], SYSTEM)
    assert [each.history.latest("history_id").notes for each in rows] == ["bir", "iki"]


def test_the_list_takes_a_search_of_many_words(here, there):
    client = signed_in(user("ayse", here, (here, "", 2)))
    own = _with_a_server_of(there, here)
    page = client.get("/software/", {"q": own.name})
    assert own.name in page.content.decode()
