"""docs/operating.md has a row for each setting that is read from the environment, and for no other."""

import re

import pytest
from django.conf import settings

pytestmark = pytest.mark.once

# Set by config/wsgi.py for the process that it starts, by nobody else.
OURS = {"ANSWERS_REQUESTS"}
# Read by prometheus-client itself.
LIBRARYS = {"PROMETHEUS_MULTIPROC_DIR"}


def test_the_tables_name_what_is_read():
    code = "".join(path.read_text() for path in (settings.BASE_DIR / "config").glob("*.py"))
    read = set(re.findall(r"""\benv\.\w+\(\s*"([A-Z_]+)\"""", code))
    assert len(read) > 50
    page = (settings.BASE_DIR / "docs" / "operating.md").read_text()
    cells = re.findall(r"^\| (`[A-Z_`, ]+`) \|", page, re.MULTILINE)
    result = {name for cell in cells for name in re.findall(r"[A-Z_]+", cell)}
    assert result - LIBRARYS == read - OURS
