"""`make run` in one process: the server and the worker come together and go together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.databases import surroundings
from tests.processes import database, finish, start  # noqa: F401 - a fixture

ROW = """
from inventory import registers
from tests.rows import row, unit
row(registers.get("vehicles"), unit("Destek Hizmetleri Dairesi Başkanlığı"))
"""


@pytest.fixture
def started(database):  # noqa: F811
    # Not empty, so that no demo is made.
    finish(start(database, ROW))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "config.start", str(port)],
        **surroundings(database, DEBUG="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process, f"http://127.0.0.1:{port}/account/login/"
    # Not killed: its worker would live on.
    process.terminate()
    process.communicate(timeout=60)


def workers(process: subprocess.Popen) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def wait_for(url: str, process: subprocess.Popen) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(url, timeout=30):
                return
        except OSError:
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.2)


def are_gone(pids: list[int]) -> bool:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.1)
    return False


def test_the_end_of_a_child_that_read_a_file_ends_nothing(started):
    process, url = started
    wait_for(url, process)
    (worker,) = workers(process)
    process.send_signal(signal.SIGCHLD)
    time.sleep(1)
    wait_for(url, process)
    assert workers(process) == [worker]


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_both_end_when_they_are_asked_to(started, asked):
    process, url = started
    wait_for(url, process)
    (worker,) = workers(process)
    process.send_signal(asked)
    assert process.wait(timeout=60) == 0
    assert are_gone([worker])


def test_the_servers_end_says_that_the_worker_went(started):
    process, url = started
    wait_for(url, process)
    (worker,) = workers(process)
    os.kill(worker, signal.SIGKILL)
    out, _err = process.communicate(timeout=60)
    assert process.returncode == 1 and "The worker ended by itself" in out
