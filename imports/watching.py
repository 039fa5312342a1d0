"""Nothing is lost when a worker dies: a step in the background is looked after until it is done.

A model's tasks name, with `looks_after`, what asks a worker for the step that a row waits for, and how a failed one is
begun again.
"""

from __future__ import annotations

from collections.abc import Callable

from django.apps import apps
from django.db.models import Model
from django.utils import timezone, translation
from django_tasks import task

from imports import steps
from inventory.operations import jobs

_begins: dict[str, Callable[[Model], None]] = {}


def looks_after(
    model: type[Model], begin: Callable[[Model], None], task: str = "", failed: str = "", waits: str = ""
) -> None:
    """`begin` enqueues the task of the step that a row of the model waits for. A row left in the state `failed` by the
    named task may be put into the state `waits` and begun again, from the administrators' page of jobs."""
    _begins[model._meta.label] = begin
    if task:
        jobs.offer_again(task, lambda row_id: _again(model, row_id, failed, waits))


def _again(model: type[Model], row_id: int, failed: str, waits: str) -> bool:
    """False when the row is no longer where its failure has left it."""
    if not model._default_manager.filter(pk=row_id, state=failed).update(state=waits, heartbeat=None, message=""):
        return False
    start(model._default_manager.get(pk=row_id))
    return True


def start(row: Model) -> None:
    """Have a worker do the step that the row waits for, and have it looked after."""
    _begins[row._meta.label](row)
    _come_back(row)


def take_up(row: Model) -> None:
    """Give a step whose worker died to another one."""
    if steps.is_stale(row) and steps.release(row):
        start(row)


@task()
def watch(label: str, row_id: int, language: str) -> None:
    """Take up a step whose worker died, though nobody looks at its page; one that still waits is asked for again,
    since its worker may have died before it took it."""
    row = apps.get_model(label)._default_manager.filter(pk=row_id).first()
    if row is None or not row.is_busy:
        return
    with translation.override(language):
        if row.heartbeat is None or (steps.is_stale(row) and steps.release(row)):
            start(row)
        else:
            _come_back(row)


def _come_back(row: Model) -> None:
    later = watch.using(run_after=timezone.now() + steps.STALE)
    later.enqueue(row._meta.label, row.pk, translation.get_language())
