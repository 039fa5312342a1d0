"""People of one name, where one of them is to be chosen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory import naming, registers
from inventory.naming import query_from_texts
from tests.pages import signed_in
from tests.rows import person, row, unit, user

pytestmark = pytest.mark.django_db
EQUIPMENT = registers.get("equipment")


def test_people_of_one_name_are_offered_with_number_and_unit():
    parks, works = unit("Park ve Bahçeler Dairesi Başkanlığı", short_name="Park"), unit("Fen İşleri Dairesi Başkanlığı")
    here, there = person("Ali Kurgu", parks), person("Ali Kurgu", works)
    texts = [f"{here} · Park", f"{there} · {works.name}"]
    item = row(EQUIPMENT, parks, holder=there)
    client = signed_in(user("ayse", parks, (None, "", 3)))
    options = reverse("register-options", args=[EQUIPMENT, "holder"])
    assert [one["text"] for one in client.get(options, {"q": "ali kurgu"}).json()["options"]] == texts
    assert texts[1] in client.get(reverse("register-edit", args=[EQUIPMENT, item.pk])).content.decode()
    assert texts[0] in client.get(reverse("register-list", args=[EQUIPMENT]), {"holder": here.pk}).content.decode()
    assert query_from_texts(EQUIPMENT, {"holder": texts[1]}, None) == {"holder": str(there.pk)}
    with pytest.raises(ValueError, match=f"“{here.name} .{here.staff_no}. · Park”"):
        query_from_texts(EQUIPMENT, {"holder": "Ali Kurgu"}, None)


def test_many_chosen_people_cost_no_more_queries_than_one():
    parks = unit("Park ve Bahçeler Dairesi Başkanlığı")
    people = [person("Ali Kurgu", parks) for _each in range(8)]
    column = EQUIPMENT.column("holder")

    def cost(chosen: int) -> int:
        with CaptureQueriesContext(connection) as found:
            rows = naming.choosable(EQUIPMENT, column, None).filter(pk__in=[each.pk for each in people[:chosen]])
            assert len([naming.text_of(each) for each in rows]) == chosen
        return len(found)

    assert cost(1) == cost(8) == 1
