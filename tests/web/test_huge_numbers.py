"""A number that no database counts to (64 bits) is nobody's: in every address and in every filter."""

from __future__ import annotations

import pytest
from django.urls import reverse

from inventory import registers
from inventory.listing.filters import filter_class
from tests.pages import once_drawn_404, sample, signed_in
from tests.rows import unit, user
from tests.web import addresses

HUGE = "9" * 30
NUMBERED = [each for each in addresses.every() if "<int:" in each.route]


@pytest.fixture
def admin(db):
    with once_drawn_404():
        yield signed_in(user("yonetici", unit("Bilgi İşlem Dairesi Başkanlığı"), is_superuser=True))


@pytest.mark.parametrize("address", NUMBERED, ids=lambda each: each.route)
def test_no_address_fails(address, admin):
    arguments = {name: HUGE if converter == "int" else "vehicles" for converter, name in address.parts}
    arguments |= {name: value for name, value in {"shape": "points", "column": "kind"}.items() if name in arguments}
    for answer in (admin.get(address.at(arguments)), admin.post(address.at(arguments))):
        assert answer.status_code in (302, 400, 403, 404, 405), address.route


@pytest.mark.parametrize("register", registers.every(), ids=str)
def test_no_filter_fails(register, admin):
    sample(register, unit("Park ve Bahçeler Dairesi Başkanlığı"))
    # Of one column: what the others show has nothing to do with the filter, and takes most of the time.
    shown = {"columns": register.listed[0]}
    for name in filter_class(register).base_filters:
        for url in ("register-list", "register-totals"):
            assert admin.get(reverse(url, args=[register]), shown | {name: HUGE}).status_code == 200, name
