"""What DATABASE_URL means, for a process that answers requests and for one that does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url

from config import env, private

Settings = dict[str, Any]


def all_from_environment(var_dir: Path) -> dict[str, Settings]:
    """Django's DATABASES: the one, and where one is named a copy for reports (inventory/server/replica.py)."""
    databases = {"default": from_environment(var_dir)}
    if url := env.text("DATABASE_REPLICA_URL", ""):
        copy = _parsed(url)
        options = copy.setdefault("OPTIONS", {})
        # A copy that is away keeps nobody waiting for long.
        options.setdefault("connect_timeout", 2)
        if env.boolean("ANSWERS_REQUESTS"):
            _end_long_queries(options)
        databases["replica"] = copy
    return databases


def from_environment(var_dir: Path) -> Settings:
    """Django's settings of the one database; SQLite below `var_dir` when nothing else is asked for."""
    url = env.text("DATABASE_URL", f"sqlite:///{var_dir / 'register.sqlite3'}")
    settings = _parsed(url)
    if settings["ENGINE"].endswith("sqlite3"):
        private.database(Path(settings["NAME"]))
        return settings | _sqlite(var_dir)
    # Set by config.wsgi. Commands and the worker have one connection, and their work takes the time it takes.
    return _for_requests(settings) if env.boolean("ANSWERS_REQUESTS") else settings


def _parsed(url: str) -> Settings:
    kept = env.integer("DATABASE_CONN_MAX_AGE", 60)
    return {**dj_database_url.parse(url, conn_max_age=kept, conn_health_checks=True)}


def _sqlite(var_dir: Path) -> Settings:
    private.folder(var_dir)
    return {
        # IMMEDIATE takes the write lock at the start of a transaction, so that a writer waits (at most the
        # timeout) instead of failing half way with "database is locked"; WAL lets readers go on meanwhile.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": env.integer("DATABASE_BUSY_SECONDS", 20),
            "init_command": "PRAGMA journal_mode=WAL",
        },
        # A file, so that the live server's threads and other processes meet the same test database.
        "TEST": {"NAME": str(var_dir / "test.sqlite3")},
    }


def _for_requests(settings: Settings) -> Settings:
    options = settings.setdefault("OPTIONS", {})
    _end_long_queries(options)
    if most := env.integer("DATABASE_POOL", 4):
        # The threads of the process share these connections, so none may be kept by one of them.
        options["pool"] = {"min_size": 1, "max_size": most, "timeout": 10}
        settings["CONN_MAX_AGE"] = 0
    return settings


def _end_long_queries(options: Settings) -> None:
    if seconds := env.integer("REQUEST_QUERY_SECONDS", 30):
        given = options.get("options", "")
        options["options"] = f"{given} -c statement_timeout={seconds * 1000}".strip()
