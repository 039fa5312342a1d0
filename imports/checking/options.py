"""What a user chooses of an import's check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from imports.checking.later import Age
from imports.checking.meanings import Answers
from inventory.cells import Locale

Mode = Literal["add", "update", "upsert"]
Blank = Literal["leave", "clear"]
Missing = Literal["", "list", "retire"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the rows are taken: may they be new, may they exist, and what does a blank cell do.

    `blanks` says so for single columns. `missing` says what becomes of the register's rows that the sheet lacks,
    among those that the list's query `missing_among` finds; `missing_reason` is why they are retired. `answers`
    are what people said that unknown texts mean.
    `column_locales`: of columns of numbers that are written otherwise than the file's `locale` says.
    `age`: when the sheet was made, and what becomes of what was written since.
    `quoted`: a text file, in which an export put an apostrophe before what looks like a formula.
    """

    mode: Mode = "upsert"
    blank: Blank = "leave"
    blanks: Mapping[str, Blank] = field(default_factory=dict)
    missing: Missing = ""
    missing_among: str = ""
    missing_reason: str = ""
    locale: Locale = "tr"
    column_locales: Mapping[str, Locale] = field(default_factory=dict)
    quoted: bool = False
    answers: Answers = field(default_factory=dict)
    age: Age = field(default_factory=Age)

    def clears(self, column: str) -> bool:
        return self.blanks.get(column, self.blank) == "clear"
