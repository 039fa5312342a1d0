"""A document comes in whole or not at all, is kept once, and stands in the history of what it belongs to."""

from __future__ import annotations

import datetime as dt
import io
import socket
import struct
import threading
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.utils import timezone
from openpyxl import load_workbook
from PIL import Image

from inventory import access, history, registers, writes
from inventory.accounts.personal import person_file
from inventory.backups import tables
from inventory.documents import files, keeping, links, types
from inventory.documents.models import Document, Link, Stored
from inventory.refusals import Refused
from inventory.writes import Author
from tests.inventory.documents.files import PDF, REFUSED, TAKEN
from tests.rows import SYSTEM, row

pytestmark = pytest.mark.django_db
DOCUMENTS, VEHICLES = registers.get("documents"), registers.get("vehicles")


def _bytes(document: Document) -> bytes:
    return Path(document.stored.file.path).read_bytes()


@pytest.mark.parametrize("extension", TAKEN)
def test_the_bytes_say_what_a_file_is(extension):
    assert types.extension(io.BytesIO(TAKEN[extension])) == extension


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_taken_is_refused_under_any_name(kept, car, what):
    with pytest.raises(Refused):
        kept(car, content=REFUSED[what], name="ruhsat.pdf")
    assert not Document.objects.exists() and not Stored.objects.exists()


def test_a_document_belongs_to_many_rows_and_stands_in_their_history(kept, car, here, clerk):
    other = row(VEHICLES, here)
    document = kept(car, other, by=Author(clerk, "satın alma"), doc_no="E-1")
    assert document.title == "ruhsat" and document.file_name == "ruhsat.pdf" and document.size == len(PDF)
    for each in (car, other):
        entry = next(history.entries(VEHICLES, each.pk, clerk))
        assert entry.reason == "Belge eklendi: ruhsat. satın alma" and entry.user == clerk and entry.changes == []
        assert VEHICLES.model.objects.get(pk=each.pk).version == each.version
        assert list(links.of_rows(VEHICLES, [each.pk], clerk)) == [document]
    assert {each for _register, each in links.rows_of(document, clerk)} == {car, other}


def test_the_same_file_is_kept_once_and_is_there_once(kept, car, here):
    first, again = kept(car), kept(car, name="başka ad.pdf")
    elsewhere = kept(row(VEHICLES, here))
    assert first == again != elsewhere and Stored.objects.count() == 1
    assert _bytes(first) == PDF


def test_limits(kept, car, settings):
    with pytest.raises(Refused, match="boş"):
        kept(car, content=b"")
    settings.DOCUMENT_MAX_BYTES = 1_000
    with pytest.raises(Refused, match="büyük"):
        kept(car, content=PDF + bytes(1_000))
    settings.DOCUMENT_MAX_FILES = 2
    for number in range(2):
        kept(car, content=PDF + bytes(number))
    with pytest.raises(Refused, match="en çok 2"):
        kept(car, content=PDF + b"3")
    assert Stored.objects.count() == 2


def test_a_name_loses_what_could_lead_elsewhere(kept, car):
    document = kept(car, name="../..\\etc/pass\x00wd\u202egnp.html")
    assert document.file_name == ".. .. etc pass wd gnp.html.pdf"
    assert document.stored.file.name.startswith(f"documents/{document.sha256[:2]}/{document.sha256}")


def test_a_picture_is_shown_as_a_copy_that_knows_no_place(kept, car, photo):
    document = kept(car, content=photo, name="foto.jpg")
    with Image.open(document.stored.picture.path) as shown:
        assert max(shown.size) == 1_000 and not shown.getexif() and shown.format == "JPEG"
    # What was brought stays what it was.
    assert _bytes(document) == photo


def test_who_sees_and_changes_a_document(kept, car, here, there, clerk, viewer, stranger):
    elsewhere = row(VEHICLES, there)
    plain, secret = kept(car), kept(car, content=PDF + b"2", confidential=True)
    shared = kept(car, elsewhere, content=PDF + b"3")

    def of(ask, who):
        return set(ask(DOCUMENTS, who))

    assert of(access.visible_to, clerk) == of(access.editable_by, clerk) == {plain, secret, shared}
    assert of(access.visible_to, viewer) == {plain, shared} and not of(access.editable_by, viewer)
    assert of(access.visible_to, stranger) == of(access.managed_by, stranger) == {shared}
    assert [each for _register, each in links.rows_of(shared, stranger)] == [elsewhere]
    past = Document.history.model.objects.all()
    assert set(access.visible_to(DOCUMENTS, viewer, past).values_list("id", flat=True)) == {plain.pk, shared.pk}


def test_nobody_adds_to_a_row_that_she_may_not_change(kept, car, viewer, stranger, clerk, there):
    for who in (viewer, stranger):
        with pytest.raises(Refused):
            kept(car, by=Author(who))
    document, elsewhere = kept(car), row(VEHICLES, there)
    with pytest.raises(Refused):
        links.attach(document, [(VEHICLES, elsewhere)], Author(clerk))
    with pytest.raises(Refused):
        links.detach(document, VEHICLES, car, Author(stranger))
    assert Link.objects.count() == 1


