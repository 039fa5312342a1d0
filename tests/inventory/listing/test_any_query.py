"""Hypothesis: whatever a list's address asks for, the list answers, with rows or with what is wrong in the query."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.listing.address import Listing
from inventory.listing.filters import filter_class
from inventory.pages.tables import page
from tests.pages import EVERY, sample
from tests.rows import unit

pytestmark = pytest.mark.django_db

# NUL does not come so far (inventory/server/asked.py), nor do halves of surrogates (Django's QueryDict).
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
_NUMBERS = st.one_of(st.integers(-(10**25), 10**25), st.floats(), st.decimals()).map(str)
_DAYS = st.dates().map(lambda day: f"{day.day}.{day.month}.{day.year}")
_VALUES = st.one_of(_TEXT, _NUMBERS, _DAYS, st.sampled_from(["yes", "no", "overdue", "soon", "none", "all", "1"]))


@pytest.mark.parametrize("register", EVERY)
def test_a_list_answers_any_query(register):
    sample(register, unit("Park ve Bahçeler Dairesi Başkanlığı"))
    names = [*filter_class(register).base_filters, "page", "size", "sort", "columns", "as_of"]
    queries = st.lists(st.tuples(st.sampled_from(names), _VALUES), max_size=5)

    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(queries)
    def answers(pairs):
        query = QueryDict(mutable=True)
        for name, value in pairs:
            query.appendlist(name, value)
        listing = Listing(register, None, query)
        shown = {line.id for line in page(listing).lines}
        count, _sums = listing.totals()
        assert len(shown) <= count
        if listing.errors:
            assert not shown and all(str(error) for errors in listing.errors.values() for error in errors)

    answers()
