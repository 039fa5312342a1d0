"""Who goes off duty and still holds something: said in form, bulk edit and sheet, with the way to hand it over."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from imports import batches
from inventory import registers
from inventory.columns import Type
from inventory.editing.doubts import Case, doubts
from inventory.organization.models import Grant, Person, Unit
from tests.pages import signed_in
from tests.rows import person, row, unit, user

pytestmark = pytest.mark.django_db
PEOPLE = registers.get("people")
NAMING = [
    pytest.param(register, column.name, id=f"{register.slug}-{column.name}")
    for register in registers.every()
    for column in register.all_columns()
    if column.type == Type.REFERENCE and column.related_model is Person and register.model is not Grant
]


@pytest.fixture
def here() -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def leaver(here) -> Person:
    """Holds a vehicle and two computers; a third one is out of service."""
    made = person("Ali Veli", here)
    row(registers.get("vehicles"), here, responsible_person=made)
    for _ in range(2):
        row(registers.get("equipment"), here, holder=made)
    row(registers.get("equipment"), here, holder=made, status="retired", status_reason="Eskidi")
    return made


@pytest.fixture
def clerk(here):
    """Keeps the staff list, and sees no item."""
    return user("ozluk", here, (None, "people", 2))


def said(*people: Person) -> list[str]:
    for each in people:
        each.active = False
    return [found.sentence for found in doubts(PEOPLE, [Case(each, {"active": True}, {"active"}) for each in people])]


@pytest.mark.parametrize(("register", "column"), NAMING)
def test_every_column_that_names_a_person_is_counted(register, column, here):
    made = person("Ali Veli", here)
    row(register, here, **{column: made})
    (sentence,) = said(made)
    assert f"{register.title} · {register.column(column).label} (1)" in sentence


def test_the_form_asks_once_and_leads_to_what_she_holds(leaver, clerk):
    client, url = signed_in(clerk), reverse("register-edit", args=["people", leaver.pk])
    sent = {"staff_no": leaver.staff_no, "name": leaver.name, "unit": leaver.unit_id, "version": leaver.version}
    page = client.post(url, sent)
    message = page.content.decode()
    assert "Araçlar · " in message and "(1)" in message and "Bilişim donanımı · " in message and "(2)" in message
    assert reverse("register-detail", args=["people", leaver.pk]) + '" target="_blank"' in message
    assert Person.objects.get(pk=leaver.pk).active
    assert client.post(url, sent | {"accepted": page.context["form"].stamp}).status_code == 302
    assert not Person.objects.get(pk=leaver.pk).active


def test_bulk_edit_names_each_who_holds_something(leaver, clerk, here):
    free = person("Ayşe Yılmaz", here)
    sent = {"selected": [leaver.pk, free.pk], "step": "preview", "change_active": "on", "reason": "ayrıldı"}
    page = signed_in(clerk).post(reverse("register-bulk", args=["people"]), sent)
    ((sentence, named, _more),) = page.context["doubts"]
    assert leaver.name in sentence and named == [str(leaver)]


def test_a_sheet_warns_in_the_row(leaver, clerk, here):
    lines = f"Sicil no;Görevde\n{leaver.staff_no};Hayır\n{person('Ayşe Yılmaz', here).staff_no};Hayır"
    batch = batches.upload(PEOPLE, clerk, ContentFile(lines.encode()), "liste.csv")
    batches.run_check(batch)
    assert (batch.state, batch.counts["warned"]) == ("checked", 1)


def test_who_leaves_with_nothing_or_comes_back_is_not_asked_about(here, leaver):
    assert said(person("Ayşe Yılmaz", here)) == []
    back = Case(leaver, {"active": False}, {"active"})
    assert doubts(PEOPLE, [back]) == []


def test_a_thousand_who_leave_cost_as_many_questions_as_one(here, leaver):
    seen = []
    for many in ([leaver], [leaver, *(person(f"Kişi {n}", here) for n in range(20))]):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            said(*many)
        seen.append(len(asked))
    assert seen[0] == seen[1]
