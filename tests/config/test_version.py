"""The version is one everywhere, and the changelog knows it."""

import subprocess
import sys
import tomllib

import pytest
from django.conf import settings

from tests.pages import signed_in
from tests.rows import unit, user


def test_the_changelogs_newest_version_is_the_one_that_runs():
    result = [line for line in (settings.BASE_DIR / "CHANGELOG.md").read_text().splitlines() if line.startswith("## v")]
    assert result[0].split()[1] == f"v{settings.VERSION}"


def test_it_is_that_of_pyproject_and_is_printed():
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    command = [sys.executable, "-m", "config.version"]
    printed = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True).stdout
    assert project["version"] == settings.VERSION == printed.strip()


@pytest.mark.django_db
def test_pages_and_the_sign_of_life_name_it(client):
    assert client.get("/health/live").json() == {"live": True, "version": settings.VERSION}
    page = signed_in(user("yonetici", unit("Bilgi İşlem"), is_superuser=True)).get("/").content.decode()
    assert f"Varlık Kütüğü {settings.VERSION}</footer>" in page
