"""A row's documents by the API: added once, with the page's limits and refusals; read by who sees row and document."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from inventory import history, registers
from inventory.documents import links
from inventory.documents.models import Document
from inventory.trail.models import Event
from inventory.trail.words import in_words
from tests.inventory.api.test_reading import body, program
from tests.inventory.documents.conftest import car, clerk, here, kept, kind, stranger, there, viewer  # noqa: F401
from tests.inventory.documents.files import PDF, REFUSED
from tests.rows import row, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


@pytest.fixture
def client(clerk) -> Client:  # noqa: F811
    return program(clerk, may_write=True, registers="vehicles")


@pytest.fixture
def url(car, kind) -> str:  # noqa: F811
    return f"/api/v1/vehicles/{car.pk}/documents/"


def send(client: Client, url: str, content: bytes = PDF, name: str = "ruhsat.pdf", headers=None, **values):
    values = {"kind": "RUHSAT"} | values
    return client.post(url, {"file": SimpleUploadedFile(name, content)} | values, headers=headers or {})


def test_a_file_is_added_and_read_back(client, url, car, clerk, here):  # noqa: F811
    said = {"title": "Ruhsat (ön yüz)", "doc_on": "2025-12-31", "confidential": "false", "signed": "wet"}
    made = send(client, f"{url}?reason=devir", **said)
    assert made.status_code == 201, made.json()
    found = made.json()
    assert found["title"] == said["title"] and found["doc_on"] == "2025-12-31" and found["confidential"] is False
    assert found["media_type"] == "application/pdf" and found["size"] == len(PDF) and found["kind"]["code"] == "RUHSAT"
    assert made["ETag"] == f'"{found["version"]}"'
    (listed,) = client.get(url).json()["results"]
    assert listed == found
    answer = client.get(found["file"])
    assert body(answer) == PDF and answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    entry = next(history.entries(VEHICLES, car.pk, clerk))
    assert entry.reason == "Belge eklendi: Araç ruhsatı. devir · API: deneme"
    said = [
        each.sentence
        for each in in_words(Event.objects.filter(details__has_key="token"), user("a", here, is_superuser=True))
    ]
    assert len(said) == 3 and all("API ile" in each and "41 DEF 123" in each for each in said), said


def test_a_file_that_is_sent_twice_is_there_once(client, url):
    key = {"Idempotency-Key": "k1"}
    first, again = (send(client, url, headers=key) for _round in range(2))
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert send(client, url, PDF + b"2", headers=key).status_code == 422
    assert send(client, url, title="Başka", headers=key).status_code == 422
    # Without a key the file itself tells: it is found.
    found = send(client, url)
    assert found.status_code == 200 and found.json()["id"] == first.json()["id"]
    assert send(client, url, title="Başka").status_code == 409
    assert Document.objects.count() == 1


def test_what_the_page_refuses_is_refused(client, url, settings):
    for content in (*REFUSED.values(), b""):
        answer = send(client, url, content)
        assert answer.status_code == 409 and answer["Content-Type"] == "application/problem+json", content[:9]
    for values, name in (
        ({"kind": "YOK"}, "kind"), ({"kind": ""}, "kind"), ({"doc_on": "31.12.2025"}, "doc_on"), ({"x": "1"}, "x"),
        ({"confidential": "evet"}, "confidential"), ({"title": "x" * 201}, "title"), ({"sha256": "0"}, "sha256"),
        ({"replaced_by": "x"}, "replaced_by"), ({"title": SimpleUploadedFile("b.pdf", PDF)}, "title"),
    ):  # fmt: skip
        answer = send(client, url, **values)
        assert answer.status_code == 400 and list(answer.json()["errors"]) == [name], (values, answer.json())
    two = {"file": [SimpleUploadedFile("a.pdf", PDF), SimpleUploadedFile("b.pdf", PDF)], "kind": "RUHSAT"}
    assert list(client.post(url, two).json()["errors"]) == ["file"]
    assert list(client.post(url, {"kind": "RUHSAT"}).json()["errors"]) == ["file"]
    settings.DOCUMENT_MAX_BYTES = 10
    assert "çok büyük" in send(client, url).json()["detail"]
    assert not Document.objects.exists()
    settings.DOCUMENT_MAX_BYTES, settings.DOCUMENT_MAX_FILES = 10_000, 1
    assert send(client, url).status_code == 201
    assert send(client, url, PDF + b"2").status_code == 409


def test_bodies_that_are_no_form_are_refused(client, url):
    form = "multipart/form-data; boundary=x"
    nul = b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\na\x00b\r\n--x--'
    text = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n1\r\n--x--'
    for content, media in (
        (b"{}", "application/json"), (b"", "multipart/form-data"), (b"x", form), (b"", form), (b"--x", form),
        (nul, form), (text, form), (b"\xff\x00", form), (b"kind=1", "application/x-www-form-urlencoded"),
    ):  # fmt: skip
        answer = client.generic("POST", url, content, media)
        assert answer.status_code == 400, content
        # What every page refuses no view sees.
        assert content == nul or answer["Content-Type"] == "application/problem+json", content


def test_who_may_add_and_what_is_confidential(client, url, car, kept, clerk, viewer, stranger, here):  # noqa: F811
    secret, shown = kept(car, confidential=True), kept(car, content=PDF + b"2")
    for name, other, reads, writes in (
        ("viewer", program(viewer, may_write=True), 200, 403),
        ("read-only", program(clerk), 200, 403),
        ("other directorate", program(stranger, may_write=True), 404, 404),
        ("other registers", program(clerk, may_write=True, registers="network"), 404, 404),
        ("revoked", program(clerk, may_write=True, revoked_at=timezone.now()), 401, 401),
        ("nobody", Client(), 401, 401),
    ):
        assert other.get(url).status_code == reads, name
        assert send(other, url, PDF + b"3").status_code == writes, name
        for document in (secret, shown):
            answer = other.get(f"{url}{document.pk}/file/")
            body(answer)
            is_hidden = name == "viewer" and document == secret
            assert answer.status_code == (404 if is_hidden else reads), (name, document)
    assert Document.objects.count() == 2
    assert [each["id"] for each in program(viewer).get(url).json()["results"]] == [shown.pk]
    assert {each["id"] for each in client.get(url).json()["results"]} == {secret.pk, shown.pk}
    manager = program(user("a", here, is_superuser=True))
    # Through another row, or one that it does not belong to, it is not there.
    for other in (row(VEHICLES, here), row(registers.get("property"), here)):
        base = f"/api/v1/{registers.of(type(other)).slug}/{other.pk}/documents/{shown.pk}/file/"
        assert manager.get(base).status_code == 404
    for slug in ("people", "documents", "units"):
        assert manager.get(f"/api/v1/{slug}/1/documents/").status_code == 404


def test_the_list_is_the_documents_list(client, url, car, kept, here):  # noqa: F811
    first, second = kept(car, title="B"), kept(car, content=PDF + b"2", title="A")
    kept(row(VEHICLES, here), content=PDF + b"3")
    titles = [each["title"] for each in client.get(f"{url}?order=title&columns=title").json()["results"]]
    assert titles == ["A", "B"]
    page = client.get(f"{url}?limit=1&cursor=").json()
    assert [each["id"] for each in page["results"]] == [first.pk]
    assert [each["id"] for each in client.get(page["next"]).json()["results"]] == [second.pk]
    # Whoever names another row gets this one's.
    assert len(client.get(f"{url}?of=vehicles-0").json()["results"]) == 2
    assert client.get(f"{url}?format=csv").status_code == client.get(f"{url}?titel=x").status_code == 400
    links.attach(second, [(VEHICLES, row(VEHICLES, here))], history.Author(None))
    links.detach(second, VEHICLES, car, history.Author(None))
    past = client.get(f"{url}?as_of={timezone.localdate()}").json()["results"]
    assert [each["id"] for each in past] == [first.pk] and past[0]["file"]


def test_uploads_are_counted_as_the_pages_are(client, url, settings, tmp_path):
    settings.VAR_DIR, settings.RATE_LIMITS = tmp_path, {"upload": (1, 60)}
    assert send(client, url).status_code == 201
    late = send(client, url, PDF + b"2")
    assert late.status_code == 429 and int(late["Retry-After"]) <= 61
