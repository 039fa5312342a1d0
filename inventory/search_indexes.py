"""Indexes by which PostgreSQL finds words anywhere in a text; SQLite reads its rows, which are fewer.

They are made after every `migrate`, not by a migration: the extension that they need may be missing or forbidden, the
rest works without it, and they are made as soon as it is there.
"""

from __future__ import annotations

import sys

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy

from inventory import registers

_MISSING = gettext_lazy(
    "Arama her satıra bakıyor, yaklaşık 100.000 satırdan sonra yavaştır: pg_trgm eklentisi yok ve yapılamadı "
    "(%(why)s). Veritabanının yöneticisi bu veritabanında `CREATE EXTENSION pg_trgm` çalıştırsın, sonra "
    "`manage.py migrate` komutunu yeniden çalıştırınız."
)


def make(using: str, verbosity: int = 1, **_) -> None:
    """Called after `migrate`: an index for every table in which the search page looks."""
    if connection.vendor != "postgresql" or using != connection.alias:
        return
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        cursor.execute("SELECT indexname FROM pg_indexes WHERE schemaname = ANY (current_schemas(false))")
        made = {name for (name,) in cursor.fetchall()}
    tables = [register.model._meta.db_table for register in registers.every("asset", "list")]
    wanted = {index_of(table): table for table in tables if table in there and index_of(table) not in made}
    if not wanted:
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:
        if verbosity:
            sys.stderr.write(str(_MISSING % {"why": str(error).strip().splitlines()[0]}) + "\n")
        return
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for name, table in wanted.items():
            cursor.execute(f"CREATE INDEX {quote(name)} ON {quote(table)} USING gin (search_text gin_trgm_ops)")


def index_of(table: str) -> str:
    """The index's name."""
    return f"{table}_words"
