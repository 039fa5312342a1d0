"""The signs of life of a running export, given from a thread of its own.

The rows stream through one connection for as long as the file is written. A write on that connection would have to
turn its reading into writing, which SQLite refuses as soon as anybody else has written meanwhile.
"""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, connection
from django.utils import timezone

from imports.exporting.models import Export

# Seconds between two signs of life; the page looks as often.
BEAT = 2

log = logging.getLogger(__name__)


class Stopped(Exception):
    """The export was cancelled, or given to another worker, while it ran."""


class Pulse(threading.Thread):
    """Keeps `heartbeat` and `counts` while the export runs; `told` raises Stopped once it is no longer ours.

    The last heartbeat is the token by which a run knows that the row is still its own.
    """

    def __init__(self, export: Export, rows: int):
        super().__init__(daemon=True)
        self._pk, self._rows, self._done = export.pk, rows, 0
        self.heartbeat = export.heartbeat
        self._over, self._lost = threading.Event(), threading.Event()

    def __enter__(self) -> Pulse:
        self.start()
        return self

    def __exit__(self, *raised) -> None:
        self._over.set()
        self.join()

    def told(self, rows: int) -> None:
        self._done = rows
        if self._lost.is_set():
            raise Stopped

    def run(self) -> None:
        try:
            while not self._over.wait(BEAT):
                self._beat()
        finally:
            connection.close()

    def _beat(self) -> None:
        now = timezone.now()
        ours = Export.objects.filter(pk=self._pk, state=Export.State.RUNNING, heartbeat=self.heartbeat)
        try:
            kept = ours.update(heartbeat=now, counts={"done": self._done, "rows": self._rows})
        except DatabaseError:
            # The next beat may get through; only a long silence counts.
            log.warning("export %d: no sign of life written", self._pk, exc_info=True)
            return
        if kept:
            self.heartbeat = now
        else:
            self._lost.set()
