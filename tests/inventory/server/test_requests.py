"""What is logged and counted of requests, and what is not."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from pythonjsonlogger.json import JsonFormatter

from inventory.server import requests
from tests.pages import signed_in
from tests.rows import unit, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines():
    """The lines of the log as a collector gets them."""
    form = settings.LOGGING["formatters"]["json"]
    formatter = JsonFormatter(form["fmt"], timestamp=form["timestamp"], json_ensure_ascii=False)
    found: list[dict] = []

    class Kept(logging.Handler):
        def emit(self, record):
            found.append(json.loads(formatter.format(record)))

    handler = Kept()
    handler.addFilter(requests.WithNumber())
    logger = logging.getLogger()
    logger.addHandler(handler)
    yield found
    logger.removeHandler(handler)


def test_a_request_is_one_line_that_says_no_more_than_its_route(lines):
    account = user("ayse", unit("Bilgi İşlem Dairesi Başkanlığı"), is_superuser=True)
    answer = signed_in(account).get(reverse("register-list", args=["vehicles"]), {"q": "41 ABC 123"})
    (line,) = lines
    assert line.pop("milliseconds") > 0 and line.pop("at") and line.pop("message")
    assert line == {
        "levelname": "INFO",
        "name": "register.request",
        "request_number": answer.headers["X-Request-ID"],
        "method": "GET",
        "route": "register-list",
        "status": 200,
        "user": account.pk,
    }


def test_a_failed_login_puts_neither_name_nor_password_into_the_log(lines):
    Client().post(reverse("login"), {"username": "gizli.ad", "password": "gizli-parola"})
    assert lines and "gizli" not in json.dumps(lines)


def test_a_fault_is_logged_without_what_was_asked_for(lines, monkeypatch, client):
    monkeypatch.setattr("inventory.server.views.JsonResponse", lambda *_: 1 / 0)
    client.raise_request_exception = False
    client.get("/health/live", {"q": "gizli-aranan"})
    assert any(line["levelname"] == "ERROR" for line in lines) and "gizli" not in json.dumps(lines)


def test_each_request_has_a_number_and_a_trusted_proxys_is_taken():
    client, sent = Client(), {"X-Request-ID": "vekil-12345678"}
    with override_settings(BEHIND_PROXY=False):
        own = [client.get("/health/live", headers=sent).headers["X-Request-ID"] for _ in range(2)]
    assert own[0] != own[1] and sent["X-Request-ID"] not in own
    with override_settings(BEHIND_PROXY=True):
        assert client.get("/health/live", headers=sent).headers["X-Request-ID"] == "vekil-12345678"
        for bad in ("kısa", "a" * 65, 'x"><script>', "12345678\n"):
            assert client.get("/health/live", headers={"X-Request-ID": bad}).headers["X-Request-ID"] != bad


def test_the_page_of_a_fault_tells_the_number(monkeypatch, client):
    monkeypatch.setattr("inventory.server.views.JsonResponse", lambda *_: 1 / 0)
    client.raise_request_exception = False
    answer = client.get("/health/live")
    assert answer.status_code == 500
    assert f"<code>{answer.headers['X-Request-ID']}</code>" in answer.content.decode()


def test_addresses_made_up_and_methods_make_no_new_names():
    client = Client()
    for n in range(5):
        client.get(f"/yok-{n}/sayfa-{n}/")
        client.generic(f"YOK{n}", f"/yok-{n}/")
    result = {tuple(s.labels.items()) for m in requests.measured().collect() for s in m.samples}
    named = [dict(labels) for labels in result if ("route", "unknown") in labels and "method" in dict(labels)]
    assert {each["method"] for each in named} == {"GET", "other"}
    client.get(f"{settings.STATIC_URL}yok.css")
    assert any(s.labels.get("route") == "static" for m in requests.measured().collect() for s in m.samples)
    assert not any("yok" in str(labels) for labels in result)


ASK = """
import django; django.setup()
from django.test import Client
for _ in range(3): Client().get("/health/live")
"""
READ = """
import django; django.setup()
from django.test import Client
from inventory.server import jobs
jobs.counted, jobs.longest_wait = lambda: {"READY": 1}, lambda: 0.5  # this database has no tables
answer = Client(headers={"Authorization": "Bearer belirtec"}).get("/metrics")
print(answer.content.decode())
"""


def test_the_counts_of_two_processes_are_added_up(tmp_path):
    surroundings = {
        "DJANGO_SETTINGS_MODULE": "config.settings", "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3", "DEBUG": "1", "ALLOWED_HOSTS": "testserver",
        "LOG_LEVEL": "WARNING", "METRICS_TOKEN": "belirtec", "PATH": "/usr/bin:/bin",
    }  # fmt: skip
    run = {"env": surroundings, "cwd": settings.BASE_DIR, "check": True, "capture_output": True, "text": True}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", ASK], **run)
    result = subprocess.run([sys.executable, "-c", READ], **run).stdout
    assert 'register_requests_total{method="GET",route="live",status="200"} 6.0' in result
    # Prometheus refuses what is named twice.
    helps = [line for line in result.splitlines() if line.startswith("# HELP")]
    assert len(helps) == len(set(helps)) and "register_workers" in result and "pid=" not in result
