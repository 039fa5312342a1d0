"""The pages of documents: in by a row's page, a selection and names; out only through access, and never as a page."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventory import registers, writes
from inventory.documents.models import Document, Link, Requirement
from inventory.listing.address import Listing
from inventory.trail.models import Event
from tests.inventory.documents.files import PDF, REFUSED
from tests.pages import signed_in
from tests.rows import SYSTEM, row, user

pytestmark = pytest.mark.django_db
DOCUMENTS, VEHICLES = registers.get("documents"), registers.get("vehicles")


def upload(name: str = "ruhsat.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_files_come_in_on_the_rows_page(car, kind, clerk):
    client, here = signed_in(clerk), reverse("register-detail", args=[VEHICLES, car.pk])
    assert "Belge yok." in client.get(here).content.decode()
    post = {"file": [upload(), upload("sayfa.html", REFUSED["html"])], "kind": kind.pk, "valid_until": "31.12.2030"}
    answer = client.post(reverse("register-attach", args=[VEHICLES, car.pk]), post, follow=True)
    assert answer.redirect_chain[-1][0] == f"{here}#documents"
    page = answer.content.decode()
    assert "1 belge eklendi. Alınmayan dosya: 1." in page and "sayfa.html: Bu tür dosya alınmaz" in page
    document = Document.objects.get()
    assert document.valid_until == dt.date(2030, 12, 31) and f'href="/documents/{document.pk}/' in page
    assert "Belge eklendi: Araç ruhsatı" in page
    event = Event.objects.filter(kind=Event.Kind.CHANGE).latest("pk")
    assert event.register == "vehicles" and event.row_id == car.pk


def test_what_is_wrong_is_said_on_the_page_and_nothing_is_kept(car, kind, clerk, settings):
    client, url = signed_in(clerk), reverse("register-attach", args=[VEHICLES, car.pk])
    assert client.get(url).status_code == 200
    settings.DOCUMENT_MAX_FILES = 2
    for post in ({"kind": kind.pk}, {"file": upload()}, {"file": upload(content=b""), "kind": kind.pk},
                 {"file": [upload(f"{n}.pdf") for n in range(3)], "kind": kind.pk}):  # fmt: skip
        answer = client.post(url, post)
        assert answer.status_code == 200 and answer.context["form"].errors
    assert not Document.objects.exists()


def test_files_for_a_lists_selection(car, here, there, kind, clerk):
    other, elsewhere = row(VEHICLES, here), row(VEHICLES, there)
    client, url = signed_in(clerk), reverse("register-attach-many", args=[VEHICLES])
    chosen = {"selected": [car.pk, other.pk, elsewhere.pk], "query": ""}
    assert client.post(url, chosen).context["count"] == 2
    assert client.post(url, chosen | {"file": upload(), "kind": kind.pk}).status_code == 302
    assert set(Link.objects.values_list("row", flat=True)) == {car.pk, other.pk}
    assert Document.objects.count() == 1
    assert client.post(url, {"selected": [elsewhere.pk]}).status_code == 302


def test_files_are_matched_by_their_names(car, here, there, kind, clerk):
    other = row(VEHICLES, here, plate="41 KY 987")
    row(VEHICLES, there, plate="41 ZZ 111")
    names = ["41DEF123_ruhsat.pdf", f"{other.inventory_no} (2).pdf", "41 def 123 ile 41 KY 987.pdf", "41 ZZ 111.pdf",
             "IMG_2024.pdf"]  # fmt: skip
    files = [upload(name, PDF + name.encode()) for name in names]
    url, post = reverse("documents-match"), {"file": files, "kind": kind.pk, "register": "vehicles"}
    answer = signed_in(clerk).post(url, post)
    # What is not taken stands on top.
    assert [(line["rows"], bool(line["why"])) for line in answer.context["outcome"]] == [
        ([car, other], True), ([], True), ([], True), ([car], False), ([other], False)
    ]  # fmt: skip
    assert "2 bağlandı, 3 alınmadı" in answer.content.decode()
    assert Document.objects.count() == 2
    property_register, insurances = registers.get("property"), registers.get("insurances")
    land = row(property_register, here, block="512", parcel="7")
    policy = row(insurances, here, policy_no="TR-778899")
    clerk = user("emlak", here, (here, "", 2))
    kind = row(registers.get("document-kinds"), None, register="")
    named = {"ada 512 parsel 7.pdf": land, "512-7.pdf": land, "poliçe TR-778899.pdf": policy}
    for name, found in named.items():
        register = insurances if found is policy else property_register
        post = {"file": upload(name, PDF + name.encode()), "kind": kind.pk, "register": register.slug}
        (line,) = signed_in(clerk).post(url, post).context["outcome"]
        assert line["rows"] == [found] and not line["why"], name


def test_a_file_goes_out_only_to_who_sees_it_and_as_an_attachment(kept, car, clerk, viewer, stranger, photo):
    document = kept(car, content=photo, name="öğle fotoğrafı.jpg")
    secret, plain = kept(car, content=PDF + b"2", confidential=True), kept(car)
    answer = signed_in(viewer).get(reverse("document-file", args=[document.pk]))
    assert body(answer) == photo and answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    assert Event.objects.filter(kind=Event.Kind.WENT_OUT, register="documents", row_id=document.pk).exists()
    shown = signed_in(viewer).get(reverse("document-picture", args=[document.pk]))
    assert shown["Content-Type"] == "image/jpeg" and b"Gizli Telefon" not in body(shown)
    pages = signed_in(viewer).get(reverse("document-pages", args=[plain.pk]))
    assert "default-src 'none'" in pages["Content-Security-Policy"] and pages["X-Frame-Options"] == "SAMEORIGIN"
    assert body(pages) == PDF
    for name in ("document-file", "document-picture", "document-pages"):
        assert signed_in(stranger).get(reverse(name, args=[plain.pk])).status_code == 404
        assert signed_in(viewer).get(reverse(name, args=[secret.pk])).status_code == 404
        assert signed_in(None).get(reverse(name, args=[plain.pk])).status_code == 302
    assert signed_in(viewer).get(reverse("document-pages", args=[document.pk])).status_code == 404
    assert body(signed_in(clerk).get(reverse("document-file", args=[secret.pk]))) == PDF + b"2"


def test_a_file_that_is_not_on_the_disk_is_a_404(kept, car, clerk):
    document = kept(car, content=PDF + b"lost")
    document.stored.file.storage.delete(document.stored.file.name)
    assert signed_in(clerk).get(reverse("document-file", args=[document.pk])).status_code == 404


def test_a_documents_page_names_no_row_that_its_reader_may_not_see(kept, car, there, clerk, stranger):
    elsewhere = row(VEHICLES, there, plate="41 GIZ 404")
    document = kept(car, elsewhere)
    page = signed_in(clerk).get(reverse("register-detail", args=[DOCUMENTS, document.pk])).content.decode()
    assert "41 DEF 123" in page and "GIZ" not in page
    for name in ("register-history", "register-edit"):
        assert "GIZ" not in signed_in(clerk).get(reverse(name, args=[DOCUMENTS, document.pk])).content.decode()
    # Nor does a list filtered by it.
    url = reverse("register-list", args=[DOCUMENTS])
    assert not signed_in(clerk).get(url, {"of": f"vehicles-{elsewhere.pk}"}).context["page"].lines
    assert len(signed_in(clerk).get(url, {"of": f"vehicles-{car.pk}"}).context["page"].lines) == 1
    for wrong in ("vehicles-x", "users-1", "-", "vehicles-99999999999999999999"):
        assert not signed_in(clerk).get(url, {"of": wrong}).context["page"].lines


def test_a_document_is_linked_unlinked_and_replaced_on_its_page(kept, car, here, clerk, viewer):
    other, document, client = row(VEHICLES, here), kept(car), signed_in(clerk)
    link, unlink = (reverse(name, args=[document.pk]) for name in ("document-link", "document-unlink"))
    for number in (other.inventory_no.lower(), other.inventory_no, "A-999999", ""):
        assert client.post(link, {"number": number}).status_code == 302
    assert Link.objects.filter(until=None).count() == 2
    client.post(unlink, {"register": "vehicles", "row": car.pk})
    client.post(unlink, {"register": "vehicles", "row": other.pk})
    assert list(Link.objects.filter(until=None).values_list("row", flat=True)) == [other.pk]
    version = reverse("document-version", args=[document.pk])
    assert client.get(version).status_code == 200
    assert client.post(version, {"file": upload("yeni.pdf", PDF + b"2")}).status_code == 302
    document.refresh_from_db()
    assert document.replaced_by.links.get().row == other.pk
    for url in (link, unlink, version):
        assert signed_in(viewer).post(url).status_code == 404


def test_documents_of_a_list_as_a_zip_with_its_list(kept, car, clerk, viewer, settings):
    kept(car, title="＝1+1"), kept(car, content=PDF + b"2", confidential=True, name="gizli.pdf")
    url = reverse("documents-zip")
    answer = signed_in(viewer).get(url, {"of": f"vehicles-{car.pk}"})
    with zipfile.ZipFile(io.BytesIO(body(answer))) as packed:
        (name,) = [each for each in packed.namelist() if each != "liste.csv"]
        lines = list(csv.reader(io.StringIO(packed.read("liste.csv").decode("utf-8-sig")), delimiter=";"))
        assert packed.read(name) == PDF and lines[1][0] == name and "'＝1+1" in lines[1] and len(lines) == 2
    settings.DOCUMENT_ZIP_MAX_BYTES = 10
    assert signed_in(viewer).get(url).status_code == 302


def test_which_documents_are_missing_is_a_column_and_a_filter(kept, car, kind, here, clerk):
    other, gone = row(VEHICLES, here), row(VEHICLES, here, status="retired", status_reason="hurda")
    writes.save(registers.get("required-documents"), Requirement(register="vehicles", kind=kind), SYSTEM)
    page = signed_in(clerk).get(reverse("register-detail", args=[VEHICLES, car.pk])).content.decode()
    assert "Eksik:" in page and "Araç ruhsatı" in page

    def ids(**query):
        return set(Listing(VEHICLES, clerk, query).matching.values_list("pk", flat=True))

    assert ids(documents_state="missing") == {car.pk, other.pk}
    kept(car)
    assert ids(documents_state="missing") == {other.pk} and ids(documents_state="complete") == {car.pk}
    assert ids(documents_state_without=str(kind.pk)) == {other.pk, gone.pk}
    writes.save(registers.get("required-documents"), Requirement(register="vehicles", kind=kind, only="99"), SYSTEM)
    assert ids(documents_state="missing") == {other.pk}
    answer = signed_in(clerk).get(reverse("register-list", args=[VEHICLES]), {"columns": "plate,documents_state"})
    assert "Eksik belge var" in answer.content.decode() and "Belgeleri tam" in answer.content.decode()


def test_what_is_missing_tells_nobody_of_a_confidential_document(kept, car, kind, clerk, viewer):
    writes.save(registers.get("required-documents"), Requirement(register="vehicles", kind=kind), SYSTEM)

    def shown(who) -> list[object]:
        asked = ({"documents_state": "missing"}, {"documents_state_without": str(kind.pk)})
        asked += tuple(query | {"as_of": timezone.localdate().isoformat()} for query in asked)
        page = signed_in(who).get(reverse("register-detail", args=[VEHICLES, car.pk])).content.decode()
        return [Listing(VEHICLES, who, query).matching.exists() for query in asked] + ["Eksik:" in page]

    before = shown(viewer)
    document = kept(car, confidential=True)
    # The filter shows it to who sees it; the column, which is one for all, is not.
    assert shown(viewer) == before == [True] * 5 and shown(clerk) == [True, False, True, False, False]
    document.confidential = False
    writes.save(DOCUMENTS, document, SYSTEM)
    assert shown(viewer) == [False] * 5


def test_an_expired_document_falls_due_until_it_is_replaced(kept, car, clerk, kind):
    from inventory.documents import keeping

    old = kept(car, valid_until=dt.date(2020, 1, 1))

    def due() -> list[str]:
        rows = Listing(DOCUMENTS, clerk, {"due": "overdue"}).matching
        return [document.title for document in rows]

    assert due() == ["ruhsat"]
    keeping.replace(old, PDF + b"2", "yeni.pdf", writes.Author(clerk), valid_until=dt.date(2090, 1, 1))
    assert due() == []


def test_a_list_costs_as_many_queries_for_many_documents_as_for_few(kept, car, viewer):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("register-list", args=[DOCUMENTS]))
            client.get(reverse("register-detail", args=[VEHICLES, car.pk]))
        return len(asked)

    client = signed_in(viewer)
    kept(car)
    queries()
    few = queries()
    for number in range(8):
        kept(car, content=PDF + bytes(number + 1))
    assert queries() == few


@pytest.mark.parametrize("name", ["register-attach", "document-version", "documents-match"])
def test_who_only_sees_adds_nothing(name, kept, car, viewer):
    document = kept(car)
    arguments = {"register-attach": [VEHICLES, car.pk], "document-version": [document.pk], "documents-match": []}
    url = reverse(name, args=arguments[name])
    assert {signed_in(viewer).get(url).status_code, signed_in(viewer).post(url).status_code} == {404}


def test_what_is_attached_again_is_said_to_be_there(car, kept, kind, clerk):
    """Nothing was added, so nothing says so; beside it, what is new is added and what is refused is said."""
    kept(car, title="Ruhsat fotokopisi")
    client, url = signed_in(clerk), reverse("register-attach", args=[VEHICLES, car.pk])
    again = client.post(url, {"file": SimpleUploadedFile("yeni ad.pdf", PDF), "kind": kind.pk}, follow=True)
    said = [str(each) for each in again.context["messages"]]
    assert said == ["yeni ad.pdf: Bu dosya “Ruhsat fotokopisi” adıyla zaten ekli; yeniden eklenmedi."]
    files = [SimpleUploadedFile(f"{n}.pdf", each) for n, each in enumerate((PDF, PDF + b"2", b"MZ"))]
    mixed = client.post(url, {"file": files, "kind": kind.pk}, follow=True)
    texts = [str(each) for each in mixed.context["messages"]]
    assert len(texts) == 3 and "zaten ekli" in texts[0] and texts[1].startswith("2.pdf: Bu tür dosya alınmaz")
    assert texts[2] == "1 belge eklendi. Alınmayan dosya: 1."
    post = {"file": SimpleUploadedFile("41 DEF 123.pdf", PDF), "kind": kind.pk, "register": "vehicles"}
    page = client.post(reverse("documents-match"), post).content.decode()
    assert "0 bağlandı, 1 alınmadı" in page and "zaten ekli" in page


def test_a_document_is_linked_by_what_a_row_is_known_by(car, kept, here, there):
    """Plate, block and parcel, policy: in any register, of rows that its writer may change, and never a guess."""
    document, clerk = kept(car), user("her", here, (here, "", 2))
    client, url = signed_in(clerk), reverse("document-link", args=[document.pk])
    by_plate = row(VEHICLES, here, plate="41 KLM 55")
    lot = row(registers.get("property"), here, block="512", parcel="7")
    policy = row(registers.get("insurances"), here, vehicle=by_plate, policy_no="POL-99881")
    row(VEHICLES, there, plate="41 ZZZ 77")
    numbered = row(VEHICLES, here)
    for text in ("41klm55", "ada 512 parsel 7", "POL-99881", numbered.inventory_no.lower()):
        page = client.post(url, {"number": text}, follow=True).content.decode()
        assert "kaydına da bağlandı" in page, text
    linked = set(Link.objects.filter(until=None, document=document).values_list("register", "row"))
    assert linked == {
        ("vehicles", car.pk), ("vehicles", by_plate.pk), ("property", lot.pk), ("insurances", policy.pk),
        ("vehicles", numbered.pk),
    }  # fmt: skip
    row(registers.get("property"), here, block="512", parcel="7", neighbourhood=None)
    for text, said in (
        ("41klm55", "zaten bağlı"), ("512/7", "birden çok kayda uyuyor"), ("41 ZZZ 77", "hiçbir kayda uymuyor"),
        ("", "hiçbir kayda uymuyor"), ("x" * 500 + "<b>", "hiçbir kayda uymuyor"),
    ):  # fmt: skip
        assert said in client.post(url, {"number": text}, follow=True).content.decode(), text
    assert Link.objects.filter(until=None, document=document).count() == 5
