"""A PostgreSQL of a test's own, which it may stop and start."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from django.db import connection

from tests.databases import PROGRAMS, pour_migrated, program


class Cluster:
    def __init__(self, of: Cluster | None = None):
        """An empty server, or one that copies another, a moment behind."""
        # Not below pytest's own folder, which every other run of pytest closes to all but its user.
        self.place = Path(tempfile.mkdtemp())
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"postgres://register@127.0.0.1:{self.port}/postgres"
        if os.getuid() == 0:
            # PostgreSQL refuses to run as root.
            shutil.chown(self.place, "postgres")
        data = ("-D", self.place / "data", "-U", "register")
        if of is None:
            self._run("initdb", *data, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        else:
            self._run("pg_basebackup", *data, "-h", "127.0.0.1", "-p", of.port, "-R", "-c", "fast", "-X", "stream")
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -k {self.place} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "-D", self.place / "data", "-w", "-l", self.place / "log", "-o", options, "start")

    def migrate(self) -> None:
        """Give it the tables that `manage.py migrate` made."""
        pour_migrated(self.url)

    def stop(self) -> None:
        """At once, as a power cut does: it recovers from its log when it starts."""
        self._run("pg_ctl", "-D", self.place / "data", "-w", "-m", "immediate", "stop")

    def _run(self, name: str, *arguments) -> None:
        command = [program(name), *map(str, arguments)]
        if os.getuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


@pytest.fixture
def cluster():
    if connection.vendor != "postgresql":
        pytest.skip("starts PostgreSQL servers of its own: it runs in the suite's second run, on PostgreSQL")
    if not PROGRAMS:
        # Continuous integration has installed everything.
        (pytest.fail if os.environ.get("CI") else pytest.skip)("PostgreSQL's programs are not installed here")
    made = Cluster()
    yield made
    made.stop()
    shutil.rmtree(made.place)
