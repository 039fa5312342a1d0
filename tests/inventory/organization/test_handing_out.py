"""Who hands out rights, and which."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.urls import reverse

from imports import batches
from inventory import access, checks, registers, writes
from inventory.history import Author
from inventory.organization.models import Grant
from inventory.refusals import Refused
from inventory.trail.models import Event
from tests.inventory.organization.written import again, sheet
from tests.pages import signed_in
from tests.rows import person, user

pytestmark = pytest.mark.django_db
VIEW, CHANGE, MANAGE = Grant.Level.VIEW, Grant.Level.CHANGE, Grant.Level.MANAGE
PEOPLE, GRANTS, UNITS, VEHICLES = (registers.get(slug) for slug in ("people", "grants", "units", "vehicles"))
# Those that stand under another go with its grants.
MUNICIPAL = [pytest.param(r, id=r.slug) for r in registers.every() if r.scope is None and not r.belongs_to]


# Lists of the whole municipality -----------------------------------------------------------------------------------


@pytest.mark.parametrize("register", MUNICIPAL)
def test_a_units_steward_gives_herself_no_list_of_the_whole_municipality(register, here, steward):
    client = signed_in(steward)
    asked = {"person": steward.person_id, "register": register.slug, "level": MANAGE}
    for where in (here.pk, ""):
        answer = client.post(reverse("register-new", args=["grants"]), asked | {"unit": where})
        assert answer.status_code == 200 and answer.context["form"].errors, where
    lines = ["Kişi;Birim;Kütük;Yetki"]
    lines += [f"{steward.person.staff_no};{where};{register.title};{MANAGE.label}" for where in (here.name, "")]
    assert sheet(GRANTS, again(steward), lines).state != "applied"
    assert Grant.objects.count() == 1
    assert not access.may_change(register, again(steward))
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.bulk_create([Grant(person=steward.person, unit=here, register=register.slug, level=MANAGE)])


@pytest.mark.parametrize("register", MUNICIPAL)
def test_who_manages_such_a_list_everywhere_hands_it_out_without_a_unit(register, here):
    keeper = user("liste", here, (None, register.slug, MANAGE), (None, "grants", MANAGE))
    other, client = person("Ali Veli", here), signed_in(keeper)
    asked = {"person": other.pk, "register": register.slug, "level": CHANGE}
    refused = client.post(reverse("register-new", args=["grants"]), asked | {"unit": here.pk})
    assert "birimi boş bırakınız" in refused.content.decode()
    assert client.post(reverse("register-new", args=["grants"]), asked).status_code == 302
    assert other.grants.get().unit is None


def test_a_sheet_says_in_the_cell_that_such_a_list_has_no_unit(here, root):
    lines = ["Kişi;Birim;Kütük;Yetki", f"{root.person.staff_no};{here.name};Yerler;{VIEW.label}"]
    batch = batches.upload(GRANTS, root, ContentFile("\n".join(lines).encode()), "liste.csv")
    batches.run_check(batch)
    assert batch.state == "refused"
    with batch.plan() as plan:
        assert [("birimi boş bırakınız" in found.message, found.column) for found in plan.errors()] == [(True, "Kütük")]


def test_the_constraint_names_all_such_lists(monkeypatch):
    assert checks.municipal_registers(None) == []
    monkeypatch.setattr(checks, "MUNICIPAL", ("kinds",))
    assert [error.id for error in checks.municipal_registers(None)] == ["inventory.E003"]


def test_an_upgrade_withdraws_such_grants_and_says_so(here, steward, capsys):
    """As an installation had them before the constraint; the history and the trail keep who had what."""
    step, loader = ("organization", "0006_withdrawn_grants"), MigrationLoader(connection)
    with connection.cursor() as cursor:
        # To go back for it and come again, with all tables, takes longer than a hundred tests.
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            connection.check_constraints()  # PostgreSQL alters no table that still has some to check.
            cursor.execute("ALTER TABLE organization_grant DROP CONSTRAINT grant_without_unit")
        cursor.execute("UPDATE organization_grant SET register = 'locations' WHERE unit_id IS NOT NULL")
        Grant.objects.bulk_create([Grant(person=steward.person, register="kinds", level=CHANGE)])
        for operation in loader.get_migration(*step).operations:
            operation.code(loader.project_state(step).apps, None)
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
    kept = Grant.objects.get()
    assert (kept.register, kept.unit) == ("kinds", None)
    gone = Grant.history.filter(history_type="-").get()
    assert (gone.register, gone.unit_id, gone.person_id) == ("locations", here.pk, steward.person_id)
    result = Event.objects.get(kind="grant", address="komut", text__startswith="Bütün belediyenin").text
    assert steward.person.name in result and here.name in result and "locations" in result
    assert result in capsys.readouterr().out


# Who hands out -----------------------------------------------------------------------------------------------------


def test_who_may_only_change_hands_nothing_out(here):
    changer = user("degistiren", here, (None, "", CHANGE), (None, "grants", MANAGE))
    client, other = signed_in(changer), person("Ali Veli", here)
    for register in ("vehicles", ""):
        asked = {"person": other.pk, "register": register, "level": VIEW}
        answer = client.post(reverse("register-new", args=["grants"]), asked)
        if not register:
            stamp = answer.context["form"].stamp
            answer = client.post(reverse("register-new", args=["grants"]), asked | {"accepted": stamp})
        assert answer.status_code == 200 and "yönettiğiniz" in answer.content.decode()
        assert not access.may_hand_out(again(changer), Grant(person=other, register=register, level=VIEW))
    assert not other.grants.exists()


@pytest.mark.parametrize(
    ("where", "slug", "level", "audits"),
    [("", "", VIEW, True), ("", "vehicles", MANAGE, False), ("here", "", MANAGE, False), ("", "grants", MANAGE, False)],
)
def test_who_sees_all_registers_everywhere_audits_and_nobody_else(here, where, slug, level, audits):
    who = user("bakan", here, (here if where else None, slug, level))
    assert access.may_audit(who) is audits
    assert signed_in(who).get(reverse("trail")).status_code == (200 if audits else 404)


def test_what_one_does_not_manage_one_does_not_take_away(here):
    """A steward of grants alone: not changed, not deleted, whatever the row's unit is."""
    keeper = user("yetkici", here, (None, "grants", MANAGE))
    grant = user("filo", here, (here, "vehicles", MANAGE)).person.grants.get()
    client = signed_in(keeper)
    client.post(reverse("register-delete", args=["grants", grant.pk]))
    with pytest.raises(Refused):
        grant.level = VIEW
        writes.save(GRANTS, grant, Author(user=again(keeper)))
    assert Grant.objects.get(pk=grant.pk).level == MANAGE


def test_a_right_everywhere_is_asked_about_before_it_is_given(here, root):
    client, other = signed_in(root), person("Ali Veli", here)
    asked = {"person": other.pk, "level": VIEW}
    answer = client.post(reverse("register-new", args=["grants"]), asked)
    assert "bütün belediyede ve bütün kütüklerde" in answer.content.decode() and not other.grants.exists()
    data = asked | {"accepted": answer.context["form"].stamp}
    assert client.post(reverse("register-new", args=["grants"]), data).status_code == 302
    assert other.grants.get().unit is None
