"""The kept figures are those of the rows, whatever was written, and in whatever way; lists and reports read them."""

from __future__ import annotations

import random
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from inventory import registers, stock, writes
from inventory.listing.address import Listing
from inventory.reports import physical_resources as report
from inventory.stock import NUMBER, StockLine
from tests.random_writes import Town
from tests.rows import SYSTEM, set_values, unit, user
from tests.rows import row as sample

BY = ("unit", "kind", "status", "split")


def kept(register) -> set[tuple]:
    return set(stock.figures(stock.chosen(register, None), *BY, measures=(NUMBER, *register.sums)))


def counted(register) -> set[tuple]:
    """The same from the rows themselves, one by one."""
    found: dict[tuple, Decimal] = {}
    for row in register.model.objects.all():
        split = getattr(row, register.split) if register.split else ""
        for measure in (NUMBER, *register.sums):
            value = 1 if measure == NUMBER else getattr(row, measure)
            key = (row.responsible_unit_id, row.kind_id, row.status, split, measure)
            found[key] = found.get(key, 0) + (value or 0)
    return {(*key, value) for key, value in found.items() if value}


def filled(seed: int) -> Town:
    town = Town(random.Random(seed))
    for _ in range(4):
        for register in town.assets:
            town.create(register)
    return town


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_written_the_figures_are_those_of_the_rows(seed, monkeypatch):
    monkeypatch.setattr(stock, "MOST_LOOSE", 20)
    town = filled(seed)
    for _ in range(30):
        town.step()
        stock.settle() if town.dice.random() < 0.2 else None
        for register in town.assets:
            assert kept(register) == counted(register) != set()
    result = [kept(register) for register in town.assets]
    stock.recount()
    assert [kept(register) for register in town.assets] == result


@pytest.mark.django_db(transaction=True)
def test_many_loose_lines_are_put_together_after_a_commit(monkeypatch):
    town = filled(1)
    (vehicles, _) = town.assets
    loose = StockLine.objects.filter(turn=stock.LOOSE)
    assert loose.count() == StockLine.objects.count() > 20
    monkeypatch.setattr(stock, "MOST_LOOSE", 20)
    town.create(vehicles)
    assert not loose.exists()
    assert kept(vehicles) == counted(vehicles)
    keys = list(StockLine.objects.values_list(*StockLine.KEY))
    assert len(keys) == len(set(keys))


@pytest.mark.django_db
def test_a_lists_totals_are_those_of_its_rows_with_and_without_the_kept_figures():
    town = filled(2)
    own = (town.units[1], "", 1)
    accounts = (None, user("goren", town.units[1], own))
    for register in town.assets:
        queries = [{}, {"kind": str(town.kinds[register.slug][0].pk)}, {"status": ["in_use", "retired"]}]
        queries += [{"responsible_unit": str(town.units[1].pk)}, {"ownership": "leased", "status": "in_use"}]
        seen = 0
        for query in queries:
            for account in accounts:
                asked = Listing(register, account, {"columns": "all", **query})
                assert asked.kept is not None or "ownership" in query
                number, sums = asked.totals()
                rows = list(asked.matching)
                assert number == len(rows)
                assert [total for _, total in sums] == [
                    sum((getattr(row, column.name) or 0 for row in rows), Decimal(0)) for column, _ in sums
                ]
                seen += number
        assert seen


@pytest.mark.django_db
def test_the_report_of_today_is_that_of_its_rows():
    """A past day's report is counted from the rows of the history; of today both say the same."""
    town = filled(3)
    today = timezone.localdate()
    for part in (None, town.units[0]):
        now = report.physical_resources(None, unit=part).as_data()
        day = report.physical_resources(None, as_of=today, unit=part).as_data()
        assert now == day
        assert now["totals"]["vehicles"]["total"]


@pytest.mark.django_db
def test_a_write_that_is_rolled_back_leaves_no_figure():
    town = filled(4)
    before = kept(town.assets[0])
    with transaction.atomic():
        town.create(town.assets[0])
        assert kept(town.assets[0]) != before
        transaction.set_rollback(True)
    assert kept(town.assets[0]) == before


@pytest.mark.django_db
def test_figures_gone_wrong_are_put_right_by_the_command():
    town = filled(5)
    StockLine.objects.filter(measure="").update(value=7)
    output = StringIO()
    call_command("recount_stock", stdout=output)
    assert all(kept(register) == counted(register) for register in town.assets)
    assert str(StockLine.objects.count()) in output.getvalue()


@pytest.mark.django_db
def test_rows_that_were_there_before_the_figures_are_counted_after_migrating():
    town = filled(6)
    StockLine.objects.all().delete()
    stock.begin(using="default")
    assert all(kept(register) == counted(register) for register in town.assets)


def test_every_register_of_items_is_counted_and_nothing_else(db):
    for register in registers.every():
        assert (stock.chosen(register, None) is not None) is (register.group == "asset")
        assert stock.chosen(register, None, {"status": ["in_use"], "make": ["Ford"]}) is None


@pytest.mark.django_db
def test_lines_alike_become_one_and_lines_that_cancel_out_none(monkeypatch):
    register, here, there = registers.get("vehicles"), unit("Destek"), unit("Fen")
    first, _second = (sample(register, here, cost=Decimal("0.10")) for _ in range(2))
    first.responsible_unit = there
    writes.save(register, first, SYSTEM)
    first.responsible_unit = here
    writes.save(register, first, SYSTEM)
    before = StockLine.objects.count()
    first.make = "Ford"
    writes.save(register, first, SYSTEM)
    assert StockLine.objects.count() == before
    monkeypatch.setattr(stock, "MOST_LOOSE", before + 1)
    stock.settle()
    assert StockLine.objects.filter(turn=stock.LOOSE).count() == stock.MOST_LOOSE - 1
    monkeypatch.setattr(stock, "MOST_LOOSE", StockLine.objects.count())
    stock.settle()
    lines = StockLine.objects.filter(register="vehicles")
    assert dict(lines.values_list("measure", "value"))[NUMBER] == 2 and not lines.filter(unit=there.pk).exists()
    assert lines.filter(measure="cost").get().value == 20
    assert lines.count() == 1 + len(register.sums) and not lines.filter(turn__lte=stock.LOOSE).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["save", "update_many", "set_values"])
def test_a_vehicle_that_is_leased_from_now_on_is_counted_so(way):
    register, here = registers.get("vehicles"), unit("Park ve Bahçeler Dairesi Başkanlığı")
    rows = [sample(register, here, ownership="owned") for _ in range(2)]
    changed = register.model.objects.select_related(*register.joined).get(pk=rows[0].pk)
    changed.ownership = "leased"
    if way == "save":
        writes.save(register, changed, SYSTEM)
    elif way == "update_many":
        writes.update_many(register, [changed], ["ownership"], SYSTEM)
    else:
        chosen = register.model.objects.filter(pk=changed.pk)
        set_values(register, chosen, {"ownership": "leased"}, SYSTEM)
    assert kept(register) == counted(register)
    assert report.physical_resources(None).tables["vehicles"].totals == {"owned": 1, "leased": 1, "total": 2}
