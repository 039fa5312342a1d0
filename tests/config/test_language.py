"""An installation whose LANGUAGE_CODE is English still has Turkish: for readers and in its first lists."""

import json
import subprocess
import sys

import pytest

from tests.databases import surroundings
from tests.processes import fresh

_CODE = """
import json
import django; django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import translation

settings.ALLOWED_HOSTS = ["testserver"]
call_command("load_reference", verbosity=0)
from imports.words.models import Synonym
reader = Client()
pages = [reader.get("/account/login/").content.decode()]
reader.cookies[settings.LANGUAGE_COOKIE_NAME] = "tr"
pages.append(reader.get("/account/login/").content.decode())
print()
print(json.dumps({"synonyms": Synonym.objects.count(), "texts": ["Log in" in pages[0], "Giriş" in pages[1]],
                  "language": translation.get_language()}))
"""


@pytest.mark.parametrize("language", ["tr", "en"])
def test_both_languages_are_there_whichever_is_the_sites(tmp_path, language):
    around = surroundings(fresh(tmp_path), DJANGO_SETTINGS_MODULE="config.settings", LANGUAGE_CODE=language)
    ran = subprocess.run([sys.executable, "-c", _CODE], capture_output=True, text=True, **around)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["synonyms"] > 100
    assert found["texts"] == [language == "en", True]
