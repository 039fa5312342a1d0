"""States of a register's rows and the steps between them: declared with the register, checked when it is read.

The states are the choices of a column, in their order: a step to a state that stands before the row's own is a step
back, and needs a reason. Steps are taken by `writes.step` alone; `inventory.flows.stepping` judges them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from django.core.exceptions import ImproperlyConfigured

from inventory.columns import Column, Type

if TYPE_CHECKING:
    from inventory.fields import Text
    from inventory.history import Author

#: What `Flow.not_both` calls the making of the row itself.
NEW = "new"
Level = Literal["change", "manage"]
#: (the row in its new state, who takes the step); it writes other rows by `inventory.writes`, and what it raises takes
#: the step back.
Effect = Callable[[Any, "Author"], None]


@dataclass(frozen=True, kw_only=True)
class Step:
    """A way from some states to another."""

    #: Stands in the address of its page.
    name: str
    #: What its button says: "Yürürlüğe al".
    label: Text
    source: tuple[str, ...]
    target: str
    #: Columns that may not be blank once the step is taken; its page asks for them.
    needs: tuple[str, ...] = ()
    #: The right to the row without which nobody takes it.
    level: Level = "change"
    effect: Effect | None = None


@dataclass(frozen=True, kw_only=True)
class Flow:
    """What the states of a register's rows are, and who brings them on."""

    #: The column of choices that holds the state.
    column: str
    #: The states in which a row may be made, by hand or by a sheet.
    first: tuple[str, ...]
    steps: tuple[Step, ...]
    #: The states in which a row waits for somebody to take a step; those in which it is made if none is named.
    waiting: tuple[str, ...] = ()
    #: Pairs of steps that one person never takes both of in one row, such as recording (`NEW`) and checking.
    not_both: tuple[tuple[str, str], ...] = ()

    def step(self, name: str) -> Step:
        """Raises KeyError for the name of no step."""
        return {step.name: step for step in self.steps}[name]

    def between(self, before: str, after: str) -> Step | None:
        """The step from one state to another: there is one at most, so that the history shows which was taken."""
        return next((step for step in self.steps if before in step.source and step.target == after), None)

    def begun_with(self, state: str) -> tuple[str, ...]:
        """The columns that a row made in a state must have: those that the steps to it need."""
        return tuple(dict.fromkeys(name for step in self.steps if step.target == state for name in step.needs))

    def rivals(self, name: str) -> set[str]:
        """The steps that nobody takes who takes this one."""
        return {other for pair in self.not_both if name in pair for other in pair if other != name}

    def check(self, slug: str, columns: Mapping[str, Column]) -> None:
        """Raises ImproperlyConfigured for a declaration by which rows could not live."""
        for fault in self._faults(columns):
            raise ImproperlyConfigured(f"register {slug!r}, flow: {fault}")

    def _faults(self, columns: Mapping[str, Column]) -> Iterator[str]:
        held = columns.get(self.column)
        if held is None or held.type != Type.CHOICE or not held.editable or held.field.blank or held.field.null:
            yield f"{self.column!r} is no column of choices that a row always has one of"
            return
        if held.field.get_default() not in self.first:
            yield f"{self.column!r} does not begin in one of {self.first}"
        yield from self._faults_of_states(set(held.choices))
        yield from self._faults_of_steps(columns)

    def _faults_of_states(self, states: set[Any]) -> Iterator[str]:
        named = {*self.first, *self.waiting, *(state for step in self.steps for state in (*step.source, step.target))}
        for state in sorted(named - states):
            yield f"{state!r} is not one of its states"
        reached, found = set(self.first), set(self.first)
        while found:
            found = {step.target for step in self.steps if reached & set(step.source)} - reached
            reached |= found
        for state in sorted(states - reached):
            yield f"no step leads to the state {state!r}"

    def _faults_of_steps(self, columns: Mapping[str, Column]) -> Iterator[str]:
        names = [step.name for step in self.steps]
        for name, count in Counter([*names, NEW]).items():
            if count > 1:
                yield f"two steps are called {name!r}"
        ways = Counter((source, step.target) for step in self.steps for source in step.source)
        for (source, target), count in ways.items():
            if count > 1 or source == target:
                yield f"from {source!r} to {target!r} leads no single step"
        for step in self.steps:
            if not step.source or step.level not in get_args(Level):
                yield f"nobody may take the step {step.name!r}"
            for needed in step.needs:
                if needed not in columns or not columns[needed].editable or needed == self.column:
                    yield f"the step {step.name!r} needs {needed!r}, which is no column to be filled"
        for pair in self.not_both:
            for name in {*pair} - {*names, NEW}:
                yield f"`not_both` names {name!r}, which is no step"
            if len({*pair}) != 2:
                yield f"`not_both` does not name two steps: {pair}"
