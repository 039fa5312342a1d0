"""How many items of which unit, kind and status there are, and their sums, kept while rows are written.

So that the report, the home page and a list's totals cost what they show, however many items there are. A write adds
lines that say what came and what went (below zero), in its own transaction and without waiting for anybody; whoever
reads adds the lines up in one statement, so that the figures are right at every moment. From time to time, after a
commit, lines alike are put together, by one at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce, Round

from inventory import access, registers
from inventory.hooks import Write
from inventory.many import Statement, about, execute, insert_select, inserting
from inventory.models import Counter, Kind
from inventory.organization.models import Asker, Unit
from inventory.registers import Register
from inventory.trees import below

# The measure of a line that counts items; the others are names of summed columns.
NUMBER = ""
# Loose lines that wait until they are merged. Each read scans them, so few wait; a merge rewrites all lines, so not
# every write merges.
MOST_LOOSE = 500
LOOSE = 0
_TOLD_APART = ("responsible_unit", "kind", "status")


class StockLine(models.Model):
    """So much of one measure came, of items alike; `value` in whole units of the column's last place."""

    KEY = ("register", "unit", "kind", "status", "split", "measure")

    register = models.CharField(max_length=40)
    unit = models.BigIntegerField()
    kind = models.BigIntegerField()
    status = models.CharField(max_length=20)
    # The value of the register's `split`, "" where it has none.
    split = models.CharField(max_length=40, blank=True)
    measure = models.CharField(max_length=40, blank=True)
    value = models.BigIntegerField()
    # The number of the settling that put it together; 0 for a line that is still loose.
    turn = models.BigIntegerField(default=LOOSE)

    class Meta:
        indexes = [
            models.Index(fields=["register", "measure", "status"], name="stock_of"),
            models.Index(fields=["turn"], name="stock_turn"),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.measure}: {self.value:+}"


# Writing ---------------------------------------------------------------------------------------------------


def leave(write: Write) -> None:
    """Note what these rows are about to leave."""
    _note(write, -1)


def enter(write: Write) -> None:
    """Note what these rows have entered."""
    _note(write, 1)


def _note(write: Write, sign: int) -> None:
    if write.register.group == "asset" and (measures := _touched(write.register, write.columns)):
        execute(about(write.ids, _of_rows, write.register, tuple(measures), sign))
        transaction.on_commit(settle, robust=True)


def _touched(register: Register, columns: Set[str]) -> list[str]:
    """The measures that a write of these columns may change."""
    every = [NUMBER, *register.sums]
    return every if columns & set(_keys(register)) else [name for name in every if name in columns]


def _keys(register: Register) -> list[str]:
    return [*_TOLD_APART, *filter(None, [register.split])]


def _of_rows(ids: Sequence[int], register: Register, measures: Sequence[str], sign: int) -> Statement:
    return _insert(register, register.model._default_manager.filter(pk__in=ids), measures, sign, LOOSE)


def _insert(register: Register, rows: QuerySet[Any], measures: Sequence[str], sign: int, turn: int) -> Statement:
    """Lines of the rows, in one statement that passes no row through Python."""
    keys, given = _keys(register), {"_register": register.slug, "_turn": turn}
    if not register.split:
        given["_split"] = ""
    made = []
    for measure in measures:
        values = {name: Value(value) for name, value in (given | {"_measure": measure}).items()}
        totals = (
            rows.order_by().values(*keys).annotate(**values).annotate(_value=_total(register, measure) * Value(sign))
        )
        made.append(totals.exclude(_value=0).values_list(*keys, *values, "_value"))
    named = {"responsible_unit": "unit", register.split: "split"}
    names = [named.get(key, key) for key in keys] + [name.removeprefix("_") for name in (*values, "_value")]
    return inserting(StockLine, names, *made)


def _total(register: Register, measure: str) -> models.Expression:
    """The sum in whole units of the last place: SQLite keeps decimals as floating point and would add them so."""
    if measure == NUMBER:
        return Count("pk")
    whole = Round(F(measure) * 10 ** register.column(measure).places)
    return Coalesce(Sum(Cast(whole, models.BigIntegerField())), Value(0), output_field=models.BigIntegerField())


def settle() -> None:
    """Put lines alike together once many are loose."""
    if StockLine.objects.filter(turn=LOOSE).count() < MOST_LOOSE:
        return
    with transaction.atomic():
        turn = Counter.take("stock")  # one settles at a time
        # Those that are seen now, and no others: somebody may write meanwhile.
        StockLine.objects.update(turn=-turn)
        taken = StockLine.objects.filter(turn=-turn).order_by()
        sums = taken.values(*StockLine.KEY).annotate(_turn=Value(turn), _total=Sum("value")).exclude(_total=0)
        insert_select(StockLine, (*StockLine.KEY, "turn", "value"), sums.values_list(*StockLine.KEY, "_turn", "_total"))
        taken.delete()


