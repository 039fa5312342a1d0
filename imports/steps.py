"""Work that a worker does for a kept row: taken by one, seen to be alive, stopped, taken up by another when silent.

A state name is all that distinguishes the steps of a row (`Stepped`). `heartbeat` is the moment at which a worker took
the step, None while it waits for one, and the worker's own mark upon it.

How far a step is, and the wish that it should stop, are small files beside the uploads: the one writer of SQLite
is busy while rows are written, and what an open transaction writes nobody sees, on either database. The worker
reads the uploads from the same place, so that it is shared wherever there are several machines.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import CharField, DateTimeField, Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone

# Without a sign of life for so long, a step is taken for dead and may be taken up again.
STALE = dt.timedelta(seconds=settings.IMPORT_STALE_SECONDS)
# A step is tried by at most so many workers: one that two did not finish would not be finished by a third.
MOST_TRIES = 2
# Seconds between two signs of life: enough for a page that asks every two.
_OFTEN = 0.5


class Stepped(Model):
    """What a model declares whose rows have steps."""

    #: The states in which a step is under way, or waits for a worker.
    busy: ClassVar[frozenset[str]]

    state: CharField[str | int | Combinable, str]
    heartbeat: DateTimeField[str | dt.datetime | dt.date | Combinable | None, dt.datetime | None]

    class Meta:
        abstract = True

    @property
    def is_busy(self) -> bool:
        return self.state in self.busy


class Stopped(Exception):
    """Somebody asked for the step to stop; `who` is her name."""

    def __init__(self, who: str):
        self.who = who
        super().__init__(who)


@dataclass(frozen=True)
class Progress:
    """How far a step is: rows done and in all, and the seconds since the epoch at its begin and its last sign."""

    done: int
    rows: int
    began: float
    at: float

    @property
    def rate(self) -> int:
        """Rows in a second; 0 while nothing can be said."""
        return round(self.done / spent) if (spent := self.at - self.began) > 0 else 0

    @property
    def seconds_left(self) -> int | None:
        return round((self.rows - self.done) / self.rate) if self.rate else None

    @property
    def minutes_left(self) -> int | None:
        """None below two minutes, which are better shown in seconds."""
        left = self.seconds_left
        return round(left / 60) if left and left >= 120 else None


# Taking and leaving ---------------------------------------------------------------------------------------


def claim(row: Stepped, state: str, before: tuple[str, ...]) -> bool:
    """Take the row into a state, unless another worker has it there and is alive."""
    if not row.is_busy:
        # A wish to stop that came too late was for the step before.
        forget(row)
    elif is_stale(row):
        release(row)
    now = timezone.now()
    free = Q(state__in=before) | Q(state=state, heartbeat__isnull=True)
    if not _rows(row).filter(free).update(state=state, heartbeat=now):
        return False
    row.state, row.heartbeat = state, now
    _place(row, "progress").unlink(missing_ok=True)
    _write(_place(row, "tries"), str(tries(row) + 1))
    return True


def tries(row: Stepped) -> int:
    """How often the row's step was begun since the last one ended."""
    try:
        return int(_place(row, "tries").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return 0


def holds(row: Stepped) -> bool:
    """Whether the step is still this worker's, and no other took it up meanwhile."""
    return _rows(row).filter(state=row.state, heartbeat=row.heartbeat).exists()


def leave(row: Stepped, state: str) -> bool:
    """The step has ended; the row is kept as it is, in its new state. False when another took the step up."""
    with transaction.atomic():
        if not _rows(row).filter(state=row.state, heartbeat=row.heartbeat).update(heartbeat=None):
            row.refresh_from_db()
            return False
        row.state = state
        row.heartbeat = None
        row.save()
    forget(row)
    return True


def forget(row: Stepped) -> None:
    """Take away what the ended step left beside the uploads."""
    for what in ("progress", "stop", "tries"):
        _place(row, what).unlink(missing_ok=True)


# Signs of life --------------------------------------------------------------------------------------------


def beating(row: Stepped) -> Callable[[int, int], None]:
    """Keeps the number of rows done, and that the worker is alive. Raises Stopped once somebody asked for it."""
    place, stop = _place(row, "progress"), _place(row, "stop")
    began = last = time.time()

    def on_progress(done: int, of_all: int) -> None:
        nonlocal last
        if stop.exists():
            raise Stopped(stop.read_text(encoding="utf-8"))
        now = time.time()
        if now - last >= _OFTEN or not done:
            last = now
            _write(place, json.dumps([done, of_all, began, now]))

    return on_progress


def progress(row: Stepped) -> Progress | None:
    """How far the row's step is, if it has said so yet."""
    try:
        return Progress(*json.loads(_place(row, "progress").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def is_stale(row: Stepped) -> bool:
    """Whether a step began and its worker has been silent for too long."""
    if not row.is_busy or row.heartbeat is None:
        return False
    known = progress(row)
    last = max(row.heartbeat.timestamp(), known.at if known else 0)
    return time.time() - last > STALE.total_seconds()


def release(row: Stepped) -> bool:
    """Free a stale step for another worker; False when somebody else did so first."""
    return bool(_rows(row).filter(state=row.state, heartbeat=row.heartbeat).update(heartbeat=None))


# Stopping -------------------------------------------------------------------------------------------------


def ask_to_stop(row: Stepped, who: str) -> None:
    """The worker that has the row's step, or takes it, stops as soon as it hears this."""
    _write(_place(row, "stop"), who)


def is_asked_to_stop(row: Stepped) -> bool:
    return _place(row, "stop").exists()


# What the functions above share ---------------------------------------------------------------------------


def _rows(row: Stepped) -> QuerySet[Any]:
    return type(row)._default_manager.filter(pk=row.pk)


def _place(row: Stepped, what: str) -> Path:
    return Path(default_storage.path(f"steps/{row._meta.label_lower}-{row.pk}.{what}"))


def _write(place: Path, text: str) -> None:
    """Whole or not at all: a page may be reading."""
    place.parent.mkdir(parents=True, exist_ok=True)
    # Two threads, and two machines with the same number of a process, may write at the same time.
    new = place.with_suffix(f"{place.suffix}.{secrets.token_hex(8)}")
    new.write_text(text, encoding="utf-8")
    new.replace(place)
