"""What a check found and an apply will do: the one thing that both share, kept as a file with the batch."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO, Any, NamedTuple

import orjson

from imports.plans import plan_file


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ERROR = "error"
    #: Names nothing in the register, or says nothing: not written, and nothing to be corrected.
    SKIPPED = "skipped"
    #: In the register but not in the file; `row` is 0 then, and values are what is to be written, if anything.
    MISSING = "missing"


class Finding(NamedTuple):
    """Something wrong, or worth a look, in one cell; `row` is the number a person sees in the sheet."""

    row: int
    column: str
    value: str
    message: str


class ColumnChange(NamedTuple):
    """A column's old and new text."""

    column: str
    old: str
    new: str


@dataclass(slots=True)
class PlanLine:
    """The verdict on one row of the sheet, or on a row of the register that the sheet lacks.

    `id` and `version` are those of the register's row at the time of the check. `packed` is JSON, a tenth of
    the objects' memory: the stored values by column name, and the changes. A line that was read from its file
    has its findings with it; `later` are the columns that somebody changed since the sheet was made, and whether the
    sheet's value is written all the same. In a Plan the findings stand beside the lines,
    but for those of lines without a row.
    """

    row: int
    verdict: Verdict
    id: int | None = None
    version: int | None = None
    packed: bytes = b""
    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    later: tuple[tuple[str, bool], ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """Column name → value as JSON has it; a reference as its id."""
        return orjson.loads(self.packed)["values"] if self.packed else {}

    @property
    def changes(self) -> list[ColumnChange]:
        return [ColumnChange(*change) for change in orjson.loads(self.packed)["changes"]] if self.packed else []


def pack(values: dict[str, Any], changes: Iterable[ColumnChange] = ()) -> bytes:
    packed = orjson.dumps({"values": values, "changes": [list(change) for change in changes]}, default=str)
    # orjson shrinks a large buffer in place; kept by the thousand, what was cut off is lost to everybody (7 kB a row).
    return bytes(memoryview(packed))


#: Beside the verdicts, what a preview may show: rows with a warning, rows that somebody changed since the sheet was
#: made, and missing rows that are to be written.
WARNED, LATER, RETIRING = "warned", "later", "retiring"


@dataclass
class Plan:
    """All lines of a sheet, all findings, and the texts that somebody must explain (`meanings.Unknown`).

    `unusable`: no row could be judged, since nothing of the sheet says which record a row is.
    """

    lines: list[PlanLine] = field(default_factory=list)
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    unknown: list[dict[str, Any]] = field(default_factory=list)
    unusable: bool = False

    def counts(self) -> dict[str, int]:
        """Lines by verdict, of which `rows` are the sheet's; `refused` those with errors, `retiring` the missing
        rows that are to be written; `errors` and `warnings` count findings, `warned` the rows that have warnings."""
        verdicts = Counter(line.verdict for line in self.lines)
        rows = {line.row for line in self.lines}
        return {
            "lines": len(self.lines),
            "rows": sum(1 for line in self.lines if line.row),
            "new": verdicts[Verdict.NEW],
            "changed": verdicts[Verdict.CHANGED],
            "unchanged": verdicts[Verdict.UNCHANGED],
            "skipped": verdicts[Verdict.SKIPPED],
            "refused": verdicts[Verdict.ERROR],
            "missing": verdicts[Verdict.MISSING],
            "retiring": sum(1 for line in self.lines if line.verdict == Verdict.MISSING and line.packed),
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "later": sum(1 for line in self.lines if line.later),
            "unusable": int(self.unusable),
            "warned": len({finding.row for finding in self.warnings} & rows),
        }

    def write(self, file: IO[bytes]) -> None:
        """Every line in the order of the sheet, with its findings; those of no line at the head."""
        errors, warnings = _by_row(self.errors), _by_row(self.warnings)
        # What the sheet lacks has no row; its lines have their findings themselves.
        errors.pop(0, None)
        with plan_file.Writer(file) as out:
            for line in self.lines:
                findings = (errors.pop(line.row, ()), warnings.pop(line.row, ())) if line.row else (line.errors, ())
                shown_as: list[str] = [line.verdict]
                if findings[1]:
                    shown_as.append(WARNED)
                if line.later:
                    shown_as.append(LATER)
                if line.verdict == Verdict.MISSING and line.packed:
                    shown_as.append(RETIRING)
                parts = [line.row, line.verdict, line.id, line.version, line.packed.decode(), *findings, line.later]
                out.add(parts, shown_as)
            out.head = {"errors": _flat(errors), "warnings": _flat(warnings)}


def _by_row(findings: list[Finding]) -> dict[int, list[Finding]]:
    by_row: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_row[finding.row].append(finding)
    return by_row


def _flat(findings: dict[int, list[Finding]]) -> list[Finding]:
    return [finding for of_row in findings.values() for finding in of_row]


class WrittenPlan:
    """A plan in its file; what it gives is read when it is asked for."""

    def __init__(self, file: IO[bytes]):
        self._lines = plan_file.Reader(file)

    def lines(self, shown: str = "", first: int = 0, most: int | None = None) -> Iterator[PlanLine]:
        """All lines in the order of the sheet, or those of a verdict, WARNED or RETIRING."""
        return map(_line, self._lines.lines(shown, first, most))

    def count(self) -> int:
        """How many lines there are."""
        return self._lines.count

    def of_no_line(self) -> tuple[list[Finding], list[Finding]]:
        """Errors and warnings about the sheet, its headings or its notes."""
        head = self._lines.head
        return [Finding(*each) for each in head["errors"]], [Finding(*each) for each in head["warnings"]]

    def errors(self) -> list[Finding]:
        return self.of_no_line()[0] + [error for line in self.lines(Verdict.ERROR) for error in line.errors]

    def warnings(self) -> list[Finding]:
        return self.of_no_line()[1] + [warning for line in self.lines(WARNED) for warning in line.warnings]


def _line(parts: list[Any]) -> PlanLine:
    row, verdict, row_id, version, packed, errors, warnings, *later = parts  # older plans know of no later edits
    errors, warnings = (tuple(Finding(*each) for each in findings) for findings in (errors, warnings))
    edits = tuple((column, is_taken) for column, is_taken in (later[0] if later else ()))
    return PlanLine(row, Verdict(verdict), row_id, version, packed.encode(), errors, warnings, edits)
