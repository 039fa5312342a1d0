"""Half the same, or with nothing to be known by: said, and saved all the same if the user says so."""

from __future__ import annotations

import pytest
from django.urls import reverse

from inventory import registers
from inventory.editing.doubts import Case, doubts, stored
from inventory.models import Status
from tests.pages import sample, signed_in
from tests.rows import unit, user
from tests.test_every_register import posted

pytestmark = pytest.mark.django_db
EQUIPMENT = registers.get("equipment")


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


def said(row, reader, **values) -> list[str]:
    before = stored(row)
    for name, value in values.items():
        setattr(row, name, value)
    return [found.sentence for found in doubts(EQUIPMENT, [Case(row, before, set(values), reader)])]


def test_a_serial_number_under_another_make_is_doubted_and_its_row_named_to_who_may_see_it(here):
    works = unit("Fen İşleri Dairesi Başkanlığı")
    theirs, mine = sample(EQUIPMENT, works), sample(EQUIPMENT, here)
    sees, blind = user("hepsi", here, is_superuser=True), user("park", here, (here, "equipment", 2))
    typed = theirs.serial_no.lower()
    (named,) = said(mine, sees, make="HP", serial_no=typed)
    (unnamed,) = said(mine, blind, make="HP", serial_no=typed)
    (system,) = said(mine, None, make="HP", serial_no=typed)
    assert theirs.inventory_no in named and "başka bir birimde" in unnamed
    assert theirs.inventory_no not in unnamed + system
    # The whole is refused, which is enough; of what is gone the number is free.
    assert said(mine, sees, make=theirs.make, serial_no=typed) == []
    EQUIPMENT.model.objects.filter(pk=theirs.pk).update(status=Status.DISPOSED)
    assert said(mine, sees, make="HP", serial_no=typed) == []


def test_a_device_with_nothing_to_be_known_by_is_saved_when_that_is_meant(here):
    admin, mine = user("hepsi", here, is_superuser=True), sample(EQUIPMENT, here)
    client, url = signed_in(admin), reverse("register-edit", args=[EQUIPMENT, mine.pk])
    data = posted(client.get(url).context["form"]) | {"serial_no": "", "mac_address": ""}
    asked = client.post(url, data)
    assert any("tanıtan bir bilgi yok" in sentence for sentence in asked.context["form"].doubts)
    assert client.post(url, data | {"accepted": asked.context["form"].stamp}).status_code == 302
    assert EQUIPMENT.model.objects.get(pk=mine.pk).serial_no == ""
    # Its other columns are changed without being asked again.
    assert said(EQUIPMENT.model.objects.get(pk=mine.pk), admin, notes="x") == []
