"""Numbers that a page hands back to the server stay plain, whatever the language groups digits with."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from imports import batches
from imports.models import Batch
from inventory import registers, writes
from inventory.models import MovableCode
from inventory.pages import shared
from inventory.pages.tables import Cell, Page, TableLine
from tests.rows import SYSTEM, unit, user

pytestmark = pytest.mark.django_db
VEHICLES, CODES = registers.get("vehicles"), registers.get("movable-codes")


@pytest.fixture
def client() -> Client:
    signed_in = Client()
    signed_in.force_login(user("yonetici", unit("Zabıta Dairesi Başkanlığı"), is_superuser=True))
    return signed_in


def test_a_long_list_posts_and_links_plain_numbers(client, monkeypatch):
    line = TableLine(1_234_567, "41 ABC 123", [Cell(VEHICLES.column("plate"), "41 ABC 123")])
    monkeypatch.setattr(
        shared, "page", lambda listing: Page([], [line], 2_000, "1999-before-1234567", "2001-after-1234567")
    )
    shown = client.get(reverse("register-list", args=[VEHICLES])).content.decode()
    # The numbers above the rows say which page of how many it is.
    assert re.search(r'hx-get="/vehicles/totals/[^"]*page=2000"', shown)
    assert re.findall(r'name="selected"\s+value="([^"]+)"', shown) == ["1234567"]
    assert re.findall(r'rel="(?:prev|next)" href="[^"]*page=([^"&]+)', shown) == [
        "1999-before-1234567",
        "2001-after-1234567",
    ]


def test_more_than_a_thousand_rows_change_at_once(client):
    writes.create_many(CODES, [MovableCode(code=f"253.{n}", name=f"Kalem {n}") for n in range(1_200)], SYSTEM)
    values = {"all": "1", "query": "", "change_name": "on", "name": "Kalem", "reason": "birleştirme"}
    preview = client.post(reverse("register-bulk", args=[CODES]), values | {"step": "preview"}).content.decode()
    count = re.search(r'name="count" value="([^"]+)"', preview)[1]
    answer = client.post(reverse("register-bulk", args=[CODES]), values | {"step": "write", "count": count})
    batch = Batch.objects.get()
    assert answer.url == reverse("import-batch", args=[batch.pk]) and batch.state == Batch.State.APPLYING
    batches.run_apply(batch, before=())
    assert MovableCode.objects.filter(name="Kalem").count() == 1_200
