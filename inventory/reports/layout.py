"""The report as headings, rows and cells: one layout for the page, the workbook and the terminal."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.http import QueryDict
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from inventory import former, registers
from inventory.models import IN_SERVICE
from inventory.organization.models import Unit
from inventory.reports.ages import equipment_ages
from inventory.reports.physical_resources import CITIZENS, SOFTWARE, Number, Report, ReportLine, Table
from inventory.reports.published import PRINTED_AREA, Figure, compared, counted_only

AGES = "equipment_ages"
# What is drawn of a table, as one bar for each line: areas would hide the counts, and the total is the two together.
DRAWN = {
    "property": ("area_m2",),
    "vehicles": ("owned", "leased"),
    "network": ("count",),
    "equipment": ("count",),
    SOFTWARE: ("count",),
    AGES: ("count",),
}


@dataclass(frozen=True)
class Cell:
    """A number, with the address of the list of the rows that it counts ("" when there is no such list).

    `series`: the name under which the chart beside the table draws it; `drawn_url`: where its bar leads. `is_unknown`:
    of a day before the first record.
    """

    value: Number | None
    is_difference: bool = False
    url: str = ""
    series: str = ""
    drawn_url: str = ""
    is_unknown: bool = False

    @property
    def text(self) -> str:
        if self.value is None:
            return "" if self.is_unknown else "—"
        sign = "+" if self.is_difference and self.value > 0 else ""
        places = 2 if isinstance(self.value, Decimal) else 0
        return sign + formats.number_format(self.value, places, force_grouping=True)


@dataclass(frozen=True)
class Row:
    code: str
    name: str
    programs: tuple[str, ...]
    cells: list[Cell]


@dataclass(frozen=True)
class Section:
    """One table of the report. With a comparison each measure has three cells: counted, published, difference."""

    table: Table
    title: str
    name_heading: str
    is_compared: bool
    rows: list[Row]
    totals: list[Cell]
    notes: list[str]

    @property
    def measures(self) -> list[str]:
        labels = _labels()
        return [labels[measure] for measure in self.table.measures]

    @property
    def headings(self) -> list[str]:
        """One heading for each cell."""
        if not self.is_compared:
            return self.measures
        parts = (_("sayılan"), _("yayımlanan"), _("fark"))
        return [f"{measure}: {part}" for measure in self.measures for part in parts]

    @property
    def has_total(self) -> bool:
        return self.table.slug != CITIZENS

    @property
    def chart_title(self) -> str:
        """What the chart beside the table shows; "" when there is nothing to compare."""
        drawn = [row for row in self.rows if any(cell.series and cell.value for cell in row.cells)]
        if len(drawn) < 2:
            return ""
        titles = {
            "property": _("Taşınmaz türlerine göre tapu alanı (m²)"),
            "vehicles": _("Araç türlerine göre resmî ve kiralık araçlar"),
            "network": _("Türlerine göre ağ donanımı"),
            "equipment": _("Türlerine göre bilişim donanımı"),
            SOFTWARE: _("Birimlerin kullandığı yazılım sayısı"),
            AGES: _("Bilişim donanımının yaşı"),
        }
        return titles[self.table.slug]

    @property
    def keeps_order(self) -> bool:
        """Ages follow each other; other lines are drawn by size."""
        return self.table.slug == AGES


def _labels() -> dict[str, str]:
    return {
        "count": _("Sayı"),
        "area_m2": _("Alan (m²)"),
        "owned": _("Resmî"),
        "leased": _("Kiralık"),
        "total": _("Toplam"),
    }


def sections(report: Report) -> list[Section]:
    return [section(report, table) for table in report.tables.values()]


def age_section(user, as_of: dt.date | None = None, unit: Unit | None = None) -> Section:
    """The ages of the equipment that the user may see, as a table like the others."""
    first = former.not_kept_before(registers.get("equipment").model, as_of) if as_of else None
    ages = equipment_ages(user, as_of, unit)
    counts: list[dict[str, Number]] = [{"count": age.count} for age in ages]
    lines = tuple(ReportLine(name=age.name, figures=figures) for age, figures in zip(ages, counts, strict=True))
    rows = [
        Row("", age.name, (), [Cell(age.count, url=url, series=_labels()["count"], drawn_url=url)])
        for age in ages
        for url in [age.url if age.count else ""]
    ]
    total = sum(age.count for age in ages)
    return Section(
        Table(AGES, ("count",), lines, not_kept_before=first), _("Bilişim donanımının yaşı"), _("Edinmeden bu yana"),
        False, rows if total else [], [Cell(None, is_unknown=True) if first else Cell(total)],
        [former.not_kept(first)] if first else [],
    )  # fmt: skip


def section(report: Report, table: Table) -> Section:
    """The table beside the published figures. They are the whole municipality's: a part of it stands alone."""
    is_compared = report.unit is None and not table.partial
    lines, totals = compared(table) if is_compared else counted_only(table)
    title, heading = _titles(table)
    links = _Links(report, table)
    rows = [Row(line.code, line.name, line.programs, _cells(f, is_compared, links, line)) for line, f in lines]
    return Section(
        table, title, heading, is_compared, rows, _cells(totals, is_compared, links),
        _notes(table, is_compared, totals) + (_indicator(report) if table.slug == "property" else []),
    )  # fmt: skip