@transaction.atomic
def recount() -> int:
    """Count everything anew, such as after rows came from elsewhere; returns how many lines are kept.

    On PostgreSQL writers wait meanwhile; on SQLite they always do.
    """
    turn = Counter.take("stock")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {connection.ops.quote_name(StockLine._meta.db_table)} IN EXCLUSIVE MODE")
    StockLine.objects.all().delete()
    for register in registers.every("asset"):
        execute(_insert(register, register.model._default_manager.all(), [NUMBER, *register.sums], 1, turn))
    return StockLine.objects.count()


def begin(using: str, **_: object) -> None:
    """Called after `migrate`: an installation that had rows before it had lines gets them."""
    if using != connection.alias:
        return
    # A migration to an older state leaves some of them away.
    counted: list[type[models.Model]] = [register.model for register in registers.every("asset")]
    tables: list[type[models.Model]] = [StockLine, *counted]
    there = {model._meta.db_table for model in tables} <= set(connection.introspection.table_names())
    if there and not StockLine.objects.exists() and any(model._default_manager.exists() for model in counted):
        recount()


# Reading ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """The items of a register that are asked for; None is any unit, kind, status or split."""

    register: Register
    units: Sequence[int] | None = None
    kinds: Sequence[int] | None = None
    statuses: Sequence[str] | None = None
    splits: Sequence[str] | None = None

    def condition(self) -> Q:
        """As a condition on lines that have register, kind and status; units are for the caller."""
        wanted = {"kind": self.kinds, "status": self.statuses, "split": self.splits}
        named = {f"{name}__in": list(values) for name, values in wanted.items() if values is not None}
        return Q(register=self.register.slug, **named)


def chosen(register: Register, user: Asker, asked: Mapping[str, Any] | None = None) -> Chosen | None:
    """What a list's filters ask for within what the user may see; None where they ask for more than is kept."""
    asked = asked or {}
    apart = {*_TOLD_APART, *filter(None, [register.split])}
    if register.group != "asset" or not asked.keys() <= apart:
        return None
    return within(register, user, asked)


def within(register: Register, user: Asker, asked: Mapping[str, Any]) -> Chosen:
    """The same of a register of items, where nothing but unit, kind, status and split is asked for."""
    units = _units(access.units_to_see(register, user), asked.get("responsible_unit", []))
    kinds = list(Kind.objects.filter(below(asked["kind"])).values_list("pk", flat=True)) if "kind" in asked else None
    return Chosen(register, units, kinds, asked.get("status"), asked.get(register.split))


def _units(seen: Sequence[Unit] | None, wanted: Sequence[Unit]) -> list[int] | None:
    """The ids of the units in and below both ([] names no unit); None when that is every unit."""
    if seen is None:
        return []
    limits = [below(units) for units in (seen, wanted) if units]
    return list(Unit.objects.filter(*limits).values_list("pk", flat=True)) if limits else None


def figures(chosen: Chosen, *by: str, measures: Sequence[str] = (NUMBER,)) -> list[tuple[Any, ...]]:
    """The totals of the chosen items: (values of `by` …, measure, total), none that is 0.

    `by`: unit, kind, status, split. A total is an int for NUMBER and a Decimal for a column.
    """
    rows = StockLine.objects.filter(chosen.condition(), measure__in=measures).order_by()
    if chosen.units is not None:
        rows = rows.filter(unit__in=chosen.units)
    totals = rows.values_list(*by, "measure").annotate(_total=Sum("value")).exclude(_total=0)
    return [(*line[:-1], _value(chosen.register, *line[-2:])) for line in totals]


def figures_of(
    register: Register, rows: QuerySet[Any], *by: str, measures: Sequence[str] = (NUMBER,)
) -> list[tuple[Any, ...]]:
    """The same of any rows of the register, such as a past day's: counted one by one."""
    names = {"unit": "responsible_unit", "split": register.split}
    keys = [names.get(name, name) for name in by if names.get(name, name)]
    figures = []
    for measure in measures:
        totals = rows.order_by().values_list(*keys).annotate(_total=_total(register, measure)).exclude(_total=0)
        for *values, total in totals:
            row = dict(zip(keys, values, strict=True))
            key = [row.get(names.get(name, name), "") for name in by]
            figures.append((*key, measure, _value(register, measure, total)))
    return figures


def _value(register: Register, measure: str, total: int) -> int | Decimal:
    if measure == NUMBER:
        return int(total)
    return Decimal(int(total)).scaleb(-register.column(measure).places)
