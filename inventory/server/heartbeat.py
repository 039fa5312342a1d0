"""Signs of life of the workers: a file for each beside the uploads, touched while it runs.

A file and not a row, since SQLite's one writer may be busy for long with what the worker itself writes; beside the
uploads, which all machines share, in a folder whose dot says to the backup that it is no upload.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, unquote

from django.core.files.storage import default_storage

EVERY_SECONDS = 5
# So long without a sign, a worker is taken for dead.
SILENT_SECONDS = 60


def _folder() -> Path:
    return Path(default_storage.path(".workers"))


@contextmanager
def beating(worker_id: str) -> Iterator[None]:
    """Touch the worker's file until the block ends, from a thread of its own: a long step is no silence."""
    file, ended = _folder() / f"{quote(worker_id, safe='')}.alive", threading.Event()

    def beat():
        while True:
            # A full disk is no death.
            with suppress(OSError):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.touch()
            if ended.wait(EVERY_SECONDS):
                return

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        file.unlink(missing_ok=True)


def ages() -> dict[str, float]:
    """Seconds since the last sign of life, by worker; those silent for a day are forgotten."""
    now, ages = time.time(), {}
    for file in _folder().glob("*.alive"):
        try:
            age = now - file.stat().st_mtime
        except FileNotFoundError:  # it has just ended
            continue
        if age < 86_400:
            ages[unquote(file.stem)] = max(0.0, age)
        else:
            file.unlink(missing_ok=True)
    return ages


def alive() -> set[str]:
    """The workers that run."""
    return {worker for worker, age in ages().items() if age < SILENT_SECONDS}
