"""A masked number, shown on request, in a real browser; a person's file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.urls import reverse

from inventory import registers
from inventory.trail.models import Event
from tests.e2e.conftest import violations
from tests.rows import identity_number, row, unit, user

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = registers.get("people")
NUMBER = identity_number(14)
MASK = "*********" + NUMBER[-2:]


def looked_at(page, name: str) -> None:
    """A picture for whoever reviews the pages: SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}-{page.viewport_size['width']}.png", full_page=True)


def test_the_number_is_shown_on_request_and_a_person_file_is_handed_out(sized_page, sign_in):
    page, here = sized_page, unit("Destek Hizmetleri Dairesi Başkanlığı")
    values = {"title": "Memur", "email": "ayse@example.org", "active": True}
    ayse = row(PEOPLE, here, staff_no="S900", name="Ayşe Yılmaz", identity_no=NUMBER, **values)
    sign_in(page, user("yonetici", here, is_superuser=True))
    page.goto(page.base + reverse("register-detail", args=[PEOPLE, ayse.pk]))
    assert violations(page) == []
    looked_at(page, "person")
    assert MASK in page.inner_text("main") and NUMBER not in page.content()
    page.get_by_role("button", name="Göster").click()
    page.get_by_text(NUMBER).wait_for()
    assert MASK not in page.inner_text("main") and violations(page) == []
    looked_at(page, "person-shown")
    with page.expect_download() as download:
        page.get_by_role("button", name="Kişinin bütün verilerini indir").click()
    assert download.value.suggested_filename.startswith("S900-")
    kinds = list(Event.objects.filter(row_id=ayse.pk).order_by("id").values_list("kind", flat=True))
    assert kinds[:2] == ["personal_read", "person_file"]
    for name, address in {
        "person-form": reverse("register-edit", args=[PEOPLE, ayse.pk]),
        "people": reverse("register-list", args=[PEOPLE]) + "?columns=staff_no,name,identity_no",
        "people-export": reverse("register-export-choose", args=[PEOPLE]) + "?columns=staff_no,name",
        "trail": reverse("trail"),
    }.items():
        page.goto(page.base + address)
        assert NUMBER not in page.content() and violations(page) == []
        looked_at(page, name)
