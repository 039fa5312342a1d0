"""Forms and links of documents name a register as its addresses do, and rows without a separator of thousands."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from inventory import registers
from inventory.documents.models import Link
from tests.pages import signed_in
from tests.rows import row, user

pytestmark = pytest.mark.django_db
DOCUMENTS, VEHICLES = registers.get("documents"), registers.get("vehicles")


def test_the_card_leads_to_the_rows_documents(kept, car, clerk):
    kept(car)
    client = signed_in(clerk)
    assert f'?of=vehicles-{car.pk}"' in client.get(reverse("register-detail", args=[VEHICLES, car.pk])).content.decode()
    listed = client.get(reverse("register-list", args=[DOCUMENTS]), {"of": f"vehicles-{car.pk}"}).context["page"]
    assert len(listed.lines) == 1


def test_files_are_matched_in_the_register_that_was_chosen(clerk, car):
    page = signed_in(clerk).get(reverse("documents-match"), {"register": "insurances"}).content.decode()
    assert 'name="register" value="insurances"' in page


def test_an_asset_is_chosen_before_what_happens_to_it(here):
    page = signed_in(user("hepsi", here, (None, "", 2))).get(reverse("documents-match"))
    assert page.context["register"].group == "asset"


def test_a_document_leaves_a_row_by_its_button(kept, car, here, clerk):
    other = row(VEHICLES, here)
    document = kept(car, other)
    client, url = signed_in(clerk), reverse("register-detail", args=[DOCUMENTS, document.pk])
    page = client.get(url).content.decode()
    assert page.count('name="register" value="vehicles"') == 2
    client.post(reverse("document-unlink", args=[document.pk]), {"register": "vehicles", "row": other.pk})
    assert list(Link.objects.filter(until=None).values_list("row", flat=True)) == [car.pk]
    again = client.post(reverse("document-unlink", args=[document.pk]), {"register": "x", "row": "y"}, follow=True)
    assert "bu kayda bağlı değil" in again.content.decode()


def test_a_document_is_found_from_every_page(kept, car, clerk):
    document = kept(car, title="Kasko zeyilnamesi")
    # The only hit is opened.
    answer = signed_in(clerk).get(reverse("search"), {"q": "zeyil"})
    assert answer.url == reverse("register-detail", args=[DOCUMENTS, document.pk])


@pytest.mark.parametrize("pk", [4624, "4624"])
def test_what_is_selected_is_posted_on_as_it_came(pk):
    with translation.override("tr"):
        assert 'value="4624"' in render_to_string("inventory/_selection.html", {"selected": [pk], "count": 1})
