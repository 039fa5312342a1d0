"""What is written down of a write: of rows that a rule's owner may see, in its columns, under its filter."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from imports import batches
from imports.plans import undoing
from inventory import registers, writes
from inventory.accounts.personal import retention
from inventory.history import Author
from inventory.many import insert
from inventory.models import Kind
from inventory.organization.models import Person
from inventory.refusals import Refused
from inventory.webhooks import making
from inventory.webhooks.models import Delivery, Rule, State
from tests.inventory.webhooks.conftest import VEHICLES, rule_of, said
from tests.rows import SYSTEM, kind, row, set_values, user

pytestmark = pytest.mark.django_db


def change(made, **values):
    made = type(made).objects.get(pk=made.pk)
    for name, value in values.items():
        setattr(made, name, value)
    return writes.save(registers.of(type(made)), made, SYSTEM)


def test_a_rows_life_is_told_with_what_it_was_and_is(rule, here):
    Rule.objects.update(query="columns=plate,make,responsible_unit")
    made = row(VEHICLES, here, make="Ford")
    change(made, make="Fiat")
    change(made, notes="Bu sütun kuralda yok")
    writes.delete(VEHICLES, type(made).objects.get(pk=made.pk), SYSTEM)
    was = {
        "plate": made.plate,
        "make": "Ford",
        "responsible_unit": {"id": here.pk, "text": here.name, "code": None},
    }
    reported = said(rule)
    assert [each["type"] for each in reported] == ["vehicles.created", "vehicles.changed", "vehicles.deleted"]
    assert [each["data"] for each in reported] == [
        {"id": made.pk, "version": 1, "before": None, "after": was},
        {"id": made.pk, "version": 2, "before": was, "after": was | {"make": "Fiat"}},
        {"id": made.pk, "version": 4, "before": was | {"make": "Fiat"}, "after": None},
    ]
    assert dt.datetime.fromisoformat(reported[0]["timestamp"]).tzinfo


@pytest.mark.parametrize("name", ["on_created", "on_changed", "on_deleted"])
def test_only_the_events_that_are_wanted(rule, here, name):
    Rule.objects.update(**dict.fromkeys(("on_created", "on_changed", "on_deleted", "on_state"), False) | {name: True})
    made = change(row(VEHICLES, here), make="Fiat")
    writes.delete(VEHICLES, type(made).objects.get(pk=made.pk), SYSTEM)
    assert [each["type"] for each in said(rule)] == [f"vehicles.{name.removeprefix('on_')}"]


def test_a_step_is_an_event_of_its_own_or_a_change_for_who_does_not_tell_them_apart(here):
    owner = user("satin", here, (here, "", 1))
    contracts = registers.get("lease-contracts")
    apart = rule_of(owner, register="lease-contracts", query="columns=number")
    alike = rule_of(owner, register="lease-contracts", query="columns=state", on_state=False)
    made = row(contracts, here, number="2026/7")
    writes.step(contracts, contracts.model.objects.get(pk=made.pk), "run", {}, SYSTEM)
    assert [each["type"].partition(".")[2] for each in said(apart)] == ["created", "state_changed"]
    _created, changed = said(alike)
    assert changed["type"] == "lease-contracts.changed"
    assert (changed["data"]["before"], changed["data"]["after"]) == ({"state": "draft"}, {"state": "running"})


def test_nothing_leaves_of_another_units_rows_and_a_row_that_moves_there_only_leaves(rule, here, there):
    row(VEHICLES, there, make="Gizli")
    assert said(rule) == []
    made = row(VEHICLES, here, make="Ford")
    change(made, responsible_unit=there, make="Gizli")
    change(made, make="Çok gizli")
    change(made, responsible_unit=here, make="Açık")
    _created, left, back = said(rule)
    assert (left["type"], left["data"]["after"], left["data"]["before"]["make"]) == ("vehicles.changed", None, "Ford")
    assert (back["type"], back["data"]["before"], back["data"]["after"]["make"]) == ("vehicles.changed", None, "Açık")
    assert "izli" not in "".join(Delivery.objects.values_list("body", flat=True))


def test_a_filter_lets_rows_in_and_out(rule, here):
    Rule.objects.update(query="make=ford&sort=plate&page=3&as_of=31.12.2020")
    row(VEHICLES, here, make="Fiat")
    made = row(VEHICLES, here, make="Ford Transit")
    change(made, make="Fiat")
    change(made, notes="başka")
    change(made, make="FORD")
    assert [(bool(each["data"]["before"]), bool(each["data"]["after"])) for each in said(rule)] == [
        (False, True), (True, False), (False, True),
    ]  # fmt: skip


def test_what_identifies_a_person_goes_out_masked(here):
    rule = rule_of(user("ik", here, (here, "people", 3)), register="people")
    made = row(registers.get("people"), here)
    number = Person.objects.get(pk=made.pk).identity_no
    assert number and said(rule)[0]["data"]["after"]["identity_no"].startswith("*")
    assert number not in Delivery.objects.get().body


def test_who_may_not_see_what_a_row_names_is_not_told_its_name(here, there):
    network = registers.get("network")
    (link,) = (column.name for column in network.all_columns() if column.related_model is network.model)
    rule = rule_of(user("ag", here, (here, "network", 1)), register="network")
    row(network, here, **{link: row(network, there, hostname="gizli-cihaz")})
    (reported,) = said(rule)
    assert reported["data"]["after"][link] == {"id": None, "text": "(size görünmüyor)", "code": None}
    assert "gizli" not in Delivery.objects.get().body


@pytest.mark.parametrize("why", ["inactive", "closed", "off duty", "no grant"])
def test_a_rule_that_is_off_or_whose_owner_left_tells_nothing(rule, clerk, here, why):
    if why == "inactive":
        Rule.objects.update(active=False)
    elif why == "closed":
        type(clerk).objects.filter(pk=clerk.pk).update(is_active=False)
    elif why == "off duty":
        Person.objects.filter(pk=clerk.person_id).update(active=False)
    else:
        clerk.person.grants.all().delete()
    change(row(VEHICLES, here), make="Fiat")
    assert not Delivery.objects.exists()


def test_a_filter_that_is_no_longer_understood_lets_nothing_out_and_says_so(rule, here):
    Rule.objects.update(query="eski_suzgec=1")
    row(VEHICLES, here)
    lost = Delivery.objects.get()
    assert (lost.state, lost.body) == (State.CANCELLED, "") and "eski_suzgec" in lost.answer
    kept = kind(VEHICLES)
    Rule.objects.update(query=f"kind={kept.pk + 1000}")
    row(VEHICLES, here)
    assert "kind" in Delivery.objects.latest("pk").answer
    assert Kind.objects.filter(pk=kept.pk).exists()


def test_a_filter_that_is_not_understood_does_not_tell_when_others_write(rule, here, there):
    Rule.objects.update(query="eski_suzgec=1")
    writes.delete(VEHICLES, change(row(VEHICLES, there), make="Gizli"), SYSTEM)
    assert not Delivery.objects.exists()
    row(VEHICLES, here)
    assert Delivery.objects.get().answer


@pytest.mark.parametrize("when", ["created", "changed", "deleted"])
def test_a_rule_that_fails_stops_nobodys_write_and_says_so(rule, here, clerk, monkeypatch, when):
    """Its query breaks in the database, in the middle of the clerk's transaction."""
    healthy = rule_of(clerk, name="Garaj")

    def broken(asked):
        if asked.params.get("make") == "bozuk":
            with connection.cursor() as cursor:
                cursor.execute("SELECT hic_yok FROM hic_yok")
        return read(asked)

    read = making.views
    monkeypatch.setattr(making, "views", broken)
    if when == "created":
        Rule.objects.filter(pk=rule.pk).update(query="make=bozuk")
    made = row(VEHICLES, here, make="A")
    Rule.objects.filter(pk=rule.pk).update(query="make=bozuk")
    if when == "changed":
        made = change(made, make="B")
    elif when == "deleted":
        writes.delete(VEHICLES, made, SYSTEM)
    lost = rule.deliveries.get(body="")
    assert lost.state == State.CANCELLED and "çalıştırılamadı" in lost.answer
    assert said(healthy)[-1]["type"] == f"vehicles.{when}"


