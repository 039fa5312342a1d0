"""What has been deleted is gone from the lists, and still explained to those who might see it."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from inventory import registers, writes
from inventory.history import Author
from tests.pages import signed_in
from tests.rows import row, unit, user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("register", registers.every("asset", "record"), ids=str)
def test_a_deleted_rows_history_says_who_deleted_it_to_whom_it_concerns(register):
    here, there = unit("Park ve Bahçeler Dairesi Başkanlığı"), unit("Zabıta Dairesi Başkanlığı")
    manager = user("yonetici", here, (None, "", 3))
    made = row(register, here)
    title, pk = str(made), made.pk
    detail, past = (reverse(name, args=[register, pk]) for name in ("register-detail", "register-history"))
    writes.delete(register, made, Author(user=manager, reason="mükerrer"))
    page = signed_in(manager).get(detail, follow=True)
    text = " ".join(page.content.decode().split())
    assert page.redirect_chain == [(past, 302)]
    assert title in text and "Bu kayıt silinmiş: yonetici" in text and "mükerrer" in text
    assert reverse("register-restore", args=[register, pk, 1])[:-3] not in text
    stranger = signed_in(user("oteki", there, (there, "", 3)))
    assert [stranger.get(url).status_code for url in (detail, past)] == [404, 404]
    nobody = signed_in(manager)
    assert nobody.get(reverse("register-history", args=[register, pk + 999])).status_code == 404


@pytest.mark.parametrize("register", registers.every(), ids=str)
def test_a_deleted_rows_history_shows_what_it_held(register):
    here = unit("Park ve Bahçeler Dairesi Başkanlığı")
    made = row(register, here, **({"unit": None} if register.slug == "grants" else {}))
    made = register.model.objects.get(pk=made.pk)
    texts = {column: register.text(column, made) for column in register.all_columns()}
    url, client = reverse("register-history", args=[register, made.pk]), signed_in(user("denetci", here, (None, "", 3)))
    assert "<dl" not in client.get(url).content.decode()
    writes.delete(register, made, Author(reason="mükerrer"))
    shown = client.get(url).context["sections"]
    assert {fact.column: fact.text for part in shown for fact in (*part.filled, *part.empty)} == texts
    page = client.get(url).content.decode()
    assert all(escape(text) in page for text in texts.values() if "\n" not in text)
    secrets = {getattr(made, column.name) for column in register.personal} - {""}
    assert not any(secret in page for secret in secrets) and "register-reveal" not in page


def test_what_a_deleted_row_named_beyond_its_readers_reach_stays_veiled():
    here, there = unit("Park ve Bahçeler Dairesi Başkanlığı"), unit("Zabıta Dairesi Başkanlığı")
    network = registers.get("network")
    other = row(network, there)
    switch = row(network, here, linked_to=other)
    url = reverse("register-history", args=[network, switch.pk])
    writes.delete(network, switch, Author())
    page = signed_in(user("okur", here, (here, "", 1))).get(url).content.decode()
    assert "(size görünmüyor)" in page and other.inventory_no not in page and str(other) not in page


def test_what_a_deleted_row_named_is_called_as_it_was_when_it_was_deleted():
    vehicles, here = registers.get("vehicles"), unit("Park ve Bahçeler Dairesi Başkanlığı")
    car = row(vehicles, here)
    url = reverse("register-history", args=[vehicles, car.pk])
    writes.delete(vehicles, car, Author())
    here.name = "Yeşil Alanlar Dairesi Başkanlığı"
    writes.save(registers.get("units"), here, Author())
    page = signed_in(user("denetci", here, (None, "", 1))).get(url).content.decode()
    assert "Park ve Bahçeler Dairesi" in page