def _titles(table: Table) -> tuple[str, str]:
    if table.slug == SOFTWARE:
        return _("Birimlere göre yazılımlar"), _("Kullanan birim")
    if table.slug == CITIZENS:
        return _("Vatandaşa sunulan uygulamalar"), _("Uygulamalar")
    return registers.get(table.slug).title, _("Tür")


def _cells(figures: dict[str, Figure], is_compared: bool, links: _Links, line: ReportLine | None = None) -> list[Cell]:
    cells = []
    drawn = DRAWN.get(links.table.slug, ()) if line else ()
    for measure, figure in figures.items():
        url = links.to(measure, line) if figure.counted else ""
        series = _labels()[measure] if measure in drawn else ""
        # An area has no list of its own; its bar leads to the rows that have it.
        drawn_url = links.to("count", line) if series and figure.counted and measure == "area_m2" else url
        unknown = figure.counted is None
        counted = Cell(figure.counted, False, url, series, drawn_url if series else "", unknown)
        cells.append(counted)
        if is_compared:
            cells += [Cell(figure.published), Cell(figure.difference, is_difference=True, is_unknown=unknown)]
    return cells


def _indicator(report: Report) -> list[str]:
    """The programme's indicator KU/PH.5.4.2, of what the report covers."""
    if report.on_the_map is None or not report.on_the_map[1]:
        return []
    placed, built = report.on_the_map
    message = _(
        "Haritaya yerleştirilen bina ve tesisler: %(placed)s / %(built)s (%%%(share)s). Gösterge: “Bina ve Tesislerin "
        "Coğrafi Bilgi Sistemine Eklenme Oranı”."
    )
    share = formats.number_format(round(Decimal(placed) * 100 / built, 1), 1)
    return [message % {"placed": Cell(placed).text, "built": Cell(built).text, "share": share}]


def _notes(table: Table, is_compared: bool, totals: dict[str, Figure]) -> list[str]:
    notes = [former.not_kept(table.not_kept_before)] if table.not_kept_before else []
    if table.partial:
        notes.append(_("Görme yetkiniz olmayan kayıtlar bu tabloda yoktur; yayımlanan sayılarla karşılaştırılmadı."))
    if table.slug == SOFTWARE:
        # 170 lines of use and 189 programs are both true.
        notes.append(
            _(
                "Kullanımlar sayılır: birden çok birimin kullandığı program her birinde ayrı sayılır, yalnızca "
                "vatandaşa sunulanlar aşağıdadır. Toplam bu yüzden Yazılımlar kütüğünün program sayısından farklıdır."
            )
        )
    true = totals["area_m2"].published if is_compared and table.slug == "property" else None
    if true is not None:
        message = _(
            "Programda basılı toplam alan %(printed)s m²’dir ve %(missing)s m²’lik bir satırı dışarıda bırakır; "
            "yayımlanan satırların gerçek toplamı %(true)s m²’dir."
        )
        numbers = {
            "printed": formats.number_format(PRINTED_AREA, 0, force_grouping=True),
            "missing": Cell(true - PRINTED_AREA).text,
            "true": Cell(true).text,
        }
        notes.append(message % numbers)
    return notes


@dataclass(frozen=True)
class _Links:
    """Addresses of the lists that show exactly the rows which a number counts."""

    report: Report
    table: Table

    def to(self, measure: str, line: ReportLine | None) -> str:
        # A use of a program has no status of its own to be listed by; an area counts no rows.
        if self.table.slug in (SOFTWARE, CITIZENS) or measure == "area_m2" or self._has_kinds_below(line):
            return ""
        query = QueryDict(mutable=True)
        query.setlist("status", IN_SERVICE)
        if line:
            query["kind"] = str(line.kind_id)
        if measure in ("owned", "leased"):
            query["ownership"] = measure
        if self.report.unit:
            query["responsible_unit"] = str(self.report.unit.pk)
        if self.report.as_of:
            query["as_of"] = f"{self.report.as_of:%d.%m.%Y}"
        return f"{reverse('register-list', args=[self.table.slug])}?{query.urlencode()}"

    def _has_kinds_below(self, line: ReportLine | None) -> bool:
        """The list filtered by a kind shows the kinds below it as well, which are counted in their own lines."""
        return line is not None and any(
            other.path.startswith(line.path) and other.kind_id != line.kind_id for other in self.table.lines
        )
