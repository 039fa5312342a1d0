"""A list asks the same number of queries for one row and for many: today and of a past day, whatever it shows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode

from inventory.computed.columns import shown
from inventory.listing.address import Listing
from inventory.organization.models import User
from inventory.pages.tables import page
from tests.inventory.past.yesterday import backdate, day
from tests.pages import EVERY, sample, signed_in
from tests.rows import unit, user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("register", EVERY)
def test_every_column_alone_costs_the_same_for_one_row_and_for_many(register):
    here = unit("Park ve Bahçeler Dairesi Başkanlığı")
    # She sees her own unit alone, so that what a row names is looked at for her, too.
    viewer = user("ayse", here, (here, "", 1))
    client = signed_in(viewer)
    url = reverse("register-list", args=[register])
    asked = [{"columns": name} for name in ("all", *(column.name for column in shown(register)))]

    def queries() -> dict[str, list[int]]:
        found = {}
        for query in asked:
            for when in ({}, {"as_of": day()}):
                # A request reads its user anew.
                reader = User.objects.get(pk=viewer.pk)
                with CaptureQueriesContext(connection) as captured:
                    made = page(Listing(register, reader, QueryDict(urlencode(query | when))))
                found[f"{query} {when}"] = len(captured), len(made.lines)
        for when in ({}, {"as_of": day()}):
            with CaptureQueriesContext(connection) as captured:
                made = client.get(url, {"columns": "all"} | when).context["page"]
            found[f"the page {when}"] = len(captured), len(made.lines)
        return found

    sample(register, here)
    backdate()
    few = queries()
    for _ in range(3):
        sample(register, here)
    backdate()
    many = queries()
    assert {name: count for name, (count, _lines) in many.items()} == {n: count for n, (count, _) in few.items()}
    assert all(many[name][1] > few[name][1] for name in few)
