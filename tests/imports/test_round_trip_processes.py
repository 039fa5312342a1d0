"""What a command gives out comes back by a command, each a process of its own, as an operator runs them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import surroundings
from tests.processes import finish, shared_database, start  # noqa: F401 - a fixture

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"
# Every form with registers of different columns; in one process all of them take turns (test_round_trip.py).
TURNS = [
    ("vehicles", "xlsx", ()),
    ("property", "ods", ()),
    ("equipment", "csv", ()),
    ("network", "csv", ("--format", "plain")),
]
FILL = """
from inventory import registers
from tests.imports.test_round_trip import filled
from tests.rows import unit
of = unit("Park ve Bahçeler Dairesi Başkanlığı")
for slug in slugs:
    filled(registers.get(slug), of)
"""


@pytest.fixture(scope="module")
def database(shared_database):  # noqa: F811 - the fixture above
    finish(start(shared_database, FILL, slugs=[slug for slug, _form, _more in TURNS]))
    return shared_database


def manage(url, *arguments) -> tuple[int, str]:
    command = [sys.executable, str(MANAGE), *map(str, arguments)]
    done = subprocess.run(command, **surroundings(url), capture_output=True, text=True, check=False, timeout=300)
    assert not done.stderr or done.returncode, done.stderr
    return done.returncode, done.stdout


@pytest.mark.parametrize("slug, form, more", TURNS)
def test_an_export_comes_back_unchanged_through_two_processes(database, slug, form, more, tmp_path):
    path = tmp_path / f"liste.{form}"
    assert manage(database, "export_register", slug, path, *more)[0] == 0
    code, out = manage(database, "import_register", slug, path, "--check-only", "--json")
    said = json.loads(out)
    assert (code, said["errors"]) == (0, [])
    assert said["unchanged"] == said["rows"] >= 3
