"""`writes.step`: what a step does, and each reason for which it is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory import registers, writes
from inventory.flows import stepping
from inventory.flows.declared import NEW
from inventory.history import Author
from inventory.refusals import Conflict, Refused
from tests.flows.walks import EVERY, in_state, needed, state_of, states, steps_with, take, with_flow
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
LEASES = registers.get("lease-contracts")


def every_step(register):
    return [(register, step, source) for step in register.flow.steps for source in step.source]


STEPS = [
    pytest.param(*each, id=f"{each[0].slug}-{each[1].name}-{each[2]}")
    for parameter in EVERY
    for each in every_step(parameter.values[0])
]


def last(register, made):
    return register.model.history.filter(id=made.pk).latest("history_id")


@pytest.mark.parametrize(("register", "step", "source"), STEPS)
def test_a_step_brings_the_row_on_and_the_history_says_so_in_words(register, step, source, here, steward):
    made = in_state(register, here, source)
    before = register.model.history.filter(id=made.pk).count()
    done = take(register, made, step.name, Author(user=steward), "gereği yapıldı")
    assert state_of(register, made) == getattr(done, register.flow.column) == step.target
    entry = last(register, made)
    assert register.model.history.filter(id=made.pk).count() == before + 1
    assert (getattr(entry, register.flow.column), entry.history_user) == (step.target, steward)
    assert entry.history_change_reason == f"“{step.label}” adımı · gereği yapıldı"
    assert entry.version == done.version == register.model.objects.get(pk=made.pk).version
    assert steward.pk in stepping.takers(register, [made.pk])[made.pk][step.name]


@pytest.mark.parametrize(("register", "step", "source"), STEPS)
def test_a_step_from_another_state_is_refused(register, step, source, here, steward):
    for other in set(states(register)) - set(step.source):
        made = in_state(register, here, other)
        with pytest.raises(Refused, match="yalnızca şu durumda atılır"):
            take(register, made, step.name, Author(user=steward))
        assert state_of(register, made) == other


@pytest.mark.parametrize(("register", "step", "source"), STEPS)
def test_only_a_step_back_needs_a_reason(register, step, source, here, steward):
    made, order = in_state(register, here, source), states(register)
    if order.index(step.target) > order.index(source):
        take(register, made, step.name, Author(user=steward), "")
        assert last(register, made).history_change_reason == f"“{step.label}” adımı"
        return
    for reason in ("", "  "):
        with pytest.raises(Refused, match="gerekçesini yazınız"):
            take(register, made, step.name, Author(user=steward), reason)
    assert state_of(register, made) == source


@pytest.mark.parametrize(("register", "step", "source"), STEPS)
def test_who_lacks_the_level_is_refused(register, step, source, here, steward):
    made, slug = in_state(register, here, source), register.granted_as
    there = unit("Zabıta Dairesi Başkanlığı")
    refused = [user("goren", here, (here, slug, 1)), user("yabanci", there, (there, "", 3)), user("yetkisiz", here)]
    editor = user("duzenleyen", here, (here, slug, 2))
    if step.level == "manage" or register.stewards_only:
        refused.append(editor)
    for account in refused:
        with pytest.raises(Refused, match=r"yetkiniz yok|yönetenler atar"):
            take(register, made, step.name, Author(user=account))
        assert state_of(register, made) == source
    admin = user("yonetici", there, is_superuser=True)
    take(register, made, step.name, Author(user=admin if editor in refused else editor))
    assert state_of(register, made) == step.target


@pytest.mark.parametrize(("register", "step", "source"), STEPS)
def test_what_a_step_needs_is_listed_by_its_labels(register, step, source, here, steward):
    made = in_state(register, here, source)
    blanks = {name: None if register.column(name).field.null else "" for name in step.needs}
    if not blanks:
        return
    with pytest.raises(Refused, match="şu alanları doldurunuz") as refused:
        writes.step(register, made, step.name, blanks, Author(user=steward), "x")
    for name in step.needs:
        assert register.column(name).label in str(refused.value)
    assert state_of(register, made) == source


@pytest.mark.parametrize("register", EVERY)
def test_two_people_press_one_button_and_one_of_them_is_reported(register, here, steward):
    source = register.column(register.flow.column).field.default
    made = in_state(register, here, source)
    step = next(step for step in register.flow.steps if source in step.source)
    mine, theirs = (register.model.objects.get(pk=made.pk) for _ in range(2))
    writes.step(register, mine, step.name, needed(mine, step), Author(user=steward))
    with pytest.raises(Conflict):
        writes.step(register, theirs, step.name, needed(theirs, step), SYSTEM)
    assert register.model.history.filter(id=made.pk).count() == 2
    assert state_of(register, made) == step.target


@pytest.mark.parametrize("after", [1, 2, 3, 4])
def test_who_saves_between_two_queries_of_a_step_is_not_overwritten(after, here, steward):
    made = in_state(LEASES, here, "running")
    form, stands = needed(made, LEASES.flow.step("end")), LEASES.model.objects.filter(pk=made.pk)
    readings = []

    def saved_meanwhile(execute, sql, *arguments):
        found = execute(sql, *arguments)
        if sql.startswith("SELECT") and f'FROM "{LEASES.model._meta.db_table}"' in sql:
            readings.append(sql)
            if len(readings) == after:
                stands.update(version=made.version + 1, ends_on=made.ends_on + dt.timedelta(days=9))
        return found

    with connection.execute_wrapper(saved_meanwhile), pytest.raises(Conflict):
        writes.step(LEASES, made, "end", form, Author(user=steward))
    assert len(readings) >= after


def test_values_are_written_with_the_step_and_judged_as_any(here, steward):
    made = row(LEASES, here, signed_on=None)
    values = needed(made, LEASES.flow.step("run")) | {"signed_on": dt.date(2026, 1, 5)}
    with pytest.raises(ValidationError):
        writes.step(LEASES, made, "run", values | {"ends_on": dt.date(1999, 1, 1)}, Author(user=steward))
    made.refresh_from_db()
    assert (made.state, made.signed_on, made.version) == ("draft", None, 1)
    writes.step(LEASES, made, "run", values, Author(user=steward))
    made.refresh_from_db()
    assert (made.state, made.signed_on, made.version) == ("running", dt.date(2026, 1, 5), 2)
    with pytest.raises(ValueError, match="does not ask"):
        writes.step(LEASES, made, "end", {"notes": "x"}, SYSTEM)


def test_what_else_was_typed_into_the_row_is_not_written(here):
    made = row(LEASES, here)
    made.notes, made.state = "Yarım kalmış", "closed"
    writes.step(LEASES, made, "run", {}, SYSTEM)
    made.refresh_from_db()
    assert (made.state, made.notes == "Yarım kalmış") == ("running", False)


def test_who_recorded_does_not_check_nor_the_other_way_round(here, monkeypatch):
    leases = with_flow(monkeypatch, LEASES, not_both=((NEW, "run"), ("end", "resume")))
    one, other = (user(name, here, (here, "", 3)) for name in ("biri", "digeri"))
    admin = user("yonetici", here, is_superuser=True)
    made = row(leases, here)
    mine = writes.create_many(leases, [leases.model(
        number="K-9", contractor="Filo", responsible_unit=here, signed_on=made.signed_on, starts_on=made.starts_on,
        ends_on=made.ends_on,
    )], Author(user=one))[0]  # fmt: skip
    with pytest.raises(Refused, match="başka bir yetkili atmalı: bu kaydı siz girdiniz"):
        take(leases, mine, "run", Author(user=one))
    take(leases, mine, "run", Author(user=other))
    take(leases, mine, "end", Author(user=admin))
    # Also an administrator is a person, and also of a step that was taken once and then gone back.
    with pytest.raises(Refused, match="“Sona erdir” adımını siz attınız"):
        take(leases, mine, "resume", Author(user=admin))
    take(leases, mine, "resume", Author(user=other))
    with pytest.raises(Refused, match="“Yürürlüğe geri al” adımını siz attınız"):
        take(leases, mine, "end", Author(user=other))
    (offer,) = [each for each in stepping.offered(leases, mine_now(leases, mine), other) if each.step.name == "end"]
    assert "siz attınız" in offer.refusal
    take(leases, mine, "end", SYSTEM)
    assert state_of(leases, mine) == "ended"


def test_rights_and_past_of_a_row_are_read_once_for_all_its_steps(here, steward, monkeypatch):
    barred = ((NEW, "close"), ("run", "close"), ("end", "close"), (NEW, "resume"), ("end", "resume"))
    leases = with_flow(monkeypatch, LEASES, not_both=barred)
    made = in_state(leases, here, "ended")
    stepping.offered(leases, made, steward)
    with CaptureQueriesContext(connection) as caught:
        offers = stepping.offered(leases, made, steward)
    assert [(offer.step.name, offer.refusal) for offer in offers] == [("close", ""), ("resume", "")]
    # Whether she may change it, whether she manages it, and who took which step.
    assert len(caught) == 3, [query["sql"] for query in caught]


def mine_now(register, made):
    return register.model.objects.get(pk=made.pk)


def test_an_effect_happens_with_the_step_or_neither_does(here, steward, monkeypatch):
    units = registers.get("units")

    def rename(contract, by):
        contract.responsible_unit.name = f"{contract.number} birimi"
        writes.save(units, contract.responsible_unit, by)
        if contract.contractor == "Yanlış":
            raise Refused("olmaz")

    leases = with_flow(monkeypatch, LEASES, steps=steps_with(LEASES.flow, "run", effect=rename))
    good, bad = row(leases, here, number="K-1"), row(leases, here, number="K-2", contractor="Yanlış")
    admin = user("yonetici", here, is_superuser=True)
    with pytest.raises(Refused, match="olmaz"):
        take(leases, bad, "run", Author(user=admin))
    here.refresh_from_db()
    assert (here.name, state_of(leases, bad)) == ("Destek Hizmetleri Dairesi Başkanlığı", "draft")
    assert units.model.history.filter(id=here.pk).count() == 1
    take(leases, good, "run", Author(user=admin), "")
    here.refresh_from_db()
    assert (here.name, state_of(leases, good)) == ("K-1 birimi", "running")
    assert last(units, here).history_change_reason == "“Yürürlüğe al” adımı"
    # It writes with the rights of who takes the step.
    third = row(leases, here, number="K-3")
    with pytest.raises(Refused, match="yetkiniz yok"):
        take(leases, third, "run", Author(user=user("filo", here, (here, "vehicles", 3))))
    assert state_of(leases, third) == "draft"
