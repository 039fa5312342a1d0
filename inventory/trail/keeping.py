"""How an entry is kept: in the database, or where that is busy in a file beside it until it is free.

SQLite has one writer, and an import may be it for half a minute. Who only takes a file out shall not wait so long, and
her entry shall not be lost: it goes to the end of `trail.jsonl` in VAR_DIR, and into the table with the next entry.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from inventory.limits import client_address
from inventory.trail.models import Event

_PATIENCE_MS = 300
COMMAND = "komut"


def record(
    kind: str,
    *,
    request: HttpRequest | None = None,
    user=None,
    username: str = "",
    register: str = "",
    row_id: int | None = None,
    text: str = "",
    **details: object,
) -> None:
    """Keep that something was done; without a request it was a command on the machine itself."""
    entry = {
        "at": timezone.now().isoformat(),
        "kind": kind,
        "user_id": getattr(user, "pk", None),
        "username": (username or (user.get_username() if user else ""))[:150],
        "address": client_address(request)[:60] if request else COMMAND,
        "register": register[:40],
        "row_id": row_id,
        "text": text[:300],
        "details": {name: value for name, value in details.items() if value},
    }
    try:
        with _impatient():
            Event(**entry).save()
        fold()
    except OperationalError:
        with _file("a") as waiting:
            waiting.write(json.dumps(entry, ensure_ascii=False) + "\n")


def fold() -> None:
    """Bring the entries that wait in the file into the table; they stay in the file when it cannot be done."""
    if not _place().exists():
        return
    with _file("r+") as waiting, transaction.atomic():
        for line in waiting:
            Event(**json.loads(line)).save()
        waiting.truncate(0)


def _place() -> Path:
    return settings.VAR_DIR / "trail.jsonl"


@contextmanager
def _file(mode: str) -> Iterator:
    """The file, held by this process alone."""
    with _place().open(mode, encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


@contextmanager
def _impatient() -> Iterator[None]:
    """On SQLite, do not wait for another writer as long as a change of rows would."""
    if connection.vendor != "sqlite":
        yield
        return
    usual = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
