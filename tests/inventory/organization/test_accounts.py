import re

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory import registers, writes
from inventory.organization import accounts
from inventory.organization.models import Grant, Unit, User
from tests.rows import SYSTEM, person, unit, user

pytestmark = pytest.mark.django_db
PASSWORD = "uzun-ve-gizli-1"
NEW = "Kestane-Kebap-41"


@pytest.fixture
def it() -> Unit:
    return unit("Bilgi İşlem Dairesi Başkanlığı")


@pytest.fixture
def steward(it) -> User:
    """Somebody who manages everything without being the system's administrator."""
    return user("yonetici", it, (None, "", Grant.Level.MANAGE))


def signed_in(account: User) -> Client:
    client = Client()
    client.force_login(account)
    return client


def link_in(response) -> str:
    return re.search(r'value="http://testserver(/account/password/choose/[^"]+)"', response.content.decode())[1]


def choose_password(link: str, password: str = NEW):
    client = Client()
    form = client.get(link, follow=True)
    where = form.redirect_chain[-1][0]
    return client.post(where, {"new_password1": password, "new_password2": password})


@pytest.mark.parametrize(
    ("name", "username"),
    [
        ("Ayşe Nur Yılmaz", "ayse.yilmaz"),
        ("İSMAİL IŞIK", "ismail.isik"),
        ("Gülşah Öztürk-Ünal", "gulsah.ozturkunal"),
        ("Çağrı", "cagri"),
        ("—", "hesap"),
    ],
)
def test_a_username_is_proposed_from_the_name(name, username):
    assert accounts.propose_username(name) == username


def test_a_taken_username_gets_a_number(it):
    user("ayse.yilmaz", it)
    user("ayse.yilmaz2", it)
    assert accounts.propose_username("Ayşe Yılmaz") == "ayse.yilmaz3"


def test_an_account_is_opened_and_its_holder_chooses_the_password_once(it, steward):
    holder = person("Ayşe Yılmaz", it)
    opened = signed_in(steward).post(reverse("user-new"), {"person": holder.pk, "username": ""})
    account = User.objects.get(person=holder)
    assert (account.username, account.get_full_name()) == ("ayse.yilmaz", "Ayşe Yılmaz")
    assert not account.has_usable_password()
    link = link_in(opened)
    assert "no-store" in opened["Cache-Control"]
    chosen = choose_password(link)
    assert chosen.status_code == 302 and "Parolanız kaydedildi" in Client().get(chosen.url).content.decode()
    account.refresh_from_db()
    assert account.check_password(NEW)
    again = Client().get(link, follow=True)
    assert "Bağlantı artık geçmiyor" in again.content.decode()


def test_a_password_must_keep_the_rules(it, steward):
    account = user("ayse", it)
    link = link_in(signed_in(steward).post(reverse("user-password", args=[account.pk])))
    refused = choose_password(link, "123456789012")
    assert refused.status_code == 200
    assert refused.context["form"].errors["new_password2"]
    account.refresh_from_db()
    assert not account.has_usable_password()


def test_a_new_link_ends_the_old_password_and_the_open_sessions(it, steward):
    account = user("ayse", it, (it, "", Grant.Level.VIEW))
    theirs = signed_in(account)
    assert theirs.get(reverse("home")).status_code == 200
    signed_in(steward).post(reverse("user-password", args=[account.pk]))
    account.refresh_from_db()
    assert not account.check_password(PASSWORD)
    assert theirs.get(reverse("home")).status_code == 302


def test_one_person_has_one_account(it, steward):
    account = user("ayse", it)
    refused = signed_in(steward).post(reverse("user-new"), {"person": account.person_id, "username": "baska"})
    assert "hesabı zaten var: ayse" in refused.content.decode()
    assert not User.objects.filter(username="baska").exists()


def test_a_username_differs_by_more_than_its_case(it, steward):
    user("ayse", it)
    other = person("Ayşe Yılmaz", it)
    refused = signed_in(steward).post(reverse("user-new"), {"person": other.pk, "username": "AYSE"})
    assert "başkasında" in refused.content.decode()


def test_a_closed_account_is_signed_out_and_can_be_opened_again(it, steward):
    account = user("ayse", it, (it, "", Grant.Level.VIEW))
    theirs = signed_in(account)
    switch = reverse("user-active", args=[account.pk])
    signed_in(steward).post(switch)
    assert theirs.get(reverse("home")).status_code == 302
    signed_in(steward).post(switch)
    account.refresh_from_db()
    assert account.is_active


