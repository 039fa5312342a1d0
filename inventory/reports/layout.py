"""The report as headings, rows and cells: one layout for the page, the workbook and the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.http import QueryDict
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from inventory import registers
from inventory.models import GONE, Status
from inventory.reports.physical_resources import CITIZENS, SOFTWARE, Line, Number, Report, Table
from inventory.reports.published import PRINTED_AREA, Figure, compared, counted_only


@dataclass(frozen=True)
class Cell:
    """A number, with the address of the list of the rows that it counts ("" when there is no such list)."""

    value: Number | None
    is_difference: bool = False
    url: str = ""

    @property
    def text(self) -> str:
        if self.value is None:
            return "—"
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
        labels = {
            "count": _("Sayı"),
            "area_m2": _("Alan (m²)"),
            "owned": _("Resmî"),
            "leased": _("Kiralık"),
            "total": _("Toplam"),
        }
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


def sections(report: Report) -> list[Section]:
    return [_section(report, table) for table in report.tables.values()]


def _section(report: Report, table: Table) -> Section:
    # The published figures are the whole municipality's: a part of it is not compared with them.
    is_compared = report.unit is None and not table.partial
    lines, totals = compared(table) if is_compared else counted_only(table)
    title, heading = _titles(table)
    links = _Links(report, table)
    rows = [Row(line.code, line.name, line.programs, _cells(f, is_compared, links, line)) for line, f in lines]
    return Section(
        table, title, heading, is_compared, rows, _cells(totals, is_compared, links), _notes(table, is_compared, totals)
    )


def _titles(table: Table) -> tuple[str, str]:
    if table.slug == SOFTWARE:
        return _("Birimlere göre yazılımlar"), _("Kullanan birim")
    if table.slug == CITIZENS:
        return _("Vatandaşa sunulan uygulamalar"), _("Uygulamalar")
    return registers.get(table.slug).title, _("Tür")


def _cells(figures: dict[str, Figure], is_compared: bool, links: _Links, line: Line | None = None) -> list[Cell]:
    cells = []
    for measure, figure in figures.items():
        cells.append(Cell(figure.counted, url=links.to(measure, line) if figure.counted else ""))
        if is_compared:
            cells += [Cell(figure.published), Cell(figure.difference, is_difference=True)]
    return cells


def _notes(table: Table, is_compared: bool, totals: dict[str, Figure]) -> list[str]:
    notes = []
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
    if is_compared and table.slug == "property":
        told = _(
            "Programda basılı toplam alan %(printed)s m²’dir ve %(missing)s m²’lik bir satırı dışarıda bırakır; "
            "yayımlanan satırların gerçek toplamı %(true)s m²’dir."
        )
        true = totals["area_m2"].published
        numbers = {
            "printed": formats.number_format(PRINTED_AREA, 0, force_grouping=True),
            "missing": Cell(true - PRINTED_AREA).text,
            "true": Cell(true).text,
        }
        notes.append(told % numbers)
    return notes


@dataclass(frozen=True)
class _Links:
    """Addresses of the lists that show exactly the rows which a number counts."""

    report: Report
    table: Table

    def to(self, measure: str, line: Line | None) -> str:
        # A use of a program has no status of its own to be listed by; an area counts no rows.
        if self.table.slug in (SOFTWARE, CITIZENS) or measure == "area_m2" or self._has_kinds_below(line):
            return ""
        query = QueryDict(mutable=True)
        query.setlist("status", [status.value for status in Status if status not in GONE])
        if line:
            query["kind"] = str(line.kind_id)
        if measure in ("owned", "leased"):
            query["ownership"] = measure
        if self.report.unit:
            query["responsible_unit"] = str(self.report.unit.pk)
        if self.report.as_of:
            query["as_of"] = f"{self.report.as_of:%d.%m.%Y}"
        return f"{reverse('register-list', args=[self.table.slug])}?{query.urlencode()}"

    def _has_kinds_below(self, line: Line | None) -> bool:
        """The list filtered by a kind shows the kinds below it as well, which are counted in their own lines."""
        return line is not None and any(
            other.path.startswith(line.path) and other.kind_id != line.kind_id for other in self.table.lines
        )
