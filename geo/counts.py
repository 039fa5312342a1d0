"""How many items of which unit, kind and status lie in each cell of the map, kept while rows are written.

So that a map of the whole province costs what it shows, however many items there are. A write adds what came and
went to a log, in its own transaction and without waiting for anybody; after the commit the log is folded into the
counts, by one at a time. Who reads adds both in one statement, so that the numbers are right at every moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, models, transaction
from django.db.models import Count, F, QuerySet, Sum, Value
from django.db.models.functions import Cast, Round

from geo.cells import ZOOM
from inventory import registers
from inventory.history import CHANGED, DELETED
from inventory.hooks import Write
from inventory.many import Statement, about, execute, insert_select, inserting
from inventory.models import Counter
from inventory.organization.models import Unit
from inventory.registers import Register
from inventory.stock import Chosen

# The sizes of cells for which counts are kept, as zoom levels of the map.
LEVELS = (11, 13, 15)
# The unit under which a count of all units stands.
ALL = 0
# Rows of the log in one fold, so that no other writer waits long.
FOLDED = 20_000
# Coordinates are added up in whole units of their last place, so that sums are exact: so many to a degree.
DEGREE = 10_000_000
COUNTED = {"location", "responsible_unit", "kind", "status"}
SUMS = ("number", "lon_sum", "lat_sum")


class Counted(models.Model):
    """So many items alike, and the sums of their coordinates."""

    register = models.CharField(max_length=40)
    unit = models.BigIntegerField()
    kind = models.BigIntegerField()
    status = models.CharField(max_length=20)
    number = models.BigIntegerField()
    lon_sum = models.BigIntegerField()
    lat_sum = models.BigIntegerField()

    class Meta:
        abstract = True


class CellCount(Counted):
    """The items in one cell of a level: `cell` is the number of that size of cell."""

    level = models.PositiveSmallIntegerField()
    cell = models.BigIntegerField()

    KEY = ("register", "level", "unit", "cell", "kind", "status")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "level", "unit", "cell", "kind", "status"], name="cell_counted_once"
            )
        ]

    def __str__(self):
        return f"{self.register} {self.level}/{self.cell}: {self.number}"


class CellChange(Counted):
    """The log: what came to a point (or left it, below zero) and is not folded in yet; nothing, for a change of
    something else. `cell` is the point's full number."""

    cell = models.BigIntegerField(null=True)
    # The number of the fold that took the row; 0 for none.
    fold = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["register", "cell"], name="cell_change_place")]

    def __str__(self):
        return f"{self.register} {self.cell}: {self.number:+}"


# Writing ---------------------------------------------------------------------------------------------------


def leave(write: Write) -> None:
    """Log what these rows are about to leave."""
    if write.kind == DELETED:
        _note()
    _log_items(write, -1)


def enter(write: Write) -> None:
    """Log what these rows have entered."""
    _note()
    _log_items(write, 1)


def _note() -> None:
    """That anything was written is noted too, whatever it was: see `version`."""
    CellChange.objects.create(unit=ALL, kind=0, number=0, lon_sum=0, lat_sum=0)
    transaction.on_commit(fold, robust=True)


def _log_items(write: Write, sign: int) -> None:
    if write.register.group == "asset" and write.columns & COUNTED:
        _log(write.register, "pk__in", write.ids, sign)
    elif write.kind == CHANGED:
        # A place that comes or goes has no items; one that moves takes all of its items along.
        for register, column in registers.naming(write.register.model, "asset"):
            if column.name == "location":
                _log(register, "location__in", write.ids, sign)


def _log(register: Register, lookup: str, ids: Sequence[int], sign: int) -> None:
    if _hold_places(register, lookup, ids):
        execute(about(ids, _logging, register, lookup, sign))


def _logging(ids: Sequence[int], register: Register, lookup: str, sign: int) -> Statement:
    columns = ("location__cell", "responsible_unit_id", "kind_id", "status")
    return inserting(
        CellChange,
        ("register", "fold", "cell", "unit", "kind", "status", *SUMS),
        _located(register.model._default_manager.filter(**{lookup: ids}))
        .values(*columns)
        .annotate(_register=Value(register.slug), _fold=Value(0), **sums(sign))
        .values_list("_register", "_fold", *columns, *(f"_{name}" for name in SUMS)),
    )


def _hold_places(register: Register, lookup: str, ids: Sequence[int]) -> bool:
    """Keep the rows' places from moving until the transaction ends, where several write at the same time.

    False: the rows have no place.
    """
    return not connection.features.has_select_for_update or execute(about(ids, _holding, register, lookup)) > 0


def _holding(ids: Sequence[int], register: Register, lookup: str) -> Statement:
    rows: QuerySet = register.model._default_manager.filter(**{lookup: ids})
    places = register.column("location").target._default_manager.order_by("pk")
    held = places.filter(pk__in=rows.order_by().values("location"))
    select, params = held.values_list("pk").query.sql_with_params()
    return f"{select} FOR SHARE", list(params)


def _located(rows: QuerySet) -> QuerySet:
    return rows.filter(location__cell__isnull=False).order_by()


def sums(sign: int = 1) -> dict[str, models.Expression]:
    """How many rows, and the sums of their places: `SUMS`, each with "_" in front."""
    values: dict[str, models.Aggregate] = {"_number": Count("pk")}
    for axis in ("lon", "lat"):
        values[f"_{axis}_sum"] = Sum(Cast(Round(F(f"location__{axis}") * DEGREE), models.BigIntegerField()))
    return {name: value * Value(sign) for name, value in values.items()}