def test_a_fault_of_the_machine_is_no_fault_of_the_rule(rule, here, monkeypatch):
    def locked(asked):
        raise OperationalError("database is locked")

    monkeypatch.setattr(making, "views", locked)
    with pytest.raises(Refused, match="başka bir işlem"):
        row(VEHICLES, here)


def test_what_is_forgotten_of_a_person_is_in_no_message(here):
    rule = rule_of(user("ik", here, (here, "people", 3)), register="people")
    people = registers.get("people")
    made = row(people, here, email="gizli@posta.example", active=False)
    assert "gizli@posta" in Delivery.objects.get().body
    retention.forget([Person.objects.get(pk=made.pk)])
    bodies = said(rule)
    assert [each["type"] for each in bodies] == ["people.created", "people.changed"]
    for view in (bodies[0]["data"]["after"], bodies[1]["data"]["before"], bodies[1]["data"]["after"]):
        assert view["email"] is None and view["identity_no"] is None and view["name"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="its one writer lets nobody delete meanwhile")
def test_a_rule_that_is_deleted_while_a_clerk_writes_does_not_stop_her(rule, here, monkeypatch):
    def deleted_meanwhile(made):
        def delete():
            Rule.objects.get(pk=rule.pk).delete()
            connections.close_all()

        other = threading.Thread(target=delete)
        other.start()
        other.join(20)
        insert(made)

    monkeypatch.setattr(making, "insert", deleted_meanwhile)
    row(VEHICLES, here)
    assert VEHICLES.model.objects.exists() and not Rule.objects.exists() and Delivery.objects.exists()
    call_command("sweep_webhooks")
    assert not Delivery.objects.exists()


