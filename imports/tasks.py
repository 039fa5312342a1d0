"""What a worker does; a task knows only the batch's number and may run twice."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_tasks import task

from imports import batches
from imports.endings import give_up
from imports.models import Batch
from imports.plans import undoing
from imports.watching import Steps, smaller_file

State = Batch.State


def _begin(batch: Batch) -> None:
    step = {State.APPLYING: apply_batch, State.UNDOING: undo_batch}.get(State(batch.state), check_batch)
    step.enqueue(batch.pk, get_language())


@task()
def check_batch(batch_id: int, language: str) -> None:
    _run(lambda batch: batches.run_check(batch, before=()), batch_id, language)


@task()
def apply_batch(batch_id: int, language: str) -> None:
    _run(lambda batch: batches.run_apply(batch, before=()), batch_id, language)


@task()
def undo_batch(batch_id: int, language: str) -> None:
    _run(undoing.run_undo, batch_id, language)


def _run(step: Callable, batch_id: int, language: str) -> None:
    batch = Batch.objects.select_related("user", "undone_by").get(pk=batch_id)
    with translation.override(language):
        step(batch)


def _advice(batch: Batch) -> str:
    if batch.state == State.UNDOING:
        return _("Geri almayı yeniden isteyiniz; sürerse sistem yöneticisine bildiriniz.")
    return smaller_file(batch)


STEPS = Steps(Batch, _begin, give_up, "check_batch", failed=State.FAILED, waits=State.UPLOADED, advice=_advice)
