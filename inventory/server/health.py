"""Whether the service lives and is ready to serve; what is wrong is named in a word, to strangers too."""

from __future__ import annotations

import shutil
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from inventory.server import heartbeat

OK = "ok"


def checks() -> dict[str, str]:
    """Each part with "ok" or what is wrong with it."""
    states = {"database": _database()}
    states["migrations"] = _migrations() if states["database"] == OK else "unknown"
    states["worker"] = OK if heartbeat.alive() else "no worker runs"
    states["disk"] = OK if shutil.disk_usage(settings.VAR_DIR).free >= settings.DISK_FREE_BYTES else "nearly full"
    return states


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return OK


def _migrations() -> str:
    try:
        _are_applied()
    except LookupError:
        return "not applied"
    return OK


@cache
def _are_applied() -> None:
    """Raises LookupError while some are not; once they are, a process never asks again."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise LookupError
