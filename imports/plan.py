"""What a check found and an apply will do: the one thing that both share, kept as a file with the batch."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import BinaryIO, NamedTuple


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ERROR = "error"


class Finding(NamedTuple):
    """Something wrong, or worth a look, in one cell; `row` is the number a person sees in the sheet."""

    row: int
    column: str
    value: str
    message: str


class Change(NamedTuple):
    """A column's old and new text."""

    column: str
    old: str
    new: str


@dataclass(slots=True)
class Line:
    """The verdict on one row of the sheet.

    `id` and `version` are those of the register's row at the time of the check. `packed` is JSON, a tenth of
    the objects' memory: the stored values by column name, and the changes.
    """

    row: int
    verdict: Verdict
    id: int | None = None
    version: int | None = None
    packed: str = ""

    @property
    def values(self) -> dict[str, object]:
        """Column name → value as JSON has it; a reference as its id."""
        return json.loads(self.packed)["values"]

    @property
    def changes(self) -> list[Change]:
        return [Change(*change) for change in json.loads(self.packed)["changes"]]


def pack(values: dict[str, object], changes: Iterable[Change] = ()) -> str:
    return json.dumps({"values": values, "changes": list(changes)}, default=str, ensure_ascii=False)


@dataclass
class Plan:
    """All lines of a sheet, all findings, and the texts that somebody must explain (`imports.meanings.Unknown`)."""

    lines: list[Line] = field(default_factory=list)
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    unknown: list[dict] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Rows by verdict; `errors` and `warnings` count findings, `refused` the rows with errors."""
        verdicts = Counter(line.verdict for line in self.lines)
        return {
            "rows": len(self.lines),
            "new": verdicts[Verdict.NEW],
            "changed": verdicts[Verdict.CHANGED],
            "unchanged": verdicts[Verdict.UNCHANGED],
            "refused": verdicts[Verdict.ERROR],
            "errors": len(self.errors),
            "warnings": len(self.warnings),
        }

    def write(self, file: BinaryIO) -> None:
        """Errors, warnings, changed lines, new lines, in this order: a page of any is a slice of the file."""
        with gzip.open(file, "wt", encoding="utf-8", compresslevel=4) as out:
            for finding in (*self.errors, *self.warnings):
                out.write(json.dumps(finding, ensure_ascii=False) + "\n")
            for verdict in (Verdict.CHANGED, Verdict.NEW):
                for line in self.lines:
                    if line.verdict == verdict:
                        out.write(json.dumps([line.row, verdict, line.id, line.version, line.packed]) + "\n")


class WrittenPlan:
    """A plan in its file; `counts` are the plan's."""

    def __init__(self, file: BinaryIO, counts: dict[str, int]):
        self._file, self._counts = file, counts

    def errors(self, first: int = 0, most: int | None = None) -> list[Finding]:
        return [Finding(*each) for each in self._part(0, self._counts["errors"], first, most)]

    def warnings(self, first: int = 0, most: int | None = None) -> list[Finding]:
        start = self._counts["errors"]
        return [Finding(*each) for each in self._part(start, self._counts["warnings"], first, most)]

    def changed(self, first: int = 0, most: int | None = None) -> Iterator[Line]:
        start = self._counts["errors"] + self._counts["warnings"]
        return map(_line, self._part(start, self._counts["changed"], first, most))

    def new(self, first: int = 0, most: int | None = None) -> Iterator[Line]:
        start = self._counts["errors"] + self._counts["warnings"] + self._counts["changed"]
        return map(_line, self._part(start, self._counts["new"], first, most))

    def _part(self, start: int, length: int, first: int, most: int | None) -> Iterator[list]:
        stop = length if most is None else min(length, first + most)
        self._file.seek(0)
        with gzip.open(self._file, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, islice(lines, start + first, start + stop))


def _line(parts: list) -> Line:
    row, verdict, row_id, version, packed = parts
    return Line(row, Verdict(verdict), row_id, version, packed)
