"""What the import tests share: files made in the test, and a place for uploads."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from openpyxl import Workbook

from imports import batches
from imports.models import Batch
from inventory import registers
from inventory.organization.models import Unit, User
from inventory.registers import Register
from tests.rows import kind, unit, user


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }


@pytest.fixture
def parks() -> Unit:
    """A unit whose sheets name the kind "Kamyonet"."""
    kind(registers.get("vehicles"), "1", "Kamyonet")
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def works() -> Unit:
    return unit("Fen İşleri Dairesi Başkanlığı")


@pytest.fixture
def fleet(parks) -> User:
    """Who keeps the vehicles of that unit alone."""
    return user("filo", parks, (parks, "vehicles", 2))


@pytest.fixture
def sheet_file(tmp_path) -> Callable[..., Path]:
    """sheet_file([heading, …], [cell, …], …, name="a.xlsx") writes a workbook, or a CSV by its name."""

    def make(*rows: list, name: str = "liste.xlsx") -> Path:
        path = tmp_path / name
        if name.endswith(".csv"):
            with path.open("w", newline="", encoding="utf-8-sig") as file:
                csv.writer(file, delimiter=";").writerows(rows)
        else:
            book = Workbook()
            for row in rows:
                book.active.append(row)
            book.save(path)
        return path

    return make


@pytest.fixture
def checked(sheet_file) -> Callable[..., Batch]:
    """checked(register, rows, user=None, **choices): the batch after its check."""

    def make(register: Register, rows: list[list], user=None, **choices) -> Batch:
        path = sheet_file(*rows)
        batch = batches.upload(register, user, ContentFile(path.read_bytes()), path.name, **choices)
        batches.run_check(batch)
        return batch

    return make


@pytest.fixture
def import_register() -> Callable[..., tuple[int, dict]]:
    """import_register(slug, file, "--check-only", …): the exit code and the JSON object."""

    def run(*arguments) -> tuple[int, dict]:
        out = io.StringIO()
        try:
            call_command("import_register", *map(str, arguments), "--json", stdout=out)
        except SystemExit as stopped:
            return stopped.code, json.loads(out.getvalue())
        return 0, json.loads(out.getvalue())

    return run
