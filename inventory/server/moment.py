"""Reading that takes many queries, all of them of one moment, and until when nothing is missing in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.utils import timezone

# A write that is running while an export begins: SQLite is waited for so long, in milliseconds; then it is taken to
# have begun at most so long ago.
WAIT, LONGEST_WRITE = 2_000, dt.timedelta(hours=1)
# A transaction has a number once it has written, and `inventory.writes` dates what it writes afterwards. Those of
# PostgreSQL itself (autovacuum) have numbers, too, and write no rows.
_RUNNING = """
    SELECT max(clock_timestamp() - xact_start) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
    AND backend_type = 'client backend'
"""


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read inside is as it was at the first query, whatever others write meanwhile; nothing is to be written.

    Inside a transaction that is open already, it is that transaction's.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # A connection gets its mode when it is opened, so that one that is not yet open would lose ours.
        connection.ensure_connection()
        # A reader of SQLite's log keeps its moment, and keeps no writer waiting, as long as it does not begin as one.
        mode = _begins_as("DEFERRED")
        try:
            with transaction.atomic():
                _begins_as(mode)
                yield
        finally:
            _begins_as(mode)
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield


def _begins_as(mode: str | None) -> str | None:
    """How SQLite's next transaction begins; returns how it would have begun."""
    before: str | None = connection.transaction_mode  # type: ignore[attr-defined]  # the stubs lack what is SQLite's
    connection.transaction_mode = mode  # type: ignore[attr-defined]  # as above
    return before


def all_there() -> dt.datetime:
    """The moment before which nothing was written that reading from now on would miss.

    What is written bears the moment at which it is, and is there to be read once its transaction has ended: minutes
    later, where many rows are changed together. So it is not later than any write that is still running began.
    """
    now = timezone.now()
    if connection.vendor == "sqlite":
        # In a transaction of one's own nobody else writes.
        return now if connection.in_atomic_block else _alone(now)
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING)
        (since,) = cursor.fetchone()
    return now - since if since else now


def _alone(now: dt.datetime) -> dt.datetime:
    """SQLite has one writer, so for a moment it is us; whoever comes later is later."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (wait,) = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {WAIT:d}")
        try:
            with transaction.atomic():
                return timezone.now()
        except OperationalError:
            return now - LONGEST_WRITE
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {wait:d}")


def begun() -> dt.datetime:
    """Now, for what the transaction is about to write; from here on `all_there` knows of it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")
    return timezone.now()
