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
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from PIL import Image

from inventory import access, history, registers, writes
from inventory.accounts.personal import person_file
from inventory.backups import tables
from inventory.documents import files, keeping, links, types
from inventory.documents.models import Document, Link, Stored
from inventory.refusals import Conflict, Refused
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
        assert entry.reason == "Belge eklendi: Araç ruhsatı. satın alma" and entry.user == clerk and entry.changes == []
        assert VEHICLES.model.objects.get(pk=each.pk).version == each.version
        assert list(links.of_rows(VEHICLES, [each.pk], clerk)) == [document]
    assert {each for _register, each in links.rows_of(document, clerk)} == {car, other}


def test_the_same_file_is_kept_once_and_is_there_once(kept, car, here):
    first, again = kept(car, doc_no="E-1"), kept(car, name="başka ad.pdf")
    # What is said anew would be lost: it is refused, under the name of what is there.
    for said in ({"confidential": True}, {"doc_no": "E-2"}, {"valid_until": dt.date(2030, 1, 1)}):
        with pytest.raises(Refused, match="“ruhsat” adıyla zaten ekli"):
            kept(car, **said)
    assert kept(car, doc_no="E-1", confidential=False, doc_on=None) == first
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
    assert reasons[:2] == ["Belge ayrıldı: Araç ruhsatı", "Belge eklendi: Araç ruhsatı. test"]


def test_a_new_version_replaces_the_old_one(kept, car, clerk):
    old = kept(car, title="Ruhsat 2024", valid_until=dt.date(2020, 1, 1))
    new = keeping.replace(old, PDF + b"new", "yeni.pdf", Author(clerk))
    old.refresh_from_db()
    assert old.replaced_by == new and new.title == "Ruhsat 2024"
    assert [each for _register, each in links.rows_of(new, clerk)] == [car]


def test_that_it_is_there_is_one_question_however_many_have_the_same_bytes(kept, car, here):
    def queries(*rows) -> int:
        with CaptureQueriesContext(connection) as asked:
            kept(*rows)
        return len(asked)

    kept(row(VEHICLES, here))
    few = queries(row(VEHICLES, here))
    for _number in range(5):
        kept(row(VEHICLES, here))
    assert queries(row(VEHICLES, here)) == few
    both = [row(VEHICLES, here), row(VEHICLES, here)]
    one = kept(both[0])
    assert kept(*both) == kept(*both) != one and kept(both[0]) == one


def _meanwhile(monkeypatch, what) -> None:
    """Somebody else does something once the file is on the disk, just before the rows are held."""
    store = files.store

    def stored(*of):
        made = store(*of)
        monkeypatch.undo()
        what()
        return made

    monkeypatch.setattr(files, "store", stored)


def test_what_somebody_did_meanwhile_is_seen_before_anything_is_written(kept, car, here, clerk, settings, monkeypatch):
    made = []
    _meanwhile(monkeypatch, lambda: made.append(kept(car)))
    assert [kept(car)] == made
    settings.DOCUMENT_MAX_FILES = 2
    _meanwhile(monkeypatch, lambda: kept(car, content=PDF + b"2"))
    with pytest.raises(Refused, match="en çok 2"):
        kept(car, content=PDF + b"3")
    other = row(VEHICLES, here)
    _meanwhile(monkeypatch, lambda: writes.delete(VEHICLES, other, SYSTEM))
    with pytest.raises(Refused):
        kept(other)
    assert Document.objects.count() == 2


def test_a_version_of_what_somebody_changed_meanwhile_leaves_nothing(kept, car, clerk, monkeypatch):
    old = kept(car)
    same = Document.objects.get(pk=old.pk)
    same.notes = "Başkası yazdı"
    _meanwhile(monkeypatch, lambda: writes.save(DOCUMENTS, same, SYSTEM))
    with pytest.raises(Conflict):
        keeping.replace(old, PDF + b"2", "yeni.pdf", Author(clerk))
    assert Document.objects.count() == Link.objects.count() == 1
    keeping.replace(same, PDF + b"2", "yeni.pdf", Author(clerk))
    same.refresh_from_db()
    # Neither a second successor, nor itself for one.
    for version, content in ((same, PDF + b"3"), (same.replaced_by, PDF + b"2")):
        with pytest.raises(Refused):
            keeping.replace(version, content, "yeni.pdf", Author(clerk))
    assert Document.objects.count() == 2


