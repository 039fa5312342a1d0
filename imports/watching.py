"""Nothing is lost when a worker dies: a step in the background is looked after until it is done, or has failed twice.

What a model's tasks say of its steps stands in `inventory.hooks.steps`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.apps import apps
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from imports import steps
from imports.steps import Stepped
from inventory import hooks

Row = TypeVar("Row", bound=Stepped)


@dataclass(frozen=True)
class Steps(Generic[Row]):
    """What is done in the background for the rows of a model."""

    model: type[Row]
    #: Asks a worker for the step that the row waits for.
    begin: Callable[[Row], None]
    #: Ends a step that no worker brings to its end, with a message.
    give_up: Callable[[Row, str], None]
    #: A row that this task left in the state `failed` may be put into the state `waits` and begun again by
    #: administrators. Writing rows and undoing that is asked for again by its own user alone, on her import's page.
    task: str
    failed: str
    waits: str
    #: What its user may do about a step that two workers did not bring to its end.
    advice: Callable[[Row], str]

    def again(self, row_id: int) -> bool:
        """False when the row is no longer where its failure has left it."""
        rows = self.model._default_manager.filter(pk=row_id)
        if not rows.filter(state=self.failed).update(state=self.waits, heartbeat=None, message=""):
            return False
        row = rows.get()
        steps.forget(row)
        start(row)
        return True


def _of(row: Row) -> Steps[Row]:
    return next(each for each in hooks.steps if isinstance(row, each.model))


def start(row: Stepped) -> None:
    """Have a worker do the step that the row waits for, and have it looked after."""
    _of(row).begin(row)
    look_after(row)


def take_up(row: Stepped) -> None:
    """Give a step whose worker died to another one; end it when that was not the first."""
    if not steps.is_stale(row):
        return
    if steps.tries(row) >= steps.MOST_TRIES:
        _end(row)
    elif steps.release(row):
        start(row)


def _end(row: Stepped) -> None:
    why = _(
        "Bu iş iki kez yarıda kaldı: onu yapan süreç iki kez sonlandı ya da süresi yetmedi. Hiçbir kayıt değişmedi."
    )
    _of(row).give_up(row, f"{why} {_of(row).advice(row)}")


def smaller_file(_row: Stepped) -> str:
    return _("Daha küçük bir dosyayla yeniden deneyiniz; sürerse sistem yöneticisine bildiriniz.")


@task()
def watch(label: str, row_id: int, language: str) -> None:
    """Take up a step whose worker died, though nobody looks at its page; one that still waits is asked for again,
    since its worker may have died before it took it."""
    row = apps.get_model(label)._default_manager.filter(pk=row_id).first()
    if row is None or not row.is_busy:
        return
    with translation.override(language):
        if row.heartbeat is None and steps.tries(row) < steps.MOST_TRIES:
            start(row)
        elif row.heartbeat is None:
            _end(row)
        elif steps.is_stale(row):
            take_up(row)
        else:
            look_after(row)


def look_after(row: Stepped) -> None:
    """Have a worker look whether the step that is about to begin came to its end, also where no worker does it: the
    process of a page may be killed, too, and exports reckon with what is being written."""
    later = watch.using(run_after=timezone.now() + steps.STALE)
    later.enqueue(row._meta.label, row.pk, translation.get_language())
