"""Templates lose their indentation, and nothing else."""

import re

import pytest
from django.conf import settings
from django.template.loader import get_template

pytestmark = pytest.mark.once
FILES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


def test_templates_are_read_without_their_indentation():
    source = get_template("inventory/list.html").template.source
    assert "\n " not in source and "\n\n" not in source and "\n<" in source


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_template_begins_a_line_where_blanks_are_kept(file):
    text = file.read_text()
    kept = re.findall(r"<(?:pre|textarea)\b.*?</(?:pre|textarea)>", text, re.DOTALL)
    kept += re.findall(r"{% blocktranslate(?![^%]* trimmed)[^%]*%}.*?{% endblocktranslate", text, re.DOTALL)
    assert not [part for part in kept if "\n" in part]
