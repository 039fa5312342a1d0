"""What the application keeps is not readable by everybody, under whatever umask it was started."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from config import private

# As `make run` starts it, with an upload and a count of the limits besides; nothing else is left open.
CODE = """
import os, django
django.setup()
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from inventory.server import limits
call_command("migrate", "contenttypes", verbosity=0)
default_storage.save("imports/vehicles/abc/sheet", ContentFile(b"x"))
limits.count("export", "1")
"""


def run(var, umask=0o022):
    surroundings = {"VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1",
                    "DATABASE_URL": f"sqlite:///{var}/register.sqlite3"}  # fmt: skip
    subprocess.run(
        [sys.executable, "-c", CODE], check=True, env={**os.environ, **surroundings}, preexec_fn=lambda: os.umask(umask)
    )


def readable_by_others(var) -> set[str]:
    """The files to which every folder on the way, from `var` on, lets anybody."""
    found = set()
    for place, folders, files in os.walk(var):
        if not os.stat(place).st_mode & private.OTHERS:
            folders.clear()
            continue
        found |= {name for name in files if os.stat(os.path.join(place, name)).st_mode & private.OTHERS}
    return found


def test_a_new_place_is_open_to_its_owner_alone(tmp_path):
    run(tmp_path / "deep" / "var")
    assert (tmp_path / "deep" / "var").stat().st_mode & 0o777 == private.FOLDER
    assert readable_by_others(tmp_path / "deep" / "var") == set()
    sheet = tmp_path / "deep" / "var" / "files" / "imports" / "vehicles" / "abc" / "sheet"
    assert sheet.stat().st_mode & 0o777 == private.FILE


def test_a_place_that_stood_open_is_closed_at_the_next_start(tmp_path):
    var = tmp_path / "var"
    (var / "files").mkdir(parents=True)
    var.chmod(0o755)
    for name in ("register.sqlite3", "files/old", "limits.sqlite3"):
        (var / name).touch(0o644)
    run(var)
    assert var.stat().st_mode & 0o777 == 0o755, "a folder that somebody else made may be of many"
    assert readable_by_others(var) == set()


@pytest.mark.parametrize(("before", "after"), [(0o644, 0o640), (0o640, 0o640), (0o600, 0o600), (0o777, 0o770)])
def test_a_group_keeps_what_it_was_given(tmp_path, before, after):
    file = tmp_path / "a"
    file.touch()
    file.chmod(before)
    private.close(file, tmp_path / "not there")
    assert file.stat().st_mode & 0o777 == after
