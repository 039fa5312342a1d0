"""One register more is one folder and one line: made in a copy of the project, and taken through the shared tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.databases import POSTGRESQL

ROOT = Path(settings.BASE_DIR)
FILES = {
    "__init__.py": "",
    "migrations/__init__.py": "",
    "apps.py": """
from django.apps import AppConfig


class MastsConfig(AppConfig):
    name = "inventory.assets.masts"
""",
    "models.py": """
from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.fields import MomentField
from inventory.models import Asset


class Mast(Asset):
    named_after = ("name", "inventory_no")
    searched = ("inventory_no", "kind", "name", "responsible_unit", "location", "notes")

    name = models.CharField(_("ad"), max_length=80)
    lit_at = MomentField(_("yanma"), null=True, blank=True)
    height_m = models.PositiveIntegerField(_("yükseklik (m)"), null=True, blank=True)

    class Meta(Asset.Meta):
        verbose_name = _("kayıt")
        verbose_name_plural = _("Kayıtlar")

    def __str__(self):
        return f"{self.name} ({self.inventory_no})"
""",
    "register.py": """
from inventory.assets.masts.models import Mast
from inventory.models import Asset
from inventory.registers import Register, register

register(
    Register(
        slug="masts",
        model=Mast,
        icon="antenna",
        columns=(*Asset.HEAD, "name", "lit_at", "height_m", *Asset.PLACE, *Asset.ORIGIN),
        listed=("inventory_no", "kind", "name", "responsible_unit", "location", "status"),
        filters=("kind", "responsible_unit", "location", "status"),
        identity=(("name",),),
        named_by=("inventory_no", "name"),
        sums=("cost",),
        order="inventory_no",
    )
)
""",
}


@pytest.fixture
def copy(tmp_path) -> Path:
    """The project with the register's folder and its line in the list of apps."""
    place = tmp_path / "project"
    leave_out = shutil.ignore_patterns(".venv", "node_modules", "var", ".git", "__pycache__", "docs")
    shutil.copytree(ROOT, place, ignore=leave_out)
    for name in (".venv", "node_modules", "docs"):
        (place / name).symlink_to(ROOT / name)
    folder = place / "inventory/assets/masts"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    listed = place / "config/apps.py"
    text = listed.read_text()
    assert text.count('    "inventory.assets.software",\n') == 1
    line = '    "inventory.assets.software",\n'
    listed.write_text(text.replace(line, f'{line}    "inventory.assets.masts",\n'))
    return place


@pytest.mark.skipif(POSTGRESQL, reason="SQLite's run has proved it")
def test_a_register_more_is_one_folder_and_one_line(copy):
    surroundings = os.environ | {"DEBUG": "1", "VAR_DIR": str(copy.parent / "var")}
    surroundings.pop("PYTEST_XDIST_WORKER", None)

    def run(*call: str) -> str:
        done = subprocess.run(call, cwd=copy, env=surroundings, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
        return done.stdout

    run(sys.executable, "manage.py", "makemigrations", "masts")
    run(".venv/bin/lint-imports", "--no-cache")
    run(sys.executable, "-m", "pytest", "-q", "tests/test_every_register.py", "-k", "masts")
