"""What decides over an account wants the right over it, whichever way it is written; nobody gives more than she has."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from imports.plans import undoing
from inventory import access, registers, writes
from inventory.accounts.directory.persons import DirectoryEntry, Reason, account_of
from inventory.accounts.directory.persons import Refused as NotLetIn
from inventory.history import Author
from inventory.organization import authority
from inventory.organization.models import Grant, Person, Unit, User
from inventory.refusals import Refused
from tests.inventory.organization.written import again, sheet
from tests.pages import sample, signed_in
from tests.rows import SYSTEM, person, set_values, unit, user

pytestmark = pytest.mark.django_db
VIEW, CHANGE, MANAGE = Grant.Level.VIEW, Grant.Level.CHANGE, Grant.Level.MANAGE
PEOPLE, GRANTS, UNITS, VEHICLES = (registers.get(slug) for slug in ("people", "grants", "units", "vehicles"))
MUNICIPAL = [pytest.param(r, id=r.slug) for r in registers.every() if r.scope is None]


# What decides over an account --------------------------------------------------------------------------------------


def off_by_form(client, of: Person):
    sent = {"staff_no": of.staff_no, "name": of.name, "unit": of.unit_id, "version": of.version}
    return client.post(reverse("register-edit", args=["people", of.pk]), sent)


def off_in_bulk(client, of: Person):
    sent = {"selected": [of.pk], "step": "write", "count": 1, "change_active": "on", "reason": "ayrıldı"}
    return client.post(reverse("register-bulk", args=["people"]), sent)


def off_by_sheet(client, of: Person):
    by = User.objects.get(pk=client.session["_auth_user_id"])
    sheet(PEOPLE, by, ["Sicil no;Görevde", f"{of.staff_no};Hayır"])


def off_by_restoring(client, of: Person):
    """To a version of the time when she was not there yet."""
    Person.objects.filter(pk=of.pk).update(active=False)
    writes.history.record(Person, [of.pk], "~", SYSTEM)
    Person.objects.filter(pk=of.pk).update(active=True)
    writes.history.record(Person, [of.pk], "~", SYSTEM)
    then = Person.history.filter(id=of.pk, active=False).latest("history_id")
    client.post(reverse("register-restore", args=["people", of.pk, then.history_id]))


def off_by_undoing(client, of: Person):
    """Of an import that put her on duty."""
    Person.objects.filter(pk=of.pk).update(active=False)
    writes.history.record(Person, [of.pk], "~", SYSTEM)
    by = User.objects.get(pk=client.session["_auth_user_id"])
    batch = sheet(PEOPLE, None, ["Sicil no;Görevde", f"{of.staff_no};Evet"])
    assert Person.objects.get(pk=of.pk).active
    type(batch).objects.filter(pk=batch.pk).update(user=by)
    batch.refresh_from_db()
    with pytest.raises(Refused):
        undoing.undo(batch, by)


def off_by_writing(client, of: Person):
    with pytest.raises(Refused):
        of.active = False
        writes.save(PEOPLE, of, Author(user=User.objects.get(pk=client.session["_auth_user_id"])))


def renumbered(client, of: Person):
    sent = {"staff_no": "99999", "name": of.name, "unit": of.unit_id, "version": of.version, "active": "on"}
    return client.post(reverse("register-edit", args=["people", of.pk]), sent)


def renumbered_by_sheet(client, of: Person):
    by = User.objects.get(pk=client.session["_auth_user_id"])
    sheet(PEOPLE, by, ["Kayıt no;Sicil no", f"{of.pk};99999"])


def deleted(client, of: Person):
    return client.post(reverse("register-delete", args=["people", of.pk]))


WAYS = (off_by_form, off_in_bulk, off_by_sheet, off_by_restoring, off_by_undoing, off_by_writing, renumbered,
        renumbered_by_sheet, deleted)  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("whose", ["administrator", "wide grant", "group", "grant without an account"])
def test_change_on_people_reaches_no_account_beyond_ones_own_rights(way, whose, here, clerk, root):
    match whose:
        case "administrator":
            of = user("yonetici", here, is_superuser=True).person
        case "wide grant":
            of = user("denetci", here, (None, "", VIEW)).person
        case "group":
            member = user("uye", here)
            group = Group.objects.create(name="Filo")
            member.groups.add(group)
            writes.save(GRANTS, Grant(group=group, register="vehicles", level=VIEW), SYSTEM)
            of = member.person
        case _:
            # The directory opens one at her first login.
            of = person("Ali Veli", here)
            writes.save(GRANTS, Grant(person=of, register="vehicles", level=VIEW), SYSTEM)
    answer = way(signed_in(clerk), of)
    after = Person.objects.get(pk=of.pk)
    assert (after.active, after.staff_no) == (True, of.staff_no)
    if answer is not None and way is not deleted:
        assert "sistem yöneticisi" in answer.content.decode()


def test_who_has_no_rights_is_taken_off_duty_by_who_keeps_the_staff_list(here, clerk):
    of = user("memur", here).person
    assert off_by_form(signed_in(clerk), of).status_code == 302
    assert not Person.objects.get(pk=of.pk).active


def test_a_units_steward_takes_off_duty_whose_rights_she_gives(here, steward):
    of = user("memur", here, (here, "vehicles", CHANGE)).person
    of.active = False
    writes.save(PEOPLE, of, Author(user=steward))
    assert not Person.objects.get(pk=of.pk).active


def test_other_columns_of_such_a_person_are_free(here, clerk, root):
    of = root.person
    of.title = "Şube Müdürü"
    writes.save(PEOPLE, of, Author(user=clerk))
    assert Person.objects.get(pk=of.pk).title == "Şube Müdürü"


# Where a unit stands -----------------------------------------------------------------------------------------------


def moved_by_form(client, of: Unit, to: Unit):
    sent = {"name": of.name, "kind": of.kind, "parent": to.pk, "version": of.version}
    return client.post(reverse("register-edit", args=["units", of.pk]), sent)


def moved_in_bulk(client, of: Unit, to: Unit):
    sent = {"selected": [of.pk], "step": "write", "count": 1, "change_parent": "on", "parent": to.pk, "reason": "yeni"}
    return client.post(reverse("register-bulk", args=["units"]), sent)


def moved_by_sheet(client, of: Unit, to: Unit):
    by = User.objects.get(pk=client.session["_auth_user_id"])
    sheet(UNITS, by, ["Kayıt no;Üst birim", f"{of.pk};{to.name}"])


@pytest.mark.parametrize("way", [moved_by_form, moved_in_bulk, moved_by_sheet])
@pytest.mark.parametrize("whose", ["her own", "another's"])
def test_who_keeps_the_list_of_units_moves_none_under_grants_that_she_may_not_give(way, whose, here):
    there = unit("Zabıta Dairesi Başkanlığı")
    keeper = user("birim", here, (None, "units", CHANGE), *[(here, "vehicles", MANAGE)] * (whose == "her own"))
    if whose != "her own":
        user("sorumlu", here, (here, "", VIEW))
    car, client = sample(VEHICLES, there), signed_in(keeper)
    answer = way(client, there, here)
    there.refresh_from_db()
    assert there.parent is None
    assert answer is None or "sistem yöneticisi" in answer.content.decode()
    assert not access.visible_to(VEHICLES, again(keeper)).filter(pk=car.pk).exists()
    # Where nobody gains by it, she moves it.
    free = unit("Teftiş Kurulu Başkanlığı")
    way(client, there, free)
    there.refresh_from_db()
    assert there.parent == free


# The last administrator --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", (off_by_form, off_in_bulk, off_by_sheet, off_by_writing, "system"))
def test_the_last_administrator_is_not_shut_out(way, here, root):
    of = root.person
    if way == "system":
        with pytest.raises(Refused, match="son sistem yöneticisi"):
            of.active = False
            writes.save(PEOPLE, of, SYSTEM)
    else:
        way(signed_in(root), of)
    assert Person.objects.get(pk=of.pk).active and again(root).is_open


def test_two_administrators_in_one_change_are_the_last_ones(here, root):
    other = user("yonetici", here, is_superuser=True)
    both = Person.objects.filter(pk__in=[root.person_id, other.person_id])
    with pytest.raises(Refused, match="son sistem yöneticisi"):
        set_values(PEOPLE, both, {"active": False}, Author(user=root))
    set_values(PEOPLE, both.filter(pk=other.person_id), {"active": False}, Author(user=root))
    assert not again(other).is_open and again(root).is_open


def test_an_account_that_is_closed_or_off_duty_is_no_administrator_left(here, root):
    closed = user("kapali", here, is_superuser=True, is_active=False)
    assert authority.leaves_no_administrator(root) and not authority.leaves_no_administrator(closed)
    user("yonetici", here, is_superuser=True)
    assert not authority.leaves_no_administrator(root)


# The directory -----------------------------------------------------------------------------------------------------


def login(staff_no: str) -> User:
    return account_of(DirectoryEntry("ayse", staff_no, None), None)


def test_a_directory_login_reaches_no_administrator_whose_number_changed_since(here, root):
    """Also when the number that she has now is another one's former number, and by whoever changed it."""
    clerk = user("memur", here)
    assert login(root.person.staff_no) == root and login(clerk.person.staff_no) == clerk
    first = {account: account.person.staff_no for account in (clerk, root)}
    for number, of in (("X", clerk.person), (first[clerk], root.person), (first[root], clerk.person)):
        of.staff_no = number
        writes.save(PEOPLE, of, Author())
    with pytest.raises(NotLetIn) as refused:
        login(first[clerk])
    assert refused.value.reason == Reason.RENUMBERED
    assert login(first[root]) == clerk, "who is no administrator is who has the number"
    # Her own number again: whoever else had it meanwhile, this account did not always.
    for number, of in (("Y", clerk.person), (first[root], root.person)):
        of.staff_no = number
        writes.save(PEOPLE, of, Author())
    with pytest.raises(NotLetIn):
        login(first[root])


def test_a_number_mended_before_the_account_was_opened_is_no_change_since(here):
    of = person("Ayşe Yılmaz", here)
    of.staff_no = "000123"
    writes.save(PEOPLE, of, SYSTEM)
    root = User.objects.create_user("ayse", person=of, is_superuser=True)
    assert login("000123") == root


def test_a_blank_of_a_grant_says_what_it_means_on_pages(here):
    grant = user("mufettis", here, (None, "", VIEW)).person.grants.get()
    browser = signed_in(user("yonetici", here, is_superuser=True))
    for page in (reverse("register-list", args=[GRANTS]), reverse("register-detail", args=[GRANTS, grant.pk])):
        shown = browser.get(page).content.decode()
        assert "Her yer" in shown and "Bütün kütükler" in shown, page
