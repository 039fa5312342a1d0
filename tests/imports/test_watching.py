"""A step whose worker died is taken up, though nobody looks at its page."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from imports import batches, steps, watching
from imports.comparing.models import Comparison
from imports.exporting import jobs
from imports.models import Batch
from inventory import registers
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


@pytest.fixture
def clerk():
    return user("filo", unit("Park ve Bahçeler Dairesi Başkanlığı"), (None, "vehicles", 2))


def an_import(clerk):
    return batches.upload(VEHICLES, clerk, ContentFile(b"Plaka\n41 ABC 101"), "a.csv"), "check_batch"


def an_undo(clerk):
    batch = an_import(clerk)[0]
    Batch.objects.update(state="undoing")
    batch.refresh_from_db()
    return batch, "undo_batch"


def a_comparison(clerk):
    file = ContentFile(b"Plaka\n41 ABC 101")
    return batches.upload(VEHICLES, clerk, file, "a.csv", into=Comparison, source="Sigorta"), "compare"


def an_export(clerk):
    row(VEHICLES, clerk.person.unit)
    return jobs.ask(VEHICLES, clerk, "", "csv"), "make_export"


# What her user may do about what two workers did not bring to its end.
ADVICE = {
    "import": "Daha küçük bir dosyayla yeniden deneyiniz",
    "undo": "Geri almayı yeniden isteyiniz",
    "comparison": "Daha küçük bir dosyayla yeniden deneyiniz",
    "export": "Listeyi daha az kayda süzüp yeniden isteyiniz",
}
KINDS = {"import": an_import, "undo": an_undo, "comparison": a_comparison, "export": an_export}


def asked_for(task: str) -> int:
    return DBTaskResult.objects.filter(task_path__endswith=f".{task}").count()


def watch(found) -> None:
    watching.watch.call(found._meta.label, found.pk, "tr")


@pytest.mark.parametrize("kind", KINDS)
def test_what_fell_silent_is_asked_for_again(kind, clerk):
    found, task = KINDS[kind](clerk)
    watching.start(found)
    assert (asked_for(task), asked_for("watch")) == (1, 1)
    working = found.state
    assert steps.claim(found, working, (working,))
    watch(found)
    assert (asked_for(task), asked_for("watch")) == (1, 2)  # alive: looked at again later
    type(found).objects.update(heartbeat=timezone.now() - steps.STALE - dt.timedelta(seconds=1))
    watch(found)
    assert asked_for(task) == 2
    watch(found)
    assert asked_for(task) == 3  # released, and not taken


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_ended_or_gone_is_left_alone(kind, clerk):
    found, task = KINDS[kind](clerk)
    label, row_id = found._meta.label, found.pk
    type(found).objects.update(state=found.State.FAILED)
    watch(found)
    found.delete()
    watching.watch.call(label, row_id, "tr")
    assert (asked_for(task), asked_for("watch")) == (0, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_what_two_workers_did_not_bring_to_its_end_ends_and_says_so(kind, clerk):
    found, task = KINDS[kind](clerk)
    watching.start(found)
    working = found.state
    for _worker in range(steps.MOST_TRIES):
        assert asked_for(task) == _worker + 1
        assert steps.claim(found, working, (working,))
        type(found).objects.update(heartbeat=timezone.now() - steps.STALE - dt.timedelta(seconds=1))
        watch(found)
        found.refresh_from_db()
    assert asked_for(task) == steps.MOST_TRIES
    assert not found.is_busy and found.state == (found.State.APPLIED if kind == "undo" else found.State.FAILED)
    assert "iki kez yarıda kaldı" in found.message
    assert found.message.endswith(f"değişmedi. {ADVICE[kind]}; sürerse sistem yöneticisine bildiriniz.")
    # Whoever asks for it again has it tried anew.
    assert steps.tries(found) == 0


def test_a_step_that_died_once_and_ended_then_may_die_once_more(clerk):
    found, _task = an_import(clerk)
    assert steps.claim(found, "checking", ("uploaded",)) and steps.tries(found) == 1
    assert steps.leave(found, "failed") and steps.tries(found) == 0
