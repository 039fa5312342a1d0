"""The house stays as it was drawn: contracts, sizes, names, and one language."""

from __future__ import annotations

import re
import subprocess
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest
from django.conf import settings

from config import catalogue
from inventory import registers

pytestmark = pytest.mark.once

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("config", "geo", "imports", "inventory")
SOURCES = [f for p in PACKAGES for f in (ROOT / p).rglob("*.py") if "migrations" not in f.parts]
TEMPLATES = list((ROOT / "templates").rglob("*.html"))
SCRIPTS = list((ROOT / "static").glob("*.js"))


def test_no_two_modules_import_each_other():
    graph = grimp.build_graph(*PACKAGES, cache_dir=None, exclude_type_checking_imports=True)
    imported = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imported).prepare()  # Raises CycleError, which names a circle.


def test_a_broken_contract_is_noticed(tmp_path):
    """A shared module that imports a register must fail the check; so the check must see it."""
    for package in (*PACKAGES, "pyproject.toml"):
        source = ROOT / package
        if source.is_dir():
            subprocess.run(["cp", "-r", source, tmp_path], check=True)
        else:
            (tmp_path / package).write_text(source.read_text())
    shared = tmp_path / "inventory" / "trees.py"
    shared.write_text(shared.read_text() + "\nfrom inventory.assets.property.models import Property\n")
    linter = ROOT / ".venv/bin/lint-imports"
    result = subprocess.run([linter, "--no-cache"], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 1
    assert "inventory.trees -> inventory.assets.property.models" in result.stdout


def test_files_are_of_a_size_that_can_be_read():
    long = {str(f.relative_to(ROOT)): n for f in SOURCES if (n := len(f.read_text().splitlines())) > 400}
    assert long == {}


def test_names_say_something():
    assert not [f for f in SOURCES if re.fullmatch(r"(utils?|helpers?|common|misc|extras)", f.stem)]


def test_files_that_comments_and_documents_name_are_there():
    folders = ("config", "docs", "geo", "imports", "inventory", "scripts", "tests")
    name = re.compile(rf"(?<![\w/.-])(?:(?:{'|'.join(folders)})/[\w/]+\.(?:py|md|png)|templates/[\w/]+\.html)\b")
    texts = [f for each in ("*.md", "docs/*.md", "docs/deploy/*.*", "tests/**/*.py") for f in ROOT.glob(each)]
    named = {each for f in SOURCES + texts if f.is_file() for each in name.findall(f.read_text())}
    assert "inventory/server/language.py" in named and not [each for each in named if not (ROOT / each).exists()]


def test_rows_are_written_by_one_module():
    """Outside the write path nobody saves, creates or updates a register's rows."""
    written = re.compile(r"\.(bulk_create|bulk_update|_raw_delete)\(")
    # The lines of a comparison, of the stock and of the items, the links of documents, the log of meters and messages
    # to other programs are no register's rows.
    allowed = {"inventory/writes.py", "inventory/stock.py", "inventory/items.py", "imports/comparing/comparisons.py"}
    allowed |= {"inventory/documents/links.py", "inventory/lifecycle/fleet/odometer/log.py"}
    allowed |= {"inventory/webhooks/making.py"}
    found = {str(f.relative_to(ROOT)) for f in SOURCES if written.search(f.read_text())}
    assert found <= allowed


def test_pages_hold_no_scripts_styles_or_other_hosts():
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|(?:src|href)=\"(?:https?:)?//", re.I)
    assert {f.name: found.group() for f in TEMPLATES if (found := inline.search(f.read_text()))} == {}
    assert not [f.name for f in SCRIPTS if re.search(r"https?://|\beval\(|innerHTML", f.read_text())]


def test_every_text_has_its_english():
    """`python -m config.catalogue` brings the catalogue up to date."""
    used, translated = catalogue.used(), catalogue.translated()
    wanted = {(m.id, m.context) for m in used if m.id}
    there = {(m.id, m.context): m for m in translated if m.id}
    assert sorted(map(str, wanted - set(there))) == []
    assert sorted(map(str, set(there) - wanted)) == []
    empty = [m.id for m in there.values() if not (all(m.string) if isinstance(m.string, tuple) else m.string)]
    assert empty == []
    assert not [m.id for m in there.values() if m.fuzzy]
    assert not [error for m in there.values() for error in m.check(translated)]


@pytest.mark.parametrize("register", registers.every("asset"), ids=str)
def test_a_register_is_one_folder(register):
    folder = Path(register.model._meta.app_config.path)
    assert {"apps.py", "models.py", "register.py", "migrations"} <= {f.name for f in folder.iterdir()}
