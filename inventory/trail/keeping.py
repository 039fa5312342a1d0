"""How an entry is kept: in the database, or where that is busy in a file beside it until it is free.

SQLite has one writer, and an import may be it for half a minute. Who only takes a file out shall not wait so long, and
her entry shall not be lost: it goes to the end of `trail.jsonl` beside the uploads, which a backup holds too, and into
the table with the next entry.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.core.files.storage import default_storage
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from inventory.server.limits import client_address
from inventory.trail.models import Event

_PATIENCE_MS = 300
COMMAND = "komut"
#: The request that is being answered.
asking: ContextVar[HttpRequest | None] = ContextVar("asking", default=None)
#: What its page has reported so far.
detailed: ContextVar[Mapping[str, Any]] = ContextVar("detailed", default=MappingProxyType({}))


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
    entry = _entry(kind, request, user, username, register, row_id, text, details)
    try:
        with impatient():
            Event(**entry).save()
    except OperationalError:
        _put_aside(_place(), json.dumps(entry, ensure_ascii=False) + "\n")
    else:
        fold()


def record_within(kind: str, *, user=None, register: str = "", row_id: int | None = None, text: str = "") -> None:
    """Keep it with the change that it records, in the same transaction: either both are there or neither is.

    Who and from where are the present request's, if there is one.
    """
    request = asking.get()
    user = user or (request.user if request and request.user.is_authenticated else None)
    Event(**_entry(kind, request, user, "", register, row_id, text, {})).save()


def detail(**details: object) -> None:
    """What a page reports of what it did, for the entry that its answer leaves. Numbers, not names: which `row` (where
    its address does not say it) or how many `rows`, of which `register` (a slug), by which `batch`, the `query` of the
    list, to which `host`, which `changes`, or that it was `refused`."""
    detailed.set({**detailed.get(), **details})


def _entry(kind, request, user, username, register, row_id, text, details) -> dict:
    return {
        "at": timezone.now().isoformat(),
        "kind": kind,
        "user_id": getattr(user, "pk", None),
        "username": (username or (user.get_username() if user else ""))[:150],
        "address": client_address(request)[:60] if request else COMMAND,
        "register": register[:40],
        "row_id": row_id,
        "text": text[:300],
        "details": {name: value for name, value in details.items() if value or (value == 0 and value is not False)},
    }


def fold() -> None:
    """Bring the entries that wait in the file into the table; while the database is busy they stay in the file.

    The file is emptied after the commit: a machine that stops between the two keeps an entry twice, never not at all.
    A line that a full disk or a power cut left half goes to `trail-unreadable.jsonl`.
    """
    if not _place().exists():
        return
    with _file("r+") as waiting:
        entries, torn = [], []
        for line in waiting:
            try:
                entries.append(Event(**json.loads(line)))
            except (ValueError, TypeError):
                torn.append(line)
        try:
            with impatient(), transaction.atomic():
                for entry in entries:
                    entry.save()
        except OperationalError:
            return
        if torn:
            _put_aside(_place().with_name("trail-unreadable.jsonl"), "".join(torn))
        waiting.truncate(0)


def _put_aside(place: Path, text: str) -> None:
    with _file("a", place) as waiting:
        waiting.write(text)


def _place() -> Path:
    return Path(default_storage.path("trail.jsonl"))


@contextmanager
def _file(mode: str, place: Path | None = None) -> Iterator:
    """The file, held by this process alone."""
    place = place or _place()
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open(mode, encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


@contextmanager
def impatient() -> Iterator[None]:
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
