"""A document is made with the rows that it belongs to, and is of a kind that fits them, by every way in."""

from __future__ import annotations

import io
import json
from contextlib import suppress

import pytest
from django.core.management import call_command
from django.urls import reverse

from inventory import registers, writes
from inventory.documents.keeping import keep
from inventory.documents.models import Document
from inventory.refusals import Refused
from inventory.writes import Author
from tests.inventory.documents.files import PDF
from tests.pages import signed_in
from tests.rows import SYSTEM, row

pytestmark = pytest.mark.django_db
DOCUMENTS, VEHICLES = registers.get("documents"), registers.get("vehicles")
MADE_ELSEWHERE = "Belgeyi ait olduğu kaydın sayfasından ekleyiniz."


@pytest.fixture
def deed():
    return row(registers.get("document-kinds"), None, code="TAPU", name="Tapu senedi", register="property")


def test_a_document_is_of_a_kind_that_its_row_may_have(kept, car, clerk, kind, deed):
    with pytest.raises(Refused, match=r"“Tapu senedi” bu kaydın.*: Araç ruhsatı"):
        keep(PDF, "tapu.pdf", "TAPU", [(VEHICLES, car)], Author(clerk))
    document = kept(car)
    document.kind = deed
    with pytest.raises(Refused, match="Araç ruhsatı"):
        writes.save(DOCUMENTS, document, Author(clerk))
    assert Document.objects.get().kind.code == "RUHSAT"
    plain = row(registers.get("document-kinds"), None, code="DIGER", name="Diğer", register="")
    document = Document.objects.get()
    document.kind = plain
    writes.save(DOCUMENTS, document, Author(clerk))
    # What was so before its kind was given to another register stays changeable.
    plain.register = "property"
    writes.save(registers.get("document-kinds"), plain, SYSTEM)
    document.notes = "Düzeltildi"
    writes.save(DOCUMENTS, document, Author(clerk))


def test_no_form_makes_a_document_that_belongs_to_nothing(car, clerk, kind):
    answer = signed_in(clerk).post(reverse("register-new", args=[DOCUMENTS]), {"kind": kind.pk, "title": "Boş"})
    assert answer.status_code == 200 and MADE_ELSEWHERE in answer.content.decode()
    with pytest.raises(Refused, match="sayfasından"):
        writes.create_many(DOCUMENTS, [Document(kind=kind, title="Boş")], Author(clerk))
    assert not Document.objects.exists()


def _errors(path, who) -> str:
    """What a sheet's check finds wrong."""
    out = io.StringIO()
    with suppress(SystemExit):
        call_command("import_register", "documents", path, "--check-only", "--user", who, "--json", stdout=out)
    return str(json.loads(out.getvalue())["errors"])


def test_no_sheet_makes_one_nor_gives_it_a_kind_of_other_rows(kept, car, clerk, deed, tmp_path):
    document, path = kept(car), tmp_path / "belgeler.csv"
    path.write_text("Belge türü;Başlık\nAraç ruhsatı;Yeni\n", "utf-8-sig")
    assert MADE_ELSEWHERE in _errors(path, clerk.username)
    path.write_text(f"{DOCUMENTS.key.label};Belge türü\n{document.pk};Tapu senedi\n", "utf-8-sig")
    assert "“Tapu senedi” bu kaydın belge türlerinden değil" in _errors(path, clerk.username)


def test_the_list_leads_to_where_documents_are_added(kept, car, clerk):
    client, url = signed_in(clerk), reverse("register-list", args=[DOCUMENTS])
    for _state in ("empty", "filled"):
        page = client.get(url).content.decode()
        assert reverse("register-new", args=[DOCUMENTS]) not in page
        assert f'btn btn-primary" href="{reverse("documents-match")}"' in page
        kept(car)
