"""Tokens end with their owner's password and account, and stay ended."""

from __future__ import annotations

import pytest
from django.contrib.auth.forms import SetPasswordForm
from django.test import Client
from django.urls import reverse

from inventory import registers, writes
from inventory.accounts.signing_in import sessions
from inventory.organization import accounts
from inventory.organization.models import User
from inventory.trail.models import Event
from tests.inventory.api.test_reading import here, program  # noqa: F401 - fixtures
from tests.pages import signed_in
from tests.rows import SYSTEM, user

pytestmark = pytest.mark.django_db
PASSWORD, NEW = "uzun-ve-gizli-1", "başka-uzun-ve-gizli-2"


@pytest.fixture
def admin(here) -> Client:  # noqa: F811
    return signed_in(user("yonetici", here, is_superuser=True))


def changes_it(owner: User, admin: Client) -> None:
    fields = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert signed_in(owner).post(reverse("password_change"), fields).status_code == 302


def chooses_it(owner: User, admin: Client) -> None:
    form = SetPasswordForm(owner, {"new_password1": NEW, "new_password2": NEW})
    assert form.is_valid() and form.save()


def is_given_a_link(owner: User, admin: Client) -> None:
    accounts.password_link(owner)


def is_closed_and_opened(owner: User, admin: Client) -> None:
    for _round in range(2):
        admin.post(reverse("user-active", args=[owner.pk]))


def leaves_and_comes_back(owner: User, admin: Client) -> None:
    for active in (False, True):
        person = owner.person
        person.refresh_from_db()
        person.active = active
        writes.save(registers.get("people"), person, SYSTEM)


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (changes_it, "parola değişti"), (chooses_it, "parola değişti"), (is_given_a_link, "parola değişti"),
        (is_closed_and_opened, "hesap kapatıldı"), (leaves_and_comes_back, "hesap kapatıldı"),
    ],
)  # fmt: skip
def test_tokens_end_with_what_let_their_owner_in(happens, why, admin, here):  # noqa: F811
    owner, other = user("goren", here, (here, "", 1)), user("oteki", here, (here, "", 1))
    client, others = program(owner), program(other)
    happens(owner, admin)
    assert client.get("/api/v1/vehicles/").status_code == 401 and others.get("/api/v1/vehicles/").status_code == 200
    owner.refresh_from_db()
    assert owner.is_open
    for reader in (signed_in(owner), admin):
        assert f" · {why}" in reader.get(reverse("tokens")).content.decode()
    entry = Event.objects.get(kind=Event.Kind.ACCOUNT, text__contains="API anahtarları")
    assert entry.details["tokens"] == [client.token.pk]


def test_what_is_no_change_of_the_password_ends_no_token(admin, here):  # noqa: F811
    owner = user("goren", here, (here, "", 1))
    client = program(owner)
    sessions.end_everywhere(owner)
    owner.save(update_fields=["last_login"])
    # As a login does where the hash is no longer the best.
    owner.set_password(PASSWORD)
    owner._password = None
    owner.save(update_fields=["password"])
    assert client.get("/api/v1/vehicles/").status_code == 200
    assert "API anahtarlarınız iptal edilir" in signed_in(owner).get(reverse("password_change")).content.decode()
