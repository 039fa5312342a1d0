"""What a step over many rows leaves where it is cut off, and what its page says to others."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from imports import batches, by_hand, steps
from imports.models import Batch
from inventory import registers, writes
from inventory.access import Unseen
from inventory.history import Author
from inventory.refusals import Refused
from tests.imports.pages.test_by_hand import changed_in_bulk
from tests.pages import signed_in
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES, EQUIPMENT = registers.get("vehicles"), registers.get("equipment")
SOFTWARE, NETWORK = registers.get("software"), registers.get("network")


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def clerk(here):
    return user("ayse", here, (here, "", 3))


def two_parts(here) -> list[by_hand.Part]:
    return [by_hand.Part(each, [[row(each, here, notes="eski")]], {"notes": "yeni"}) for each in (VEHICLES, EQUIPMENT)]


def plans_kept() -> list[Path]:
    return [path for path in Path(default_storage.path("imports")).rglob("plan*") if path.is_file()]


@pytest.mark.parametrize("part", [1, 2])
def test_a_full_disk_leaves_nothing_of_a_plan(here, clerk, monkeypatch, part):
    """Neither a batch that waits for ever nor a whole that lacks a part."""
    parts, keep, asked = two_parts(here), batches.keep_plan, []

    def full(batch, plan):
        asked.append(batch)
        if len(asked) == part:
            raise OSError(28, "No space left on device")
        keep(batch, plan)

    monkeypatch.setattr(batches, "keep_plan", full)
    before = plans_kept()
    with pytest.raises(OSError, match="No space"):
        by_hand.planned("iki kütük", Author(clerk), parts)
    assert not Batch.objects.exists() and plans_kept() == before


def test_a_step_that_is_stopped_while_its_page_waits_leaves_nothing(here, clerk, monkeypatch):
    batch, beating = by_hand.planned("iki kütük", Author(clerk), two_parts(here)), batches.beating

    def stopped(of):
        steps.ask_to_stop(of, "Ayşe Kaya")
        return beating(of)

    monkeypatch.setattr(batches, "beating", stopped)
    with pytest.raises(Refused, match="Ayşe Kaya durdurdu; hiçbir şey yazılmadı"):
        by_hand.apply(batch)
    assert not Batch.objects.exists() and VEHICLES.model.objects.get().notes == "eski"


@pytest.mark.parametrize("size", [None, 0, 3, -5])
def test_a_plan_that_is_gone_or_cut_off_is_said_and_not_written(here, clerk, size):
    batch = by_hand.planned("bir kütük", Author(clerk), two_parts(here))
    place, client = Path(batch.plan_file.path), signed_in(clerk)
    place.write_bytes(place.read_bytes()[:size]) if size is not None else os.unlink(place)
    for name in ("import-batch", "import-preview"):
        assert "okunamıyor" in client.get(reverse(name, args=[batch.pk]), follow=True).content.decode()
    counts = {name: batch.counts[name] for name in ("new", "changed", "retiring", "refused")}
    assert client.post(reverse("import-apply", args=[batch.pk]), counts).status_code == 302
    batch.refresh_from_db()
    assert batch.state == "refused" and VEHICLES.model.objects.get().notes == "eski"


def test_whoever_may_not_see_what_a_row_named_or_names_does_not_read_it_in_the_plan(here, clerk):
    there = unit("Bilgi İşlem Dairesi Başkanlığı")
    both = user("fatma", here, (here, "", 3), (there, "", 3))
    old, new = row(NETWORK, there), row(NETWORK, there)
    made = row(SOFTWARE, here, server=old)
    batch = by_hand.planned("sunucu", Author(both), [by_hand.Part(SOFTWARE, [[made]], {"server": new})])
    by_hand.apply(batch)
    manager = user("sorumlu", here, (None, "software", 3))
    assert read_of(batch, both) == {str(old), str(new)}
    assert read_of(batch, manager) == {str(Unseen(0))}
    # Nor once they are gone.
    made.refresh_from_db()
    made.server = None
    writes.save(SOFTWARE, made, SYSTEM)
    for each in (old, new):
        writes.delete(NETWORK, each, SYSTEM)
    assert read_of(batch, manager) == {str(Unseen(0))}
    assert read_of(batch, both) == {str(old), str(new)}


def read_of(batch, who) -> set[str]:
    """Which servers, or that there are some, the page and the workbook name."""
    client, names = signed_in(who), {change for line in _changes(batch) for change in line} | {str(Unseen(0))}
    page = client.get(reverse("import-batch", args=[batch.pk])).content.decode()
    book = b"".join(client.get(reverse("import-preview", args=[batch.pk])).streaming_content)
    cells = " ".join(str(cell) for line in openpyxl.load_workbook(BytesIO(book)).active.values for cell in line)
    found = {name for name in names if name in page}
    assert found == {name for name in names if name in cells}
    return found


def _changes(batch) -> list[tuple[str, str]]:
    with batch.plan() as plan:
        return [(change.old, change.new) for line in plan.lines() for change in line.changes]


def test_what_a_page_writes_at_once_is_looked_after(here, clerk):
    """A process that is killed would leave it busy for ever; exports reckon with what is being written."""
    client = signed_in(clerk)
    changed_in_bulk(client, [row(VEHICLES, here, notes="eski")], notes="yeni")
    number = Batch.objects.get().pk
    watched = [each.args_kwargs["args"] for each in DBTaskResult.objects.filter(task_path="imports.watching.watch")]
    assert [args[:2] for args in watched] == [["imports.Batch", number]]


@pytest.mark.parametrize("at_once", [True, False])
def test_nobody_is_told_to_check_again_what_no_file_gave(here, clerk, at_once):
    made = row(VEHICLES, here, notes="eski")
    batch = by_hand.planned("bir kütük", Author(clerk), [by_hand.Part(VEHICLES, [[made]], {"notes": "yeni"})])
    writes.delete(VEHICLES, made, SYSTEM)
    if at_once:
        with pytest.raises(Refused) as refused:
            by_hand.apply(batch)
        said = str(refused.value)
    else:
        batches.run_apply(batch)
        said = batch.message
    assert made.inventory_no in said and "yeniden başlatınız" in said and "denetle" not in said
