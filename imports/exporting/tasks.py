"""What a worker does for an export; a task knows only its number and may run twice."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from imports.exporting import jobs
from imports.exporting.models import Export
from imports.watching import Steps


def _begin(export: Export) -> None:
    make_export.enqueue(export.pk)


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


def _advice(_export: Export) -> str:
    return _("Listeyi daha az kayda süzüp yeniden isteyiniz; sürerse sistem yöneticisine bildiriniz.")


STEPS = Steps(
    Export, _begin, jobs.give_up, "make_export", failed=Export.State.FAILED, waits=Export.State.WAITING, advice=_advice
)
