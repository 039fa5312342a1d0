"""The work in the background, as administrators see it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

SHOWN = 25
# Only what its users would recognise; `watch` looks after the others and is no work of its own.
NAMES = {
    "check_batch": _("Dosyanın denetlenmesi"),
    "apply_batch": _("Aktarımın uygulanması"),
    "undo_batch": _("Aktarımın geri alınması"),
    "make_export": _("Dışarı verilecek dosya"),
    "compare": _("Listelerin karşılaştırılması"),
    "keep_report": _("Karşılaştırma raporu"),
    "watch": _("Yarım kalan işlerin izlenmesi"),
}
READY, RUNNING, FAILED, DONE = "READY", "RUNNING", "FAILED", "SUCCESSFUL"


@dataclass(frozen=True)
class Job:
    """`number`: what the work is about, as its own page is numbered."""

    id: object
    name: str
    number: object
    since: object
    error: str
    trace: str


def waiting():
    """What a worker could take now; a job of a later moment is not waiting."""
    return DBTaskResult.objects.ready()


def shown(status: str) -> list[Job]:
    """The newest of a state; of those that wait, the oldest."""
    order = {READY: "enqueued_at", RUNNING: "started_at"}.get(status, "-finished_at")
    found = waiting() if status == READY else DBTaskResult.objects.filter(status=status)
    return [_job(result) for result in found.order_by(order)[:SHOWN]]


def _job(result: DBTaskResult) -> Job:
    task = result.task_path.rpartition(".")[2]
    numbers = [each for each in result.args_kwargs.get("args", []) if isinstance(each, int)]
    return Job(
        id=result.id,
        name=str(NAMES.get(task, result.task_path)),
        number=numbers[0] if numbers else None,
        since=result.finished_at or result.started_at or result.enqueued_at,
        error=result.exception_class_path.rpartition(".")[2],
        trace=result.traceback,
    )


def counted() -> dict[str, int]:
    """How many jobs there are of each state."""
    found = dict(DBTaskResult.objects.order_by().values_list("status").annotate(Count("id")))
    return {status: found.get(status, 0) for status in (READY, RUNNING, FAILED, DONE)} | {READY: waiting().count()}


def longest_wait() -> float:
    """Seconds for which the oldest waiting job has waited; 0 for none."""
    oldest = waiting().aggregate(first=Min("enqueued_at"))["first"]
    return (timezone.now() - oldest).total_seconds() if oldest else 0.0


def retry(job: str) -> bool:
    """Ask for the work of a failed job once more; False where there is none of this id.

    The failed one stays, as what it is. A task may run twice without harm.
    """
    try:
        result = DBTaskResult.objects.filter(id=UUID(job), status=FAILED).first()
    except ValueError:
        return False
    if result:
        result.task.enqueue(*result.args_kwargs["args"], **result.args_kwargs["kwargs"])
    return result is not None
