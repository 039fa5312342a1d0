"""What a sheet may say of a row that stands in another table, beside its own: where an item lies.

Another app offers such columns; here they are matched to headings as a register's own columns are, and what their
cells say is judged, planned, written and undone together with the rows. In a plan the value of the register's
column that leads to the other table is a dict then, and not an id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from imports.checking import clocks
from inventory import hooks
from inventory.history import Author
from inventory.organization.models import Asker
from inventory.registers import Register

if TYPE_CHECKING:
    from imports.checking.drafts import Draft, Drafter
    from imports.checking.identity import Identities
    from imports.checking.matching import Matching
    from imports.models import Batch
    from imports.plans.plan import Plan
    from imports.reading import Sheet
    from inventory.models import Row


class Judge(Protocol):
    """Judges the drafts of one sheet."""

    def judge(self, drafts: list[Draft], identities: Identities) -> tuple[list[Draft], list[Draft]]:
        """(the drafts, those of further rows that a sheet's row speaks of among them; those to be left out).

        A draft with something to say gets `beside`: (what is to be written, as JSON has it; the old text; the new).
        """


class Beside(Protocol):
    """Columns that lead to another table by the register's column `column`."""

    column: str
    #: The register's columns that must be known of a row as it stands.
    needs: Sequence[str]

    def names(self, register: Register) -> Mapping[str, str]:
        """The columns with their labels; none for a register that has no such table beside it."""

    def headings(self, register: Register) -> Mapping[str, Sequence[str]]:
        """The headings that mean a column, by its name."""

    def judge(
        self, register: Register, sheet: Sheet, matching: Matching, drafter: Drafter, user: Asker, plan: Plan
    ) -> Judge:
        """For a sheet that has at least one of the columns; what is wrong with all of it goes into the plan."""

    def write(self, register: Register, planned: Sequence[dict[str, Any]], by: Author) -> list[int]:
        """Write what a plan has of some rows; returns the ids of the other table's rows. Raises Refused."""

    def to_undo(self, batch: Batch) -> int:
        """How many rows there an undo would look at; one that others use meanwhile stays."""

    def undo(self, batch: Batch, by: Author) -> int:
        """Take back what the batch wrote there; returns how many rows went or went back."""


def names(register: Register) -> dict[str, str]:
    """These columns, and those that hold the time of a moment alone (`clocks`)."""
    own = {name: label for beside in hooks.besides for name, label in beside.names(register).items()}
    return own | clocks.names(register)


def headings(register: Register) -> dict[str, Sequence[str]]:
    own = {name: texts for beside in hooks.besides for name, texts in beside.headings(register).items()}
    return own | clocks.headings(register)


def needs(register: Register) -> set[str]:
    return {name for beside in hooks.besides for name in beside.needs} & set(register.columns)


def judges(
    register: Register, sheet: Sheet, matching: Matching, drafter: Drafter, user: Asker, plan: Plan
) -> list[tuple[str, Judge]]:
    """(column, judge) for what the sheet says beside the register's own columns."""
    mapped = {name for heading in matching.beside for name in heading.columns}
    return [
        (beside.column, beside.judge(register, sheet, matching, drafter, user, plan))
        for beside in hooks.besides
        if mapped & set(beside.names(register))
    ]


def written(
    register: Register, values: list[dict[str, Any]], rows: Sequence[Row | None], by: Author
) -> list[dict[str, Any]]:
    """A plan's values with ids where it has rows of other tables, which are written now.

    What `rows` (None for a new one) already refer to is taken out, so that nothing of their own changes.
    """
    for beside in hooks.besides:
        about = [(new, row) for new, row in zip(values, rows, strict=True) if isinstance(new.get(beside.column), dict)]
        if about:
            ids = beside.write(register, [new[beside.column] for new, _row in about], by)
            for (new, row), beside_id in zip(about, ids, strict=True):
                if row is not None and getattr(row, f"{beside.column}_id") == beside_id:
                    del new[beside.column]
                else:
                    new[beside.column] = beside_id
    return values


def to_undo(batch: Batch) -> int:
    return sum(beside.to_undo(batch) for beside in hooks.besides)


def undo(batch: Batch, by: Author) -> int:
    return sum(beside.undo(batch, by) for beside in hooks.besides)
