"""Signs of life of the workers: a file for each beside the uploads, touched while it runs.

A file and not a row, since SQLite's one writer may be busy for long with what the worker itself writes; beside the
uploads, which all machines share.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.storage import default_storage

EVERY_SECONDS = 5
# So long without a sign, a worker is taken for dead.
SILENT_SECONDS = 60


def _folder() -> Path:
    return Path(default_storage.path("workers"))


@contextmanager
def beating(worker_id: str) -> Iterator[None]:
    """Touch the worker's file until the block ends, from a thread of its own: a long step is no silence."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    file, ended = folder / f"{worker_id}.alive", threading.Event()

    def beat():
        while not ended.wait(EVERY_SECONDS):
            file.touch()

    file.touch()
    threading.Thread(target=beat, daemon=True).start()
    try:
        yield
    finally:
        ended.set()
        file.unlink(missing_ok=True)


def ages() -> list[float]:
    """Seconds since each worker's last sign of life, the youngest first; those silent for a day are forgotten."""
    now, found = time.time(), []
    for file in _folder().glob("*.alive"):
        try:
            age = now - file.stat().st_mtime
        except FileNotFoundError:  # it has just ended
            continue
        if age < 86_400:
            found.append(max(0.0, age))
        else:
            file.unlink(missing_ok=True)
    return sorted(found)


def alive() -> int:
    """How many workers run."""
    return sum(age < SILENT_SECONDS for age in ages())
