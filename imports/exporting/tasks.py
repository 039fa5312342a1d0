"""What a worker does for an export; a task knows only its number and may run twice."""

from __future__ import annotations

from django.utils import timezone, translation
from django_tasks import task

from imports import steps
from imports.exporting import jobs
from imports.exporting.models import Export


def start(export: Export) -> None:
    """Have a worker make the file, and have it looked after until it is done."""
    make_export.enqueue(export.pk)
    _watch_later(export)


def take_up(export: Export) -> None:
    """Give an export whose worker died to another one."""
    if steps.is_stale(export) and steps.release(export):
        start(export)


@task()
def make_export(export_id: int) -> None:
    export = Export.objects.select_related("user").filter(pk=export_id).first()
    if export is None:
        # Cancelled and cleared away before its turn.
        return
    with translation.override(export.language):
        try:
            jobs.run(export)
        except Exception:
            jobs.give_up(export)
            raise


@task()
def watch_export(export_id: int) -> None:
    """Take up an export whose worker died, though nobody looks at its page."""
    export = Export.objects.filter(pk=export_id).first()
    if export is None or not export.is_busy:
        return
    if export.heartbeat is None or (steps.is_stale(export) and steps.release(export)):
        start(export)
    else:
        _watch_later(export)


def _watch_later(export: Export) -> None:
    watch_export.using(run_after=timezone.now() + steps.STALE).enqueue(export.pk)
