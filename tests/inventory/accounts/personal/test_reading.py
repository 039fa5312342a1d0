"""An identity number is shown masked, and read in full by who may change the row: on request, and never untold.

That no other page, file or answer holds one is found by tests/web/test_access_matrix.py.
"""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from inventory import history, registers, writes
from inventory.listing.address import Listing
from inventory.organization.models import Person
from inventory.trail.models import Event
from tests.inventory.accounts.personal.conftest import NUMBER, traces
from tests.pages import signed_in
from tests.rows import SYSTEM, identity_number, row, unit, user
from tests.test_every_register import posted

pytestmark = pytest.mark.django_db
PEOPLE = registers.get("people")
COLUMN = PEOPLE.column("identity_no")


def reveal(person: Person, column: str = "identity_no") -> str:
    return reverse("register-reveal", args=[PEOPLE, person.pk, column])


def test_who_may_change_the_row_reads_it_and_the_trail_tells(here, ayse):
    clerk = user("memur", here, (here, "people", 2))
    page = signed_in(clerk).get(reverse("register-detail", args=[PEOPLE, ayse.pk])).content.decode()
    assert NUMBER not in page and "*********" in page and reveal(ayse) in page
    answer = signed_in(clerk).post(reveal(ayse))
    assert NUMBER in answer.content.decode() and "no-store" in answer["Cache-Control"]
    assert traces() == [("personal_read", "memur", "people", ayse.pk)]
    assert NUMBER not in str(Event.objects.values_list("text", "details"))


@pytest.mark.parametrize("level", [1, 0])
def test_who_may_only_look_has_no_button_and_no_answer(here, ayse, level):
    grants = [(here, "people", level)] if level else [(unit("Zabıta"), "people", 3)]
    client = signed_in(user("bakan", here, *grants))
    assert reveal(ayse) not in client.get(reverse("register-detail", args=[PEOPLE, ayse.pk])).content.decode()
    assert client.post(reveal(ayse)).status_code == 404
    assert traces() == []


def test_only_a_personal_column_is_revealed_and_only_by_post(here, ayse):
    client = signed_in(user("yonetici", here, is_superuser=True))
    assert client.post(reveal(ayse, "email")).status_code == 404
    assert client.post(reverse("register-reveal", args=["vehicles", 1, "plate"])).status_code == 404
    assert client.get(reveal(ayse)).status_code == 405
    empty = row(PEOPLE, here, identity_no="")
    assert NUMBER not in client.post(reveal(empty)).content.decode()
    assert traces() == []


