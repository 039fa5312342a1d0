"""How a step of a batch ends otherwise than by being done: stopped by somebody, cut off, overtaken."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import Error, OperationalError
from django.utils.translation import gettext as _

from imports.models import Batch
from imports.steps import ask_to_stop, forget, holds, leave
from inventory.server import faults

P = ParamSpec("P")
R = TypeVar("R")

State = Batch.State


def ending(step: Callable[Concatenate[Batch, P], R]) -> Callable[Concatenate[Batch, P], R]:
    """For a step of a batch: whatever ends it, also the end of its process in order, the batch does not look busy for
    ever, and no worker takes for a dead one's what nobody waits for."""

    @wraps(step)
    def ended(batch: Batch, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return step(batch, *args, **kwargs)
        except BaseException as error:
            cut_off = _("İşlem yarıda kesildi, hiçbir kayıt değişmedi. Yeniden deneyiniz.")
            with suppress(Error):  # Where it is the database that failed, the first error says more.
                give_up(batch, "" if isinstance(error, Exception) else cut_off)
            raise

    return ended


def give_up(batch: Batch, why: str = "") -> None:
    """After a fault of ours: say so, instead of looking busy for ever; `why` is the message, where it is known."""
    if batch.is_busy and holds(batch):
        end = State.FAILED
        if batch.state in (State.APPLYING, State.UNDOING):
            end = State.APPLIED if batch.state == State.UNDOING else unapplied(batch)
        batch.refresh_from_db()
        batch.message = why or faults.sentence(
            _("Beklenmeyen bir hata oldu, hiçbir kayıt değişmedi. Yeniden deneyiniz; sürerse sistem yöneticisine bu "
              "aktarımın numarasını bildiriniz.")
        )  # fmt: skip
        leave(batch, end)


def cancel(batch: Batch, who: str) -> None:
    """Stop the batch's step: as soon as its worker hears it, or at once while it waits for one."""
    # Not by the database first: while rows are written, its one writer on SQLite is just that worker.
    ask_to_stop(batch, who)
    after: dict[str, State] = {State.UPLOADED: State.CANCELLED, State.UNDOING: State.APPLIED}
    if batch.state == State.APPLYING:
        after[State.APPLYING] = unapplied(batch)
    if batch.heartbeat is None and batch.state in after:
        waiting = Batch.objects.filter(pk=batch.pk, state=batch.state, heartbeat__isnull=True)
        with suppress(OperationalError):  # Another import is being written; the worker hears it when it comes.
            if waiting.update(state=after[batch.state], message=stopped(who, batch.state)):
                forget(batch)


def unapplied(batch: Batch) -> State:
    """Where a batch is whose plan was not written."""
    return State.REFUSED if batch.counts["errors"] else State.CHECKED


# What its user reads --------------------------------------------------------------------------------------


def stopped(who: str, state: str) -> str:
    """The message of a step that somebody stopped while the batch was in this state."""
    if state == State.UNDOING:
        return not_undone(_("%(who)s durdurdu.") % {"who": who})
    return _("%(who)s durdurdu; hiçbir şey yazılmadı.") % {"who": who}


def not_undone(why: str) -> str:
    return _("Geri alınmadı, hiçbir şey değişmedi. %(why)s") % {"why": why}


def why_not_done(batch: Batch) -> str:
    """Why a step that was asked for was not done: the batch's message, or that another one has it."""
    message = _("%(number)d no’lu aktarımın durumu bu arada değişti; sonucuna Aktarımlar sayfasında bakınız.")
    return batch.message or message % {"number": batch.pk}
