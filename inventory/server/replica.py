"""Reports may be read from a copy of the database that follows it (DATABASE_REPLICA_URL), beside those who write.

Only inside `reading()`; never what somebody looks up after her own write. A copy that is away, or behind by more than
`MOST_BEHIND`, is not asked: then the database itself answers, so that no figure is old without anybody knowing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections

REPLICA = "replica"
# Seconds.
MOST_BEHIND = 10
# Who may see what is asked of the database itself: what was taken away a moment ago is gone.
RIGHTS = {"organization.Grant", "organization.User", "auth.Group"}

log = logging.getLogger(__name__)
_alias: ContextVar[str | None] = ContextVar("read from", default=None)
# Without somebody who sends it news, a copy has heard of nothing since what it last did.
_BEHIND = """
    SELECT CASE WHEN NOT pg_is_in_recovery() THEN 0
        WHEN EXISTS (SELECT 1 FROM pg_stat_wal_receiver) AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
        ELSE coalesce(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 1e9) END
"""


@contextmanager
def reading() -> Iterator[bool]:
    """Rows are read from the copy inside, where there is one that is up to date; whether that is so."""
    fresh = REPLICA in connections.databases and _is_fresh()
    turn = _alias.set(REPLICA if fresh else None)
    try:
        yield fresh
    finally:
        _alias.reset(turn)


def _is_fresh() -> bool:
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(_BEHIND)
            behind = float(cursor.fetchone()[0])
    except (DatabaseError, InterfaceError) as error:
        log.warning("the replica is away: %s", error)
        connections[REPLICA].close()
        return False
    if behind > MOST_BEHIND:
        log.warning("the replica is %.0f s behind", behind)
    return behind <= MOST_BEHIND


class Router:
    """What is read inside `reading()` comes from the copy; nothing may be written there, since a write begins with
    looking up what there is now."""

    def db_for_read(self, model, **hints) -> str:
        return DEFAULT_DB_ALIAS if model._meta.label in RIGHTS else _alias.get() or DEFAULT_DB_ALIAS

    def db_for_write(self, model, **hints) -> str:
        if _alias.get():
            raise RuntimeError(f"{model.__name__} is written where only a copy is read")
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one, other, **hints) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints) -> bool:
        return db != REPLICA
