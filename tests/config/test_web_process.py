"""What a web process holds before anybody asks it for anything: several of them idle on each machine."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

# 103 MB on SQLite, 112 on PostgreSQL, where this was written; 131 on SQLite with the records of the fleet, of which
# five take 0.8.
MOST_MB = 140
# Each is for files, which a child or the worker reads and writes; together they are 80 MB and a second.
FOR_FILES = {"pandas", "geopandas", "pyogrio", "openpyxl"}

# The peak of this process's own memory: ru_maxrss has the parent's in it.
_IDLE = """
import json, sys
import config.wsgi
from django.urls import get_resolver

def walk(patterns):
    parts = (walk(p.url_patterns) if hasattr(p, "url_patterns") else callable(p.callback) for p in patterns)
    return sum(parts)

views = walk(get_resolver().url_patterns)
peak = next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({"views": views, "mb": peak, "modules": sorted({name.partition(".")[0] for name in sys.modules})}))
"""


@pytest.fixture(scope="module")
def idle(tmp_path_factory):
    around = {"DEBUG": "0", "ALLOWED_HOSTS": "example.org", "SECRET_KEY": "x" * 60, "PYTHONWARNINGS": "ignore"}
    around["VAR_DIR"] = str(tmp_path_factory.mktemp("var"))
    command = [sys.executable, "-c", _IDLE]
    ran = subprocess.run(command, cwd=settings.BASE_DIR, env=os.environ | around, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["views"] > 50
    return found


def test_it_stays_small(idle):
    assert idle["mb"] < MOST_MB


def test_libraries_for_files_are_not_loaded(idle):
    assert not FOR_FILES & set(idle["modules"])
