"""The work in the background, as administrators see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from inventory import hooks
from inventory.server import heartbeat

SHOWN = 25
# What its users call it, and the page on which it is done once more; `watch` looks after the others.
NAMES = {
    "check_batch": (_("Dosyanın denetlenmesi"), "import-batch"),
    "apply_batch": (_("Aktarımın uygulanması"), "import-batch"),
    "undo_batch": (_("Aktarımın geri alınması"), "import-batch"),
    "make_export": (_("Dışarı verilecek dosya"), ""),
    "compare": (_("Listelerin karşılaştırılması"), "comparison"),
    "keep_report": (_("Karşılaştırma raporu"), "comparison"),
    "send": (_("Öteki programlara bildirim"), "webhook"),
    "watch": (_("Yarım kalan işlerin izlenmesi"), ""),
}
READY, RUNNING, FAILED, DONE = "READY", "RUNNING", "FAILED", "SUCCESSFUL"


@dataclass(frozen=True)
class Job:
    """`number` and `url`: what the work is about, and its page; `is_lost`: it runs, but its worker gives no sign;
    `may_repeat`: administrators may have it done once more."""

    id: UUID
    name: str
    number: int | None
    url: str
    since: object
    error: str
    trace: str
    is_lost: bool
    may_repeat: bool


def waiting():
    """What a worker could take now; a job of a later moment is not waiting."""
    return DBTaskResult.objects.ready()


def shown(status: str) -> list[Job]:
    """The newest of a state; of those that wait or run, the oldest."""
    order = {READY: "enqueued_at", RUNNING: "started_at"}.get(status, "-finished_at")
    results = waiting() if status == READY else DBTaskResult.objects.filter(status=status)
    alive = heartbeat.alive()
    return [_job(result, alive) for result in results.order_by(order)[:SHOWN]]


def _job(result: DBTaskResult, alive: set[str]) -> Job:
    task, number = _about(result)
    name, page = NAMES.get(task, (result.task_path, ""))
    return Job(
        id=result.id,
        name=str(name),
        number=number,
        url=reverse(page, args=[number]) if page and number else "",
        since=result.finished_at or result.started_at or result.enqueued_at,
        error=result.exception_class_path.rpartition(".")[2],
        trace=result.traceback,
        is_lost=result.status == RUNNING and alive.isdisjoint(result.worker_ids[-1:]),
        may_repeat=result.status == FAILED and number is not None and _again(task) is not None,
    )


def _about(result: DBTaskResult) -> tuple[str, int | None]:
    """The task's name, and the number of the row that it is about."""
    number = next((each for each in result.args_kwargs.get("args", []) if isinstance(each, int)), None)
    return result.task_path.rpartition(".")[2], number


def _again(task: str) -> Callable[[int], bool] | None:
    """How the task is done once more for the row of a number, by anybody: None where it is not."""
    return next((each.again for each in hooks.steps if each.task == task), None)


def repeat(job: UUID) -> bool:
    """Have a failed job done once more; False where that is not possible, or no longer."""
    result = DBTaskResult.objects.filter(pk=job, status=FAILED).first()
    task, number = _about(result) if result else ("", None)
    again = _again(task)
    return again is not None and number is not None and again(number)


def counted() -> dict[str, int]:
    """How many jobs there are of each state."""
    counts = dict(DBTaskResult.objects.order_by().values_list("status").annotate(Count("id")))
    return {status: counts.get(status, 0) for status in (READY, RUNNING, FAILED, DONE)} | {READY: waiting().count()}


def longest_wait() -> float:
    """Seconds for which the oldest waiting job has waited; 0 for none."""
    oldest = waiting().aggregate(first=Min("enqueued_at"))["first"]
    return (timezone.now() - oldest).total_seconds() if oldest else 0.0