def test_a_version_belongs_to_all_that_the_old_one_did(kept, car, here, there, clerk, viewer, stranger):
    """Also to rows that its writer does not see, or may not change."""
    elsewhere = row(VEHICLES, there)
    old = kept(car, elsewhere)
    new = keeping.replace(old, PDF + b"2", "yeni.pdf", Author(clerk))
    assert set(new.links.values_list("row", flat=True)) == {car.pk, elsewhere.pk}
    assert list(links.of_rows(VEHICLES, [elsewhere.pk], stranger)) == [new, old]
    with pytest.raises(Refused):
        keeping.replace(new, PDF + b"3", "yeni.pdf", Author(viewer))


def test_a_rows_history_does_not_tell_a_documents_title(kept, car, here, viewer):
    document = kept(car, title="Soruşturma 12345678950")
    kept(car, content=PDF + b"2", title="Başka", confidential=True)
    links.attach(document, [(VEHICLES, other := row(VEHICLES, here))], SYSTEM)
    links.detach(document, VEHICLES, other, SYSTEM)
    said = [e.reason for each in (car, other) for e in history.entries(VEHICLES, each.pk, viewer)]
    assert "Gizli belge eklendi. test" in said and "Belge eklendi: Araç ruhsatı. test" in said
    assert not any("Soruşturma" in reason or "Başka" in reason for reason in said)


def test_what_is_confidential_today_was_so_on_every_day(kept, car, clerk, viewer):
    document, gone, plain = (kept(car, content=PDF + bytes(number)) for number in range(3))
    for each in (document, gone):
        each.confidential = True
        writes.save(DOCUMENTS, each, SYSTEM)
    writes.delete(DOCUMENTS, Document.objects.get(pk=gone.pk), SYSTEM)
    past = Document.history.model.objects.all()
    for who, seen in ((viewer, {plain.pk}), (clerk, {document.pk, gone.pk, plain.pk})):
        assert set(access.visible_to(DOCUMENTS, who, past).values_list("id", flat=True)) == seen


def test_a_document_comes_not_in_its_own_place(kept, car):
    first, second = kept(car), kept(car, content=PDF + b"2")
    first.replaced_by = second
    writes.save(DOCUMENTS, first, SYSTEM)
    for later in (first, second):
        second.replaced_by = later
        with pytest.raises(ValidationError, match="yerine gelemez"):
            writes.save(DOCUMENTS, second, SYSTEM)


def test_a_lost_file_is_there_again_once_somebody_brings_it(kept, car, here, photo):
    document = kept(car, content=photo, name="foto.jpg")
    stored = document.stored
    for damage in (Path.unlink, lambda path: path.write_bytes(b"cut")):
        damage(Path(stored.file.path))
        Path(stored.picture.path).unlink()
        again = kept(row(VEHICLES, here), content=photo, name="foto.jpg")
        assert again.stored == stored and _bytes(again) == photo
        assert default_storage.exists(again.stored.picture.name)
        assert default_storage.exists(Stored.objects.get(pk=stored.pk).file.name)


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
    with override_settings(CLAMD=""):
        kept(car, content=PDF + b"EICAR before")
    found = [(PDF + said, "zararlı") for said in (b"EICAR", b"EICAR before")]
    for content, why in (*found, (PDF + bytes(9), "yanıt vermedi")):
        with pytest.raises(Refused, match=why):
            kept(car, content=content)
    assert Document.objects.count() == Stored.objects.count() == 2


def test_without_its_scanner_nothing_comes_in(kept, car, settings):
    settings.CLAMD = "/var/run/no-such-clamd.socket"
    with pytest.raises(Refused, match="yanıt vermedi"):
        kept(car)
