"""How many items of which unit, kind and status there are, and their sums, kept while rows are written.

So that the report, the home page and a list's totals cost what they show, however many items there are. A write adds
lines that say what came and what went (below zero), in its own transaction and without waiting for anybody; whoever
reads adds the lines up in one statement, so that the figures are right at every moment. From time to time, after a
commit, lines alike are put together, by one at a time.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, models, transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Cast, Round

from inventory import access, registers
from inventory.columns import Column
from inventory.models import Counter, Kind
from inventory.organization.models import Unit
from inventory.registers import Register
from inventory.trees import below

# The measure of a line that counts items; the others are names of summed columns.
NUMBER = ""
# Lines that wait before they are put together: all are read each time, so few; each time all are written, so not each.
MOST_LOOSE = 500
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
    # Not yet put together with those alike.
    loose = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["register", "measure", "status"], name="stock_of"),
            models.Index(fields=["loose"], name="stock_loose", condition=Q(loose=True)),
        ]

    def __str__(self):
        return f"{self.register} {self.measure}: {self.value:+}"


# Writing ---------------------------------------------------------------------------------------------------


def follow(register: Register, ids: Sequence[int], sign: int, fields: Set[str] | None = None) -> None:
    """Note what these rows are about to leave (sign -1) or have entered (1). See `inventory.writes.follow`."""
    if register.group != "asset" or not (fields is None or fields & _read_from(register)):
        return
    made = _lines(register, register.model._default_manager.filter(pk__in=ids))
    for line in made:
        line.value *= sign
    StockLine.objects.bulk_create(made)
    transaction.on_commit(settle, robust=True)


def _read_from(register: Register) -> set[str]:
    """The columns from which lines are made."""
    return {*_TOLD_APART, *register.sums, *filter(None, [register.split])}


def _lines(register: Register, rows: QuerySet) -> list[StockLine]:
    measures = {NUMBER: Count("pk")} | {c.name: _whole_sum(c) for c in map(register.column, register.sums)}
    keys = [*_TOLD_APART, *filter(None, [register.split])]
    totals = {f"_{name}": total for name, total in measures.items()}
    made = []
    for unit, kind, status, *rest in rows.order_by().values_list(*keys).annotate(**totals):
        split, values = (rest[0], rest[1:]) if register.split else ("", rest)
        made += [
            StockLine(
                register=register.slug, unit=unit, kind=kind, status=status, split=split, measure=name, value=value
            )
            for name, value in zip(measures, values, strict=True)
            if value
        ]
    return made


def _whole_sum(column: Column) -> models.Expression:
    """The sum in whole units of the last place: SQLite keeps decimals as floating point and would add them so."""
    return Sum(Cast(Round(F(column.name) * 10 ** _places(column)), models.BigIntegerField()))


def _places(column: Column) -> int:
    return getattr(column.field, "decimal_places", 0)


def settle() -> None:
    """Put lines alike together once many are loose."""
    if StockLine.objects.filter(loose=True).count() < MOST_LOOSE:
        return
    with transaction.atomic():
        _turn()
        # By id, since others write meanwhile: what is not seen now is neither counted nor taken away.
        there = list(StockLine.objects.values_list("pk", *StockLine.KEY, "value"))
        together: dict[tuple, int] = {}
        for _pk, *key, value in there:
            together[tuple(key)] = together.get(tuple(key), 0) + value
        _forget([pk for pk, *_ in there])
        _keep(together)


def _forget(ids: Sequence[int], size: int = 10_000) -> None:
    for start in range(0, len(ids), size):
        StockLine.objects.filter(pk__in=ids[start : start + size]).delete()


def _keep(together: dict[tuple, int]) -> None:
    lines = (
        StockLine(**dict(zip(StockLine.KEY, key, strict=True)), value=value, loose=False)
        for key, value in together.items()
        if value
    )
    StockLine.objects.bulk_create(lines, batch_size=1_000)


def _turn() -> None:
    """The counter's row is held until the transaction ends, so one puts lines together at a time."""
    Counter.objects.get_or_create(name="stock")
    Counter.objects.filter(name="stock").update(last=F("last") + 1)


@transaction.atomic
def recount() -> int:
    """Count everything anew, such as after rows came from elsewhere; returns how many lines are kept.

    On PostgreSQL writers wait meanwhile; on SQLite they always do.
    """
    _turn()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {connection.ops.quote_name(StockLine._meta.db_table)} IN EXCLUSIVE MODE")
    StockLine.objects.all().delete()
    for register in registers.every("asset"):
        made = _lines(register, register.model._default_manager.all())
        for line in made:
            line.loose = False
        StockLine.objects.bulk_create(made, batch_size=1_000)
    return StockLine.objects.count()


def begin(using: str, **_) -> None:
    """Called after `migrate`: an installation that had rows before it had lines gets them."""
    if using == connection.alias and not StockLine.objects.exists():
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


def chosen(register: Register, user, asked: dict[str, object] | None = None) -> Chosen | None:
    """What a list's filters ask for within what the user may see; None where they ask for more than is kept."""
    asked = asked or {}
    apart = {*_TOLD_APART, *filter(None, [register.split])}
    if register.group != "asset" or not asked.keys() <= apart:
        return None
    units = _units(access.units_to_see(register, user), asked.get("responsible_unit", []))
    kinds = list(Kind.objects.filter(below(asked["kind"])).values_list("pk", flat=True)) if "kind" in asked else None
    return Chosen(register, units, kinds, asked.get("status"), asked.get(register.split))


def _units(seen: Sequence[Unit] | None, wanted: Sequence[Unit]) -> list[int] | None:
    """The ids of the units in and below both ([] names no unit); None when that is every unit."""
    if seen is None:
        return []
    limits = [below(units) for units in (seen, wanted) if units]
    return list(Unit.objects.filter(*limits).values_list("pk", flat=True)) if limits else None


def figures(chosen: Chosen, *by: str, measures: Sequence[str] = (NUMBER,)) -> list[tuple]:
    """The totals of the chosen items: (values of `by` …, measure, total), none that is 0.

    `by`: unit, kind, status, split. A total is an int for NUMBER and a Decimal for a column.
    """
    rows = StockLine.objects.filter(chosen.condition(), measure__in=measures).order_by()
    if chosen.units is not None:
        rows = rows.filter(unit__in=chosen.units)
    found = rows.values_list(*by, "measure").annotate(_total=Sum("value")).exclude(_total=0)
    return [(*line[:-1], _value(chosen.register, *line[-2:])) for line in found]


def figures_of(register: Register, rows: QuerySet, *by: str, measures: Sequence[str] = (NUMBER,)) -> list[tuple]:
    """The same of any rows of the register, such as a past day's: counted one by one."""
    totals: dict[tuple, int] = {}
    for line in _lines(register, rows):
        if line.measure in measures:
            key = (*(getattr(line, name) for name in by), line.measure)
            totals[key] = totals.get(key, 0) + line.value
    return [(*key, _value(register, key[-1], total)) for key, total in totals.items() if total]


def _value(register: Register, measure: str, total: int) -> int | Decimal:
    if measure == NUMBER:
        return int(total)
    return Decimal(int(total)).scaleb(-_places(register.column(measure)))
