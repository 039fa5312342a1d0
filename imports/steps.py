"""Work that a worker does for a kept row: taken by one, seen to be alive, taken up by another when silent.

The row's model has `state`, `heartbeat`, `counts` and `is_busy`; a state name is all that tells its steps apart.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db.models import Model, Q
from django.utils import timezone

# Without a sign of life for so long, a step is taken for dead and may be taken up again.
STALE = dt.timedelta(minutes=5)


def claim(row: Model, state: str, before: tuple[str, ...]) -> bool:
    """Take the row into a state, unless another worker has it there and is alive."""
    now = timezone.now()
    waiting = Q(state=state) & (Q(heartbeat__isnull=True) | Q(heartbeat__lt=now - STALE))
    free = Q(state__in=before) | waiting
    if not _rows(row).filter(free).update(state=state, heartbeat=now):
        return False
    row.state, row.heartbeat = state, now
    return True


def leave(row: Model, state: str) -> None:
    """The step has ended; the row is kept as it is, in its new state."""
    row.state = state
    row.heartbeat = None
    row.save()


def beating(row: Model) -> Callable[[int, int], None]:
    """Keeps the number of rows done, and that the worker is alive."""

    def told(done: int, of_all: int) -> None:
        now = timezone.now()
        row.heartbeat = now
        _rows(row).update(heartbeat=now, counts={"done": done, "rows": of_all})

    return told


def is_stale(row: Model) -> bool:
    """Whether a step began and its worker has been silent for too long."""
    return row.is_busy and row.heartbeat is not None and timezone.now() - row.heartbeat > STALE


def release(row: Model) -> bool:
    """Free a stale step for another worker; False when somebody else did so first."""
    return bool(_rows(row).filter(state=row.state, heartbeat=row.heartbeat).update(heartbeat=None))


def _rows(row: Model):
    return type(row)._default_manager.filter(pk=row.pk)
