"""What CI checks is checked at a commit, too, and by the same programs."""

import re

import pytest
from django.conf import settings

pytestmark = pytest.mark.once


def test_pre_commit_runs_each_linter_of_ci():
    linters = re.findall(r"\$bin/((?:[\w.-]+)(?: [a-z][\w.]*)*)", (settings.BASE_DIR / "scripts/lint").read_text())
    assert len(linters) >= 6
    # A folder that a linter is called with stands in the hook's `files`.
    asked = [linter.removesuffix(" templates") for linter in linters]
    hooks = (settings.BASE_DIR / ".pre-commit-config.yaml").read_text()
    assert [linter for linter in asked if f".venv/bin/{linter}" not in hooks] == []
