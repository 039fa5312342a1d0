"""What a worker does; a task knows only the batch's number and may run twice."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import translation
from django_tasks import task

from imports import batches
from imports.models import Batch


@task()
def check_batch(batch_id: int, language: str) -> None:
    _run(batches.run_check, batch_id, language)


@task()
def apply_batch(batch_id: int, language: str) -> None:
    _run(batches.run_apply, batch_id, language)


def _run(step: Callable, batch_id: int, language: str) -> None:
    batch = Batch.objects.select_related("user").get(pk=batch_id)
    with translation.override(language):
        try:
            step(batch)
        except Exception:
            batches.give_up(batch)
            raise
