"""Going through a list page by page shows every row once, in the list's order, forwards and backwards."""

from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory import registers, writes
from inventory.assets.vehicles.models import Vehicle
from inventory.listing import paging
from inventory.listing.address import Listing
from inventory.listing.paging import Place, find, neighbours
from tests.pages import signed_in
from tests.rows import SYSTEM, kind, person, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")
MAKES = ["Ford", "", "çelik", "Ford", "Citroën", "", "Şahin", "Ford", "İveco", "ısparta"]
# One for each way of sorting: what a column holds, whether it may be blank, and how.
COLUMNS = {(c.type, c.field.null, c.blank_text): c.name for c in VEHICLES.all_columns()} | {"blanks": "make"}


@pytest.fixture
def fleet(monkeypatch) -> list[Vehicle]:
    monkeypatch.setattr(Listing, "size", 3)
    here = unit("Destek Hizmetleri Dairesi Başkanlığı")
    cars, keeper = kind(VEHICLES, "1"), person("Ayşe Yılmaz", here)
    rows = [
        Vehicle(
            kind=cars,
            responsible_unit=here,
            make=make,
            plate=f"41 ABC {n:03d}" if n % 4 else "",
            fleet_no=f"F-{n}",
            cost=n % 3 or None,
        )
        for n, make in enumerate(MAKES)
    ]
    for row in rows[::3]:
        row.responsible_person = keeper
    return writes.create_many(VEHICLES, rows, SYSTEM)


def shown(listing: Listing, step: str) -> list[int]:
    """The ids of every page, gone through from the first on ("after") or from the last back ("before")."""
    onward = step == "after"
    pages = [find(listing, Place(1 if onward else 4))]
    while pages[-1].more if onward else pages[-1].number > 1:
        last = pages[-1]
        pages.append(find(listing, Place(last.number + (1 if onward else -1), step, last.rows[-1 if onward else 0].id)))
    assert [page.number for page in pages] == [1, 2, 3, 4][:: 1 if onward else -1]
    return [row.id for page in pages[:: 1 if onward else -1] for row in page.rows]


@pytest.mark.parametrize("column", sorted(set(COLUMNS.values())))
def test_every_row_is_shown_once_in_order(fleet, column):
    today = {"as_of": f"{timezone.localdate():%d.%m.%Y}"}
    for turned, day, step in product(("", "-"), ({}, today), ("after", "before")):
        listing = Listing(VEHICLES, None, {"sort": f"{turned}{column}", "columns": column} | day)
        assert shown(listing, step) == [row.id for row in listing.rows], (turned, day, step)


def add(fleet, make: str) -> Vehicle:
    """One more vehicle, that comes while others look through the list."""
    same = {"kind": fleet[0].kind, "responsible_unit": fleet[0].responsible_unit}
    return writes.create_many(VEHICLES, [Vehicle(make=make, fleet_no=f"F-{make}", **same)], SYSTEM)[0]


def test_going_back_ends_at_the_true_first_page(fleet):
    listing = Listing(VEHICLES, None, {"sort": "make"})
    second = find(listing, Place(2))
    came = add(fleet, "Anadol")
    first = find(listing, Place(1, "before", second.rows[0].id))
    assert first.rows[0] == came and first == find(listing, Place())
    # What is left before this row is no whole page: it is shown as what it is, the first one.
    assert find(listing, Place(2, "before", first.rows[2].id)) == first


@pytest.mark.parametrize("sort", ["make", "-make", "cost", "-plate"])
def test_a_row_is_between_its_neighbours(fleet, sort):
    listing = Listing(VEHICLES, None, {"sort": sort})
    ids = [row.id for row in listing.rows]
    for row_id, before, after in zip(ids, [None, *ids], [*ids[1:], None], strict=False):
        assert neighbours(listing, row_id) == (before, after)
    assert neighbours(Listing(VEHICLES, None, {"make": "ford"}), fleet[1].id) == (None, None)


def test_a_row_that_comes_meanwhile_moves_no_page(fleet):
    listing = Listing(VEHICLES, None, {"sort": "make"})
    first, expected = find(listing, Place()), find(listing, Place(2))
    add(fleet, "Anadol")
    assert find(listing, Place(2, "after", first.rows[-1].id)) == expected


def test_a_page_beside_a_row_that_is_gone_is_found_by_its_number(fleet):
    listing = Listing(VEHICLES, None, {"sort": "make"})
    assert find(listing, Place(2, "after", 10**6)) == find(listing, Place(2))


def test_a_page_beside_a_row_leaves_out_no_rows_one_by_one(fleet):
    with CaptureQueriesContext(connection) as captured:
        find(Listing(VEHICLES, None, {}), Place(3, "after", fleet[5].id))
    assert not any("OFFSET" in query["sql"] for query in captured)


def test_a_page_too_far_to_be_counted_to_says_so_and_one_beside_its_row_is_shown(fleet, monkeypatch):
    monkeypatch.setattr(paging, "FARTHEST", 3)
    listing = Listing(VEHICLES, None, {"sort": "make"})
    assert find(listing, Place(2)).rows
    assert find(listing, Place(3)) == paging.RowPage(3, [], False, is_too_far=True)
    beside = find(listing, Place(3, "after", find(listing, Place(2)).rows[-1].id))
    assert beside.rows and not beside.is_too_far
    page = signed_in(user("yonetici", fleet[0].responsible_unit, is_superuser=True)).get("/vehicles/?page=3")
    assert "Bu sayfaya numarasıyla gidilemez" in page.content.decode()


def test_a_page_behind_the_last_one_is_message_as_what_it_is(fleet):
    """However far: the list ends before, so nothing is said of a distance, nor that no row fits."""
    client = signed_in(user("yonetici", fleet[0].responsible_unit, is_superuser=True))
    for number in (7, 99_999):
        message = client.get(f"/vehicles/?page={number}").content.decode()
        assert "Bu sayfada kayıt yok" in message and "İlk sayfaya dön" in message
        assert "gidilemez" not in message and "uyan kayıt yok" not in message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", Place()),
        ("3", Place(3)),
        ("3-after-17", Place(3, "after", 17)),
        ("2-before-42", Place(2, "before", 42)),
        ("0", Place()),
        ("-1", Place()),
        ("999999999", Place()),
        ("3-after-", Place()),
        ("٣", Place()),
        ("3-after-99999999999999999999", Place()),
    ],
)
def test_what_an_address_may_say_of_its_page(text, place):
    assert paging.Place.read(text) == place
