"""What has been deleted is gone from the lists, and still explained to those who might see it."""

import pytest
from django.urls import reverse

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
