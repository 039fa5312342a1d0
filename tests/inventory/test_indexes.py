"""What a database can find and sort without reading every row."""

from __future__ import annotations

import os
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from inventory import registers, search_indexes
from inventory.listing.address import Listing
from inventory.listing.paging import Place, find
from inventory.search import matching
from tests.processes import empty, manage  # noqa: F401 - a fixture
from tests.rows import row, unit

EQUIPMENT = registers.get("equipment")
postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads its rows")


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["make", "-make"])
def test_the_first_page_of_a_sorted_list_is_read_from_an_index(sort):
    here = unit("Destek Hizmetleri Dairesi Başkanlığı")
    made = [row(EQUIPMENT, here, make=make).pk for make in ("Çelik", "", "Iğdır", "İzmit", "Zirve", "Çelik")]
    listing = Listing(EQUIPMENT, None, {"sort": sort})
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Of so few rows it would read all.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    seen = []
    with connection.execute_wrapper(lambda run, sql, params, many, context: seen.append((sql, params)) or run(
        sql, params, many, context
    )):  # fmt: skip
        rows = find(listing, Place()).rows
    at = [0, 5, 2, 3, 4, 1] if sort == "make" else [4, 3, 2, 5, 0, 1]
    assert [each.pk for each in rows] == [made[place] for place in at]
    sql, params = seen[0]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql}", params)
        assert "equipment_by_make" in str(cursor.fetchall())


@postgresql
@pytest.mark.django_db
def test_words_are_found_by_an_index_in_every_table_of_the_search_page():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for register in registers.every("asset", "list"):
            plan = matching(register.model.objects.order_by(), "ığdır 41-abc-123").explain()
            assert search_indexes.index_of(register.model._meta.db_table) in plan


@postgresql
def test_without_the_right_to_the_extension_all_works_and_the_way_to_it_is_reported(empty, tmp_path):  # noqa: F811
    import psycopg

    parts, role = urlsplit(empty()), f"humble_{os.getpid()}"
    with psycopg.connect(urlunsplit(parts), autocommit=True) as own:
        own.execute(f"DROP ROLE IF EXISTS {role}")
        own.execute(f"CREATE ROLE {role} LOGIN")
        own.execute(f"GRANT ALL ON SCHEMA public TO {role}")
        humble = urlunsplit(parts._replace(netloc=f"{role}@{parts.hostname}:{parts.port}"))
        try:
            first = manage(humble, "migrate", "-v1", var=tmp_path)
            assert first.returncode == 0 and "CREATE EXTENSION pg_trgm" in first.stderr
            own.execute("CREATE EXTENSION pg_trgm")
            again = manage(humble, "migrate", "-v1", var=tmp_path)
            assert again.returncode == 0 and "pg_trgm" not in again.stderr
            made = own.execute("SELECT count(*) FROM pg_indexes WHERE indexname LIKE '%_words'").fetchone()[0]
            assert made == len(registers.every("asset", "list"))
        finally:
            own.execute(f"DROP OWNED BY {role}")
            own.execute(f"DROP ROLE {role}")
