"""A real server and a real worker under attack files: other pages are answered meanwhile, the worker is free after."""

from __future__ import annotations

import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from tests.geo.attacks import ATTACKS
from tests.processes import database, finish, manage, start, surroundings  # noqa: F401 - a fixture
from tests.web.forms import Page

SEED = """
from inventory.organization.models import User
User.objects.create_superuser("yonetici", password="uzun-ve-gizli-1")
"""
STATES = """
import json
from imports.models import Batch
print(json.dumps([[batch.state, batch.message] for batch in Batch.objects.order_by("pk")]))
"""
AT_ONCE = ("an endless view alone", "endless contents", "a table without an end", "a foreign file")
# Beside the pages of this process, of which each may read two files at once.
_MOST_MEMORY = 600_000


class Browser:
    """A session of its own, as a person has it."""

    def __init__(self, base: str):
        self.base = base
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def get(self, path: str) -> str:
        with self._opener.open(self.base + path, timeout=300) as answer:
            return answer.read().decode()

    def post(self, path: str, kind: str, body: bytes) -> str:
        request = urllib.request.Request(self.base + path, body, {"Content-Type": kind})
        with self._opener.open(request, timeout=300) as answer:
            return answer.geturl()

    def token(self, path: str) -> str:
        return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path))[1]

    def log_in(self) -> None:
        given = {"username": "yonetici", "password": "uzun-ve-gizli-1"}
        given["csrfmiddlewaretoken"] = self.token("/account/login/")
        self.post("/account/login/", "application/x-www-form-urlencoded", urlencode(given).encode())

    def upload(self, content: bytes) -> str:
        mark, path = uuid4().hex, "/locations/import/"
        form = next(form for form in Page(path, self.get(path)).forms if form.files)
        given = [(name, value) for name, values in form.values.items() for value in values]
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in given]
        parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="dosya.kml"\r\n\r\n')
        body = "".join(parts).encode() + content + f"\r\n--{mark}--\r\n".encode()
        return self.post(path, f"multipart/form-data; boundary={mark}", body)


@pytest.fixture
def served(database, tmp_path, monkeypatch):  # noqa: F811 - the fixture
    """(base address, process) of a server of one process with four threads."""
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("IMPORT_MAX_SECONDS", "2")
    finish(start(database, SEED))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).parent / "gunicorn", "config.wsgi", "--workers", "1", "--threads", "4"]
    around = surroundings(database)
    server = subprocess.Popen([*command, "--bind", f"127.0.0.1:{port}"], stderr=subprocess.DEVNULL, **around)
    try:
        yield f"http://127.0.0.1:{port}", server
    finally:
        server.terminate()
        server.wait(60)


def wait_for(browser: Browser) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            browser.get("/health/live")
            return
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.2)


def memory_of(server: subprocess.Popen) -> int:
    """The peak in kB of the process that answers."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return max(int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) for pid in children)


def test_pages_are_answered_while_attacks_are_read_and_the_worker_is_free_afterwards(served, database, tmp_path):  # noqa: F811
    base, server = served
    wait_for(Browser(base))
    browser = Browser(base)
    browser.log_in()
    contents = [make() for name, make, _answer in ATTACKS if name in AT_ONCE] * 2
    result: list[str] = []
    threads = [threading.Thread(target=lambda c=content: result.append(browser.upload(c))) for content in contents]
    for thread in threads:
        thread.start()
    answered = 0
    while any(thread.is_alive() for thread in threads):
        assert Browser(base).get("/health/live")
        answered += 1
    assert len(result) == len(contents) == 8 and answered
    assert all(re.search(r"/imports/\d+/$", url) for url in result), result
    assert memory_of(server) < _MOST_MEMORY
    worker = ("db_worker", "--batch", "--interval", "0.1", "--no-startup-delay")
    done = manage(database, *worker, var=Path(os.environ["VAR_DIR"]))
    assert done.returncode == 0, done.stderr
    states = finish(start(database, STATES))
    assert len(states) == 8
    assert {state for state, _message in states} <= {"failed", "checked", "refused"}
    assert all(message.endswith(".") for state, message in states if state == "failed")
