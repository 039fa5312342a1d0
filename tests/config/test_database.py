"""Processes that answer requests share few connections and give up overlong questions; commands do neither."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.processes import database, finish, start  # noqa: F401 - a fixture

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has neither")

COMMAND = """
import json
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    print(json.dumps([cursor.fetchone()[0], connection.pool is None]))
"""

# As gunicorn has it: the settings are read after config.wsgi; eight threads ask at once.
WEB = """
import config.wsgi
import concurrent.futures, json, os, psycopg
from django.conf import settings
from django.db import close_old_connections, connection
from django.test import Client
from inventory import registers
from inventory.organization.models import User
from tests import rows
settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = False, ["testserver"]
of = rows.unit("Destek Hizmetleri Dairesi Başkanlığı")
for number in range(5):
    rows.row(registers.get("equipment"), of)
who = User.objects.create_superuser("ayse", password="uzun-ve-gizli-1")
own = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)

def ask(path):
    client = Client(raise_request_exception=False)
    client.force_login(who)
    answer = client.get(path)
    text = b"".join(answer) if answer.streaming else answer.content
    close_old_connections()
    return answer.status_code, text.decode("utf-8", "replace")

with concurrent.futures.ThreadPoolExecutor(8) as threads:
    answers = list(threads.map(ask, ["/equipment/", "/equipment/export/?format=csv"] * 12))
connections = own.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()").fetchone()[0] - 1
own.execute("BEGIN")
own.execute("LOCK TABLE equipment_equipment IN ACCESS EXCLUSIVE MODE")
locked = ask("/equipment/")
own.execute("ROLLBACK")
with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    timeout = cursor.fetchone()[0]
print(json.dumps({
    "answers": [code for code, _text in answers], "shown": answers[0][1], "timeout": timeout,
    "connections": connections, "locked": locked, "after": ask("/equipment/")[0],
}))
"""


def test_commands_take_the_time_they_need(database, monkeypatch):  # noqa: F811 - the fixture
    monkeypatch.setenv("REQUEST_QUERY_SECONDS", "1")
    assert finish(start(database, COMMAND)) == ["0", True]


def test_requests_share_connections_and_an_overlong_one_reads_what_to_do(
    database,  # noqa: F811 - the fixture
    monkeypatch,
):
    monkeypatch.setenv("REQUEST_QUERY_SECONDS", "1")
    monkeypatch.setenv("DATABASE_POOL", "3")
    monkeypatch.setenv("ANSWERS_REQUESTS", "1")
    found = finish(start(database, WEB))
    assert found["answers"] == [200] * 24 and "nvanter" in found["shown"]
    assert found["timeout"] == "1s" and 1 <= found["connections"] <= 3
    code, page = found["locked"]
    assert code == 503 and "Süzgeci daraltıp" in page
    assert found["after"] == 200
