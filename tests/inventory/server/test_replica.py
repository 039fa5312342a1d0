"""Reports are read from a real copy of a real PostgreSQL, as long as it follows."""

from __future__ import annotations

import os
import shutil
import time

import pytest

from tests.clusters import Cluster, cluster  # noqa: F401 - a fixture
from tests.processes import finish, start

GROWN = """
from tests.rows import row, unit
from inventory import registers
row(registers.get("vehicles"), unit("Destek Hizmetleri Dairesi Başkanlığı"))
"""
# What is there now, and from where a report and a page read it.
ASKED = """
import json, time
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from inventory.server import replica
from inventory import registers
from inventory.organization.models import User
from inventory.assets.vehicles.models import Vehicle
from tests.rows import unit
from inventory.organization.models import Unit
account, _ = User.objects.get_or_create(username="yonetici", defaults={"is_superuser": True})
client = Client(headers={"host": "localhost"})
client.force_login(account)
def asked(url):
    with CaptureQueriesContext(connections["default"]) as own:
        assert client.get(url).status_code == 200
    return any("stockline" in query["sql"] for query in own.captured_queries)
time.sleep(wait)
began = time.monotonic()
found = {"report": asked("/reports/physical-resources/"), "list": asked("/vehicles/totals/")}
found["seconds"] = time.monotonic() - began
with replica.reading() as fresh:
    found["fresh"], found["vehicles"] = fresh, Vehicle.objects.count()
    try:
        unit(f"Yeni birim {wait}")
    except RuntimeError as error:
        found["refused"] = str(error)
unit(f"Sonraki birim {wait}")
print(json.dumps(found))
"""


@pytest.fixture
def pair(cluster):  # noqa: F811 - the fixture
    cluster.migrate()
    finish(start(cluster.url, GROWN))
    copy = Cluster(of=cluster)
    os.environ["DATABASE_REPLICA_URL"] = copy.url
    yield cluster, copy
    del os.environ["DATABASE_REPLICA_URL"]
    copy.stop()
    shutil.rmtree(copy.place)


def test_a_report_reads_the_copy_and_a_list_the_database_itself(pair):
    own, copy = pair
    found = finish(start(own.url, ASKED, wait=1))
    assert found["fresh"] and not found["report"] and found["list"]
    assert found["vehicles"] == 1 and "only a copy is read" in found["refused"]
    # The copy follows.
    until = time.monotonic() + 20
    while not finish(start(own.url, COUNTED))["copy"]:
        assert time.monotonic() < until
    copy.stop()
    found = finish(start(own.url, ASKED, wait=0))
    assert not found["fresh"] and found["report"]
    assert found["vehicles"] == 1 and "refused" not in found and found["seconds"] < 20
    copy.start()


COUNTED = """
import json
from inventory.organization.models import Unit
print(json.dumps({"copy": Unit.objects.using("replica").filter(name="Sonraki birim 1").count()}))
"""
