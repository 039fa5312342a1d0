"""Fiziki Kaynaklar: the five tables of the performance programme, counted from live rows."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Q, QuerySet

from inventory import access, former, registers, stock
from inventory.models import GONE, IN_SERVICE
from inventory.organization.models import Asker, Unit
from inventory.registers import Register
from inventory.search import turkish_key
from inventory.trees import below

Number = int | Decimal

# The tables by kind: register, and what is counted of each of its kinds.
MEASURES = {
    "property": ("count", "area_m2"),
    "vehicles": ("owned", "leased", "total"),
    "network": ("count",),
    "equipment": ("count",),
}
_NOTHING = {"area_m2": Decimal("0.00")}
SOFTWARE, CITIZENS = "software", "citizen_applications"
# The published table's groups of programs that no single unit uses; names, so not translated.
REACHES = {"all_units": "Tüm Birimler", "mobile": "Kurumsal Mobil Uygulamalar"}


# Buildings and facilities among the kinds of property: what the indicator of the programme (KU/PH.5.4.2) is about.
BUILT = Q(kind__code__startswith="1.1.") | Q(kind__code__startswith="1.5.")
# A position that is only the middle of a neighbourhood or a district is none.
PLACED = Q(location__cell__isnull=False) & ~Q(location__source__in=("neighbourhood", "district"))


@dataclass(frozen=True)
class ReportLine:
    """A line of a table: a kind, or a unit with its programs; `figures` by measure."""

    name: str
    figures: dict[str, Number]
    code: str = ""
    path: str = ""
    kind_id: int | None = None
    programs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    slug: str
    measures: tuple[str, ...]
    lines: tuple[ReportLine, ...]
    #: Rows that the user may not see are missing from the figures.
    partial: bool = False
    #: The day of the first record, where the report's day lies before it: then no figure is known.
    not_kept_before: dt.date | None = None

    @property
    def has_codes(self) -> bool:
        """Whether the lines are known by their codes; the other registers' codes only number the list."""
        return self.slug == "property"

    @property
    def totals(self) -> dict[str, Number | None]:
        if self.not_kept_before:
            return dict.fromkeys(self.measures)
        return {**total(self.measures, self.lines)}

    def order(self, line: ReportLine) -> tuple[str, str]:
        """Codes by number, names by the Turkish alphabet."""
        return line.path if self.has_codes else turkish_key(line.name), line.code


def total(measures: tuple[str, ...], lines: tuple[ReportLine, ...]) -> dict[str, Number]:
    return {m: sum((line.figures[m] for line in lines), start=_NOTHING.get(m, 0)) for m in measures}


@dataclass(frozen=True)
class Report:
    """`tables` by slug: property, vehicles, network, equipment, software, citizen_applications."""

    tables: dict[str, Table]
    as_of: dt.date | None
    unit: Unit | None
    #: (buildings and facilities on the map, all of them); None of a past day, whose positions are not known.
    on_the_map: tuple[int, int] | None = None

    @property
    def partial(self) -> bool:
        return any(table.partial for table in self.tables.values())

    def as_data(self) -> dict:
        """The shape that `report physical-resources --json` prints; areas are Decimals."""
        made: dict[str, object] = {
            slug: [_line_data(table, line) for line in table.lines] for slug, table in self.tables.items()
        }
        programs = self.tables[SOFTWARE].lines
        made[SOFTWARE] = [{"unit": line.name, "name": program} for line in programs for program in line.programs]
        made[CITIZENS] = [{"name": program} for line in self.tables[CITIZENS].lines for program in line.programs]
        made["totals"] = {slug: table.totals for slug, table in self.tables.items()}
        first = {slug: t.not_kept_before.isoformat() for slug, t in self.tables.items() if t.not_kept_before}
        return made | ({"not_kept_before": first} if first else {})


def _line_data(table: Table, line: ReportLine) -> dict:
    code = {"code": line.code} if table.has_codes else {}
    return code | {"name": line.name} | line.figures


def physical_resources(user, as_of: dt.date | None = None, unit: Unit | None = None) -> Report:
    """What the user may see of the rows that are not retired or disposed of; no user sees everything.

    `as_of`: the rows, kinds and units as they stood at the end of that day. `unit`: only what it and the units
    below it (by today's structure) answer for; of the programs, those which they use. A program that no single
    unit uses stands with the unit that answers for it. The number of queries does not depend on the rows.
    """
    frame = _Frame(as_of, unit)
    seen = _Counting(frame, user).tables()
    if any(access.units_to_see(registers.get(slug), user) != [] for slug in (*MEASURES, SOFTWARE, "software-uses")):
        whole = _Counting(frame, None).tables()
        seen = [replace(t, partial=t != every) for t, every in zip(seen, whole, strict=True)]
    on_the_map = None if as_of else _Counting(frame, user).on_the_map()
    return Report({table.slug: table for table in seen}, as_of, unit, on_the_map)


