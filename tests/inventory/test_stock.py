"""The kept figures are those of the rows, whatever was written, and in whatever way; lists and reports read them."""

from __future__ import annotations

import random
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from inventory import registers, stock
from inventory.listing import Listing
from inventory.reports import physical_resources as report
from inventory.stock import NUMBER, StockLine
from tests.random_writes import Town
from tests.rows import user

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
    told = [kept(register) for register in town.assets]
    stock.recount()
    assert [kept(register) for register in town.assets] == told


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
    for unit in (None, town.units[0]):
        now = report.physical_resources(None, unit=unit).as_data()
        day = report.physical_resources(None, as_of=today, unit=unit).as_data()
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


def test_every_register_of_items_is_counted(db):
    for register in registers.every("asset"):
        assert stock.chosen(register, None) is not None
