"""Real processes on one real database, as colleagues at work: started with a piece of code, read when they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection


def surroundings(url: str) -> dict:
    return {"cwd": settings.BASE_DIR, "env": os.environ | {"DATABASE_URL": url, "DEBUG": "1"}}


def start(url: str, code: str, **names) -> subprocess.Popen:
    given = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    code = f"import django; django.setup()\n{given}{code}"
    env = {"env": os.environ | {"DATABASE_URL": url, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", code], **(surroundings(url) | env | pipes))


def finish(process: subprocess.Popen):
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1]) if out.strip() else None


@pytest.fixture
def database(tmp_path):
    """The URL of a fresh database of the kind under test, with empty tables."""
    url = f"sqlite:///{tmp_path / 'two.sqlite3'}"
    if connection.vendor == "postgresql":
        parts = urlsplit(os.environ["DATABASE_URL"])
        url = urlunsplit(parts._replace(path=f"/two_{os.getpid()}"))
        import psycopg

        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
            own.execute(f"DROP DATABASE IF EXISTS two_{os.getpid()}")
            own.execute(f"CREATE DATABASE two_{os.getpid()}")
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, **surroundings(url))
    return url