@dataclass(frozen=True)
class _Frame:
    """What does not depend on who asks: names of the day, and the units asked for."""

    as_of: dt.date | None
    unit: Unit | None

    def rows(self, register: Register, user) -> QuerySet:
        if not self.as_of:
            return access.visible_to(register, user)
        past = former.as_of(register.model, self.as_of)
        return access.visible_to(register, user, past, former.end_of(self.as_of))

    @cached_property
    def kinds(self) -> dict[int, list[str]]:
        """Code, name and path by id."""
        return self._named("kinds", "code", "name", "path")

    @cached_property
    def unit_names(self) -> dict[int, str]:
        return {pk: name for pk, (name,) in self._named("units", "name").items()}

    def not_kept_before(self, slug: str) -> dt.date | None:
        model = registers.get(SOFTWARE if slug == CITIZENS else slug).model
        return former.not_kept_before(model, self.as_of) if self.as_of else None

    def _named(self, slug: str, *columns: str) -> dict[int, list[str]]:
        """As they were called on the day, also those that are gone; without an entry as they are today."""
        model = registers.get(slug).model
        sources = [model._default_manager.all()]
        sources += [former.then(model, former.end_of(self.as_of))] if self.as_of else []
        return {pk: line for rows in sources for pk, *line in rows.values_list("id", *columns)}

    def answered_for(self, name: str) -> Q:
        """The rows whose unit, named by that column, is the unit asked for or one below it; all where none is."""
        if self.unit is None:
            return Q()
        if self.as_of:
            return former.below_then(name, [self.unit])
        return Q(**{f"{name}__in": Unit.objects.filter(below([self.unit]))})

    @cached_property
    def below(self) -> set[int]:
        units = former.then(Unit, former.end_of(self.as_of)) if self.as_of else Unit.objects.all()
        return set(units.filter(self.answered_for("id")).values_list("id", flat=True))

    def has(self, unit_id: int) -> bool:
        return self.unit is None or unit_id in self.below


@dataclass(frozen=True)
class _Counting:
    frame: _Frame
    user: Asker

    def tables(self) -> list[Table]:
        made = [*(self.by_kind(slug) for slug in MEASURES), self._software(), self._citizen_applications()]
        firsts = [self.frame.not_kept_before(table.slug) for table in made]
        return [replace(t, lines=(), not_kept_before=f) if f else t for t, f in zip(made, firsts, strict=True)]

    def _live(self, slug: str) -> QuerySet:
        return self.frame.rows(registers.get(slug), self.user).exclude(status__in=GONE)

    def _answered_for(self, slug: str) -> QuerySet:
        rows = self._live(slug)
        return rows.filter(self.frame.answered_for("responsible_unit"))

    def on_the_map(self) -> tuple[int, int]:
        counted = self._answered_for("property").filter(BUILT).aggregate(n=Count("pk", filter=PLACED), m=Count("pk"))
        return counted["n"], counted["m"]

    def by_kind(self, slug: str) -> Table:
        nothing = {name: _NOTHING.get(name, 0) for name in MEASURES[slug]}
        by_kind: dict[int, dict[str, Number]] = defaultdict(lambda: dict(nothing))
        for kind_id, split, measure, value in self._figures(slug):
            if measure == "area_m2":
                by_kind[kind_id][measure] += value
                continue
            for name in ({"count", "total"} | {split}) & nothing.keys():
                by_kind[kind_id][name] += value
        return _table(slug, MEASURES[slug], [self._kind_line(kind_id, figures) for kind_id, figures in by_kind.items()])

    def _figures(self, slug: str) -> list[tuple]:
        """(kind, ownership of vehicles, what is added up, how much): a past day's from its rows."""
        register = registers.get(slug)
        asked = {"measures": (stock.NUMBER, *({"area_m2"} & set(MEASURES[slug])))}
        if self.frame.as_of:
            return stock.figures_of(register, self._answered_for(slug), "kind", "split", **asked)
        wanted = {"status": IN_SERVICE} | ({"responsible_unit": [self.frame.unit]} if self.frame.unit else {})
        return stock.figures(stock.within(register, self.user, wanted), "kind", "split", **asked)

    def _kind_line(self, kind_id: int, figures: dict[str, Number]) -> ReportLine:
        code, name, path = self.frame.kinds[kind_id]
        return ReportLine(name=name or code, figures=figures, code=code, path=path, kind_id=kind_id)

    @cached_property
    def _programs(self) -> dict[int, list]:
        """Name, audience and responsible unit by id."""
        rows = self._live("software").values_list("id", "name", "audience", "responsible_unit_id")
        return {pk: rest for pk, *rest in rows}

    def _software(self) -> Table:
        uses = self.frame.rows(registers.get("software-uses"), self.user)
        used: dict[str, list[str]] = defaultdict(list)
        for software_id, reach, unit_id in uses.values_list("software_id", "reach", "unit_id"):
            if software_id not in self._programs:
                continue
            name, _, responsible_id = self._programs[software_id]
            if self.frame.has(unit_id or responsible_id):
                used[REACHES.get(reach) or self.frame.unit_names[unit_id]].append(name)
        return _table(SOFTWARE, ("count",), [_program_line(name, programs) for name, programs in used.items()])

    def _citizen_applications(self) -> Table:
        offered = [
            name
            for name, audience, responsible_id in self._programs.values()
            if audience in ("citizens", "both") and self.frame.has(responsible_id)
        ]
        return _table(CITIZENS, ("count",), [_program_line("Vatandaşa sunulan uygulamalar", offered)])


def _program_line(name: str, programs: list[str]) -> ReportLine:
    ordered = tuple(sorted(programs, key=turkish_key))
    return ReportLine(name=name, figures={"count": len(ordered)}, programs=ordered)


def _table(slug: str, measures: tuple[str, ...], lines: list[ReportLine]) -> Table:
    table = Table(slug, measures, ())
    return Table(slug, measures, tuple(sorted(lines, key=table.order)))