def fold() -> None:
    """Bring the log into the counts, piece by piece; each piece is one short transaction."""
    while _fold_some():
        pass


def _fold_some() -> bool:
    if not CellChange.objects.exists():
        return False
    with transaction.atomic():
        turn = Counter.take("map")  # one folds at a time
        some = CellChange.objects.filter(fold=0).order_by("pk").values("pk")[:FOLDED]
        if not CellChange.objects.filter(pk__in=some).update(fold=turn):
            return False
        taken = CellChange.objects.filter(fold=turn)
        for level in LEVELS:
            _add(level, taken.filter(cell__isnull=False))
        taken.delete()
    return True


def _add(level: int, changes: QuerySet) -> None:
    """Add changes to the counts of a level, once under their unit and once under all units."""
    quote = connection.ops.quote_name
    table = quote(CellCount._meta.db_table)
    key = ", ".join(quote(name) for name in CellCount.KEY)
    added = ", ".join(f"{quote(n)} = {table}.{quote(n)} + excluded.{quote(n)}" for n in SUMS)
    for unit in (F("unit"), Value(ALL)):
        columns = ("register", "_level", "_unit", "_cell", "kind", "status")
        rows = changes.annotate(
            _level=Value(level), _unit=unit, _cell=F("cell").bitrightshift(2 * (ZOOM - level))
        ).order_by()
        totals = {f"_{name}": Sum(name) for name in SUMS}
        rows = rows.values(*columns).annotate(**totals).exclude(**dict.fromkeys(totals, 0))
        end = f"ON CONFLICT ({key}) DO UPDATE SET {added}"
        insert_select(CellCount, (*CellCount.KEY, *SUMS), rows.values_list(*columns, *totals), end=end)


@transaction.atomic
def recount() -> int:
    """Count everything anew, such as after rows came from elsewhere; returns how many counts are kept.

    On PostgreSQL writers wait meanwhile; on SQLite they always do.
    """
    Counter.take("map")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {connection.ops.quote_name(CellChange._meta.db_table)} IN EXCLUSIVE MODE")
    CellChange.objects.all().delete()
    CellCount.objects.all().delete()
    for register in registers.every("asset"):
        rows = _located(register.model._default_manager.all())
        for level in LEVELS:
            for unit in (F("responsible_unit_id"), Value(ALL)):
                cell = F("location__cell").bitrightshift(2 * (ZOOM - level))
                named = {"_register": Value(register.slug), "_level": Value(level), "_unit": unit, "_cell": cell}
                columns = (*named, "kind_id", "status")
                counts = rows.annotate(**named).values(*columns).annotate(**sums())
                counts = counts.values_list(*columns, *(f"_{name}" for name in SUMS))
                insert_select(CellCount, (*CellCount.KEY, *SUMS), counts)
    return CellCount.objects.count()


# Reading ---------------------------------------------------------------------------------------------------


def version() -> int | None:
    """A number that is another one after every write of any register; None while a write is not folded in yet.

    One statement: read apart, the two could be of different moments.
    """
    waiting = CellChange.objects.all()
    counter = Counter.objects.filter(name="map").annotate(waits=models.Exists(waiting)).values_list("last", "waits")
    last, waits = counter.first() or (0, CellChange.objects.exists())
    return None if waits else last


@dataclass
class Cluster:
    """The items in one cell: how many of each part (a kind, unit or status), and the middle of their places."""

    number: int = 0
    lon: float = 0.0
    lat: float = 0.0
    parts: dict[int | str, int] | None = None


def clusters(chosen: Chosen, first: int, last: int, grid: int, level: int, by: str = "kind") -> list[Cluster]:
    """What lies in the points first … last (full cell numbers), put together in cells of the size of `grid`
    from the counts of `level`: first <= last, grid <= level. `by`: what its parts are, "kind", "unit" or "status"."""
    shift = 2 * (ZOOM - level)
    kept = CellCount.objects.filter(chosen.condition(), level=level, cell__gte=first >> shift, cell__lte=last >> shift)
    if chosen.units is not None:
        kept = kept.filter(unit__in=chosen.units)
    else:
        # Each unit by its name: without them the index would be read from end to end.
        kept = kept.filter(unit__in=Unit.objects.values("pk")) if by == "unit" else kept.filter(unit=ALL)
    log = CellChange.objects.filter(chosen.condition(), cell__gte=first, cell__lte=last)
    if chosen.units is not None:
        log = log.filter(unit__in=chosen.units)
    both = _by_cell(kept, 2 * (level - grid), by).union(_by_cell(log, 2 * (ZOOM - grid), by), all=True)
    return gather(both)


def _by_cell(rows: QuerySet, shift: int, by: str) -> QuerySet:
    rows = rows.order_by().annotate(_cell=F("cell").bitrightshift(shift)).values("_cell", by)
    totals = {f"_{name}": Sum(name) for name in SUMS}
    return rows.annotate(**totals).values_list("_cell", by, *totals)


def gather(lines) -> list[Cluster]:
    """One cluster for each cell of the lines (cell, part, number, sum of lon, sum of lat)."""
    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    parts: dict[int, dict[int | str, int]] = defaultdict(lambda: defaultdict(int))
    for cell, part, *sums in lines:
        for place, value in enumerate(sums):
            totals[cell][place] += int(value)
        parts[cell][part] += int(sums[0])
    return [
        Cluster(
            number,
            lon / number / DEGREE,
            lat / number / DEGREE,
            {part: n for part, n in parts[cell].items() if n},
        )
        for cell, (number, lon, lat) in totals.items()
        if number
    ]
