"""What an upload may hold stands on its page, before anything is sent, and the server keeps to it."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from inventory import registers
from inventory.documents.models import Document
from tests.inventory.documents.files import PDF
from tests.pages import signed_in
from tests.rows import row, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


def _files(count: int) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(f"41 PH {100 + number}.pdf", PDF + bytes([number])) for number in range(count)]


def test_a_version_is_one_file(kept, car, clerk):
    document, client = kept(car), signed_in(clerk)
    url = reverse("document-version", args=[document.pk])
    chooser = re.search(r'<input[^>]*name="file"[^>]*>', client.get(url).content.decode())[0]
    assert "multiple" not in chooser and 'data-most="1"' in chooser
    answer = client.post(url, {"file": _files(2)})
    assert answer.context["form"].errors["file"] == ["Yeni sürüm tek dosyadır; bir dosya seçiniz."]
    assert Document.objects.count() == 1


def test_the_limits_stand_on_every_page_that_takes_files(kept, car, clerk, settings):
    settings.DOCUMENT_MAX_FILES, settings.DOCUMENT_MATCH_MAX_FILES = 7, 1_234
    client = signed_in(clerk)
    urls = {
        reverse("register-detail", args=[VEHICLES, car.pk]): "Bir kerede en çok 7 dosya",
        reverse("register-attach", args=[VEHICLES, car.pk]): "Bir kerede en çok 7 dosya",
        reverse("documents-match"): "Bir kerede en çok 1.234 dosya",
        reverse("document-version", args=[kept(car).pk]): "Bir dosya",
    }
    for url, said in urls.items():
        page = client.get(url).content.decode()
        assert said in page and "DWG, ZIP" in page and "data-too-many" in page, url
    assert 'data-most="1234"' in client.get(reverse("documents-match")).content.decode()


def test_files_are_no_larger_together_than_an_upload_may_be(car, kind, clerk, settings):
    settings.DOCUMENT_UPLOAD_MAX_BYTES = 2 * len(PDF)
    post = {"file": _files(2), "kind": kind.pk}
    answer = signed_in(clerk).post(reverse("register-attach", args=[VEHICLES, car.pk]), post)
    assert "birlikte" in str(answer.context["form"].errors["file"]) and not Document.objects.exists()


def test_thirty_photos_come_in_by_their_names_at_once(here, kind, clerk):
    for number in range(30):
        row(VEHICLES, here, plate=f"41 PH {100 + number}")
    post = {"file": _files(31), "kind": kind.pk, "register": "vehicles"}
    answer = signed_in(clerk).post(reverse("documents-match"), post)
    assert "30 bağlandı, 1 alınmadı" in answer.content.decode()
    assert Document.objects.count() == 30


def test_the_page_that_deletes_a_row_names_its_documents(kept, car, here):
    kept(car), kept(car, content=PDF + b"2")
    client = signed_in(user("mudur", here, (here, "vehicles", 3)))
    page = client.get(reverse("register-delete", args=[VEHICLES, car.pk])).content.decode()
    assert "Belgeler: 2" in page and 'id="delete"' not in page
