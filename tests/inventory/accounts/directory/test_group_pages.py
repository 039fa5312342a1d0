"""The administrators' page of the directory's groups, and the rules of memberships without a directory."""

from __future__ import annotations

from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from inventory.accounts.directory.memberships import MOST, bring_up_to_date
from inventory.accounts.directory.models import LONGEST_NAME, DirectoryGroup, DirectoryMembership
from inventory.organization.models import User
from inventory.trail.models import Event
from tests.pages import signed_in
from tests.rows import user

pytestmark = pytest.mark.django_db
LIST, NEW = reverse("groups-directory"), reverse("group-directory-new")


@pytest.fixture
def account(here) -> User:
    return user("ayse", here)


@pytest.fixture
def group() -> Group:
    return Group.objects.create(name="Denetçiler")


@pytest.fixture
def admin(here) -> Client:
    return signed_in(user("yonetici", here, is_superuser=True))


def text(answer) -> str:
    return unescape(answer.content.decode())


def names_of(account: User) -> set[str]:
    return set(account.groups.values_list("name", flat=True))


def test_a_group_is_mapped_changed_and_forgotten(admin, group, account):
    assert "Henüz dizin grubu görülmedi" in text(admin.get(LIST))
    name = "CN=Denetim,OU=Gruplar,DC=belediye"
    assert admin.post(NEW, {"name": name, "group": group.pk}).url == LIST
    shown = text(admin.get(LIST))
    assert name in shown and "Denetçiler" in shown and "hiç görülmedi" in shown
    assert "listede var" in text(admin.post(NEW, {"name": name}))
    page = reverse("group-directory", args=[DirectoryGroup.objects.get().pk])
    bring_up_to_date(account, [name], None)
    assert names_of(account) == {"Denetçiler"}
    result = text(admin.get(reverse("user", args=[account.pk])))
    assert "Kurum dizininden gelen: <strong>Denetçiler</strong>" in result
    assert 'form="delete"' not in text(admin.get(page)), "while it gives something it is not forgotten by a slip"
    assert admin.post(page, {"group": "", "name": "baska"}).url == LIST
    assert DirectoryGroup.objects.get().name == name, "another name is another group"
    bring_up_to_date(account, [name], None)
    assert names_of(account) == set() and not DirectoryMembership.objects.exists()
    assert 'form="delete"' in text(admin.get(page))
    assert admin.post(page + "delete/").url == LIST
    assert not DirectoryGroup.objects.exists()
    result = Event.objects.filter(kind=Event.Kind.ACCOUNT, text__contains="dizin grubu").values_list("username", "text")
    assert [(who, "“Denetçiler” grubuna alınacak" in text) for who, text in result.order_by("pk")] == [
        ("yonetici", True), ("yonetici", False), ("yonetici", False),
    ]  # fmt: skip


def test_the_list_is_searched_and_has_pages(admin, group, django_assert_max_num_queries):
    for number in range(60):
        DirectoryGroup.objects.create(name=f"Grup {number:02d}")
    DirectoryGroup.objects.create(name="Sondaki", group=group)
    with django_assert_max_num_queries(12):
        shown = text(admin.get(LIST))
    assert shown.index("Sondaki") < shown.index("Grup 00"), "what is mapped comes first"
    assert "Grup 59" not in shown and "Grup 59" in text(admin.get(LIST, {"page": 2}))
    found = text(admin.get(LIST, {"q": "denetçi"}))
    assert "Sondaki" in found and "Grup 00" not in found
    assert "Bu aramaya uyan grup yok" in text(admin.get(LIST, {"q": "yok"}))


def test_the_tab_is_there_only_with_a_directory(admin, settings):
    assert LIST not in text(admin.get(reverse("users")))
    settings.OIDC_ISSUER = "https://giris.example"
    assert LIST in text(admin.get(reverse("users")))


def test_what_was_given_by_hand_stays(account, group):
    DirectoryGroup.objects.create(name="denetim", group=group)
    account.groups.add(group)
    bring_up_to_date(account, ["denetim"], None)
    bring_up_to_date(account, [], None)
    assert names_of(account) == {"Denetçiler"}


def test_two_of_the_directorys_groups_may_stand_for_one(account, group):
    for name in ("bir", "iki"):
        DirectoryGroup.objects.create(name=name, group=group)
    bring_up_to_date(account, ["bir", "iki"], None)
    bring_up_to_date(account, ["iki"], None)
    assert names_of(account) == {"Denetçiler"}
    bring_up_to_date(account, [], None)
    assert names_of(account) == set()


def test_what_was_taken_by_hand_comes_back_with_the_next_login(account, group):
    DirectoryGroup.objects.create(name="denetim", group=group)
    for _login in range(2):
        bring_up_to_date(account, ["denetim"], None)
        assert names_of(account) == {"Denetçiler"}
        account.groups.clear()


def test_names_are_compared_letter_by_letter_and_bounded(account, group, caplog):
    DirectoryGroup.objects.create(name="İdari", group=group)
    bring_up_to_date(account, ["idari", "İDARİ", "", "x" * (LONGEST_NAME + 1), "y\0"], None)
    assert names_of(account) == set() and "2 groups of the directory are left out" in caplog.text
    bring_up_to_date(account, [f"{n:05d}" for n in range(MOST + 5)], None)
    assert DirectoryGroup.objects.filter(name__startswith="0").count() == MOST


def test_a_login_that_brings_nothing_new_asks_little(account, group, django_assert_max_num_queries):
    names = [f"Grup {number}" for number in range(200)]
    bring_up_to_date(account, names, None)
    with django_assert_max_num_queries(4) as asked:
        bring_up_to_date(account, names, None)
    assert all(query["sql"].startswith("SELECT") for query in asked), "it waits for no other writer"
