"""Files in and out: judged by what they hold, kept where no server looks, sent as downloads under a harmless name.

That no text becomes a formula in any form of an export: tests/imports/test_export.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from imports.models import Batch
from inventory import registers
from tests.pages import signed_in
from tests.rows import kind, unit, user

pytestmark = pytest.mark.django_db
SHEET = b"Plaka;Marka\n41 ABC 100;Ford\n"
NAMES = [
    "../../../etc/cron.d/x.csv", "..\\..\\x.csv", "/etc/passwd", "a\r\nSet-Cookie: b=1.csv", 'a";x=".csv', "ğüş.csv",
    "=1+1.csv", "<script>alert(1)</script>.csv", "{{ settings.SECRET_KEY }}.csv", "{% debug %}.csv", "a" * 400,
]  # fmt: skip


@pytest.fixture
def clerk():
    parks = unit("Park ve Bahçeler Dairesi Başkanlığı")
    kind(registers.get("vehicles"))
    return user("ayse", parks, (parks, "vehicles", 2))


def upload(browser, name: str, content: bytes = SHEET) -> Batch:
    given = {"file": SimpleUploadedFile(name, content), "mode": "upsert", "blank": "leave"}
    answer = browser.post("/vehicles/import/", given)
    assert answer.status_code == 302, answer.content.decode()
    return Batch.objects.latest("pk")


@pytest.mark.parametrize("name", NAMES)
def test_an_uploads_name_leads_nowhere_and_says_nothing(clerk, name):
    browser = signed_in(clerk)
    kept = upload(browser, name)
    # What lies on the disk is named by us, under the folder of uploads.
    place, root = Path(kept.file.path).resolve(), Path(default_storage.location).resolve()
    assert place.is_relative_to(root) and place.name.startswith("sheet") and not place.suffix
    assert "/" not in kept.name
    page = browser.get(reverse("import-batch", args=[kept.pk]))
    assert page.status_code == 200 and b"<script>alert" not in page.content
    answer = browser.get(reverse("import-file", args=[kept.pk]))
    assert b"".join(answer) == SHEET
    result = answer["Content-Disposition"]
    assert result.startswith("attachment") and not {"\r", "\n"} & set(result) and "Set-Cookie" not in answer.headers
    assert answer["X-Content-Type-Options"] == "nosniff"
    # A name is shown as it is, and never made into what it spells.
    assert settings.SECRET_KEY not in page.content.decode()


@pytest.mark.parametrize("name", ["liste.html", "liste.svg", "liste.exe", "liste"])
def test_a_sheet_is_read_by_its_content_and_never_served_as_its_name_says(clerk, name):
    browser = signed_in(clerk)
    kept = upload(browser, name)
    assert kept.counts["new"] + kept.counts["refused"] == 1
    answer = browser.get(reverse("import-file", args=[kept.pk]))
    assert b"".join(answer) == SHEET
    assert answer["Content-Type"] == "application/octet-stream" and answer["Content-Disposition"].startswith(
        "attachment"
    )


def test_what_is_no_sheet_is_refused_whatever_it_is_called(clerk):
    kept = upload(signed_in(clerk), "liste.xlsx", b"\x7fELF" + b"\x00" * 500)
    assert kept.state == "failed" and kept.message


def test_uploads_lie_outside_of_what_is_served(clerk):
    files = Path(settings.STORAGES["default"]["OPTIONS"]["location"]).resolve()
    folders = (each[1] if isinstance(each, tuple) else each for each in settings.STATICFILES_DIRS)
    served = [settings.STATIC_ROOT, *folders]
    assert not any(files.is_relative_to(Path(place).resolve()) for place in served)
    assert not settings.MEDIA_URL.strip("/")