def test_attached_and_detached_with_a_past(kept, car, here, clerk):
    other, document = row(VEHICLES, here), kept(car)
    assert links.attach(document, [(VEHICLES, other), (VEHICLES, car)], Author(clerk)) == 1
    assert links.attach(document, [(VEHICLES, other)], Author(clerk)) == 0
    between = timezone.now()
    links.detach(document, VEHICLES, car, Author(clerk))
    with pytest.raises(Refused, match="yalnızca bu kayda"):
        links.detach(document, VEHICLES, other, Author(clerk))
    assert set(Link.at(between).values_list("row", flat=True)) == {car.pk, other.pk}
    assert set(Link.at(None).values_list("row", flat=True)) == {other.pk}
    reasons = [entry.reason for entry in history.entries(VEHICLES, car.pk, clerk)]
    assert reasons[:2] == ["Belge ayrıldı: ruhsat", "Belge eklendi: ruhsat. test"]


def test_a_new_version_replaces_the_old_one(kept, car, clerk):
    old = kept(car, title="Ruhsat 2024", valid_until=dt.date(2020, 1, 1))
    new = keeping.replace(old, PDF + b"new", "yeni.pdf", Author(clerk))
    old.refresh_from_db()
    assert old.replaced_by == new and new.title == "Ruhsat 2024"
    assert [each for _register, each in links.rows_of(new, clerk)] == [car]


def test_a_row_with_documents_is_not_deleted(kept, car):
    document = kept(car)
    with pytest.raises(Refused, match="1 Belgeler"):
        writes.delete(VEHICLES, car, SYSTEM)
    writes.delete(DOCUMENTS, document, SYSTEM)
    writes.delete(VEHICLES, VEHICLES.model.objects.get(pk=car.pk), SYSTEM)


def test_who_saw_a_deleted_document_sees_its_history(kept, car, viewer, stranger):
    document = kept(car)
    pk = document.pk
    writes.delete(DOCUMENTS, document, SYSTEM)
    gone = history.deleted(DOCUMENTS, pk)
    assert access.visible_to(DOCUMENTS, viewer, gone).exists()
    assert not access.visible_to(DOCUMENTS, stranger, gone).exists()


def test_an_upload_that_was_cut_off_leaves_nothing_for_long(kept, car, here, monkeypatch):
    later = timezone.now() + dt.timedelta(days=2)
    # What other tests left.
    files.sweep(later)

    def cut_off(*_args, **_values):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(writes, "create_many", cut_off)
        with pytest.raises(KeyboardInterrupt):
            kept(car, content=PDF + b"cut off")
    assert not Document.objects.exists() and not Link.objects.exists()
    stays, orphan = kept(car), default_storage.save("documents/ab/orphan", io.BytesIO(b"x"))
    deleted = kept(row(VEHICLES, here), content=PDF + b"deleted")
    writes.delete(DOCUMENTS, deleted, SYSTEM)
    assert files.sweep(timezone.now()) == 0
    assert files.sweep(later) == 3 and files.sweep(later) == 0
    assert not default_storage.exists(orphan) and not default_storage.exists(deleted.stored.file.name)
    assert _bytes(stays) == PDF
    # Brought again, it is there again.
    assert default_storage.exists(kept(car, content=PDF + b"cut off").stored.file.name)


def test_backups_a_move_and_a_persons_file_take_documents_along(kept, car, photo, clerk):
    document = kept(car, content=photo, name="foto.jpg", by=Author(clerk))
    models = tables.models_of(apps)
    assert {Document, Link, Stored, Document.history.model} <= set(models)
    assert {document.stored.file.name, document.stored.picture.name} <= set(tables.named_files("default", models))
    file = io.BytesIO()
    person_file.write(clerk.person, file)
    sheet = load_workbook(file)["Yaptığı değişiklikler"]
    assert any(line[1] == "Belgeler" and line[2] == str(document.pk) for line in sheet.iter_rows(values_only=True))


@pytest.fixture
def scanner(settings):
    """A small clamd, which finds what has EICAR in it; a file of nine bytes it does not answer."""
    server = socket.create_server(("127.0.0.1", 0))
    settings.CLAMD = f"127.0.0.1:{server.getsockname()[1]}"

    def serve() -> None:
        while True:
            try:
                client, _address = server.accept()
            except OSError:
                return
            with client, client.makefile("rb") as sent:
                assert sent.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack("!I", sent.read(4))[0]:
                    content += sent.read(size)
                answers = {9: b""}
                found = b"stream: Eicar-Test-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0"
                client.sendall(answers.get(len(content) - len(PDF), found))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server
    server.close()


def test_what_the_scanner_finds_does_not_come_in(kept, car, scanner):
    assert kept(car)
    for content, why in ((PDF + b"EICAR", "zararlı"), (PDF + bytes(9), "yanıt vermedi")):
        with pytest.raises(Refused, match=why):
            kept(car, content=content)
    assert Document.objects.count() == Stored.objects.count() == 1


def test_without_its_scanner_nothing_comes_in(kept, car, settings):
    settings.CLAMD = "/var/run/no-such-clamd.socket"
    with pytest.raises(Refused, match="yanıt vermedi"):
        kept(car)
