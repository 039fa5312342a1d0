"""What a check found, as people read it: a page of lines, or all of them as a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from imports.filling import constants
from imports.models import Batch
from imports.plans.facts import facts
from imports.plans.plan import LATER, WARNED, Finding, PlanLine, Verdict
from imports.plans.veiled import veiled
from inventory import access
from inventory.many import chunked
from inventory.printing.book import Book
from inventory.printing.paper import Paper
from inventory.registers import Register
from inventory.server.asked import whole

PAGE = 50
# Lines described together: a few queries for each chunk.
CHUNK = 1_000


@dataclass(frozen=True)
class Tab:
    """By what the preview is narrowed: one of the verdicts, "" for all, or one register of a change by hand; `query`
    leads to it."""

    shown: str
    label: str
    count: int
    colour: str = ""
    query: str = ""


@dataclass(frozen=True)
class Shown:
    """A line as people read it: `facts` are (column's label, old text, new text); a new row has no old ones."""

    line: PlanLine
    title: str
    hidden: bool
    facts: list[tuple[str, str, str]]
    #: Cells of columns that somebody changed since the sheet was made: (row:column, label, whether they are written).
    later: list[tuple[str, str, bool]]
    #: What is wrong with the whole file, for a line that is wrong for nothing of its own.
    reasons: tuple[Finding, ...] = ()

    @property
    def findings(self) -> list[tuple[str, Finding]]:
        own = self.line.errors or (self.reasons if self.line.verdict == Verdict.ERROR else ())
        return _reported(own, self.line.warnings)


def _reported(errors: Iterable[Finding], warnings: Iterable[Finding]) -> list[tuple[str, Finding]]:
    return [("error", _once(finding)) for finding in errors] + [("warning", _once(finding)) for finding in warnings]


def _once(finding: Finding) -> Finding:
    """Column and value only where the sentence does not name them itself."""
    column = "" if finding.message.startswith(f"{finding.column}:") else finding.column
    return finding._replace(column=column, value="" if f"“{finding.value}”" in finding.message else finding.value)


def labels() -> dict[str, str]:
    return {
        Verdict.NEW: _("Yeni"),
        Verdict.CHANGED: _("Değişen"),
        Verdict.UNCHANGED: _("Aynı"),
        Verdict.SKIPPED: _("Atlanan"),
        Verdict.ERROR: _("Hatalı"),
        WARNED: _("Uyarılı"),
        LATER: _("Sonradan değişmiş"),
        Verdict.MISSING: _("Dosyada yok"),
    }


_COUNTED: dict[str, str] = {Verdict.ERROR: "refused"}
_COLOURS = {
    Verdict.NEW: "green",
    Verdict.CHANGED: "blue",
    Verdict.ERROR: "red",
    WARNED: "yellow",
    LATER: "purple",
    Verdict.MISSING: "orange",
}


def tabs(counts: dict[str, int]) -> list[Tab]:
    """The sheet's own rows, and each verdict; what no row of any sheet needs is shown with its rows only."""
    tabs = [Tab("", _("Dosyadaki satırlar"), counts["rows"])]
    for shown, label in labels().items():
        # A check of before skipped rows were counted has none.
        count = counts.get(_COUNTED.get(shown, shown), 0)
        if count or shown not in (WARNED, LATER, Verdict.SKIPPED, Verdict.MISSING):
            tabs.append(Tab(shown, label, count, _COLOURS.get(shown, "") if count else "", f"show={shown}"))
    return tabs


def page(batch: Batch, user, asked: Mapping[str, str]) -> dict:
    """The page of the plan's lines that the address asks for, and how many there are. A change by hand, which does
    nothing but change rows, is narrowed by its registers."""
    if batch.file:
        part, by_what, name = batch, tabs(batch.counts), asked.get("show", "")
    else:
        part = next((each for each in batch.all_parts if each.register == asked.get("register")), batch)
        by_what, name = [_register_tab(each) for each in batch.all_parts], part.register
    chosen = next((tab for tab in by_what if tab.shown == name), by_what[0])
    pages = max(1, -(-chosen.count // PAGE))
    place = min(max(whole(asked.get("page", "")) or 1, 1), pages)
    with part.plan() as plan:
        errors, warnings = plan.of_no_line()
        shown = plan.lines(chosen.shown if batch.file else "", (place - 1) * PAGE, PAGE)
        lines = describe(part.of, list(shown), user, errors)
    return {
        "batch": part,
        "tabs": by_what,
        "chosen": chosen,
        "lines": lines,
        "number": place,
        "pages": pages,
        "about": [(kind, finding, _mended_at(batch, finding)) for kind, finding in _reported(errors, warnings)],
    }


def _register_tab(part: Batch) -> Tab:
    with part.plan() as plan:
        return Tab(part.register, part.of.title, plan.count(), query=f"register={part.register}")


def _mended_at(batch: Batch, finding: Finding) -> str:
    """The place on the page where the finding can be mended, "" where there is none."""
    for place, heading in enumerate(batch.headings):
        if finding.column == heading["text"]:
            return f"heading-{place}"
    columns = [batch.of.column(name) for name in batch.of.columns]
    lacks = any(constants.may_be_given(batch.of, column) for column in columns if column.label == finding.column)
    return "for-all" if lacks else ""


def describe(register: Register, lines: list[PlanLine], user, errors: Iterable[Finding] = ()) -> list[Shown]:
    """The lines with names and texts; what a row holds stays hidden from who may no longer see it."""
    seen = access.visible_to(register, user).select_related(*register.joined)
    rows = seen.in_bulk([line.id for line in lines if line.id])
    access.veil(register, user, rows.values())
    described = []
    for line, written in zip(lines, veiled(register, user, lines, facts(register, lines)), strict=True):
        hidden = bool(line.id) and line.id not in rows
        title = "" if hidden or not line.id else str(rows[line.id])
        shown = [] if hidden else [(register.column(each.column).label, each.old, each.new) for each in written]
        later = [(f"{line.row}:{name}", register.column(name).label, taken) for name, taken in line.later]
        described.append(Shown(line, title, hidden, shown, later, tuple(errors)))
    return described


# As a workbook --------------------------------------------------------------------------------------------


def write(batch: Batch, user, shown: str, target: IO[bytes]) -> None:
    """The lines of one verdict, or all, line by line; memory does not grow with their number."""
    paper = Paper(f"{batch.of.title}: {batch.name}", [(_("Sonuç"), labels().get(shown, _("Dosyadaki satırlar")))], user)
    with Book(target, paper, constant_memory=True) as book, batch.plan() as plan:
        sheet = book.add_sheet(_("Önizleme"), keys=3)
        headings = (_("Satır"), _("Sonuç"), _("Kayıt"), _("Hata ve uyarılar"), _("Değerler"))
        sheet.freeze_panes(1, 0)
        sheet.write_heading(headings)
        number = 0
        about, _warnings = plan.of_no_line()
        for number, line in enumerate(_all(batch, plan.lines(shown), user, about), 1):
            if line.line.row:
                sheet.write_number(number, 0, line.line.row, book.plain)
            for place, text in enumerate(_texts(line), 1):
                sheet.write_string(number, place, text[:32_000])
        sheet.autofilter(0, 0, max(number, 1), len(headings) - 1)


def _all(batch: Batch, lines: Iterable[PlanLine], user, about: Iterable[Finding]) -> Iterator[Shown]:
    for chunk in chunked(lines, CHUNK):
        yield from describe(batch.of, chunk, user, about)


def _texts(shown: Shown) -> tuple[str, str, str, str]:
    findings = "\n".join(": ".join(filter(None, (f.column, f.value, f.message))) for _kind, f in shown.findings)
    changes = shown.line.verdict != Verdict.NEW
    facts = [f"{label}: {old or _('(boş)')} → {new or _('(boş)')}" if changes else f"{label}: {new}"
             for label, old, new in shown.facts]  # fmt: skip
    return labels()[shown.line.verdict], shown.title, findings, "\n".join(facts)
