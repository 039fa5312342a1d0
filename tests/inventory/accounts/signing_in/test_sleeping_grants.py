"""A grant that wants a second factor counts only for an account that has one."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from inventory import access, registers, writes
from inventory.history import Author
from inventory.organization import accounts
from inventory.organization.models import Grant, User
from inventory.refusals import Refused
from tests.pages import sample, signed_in
from tests.phones import phone_of
from tests.rows import SYSTEM, person, unit, user

GRANTS, VEHICLES = registers.get("grants"), registers.get("vehicles")


def again(account: User) -> User:
    """The account as the next request, or a job, reads it."""
    return User.objects.get(pk=account.pk)


def strict(of: User, **values) -> Grant:
    row = Grant(person=of.person, needs_second_factor=True, **({"level": Grant.Level.CHANGE} | values))
    return writes.save(registers.get("grants"), row, SYSTEM)


@pytest.fixture
def clerk(db) -> User:
    return user("memur", unit("Mali Hizmetler Dairesi Başkanlığı"))


def test_it_sleeps_until_the_second_factor_is_set_up_and_again_afterwards(clerk, clock):
    from inventory.accounts.signing_in import second_factor

    here = clerk.person.unit
    made = sample(VEHICLES, here)
    strict(clerk, unit=here, register="vehicles")
    for has_it in (False, True, False):
        if has_it:
            phone_of(clerk, clock)
        else:
            second_factor.remove(clerk)
        who = again(clerk)
        assert access.may_see(VEHICLES, who) is access.may_change(VEHICLES, who) is has_it
        assert list(access.visible_to(VEHICLES, who)) == ([made] if has_it else [])
        assert list(access.editable_by(VEHICLES, who)) == ([made] if has_it else [])
        assert bool(access.grants_of(who)) is has_it
        assert bool(access.sleeping_grants(who)) is not has_it


def test_another_grant_counts_beside_it(clerk):
    here = clerk.person.unit
    writes.save(registers.get("grants"), Grant(person=clerk.person, unit=here, register="vehicles", level=1), SYSTEM)
    strict(clerk, unit=here, level=Grant.Level.MANAGE)
    who = again(clerk)
    assert access.may_see(VEHICLES, who) and not access.may_change(VEHICLES, who)


def test_a_groups_grant_sleeps_for_each_member_by_herself(clerk, clock):
    other = user("veli", clerk.person.unit)
    group = Group.objects.create(name="Denetçiler")
    group.user_set.set([clerk, other])
    writes.save(registers.get("grants"), Grant(group=group, level=1, needs_second_factor=True), SYSTEM)
    phone_of(other, clock)
    assert not access.may_audit(again(clerk)) and access.may_audit(again(other))


def test_who_sleeps_hands_nothing_out_and_administers_nothing(clerk, clock):
    grant = strict(clerk, level=Grant.Level.MANAGE)
    for has_it in (False, True):
        if has_it:
            phone_of(clerk, clock)
        who = again(clerk)
        assert access.may_hand_out(who, grant) is accounts.may_administer(who) is has_it


def test_the_condition_of_a_second_factor_is_not_shaken_off(clerk, clock):
    """By who holds the grant, for herself or for others; one that has it without the condition may."""
    here, other = clerk.person.unit, person("Ali Veli", clerk.person.unit)
    own = strict(clerk, unit=here, level=Grant.Level.MANAGE)
    phone_of(clerk, clock)
    given = writes.save(
        GRANTS, Grant(person=other, unit=here, register="vehicles", level=1, needs_second_factor=True), SYSTEM
    )
    for grant in (own, given):
        grant.needs_second_factor = False
        with pytest.raises(Refused, match="ikinci adım"):
            writes.save(GRANTS, grant, Author(user=again(clerk)))
        assert Grant.objects.get(pk=grant.pk).needs_second_factor
    with pytest.raises(Refused, match="ikinci adım"):
        new = Grant(person=clerk.person, unit=here, register="network", level=3)
        writes.save(GRANTS, new, Author(user=again(clerk)))
    # Stricter is hers to make, and so is taking away.
    loose = writes.save(GRANTS, Grant(person=other, unit=here, register="network", level=1), SYSTEM)
    loose.needs_second_factor = True
    writes.save(GRANTS, loose, Author(user=again(clerk)))
    writes.delete(GRANTS, Grant.objects.get(pk=given.pk), Author(user=again(clerk)))


def test_she_reads_what_sleeps_and_where_to_wake_it(clerk):
    client = signed_in(clerk)
    assert "Hesabınıza henüz yetki verilmemiş" in client.get(reverse("home")).content.decode()
    strict(clerk, register="vehicles")
    for page in ("home", "second-factor"):
        message = signed_in(clerk).get(reverse(page)).content.decode()
        assert "Bu yetkiniz ikinci adım kurulunca geçerli olur" in message and VEHICLES.title in message
        assert "Hesabınıza henüz yetki verilmemiş" not in message
    assert reverse("second-factor") in message
    strict(clerk, register="network")
    assert "Bu yetkileriniz" in signed_in(clerk).get(reverse("home")).content.decode()


def test_the_grants_list_and_the_account_page_show_it(clerk):
    strict(clerk, register="vehicles")
    admin = signed_in(user("yonetici", clerk.person.unit, is_superuser=True))
    listed = admin.get(reverse("register-list", args=["grants"]), {"needs_second_factor": "true"})
    assert len(listed.context["page"].lines) == 1
    shown = admin.get(reverse("user", args=[clerk.pk])).content.decode()
    assert "ikinci adım ister" in shown and "kurulmadı: geçmiyor" in shown


# Administrators ---------------------------------------------------------------------------------------------------


def test_administration_may_need_a_second_factor(clerk, clock, settings):
    root = user("root", clerk.person.unit, is_superuser=True)
    sample(VEHICLES, clerk.person.unit)
    assert access.is_administrator(again(root))
    settings.ADMIN_SECOND_FACTOR = True
    client = signed_in(root)
    for name in ("users", "jobs", "trail", "metrics"):
        assert client.get(reverse(name)).status_code == 404, name
    assert client.get(reverse("register-list", args=["vehicles"])).status_code == 404
    assert "Yönetici yetkiniz ikinci adım kurulunca" in client.get(reverse("home")).content.decode()
    assert client.get(reverse("second-factor-begin")).status_code == 200
    phone = phone_of(root, clock)
    client.get("/")
    client.post(reverse("second-step"), {"code": phone.recovery_codes[0]})
    for name in ("users", "jobs", "trail", "metrics"):
        assert client.get(reverse(name)).status_code == 200, name


def test_a_sleeping_administrator_still_has_her_grants(clerk, settings):
    settings.ADMIN_SECOND_FACTOR = True
    here = clerk.person.unit
    root = user("root", here, (here, "vehicles", 1), is_superuser=True)
    assert access.may_see(VEHICLES, again(root)) and not access.may_change(VEHICLES, again(root))


def test_commands_on_the_machine_need_none(settings):
    settings.ADMIN_SECOND_FACTOR = True
    assert access.may_change(VEHICLES, None)
