"""What a worker does; a task knows only the batch's number and may run twice."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone, translation
from django_tasks import task

from imports import batches, steps, undoing
from imports.models import Batch

State = Batch.State


def start(batch: Batch, language: str) -> None:
    """Have a worker do the step that the batch waits for, and have it looked after until it is done."""
    step = {State.APPLYING: apply_batch, State.UNDOING: undo_batch}.get(batch.state, check_batch)
    step.enqueue(batch.pk, language)
    _watch_later(batch, language)


def take_up(batch: Batch, language: str) -> None:
    """Give a step whose worker died to another one."""
    if steps.is_stale(batch) and steps.release(batch):
        start(batch, language)


@task()
def check_batch(batch_id: int, language: str) -> None:
    _run(lambda batch: batches.run_check(batch, before=()), batch_id, language)


@task()
def apply_batch(batch_id: int, language: str) -> None:
    _run(lambda batch: batches.run_apply(batch, before=()), batch_id, language)


@task()
def undo_batch(batch_id: int, language: str) -> None:
    _run(undoing.run_undo, batch_id, language)


@task()
def watch(batch_id: int, language: str) -> None:
    """Take up a step whose worker died, though nobody looks at its page; one that still waits is asked for again,
    since its worker may have died before it took it."""
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None or not batch.is_busy:
        return
    if batch.heartbeat is None or (steps.is_stale(batch) and steps.release(batch)):
        start(batch, language)
    else:
        _watch_later(batch, language)


def _watch_later(batch: Batch, language: str) -> None:
    watch.using(run_after=timezone.now() + steps.STALE).enqueue(batch.pk, language)


def _run(step: Callable, batch_id: int, language: str) -> None:
    batch = Batch.objects.select_related("user", "undone_by").get(pk=batch_id)
    with translation.override(language):
        try:
            step(batch)
        except Exception:
            batches.give_up(batch)
            raise
