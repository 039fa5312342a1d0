"""Documents in a real browser: dropped and pasted on a row's page, shown beside it."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from inventory import registers
from inventory.documents.models import Document, Requirement
from tests.e2e.conftest import looked_at
from tests.inventory.documents.files import PDF
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db(transaction=True)
VEHICLES = registers.get("vehicles")
# Files reach the page as a drop and a paste hand them over.
_HAND_OVER = """([kind, name, bytes]) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], name));
    const event = kind === "drop" ? new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true})
                                  : new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
    document.querySelector("form[data-drop]").dispatchEvent(event);
}"""


def test_files_are_dropped_pasted_and_shown(sized_page, sign_in):
    page, here = sized_page, unit("Destek Hizmetleri Dairesi Başkanlığı")
    car = row(VEHICLES, here, plate="41 DEF 123")
    kind = row(registers.get("document-kinds"), None, code="RUHSAT", name="Araç ruhsatı", register="vehicles")
    row(registers.get("required-documents"), None, register="vehicles", kind=kind, only="")
    assert Requirement.objects.count() == 1
    photo = io.BytesIO()
    Image.new("RGB", (1200, 800), "teal").save(photo, "JPEG")
    sign_in(page, user("memur", here, (here, "", 3)))
    page.goto(page.base + reverse("register-detail", args=[VEHICLES, car.pk]))
    card = page.locator("#documents")
    assert "Araç ruhsatı" in card.locator(".badge").inner_text()
    page.evaluate(_HAND_OVER, ["drop", "ruhsat.pdf", list(PDF)])
    page.evaluate(_HAND_OVER, ["paste", "foto.jpg", list(photo.getvalue())])
    assert card.locator("output").inner_text() == "Seçilen: ruhsat.pdf, foto.jpg"
    card.locator("select").select_option("Araç ruhsatı")
    # What is too large is said before it is sent, and is not.
    chooser = card.locator("input[name=file]")
    chooser.evaluate("chooser => { chooser.dataset.bytes = '100' }")
    card.get_by_role("button", name="Yükle").click()
    assert card.get_by_role("alert").inner_text().startswith("Çok büyük: foto.jpg.")
    chooser.evaluate("chooser => { chooser.dataset.bytes = '1000000' }")
    looked_at(page, "documents-row")
    with page.expect_navigation():
        card.get_by_role("button", name="Yükle").click()
    assert page.get_by_text("2 belge eklendi.").is_visible()
    assert card.locator("a.btn-icon").count() == 2 and card.locator("img").count() == 1
    assert Document.objects.count() == 2
    looked_at(page, "documents-kept")
    card.get_by_role("link", name="foto", exact=True).click()
    page.locator(".document-large").wait_for()
    looked_at(page, "documents-document")
    page.goto(page.base + reverse("register-list", args=["documents"]))
    looked_at(page, "documents-list")
    page.goto(page.base + reverse("documents-match"))
    looked_at(page, "documents-match")
