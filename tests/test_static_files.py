"""What production serves: every file that the pages name, under its hashed name."""

import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

pytestmark = pytest.mark.once


def test_all_files_are_collected_with_their_hash(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "config.static.HashedStaticFiles"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    page = (settings.BASE_DIR / "templates/base.html").read_text()
    named = re.findall(r"{% static '([^']+)' %}", page)
    assert len(named) > 5
    for name in named:
        hashed = staticfiles_storage.stored_name(name)
        assert hashed != name
        assert (tmp_path / hashed).is_file()
    modules = (tmp_path / staticfiles_storage.stored_name("app.js")).read_text()
    imports = re.findall(r'import\s*"\./([^"]+)"', modules)
    assert len(imports) > 3
    for imported in imports:
        assert re.search(r"\.[0-9a-f]{12}\.js$", imported)
        assert (tmp_path / imported).is_file()