def test_a_reading_that_cannot_be_recorded_shows_nothing(here, ayse, monkeypatch):
    def full_disk(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("inventory.accounts.personal.views.record", full_disk)
    client = signed_in(user("yonetici", here, is_superuser=True))
    client.raise_request_exception = False
    answer = client.post(reveal(ayse))
    assert answer.status_code >= 500 and NUMBER not in answer.content.decode()


# Written ----------------------------------------------------------------------------------------------------------


def test_the_form_shows_the_mask_and_leaves_the_number_as_it_is(here, ayse):
    client, url = signed_in(user("memur", here, (here, "people", 2))), reverse("register-edit", args=[PEOPLE, ayse.pk])
    page = client.get(url)
    assert NUMBER not in page.content.decode()
    data = posted(page.context["form"]) | {"active": "on"}
    assert data["identity_no"] == "*********" + NUMBER[-2:]
    client.post(url, data | {"title": "Şef"})
    ayse.refresh_from_db()
    assert (ayse.identity_no, ayse.title) == (NUMBER, "Şef")
    client.post(url, data | {"version": ayse.version, "identity_no": ""})
    ayse.refresh_from_db()
    assert ayse.identity_no == ""
    new = data | {"staff_no": "S902", "identity_no": "*********" + NUMBER[-2:]}
    assert "identity_no" in client.post(reverse("register-new", args=[PEOPLE]), new).context["form"].errors
    assert traces() == []


def test_a_number_is_written_in_any_form_and_a_wrong_one_is_refused(here, ayse):
    client, other = signed_in(user("memur", here, (here, "people", 2))), identity_number(77)
    url = reverse("register-edit", args=[PEOPLE, ayse.pk])
    data = posted(client.get(url).context["form"]) | {"active": "on"}
    for wrong in (other[:-1] + str(9 - int(other[-1])), "*********", "12"):
        answer = client.post(url, data | {"identity_no": wrong})
        assert answer.status_code == 200 and "identity_no" in answer.context["form"].errors
        assert NUMBER not in answer.content.decode()
    assert client.post(url, data | {"identity_no": f" {other[:5]} {other[5:]} "}).status_code == 302
    ayse.refresh_from_db()
    assert ayse.identity_no == other
    (change,) = next(history.entries(PEOPLE, ayse.pk, None)).changes
    assert (change.old, change.new) == ("*********" + NUMBER[-2:], "*********" + other[-2:])


def test_two_people_have_not_one_number(here, ayse):
    row(PEOPLE, here, identity_no="")
    row(PEOPLE, here, identity_no="")
    with pytest.raises(ValidationError, match="başka bir kişide") as refused:
        writes.save(PEOPLE, Person(staff_no="S1", name="Ali Ay", unit=here, identity_no=NUMBER), SYSTEM)
    assert NUMBER not in str(refused.value)
    other = row(PEOPLE, here)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE organization_person SET identity_no = %s WHERE id = %s", [NUMBER, other.pk])


def test_somebody_elses_number_beside_ones_own_is_masked_too(here, ayse):
    client, url = signed_in(user("memur", here, (here, "people", 2))), reverse("register-edit", args=[PEOPLE, ayse.pk])
    data = posted(client.get(url).context["form"]) | {"active": "on"}
    theirs, new = Person.objects.get(pk=ayse.pk), identity_number(55)
    theirs.identity_no = new
    writes.save(PEOPLE, theirs, SYSTEM)
    page = client.post(url, data | {"identity_no": identity_number(56)}).content.decode()
    assert NUMBER not in page and new not in page and "*********" + new[-2:] in page


# Not to be guessed -------------------------------------------------------------------------------------------------


def test_the_number_is_neither_found_sorted_nor_filtered_by(here, ayse):
    admin = user("yonetici", here, is_superuser=True)
    everybody = set(Person.objects.values_list("pk", flat=True))
    for query in ({"identity_no": NUMBER}, {"identity_no": "9"}, {"identity_no_from": "9"}):
        assert {found.pk for found in Listing(PEOPLE, admin, query).rows} == everybody
    assert not Listing(PEOPLE, admin, {"q": NUMBER}).matching.exists()
    assert Listing(PEOPLE, admin, {"sort": "-identity_no"}).sort == PEOPLE.order
    assert NUMBER not in ayse.search_text
    filled = Listing(PEOPLE, admin, {"identity_no_blank": "no"}).matching
    assert set(filled) == set(Person.objects.exclude(identity_no=""))
    page = signed_in(admin).get(reverse("register-list", args=[PEOPLE]), {"columns": "name,identity_no"})
    text = page.content.decode()
    assert "*********" + NUMBER[-2:] in text and NUMBER not in text and "sort=identity_no" not in text


def test_it_is_none_of_the_columns_of_a_bulk_edit(here, ayse):
    client = signed_in(user("yonetici", here, is_superuser=True))
    chosen = {
        "selected": [ayse.pk],
        "step": "preview",
        "reason": "x",
        "change_identity_no": "on",
        "identity_no": NUMBER,
    }
    answer = client.post(reverse("register-bulk", args=[PEOPLE]), chosen)
    assert answer.context["step"] == "choose" and "identity_no" not in answer.context["form"].fields