def test_a_write_that_is_undone_tells_nothing(rule, here):
    made = row(VEHICLES, here)
    with pytest.raises(RuntimeError), transaction.atomic():
        change(made, make="Fiat")
        raise RuntimeError
    assert [each["type"] for each in said(rule)] == ["vehicles.created"]
    assert DBTaskResult.objects.filter(task_path__endswith="webhooks.sending.send").count() == 1


def test_rows_that_were_never_real_leave_nothing_behind(rule, here):
    row(VEHICLES, here)
    writes.forget(VEHICLES, VEHICLES.model.objects.all())
    assert not Delivery.objects.exists()


def test_without_a_rule_a_write_costs_one_query_more_and_many_rows_as_many(here, clerk):
    def asked() -> int:
        cars = [VEHICLES.model.objects.get(pk=row(VEHICLES, here).pk) for _ in range(3)]
        with CaptureQueriesContext(connection) as captured:
            for car in cars:
                car.make = "Fiat"
            writes.update_many(VEHICLES, cars, ["make"], SYSTEM)
        return sum("webhooks_" in query["sql"] for query in captured)

    assert asked() == 1
    other = rule_of(clerk, register="network")
    assert asked() == 1 and not other.deliveries.exists()


def test_many_rows_cost_a_rule_as_many_queries_as_few(rule, here):
    def asked(count: int) -> int:
        cars = [VEHICLES.model.objects.get(pk=row(VEHICLES, here).pk) for _ in range(count)]
        with CaptureQueriesContext(connection) as captured:
            set_values(
                VEHICLES, VEHICLES.model.objects.filter(pk__in=[c.pk for c in cars]), {"make": f"M{count}"}, SYSTEM
            )
        assert len([each for each in said(rule) if each["type"] == "vehicles.changed"]) >= count
        return sum("webhooks_" in query["sql"] for query in captured)

    assert asked(2) == asked(30)


def test_an_import_of_a_thousand_rows_and_its_undo_are_told_row_by_row(rule, here, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    kind(VEHICLES, "1", "Kamyonet")
    keeper = user("filo", here, (here, "vehicles", 3))
    old = row(VEHICLES, here, plate="41 ZA 0001", make="Tofaş")
    Delivery.objects.all().delete()
    lines = ["Plaka;Tür;Marka;Sorumlu birim", *(f"41 ZA {n:04d};Kamyonet;Ford;{here.name}" for n in range(1, 1001))]
    batch = batches.upload(VEHICLES, keeper, ContentFile("\n".join(lines).encode()), "liste.csv")
    batches.run_check(batch)
    batches.run_apply(batch)
    reported = said(rule)
    assert sorted(each["type"] for each in reported) == ["vehicles.changed"] + ["vehicles.created"] * 999
    assert {each["data"]["after"]["make"] for each in reported} == {"Ford"}
    assert len({each["data"]["id"] for each in reported}) == 1000
    tasks = DBTaskResult.objects.filter(task_path__endswith="webhooks.sending.send").count()
    assert tasks <= 5
    Delivery.objects.all().delete()
    batch.refresh_from_db()
    undoing.undo(batch, keeper)
    reported = said(rule)
    assert sorted(each["type"] for each in reported) == ["vehicles.changed"] + ["vehicles.deleted"] * 999
    (back,) = (each for each in reported if each["type"] == "vehicles.changed")
    assert (back["data"]["id"], back["data"]["after"]["make"]) == (old.pk, "Tofaş")


def test_two_rules_both_tell(rule, here, clerk):
    other = rule_of(clerk, name="Garaj", query="columns=plate")
    row(VEHICLES, here)
    assert len(said(rule)) == len(said(other)) == 1
    assert set(said(other)[0]["data"]["after"]) == {"plate"}


def test_what_the_system_writes_for_nobody_is_told_like_any_other(rule, here):
    writes.create_many(
        VEHICLES, [VEHICLES.model(kind=kind(VEHICLES), responsible_unit=here, plate="41 AA 111")], Author()
    )
    assert said(rule)[0]["data"]["after"]["plate"] == "41 AA 111"