def test_nobody_closes_the_own_account(steward):
    signed_in(steward).post(reverse("user-active", args=[steward.pk]))
    steward.refresh_from_db()
    assert steward.is_active


def test_only_an_administrator_touches_an_administrators_account(it, steward):
    root = user("root", it, is_superuser=True)
    client = signed_in(steward)
    assert client.get(reverse("user", args=[root.pk])).status_code == 404
    assert client.post(reverse("user-password", args=[root.pk])).status_code == 404
    assert client.post(reverse("user-active", args=[root.pk])).status_code == 404
    root.refresh_from_db()
    assert root.check_password(PASSWORD)
    assert "root" not in client.get(reverse("users")).content.decode()


@pytest.mark.parametrize(
    "grants",
    [
        (),
        ((None, "", Grant.Level.CHANGE),),
        ((None, "vehicles", Grant.Level.MANAGE),),
        (("own", "", Grant.Level.MANAGE),),
    ],
)
def test_the_account_pages_are_not_there_for_anybody_else(it, grants):
    held = [(it if where == "own" else where, slug, level) for where, slug, level in grants]
    account = user("ayse", it, *held)
    group = Group.objects.create(name="Muhasebe")
    client = signed_in(account)
    for method, name, args in [
        ("get", "users", []),
        ("get", "user-new", []),
        ("post", "user-new", []),
        ("get", "user", [account.pk]),
        ("post", "user-active", [account.pk]),
        ("post", "user-password", [account.pk]),
        ("get", "groups", []),
        ("post", "group-new", []),
        ("post", "group", [group.pk]),
        ("post", "group-delete", [group.pk]),
    ]:
        assert getattr(client, method)(reverse(name, args=args)).status_code == 404, name


def test_a_group_gives_its_members_its_grants(it, steward):
    member = user("ayse", it)
    client = signed_in(steward)
    client.post(reverse("group-new"), {"name": "Muhasebe", "members": [member.pk]})
    group = Group.objects.get()
    assert list(group.user_set.all()) == [member]
    writes.save(registers.get("grants"), Grant(group=group, level=Grant.Level.VIEW), SYSTEM)
    assert signed_in(member).get(reverse("register-list", args=["vehicles"])).status_code == 200
    client.post(reverse("group", args=[group.pk]), {"name": "Mali Hizmetler", "members": []})
    group.refresh_from_db()
    assert group.name == "Mali Hizmetler"
    assert signed_in(member).get(reverse("register-list", args=["vehicles"])).status_code == 404


def test_a_steward_leaves_an_administrators_membership_alone(it, steward):
    root = user("root", it, is_superuser=True)
    group = Group.objects.create(name="Muhasebe")
    group.user_set.add(root)
    signed_in(steward).post(reverse("group", args=[group.pk]), {"name": "Muhasebe", "members": [steward.pk]})
    assert set(group.user_set.all()) == {root, steward}


def test_membership_is_kept_from_the_accounts_side_too(it, steward):
    account = user("ayse", it)
    group = Group.objects.create(name="Muhasebe")
    signed_in(steward).post(reverse("user", args=[account.pk]), {"groups": [group.pk]})
    assert list(account.groups.all()) == [group]


def test_a_group_goes_only_when_nothing_hangs_on_it(it, steward):
    group = Group.objects.create(name="Muhasebe")
    group.user_set.add(steward)
    client = signed_in(steward)
    client.post(reverse("group-delete", args=[group.pk]))
    assert Group.objects.exists()
    group.user_set.clear()
    client.post(reverse("group-delete", args=[group.pk]))
    assert not Group.objects.exists()


def test_the_list_takes_the_same_queries_for_few_and_many(it, steward, django_assert_num_queries):
    client = signed_in(steward)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(reverse("users"))
    for number in range(20):
        user(f"hesap{number}", it)
    with django_assert_num_queries(len(few)):
        client.get(reverse("users"))


def test_the_list_is_searched_in_turkish(it, steward):
    accounts.open_for(person("Çiğdem Işık", it), "cigdem.isik")
    accounts.open_for(person("Mehmet Demir", it), "mehmet.demir")
    message = signed_in(steward).get(reverse("users"), {"q": "ÇİĞDEM ışık"}).content.decode()
    assert "cigdem.isik" in message
    assert "mehmet.demir" not in message


@pytest.mark.parametrize("number", ["9" * 40, "²", "-1", "x"])
def test_a_member_that_no_account_can_be_is_refused_in_words(steward, number):
    page = signed_in(steward).post(reverse("group-new"), {"name": "Filo", "members": [number]})
    assert page.status_code == 200 and page.context["form"].errors["members"]
    assert not Group.objects.exists()
