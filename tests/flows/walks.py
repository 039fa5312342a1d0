"""What the tests of flows share: every register with a flow, and the way of a row to a state."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import pytest

from inventory import registers, writes
from inventory.flows.declared import Flow, Step
from inventory.organization.models import Unit
from inventory.registers import Register
from tests.rows import SYSTEM, row

EVERY = [pytest.param(r, id=r.slug) for r in registers.every() if r.flow]


def states(register: Register) -> list[str]:
    return list(register.column(register.flow.column).choices)


def begin(register: Register) -> str:
    """The state in which a row is made where nothing else is said."""
    return register.column(register.flow.column).field.default


def state_of(register: Register, made) -> str:
    return register.model.objects.values_list(register.flow.column, flat=True).get(pk=made.pk)


def way(register: Register, state: str) -> list[Step]:
    """The shortest way to a state from the one in which a row is made."""
    ways, waiting = {begin(register): []}, deque([begin(register)])
    while waiting:
        here = waiting.popleft()
        for step in register.flow.steps:
            if here in step.source and step.target not in ways:
                ways[step.target] = [*ways[here], step]
                waiting.append(step.target)
    return ways[state]


def needed(made, step: Step) -> dict[str, object]:
    return {name: getattr(made, name) for name in step.needs}


def take(register: Register, made, name: str, by=SYSTEM, reason: str = "düzeltme"):
    """The row as it stands takes a step, with the values that it has."""
    now = register.model.objects.get(pk=made.pk)
    return writes.step(register, now, name, needed(now, register.flow.step(name)), by, reason)


def in_state(register: Register, of: Unit, state: str):
    """A row, brought to the state by the system."""
    made = row(register, of)
    for step in way(register, state):
        made = take(register, made, step.name)
    return made


def with_flow(monkeypatch, register: Register, **changes) -> Register:
    """The register with another flow, for this test alone."""
    flow = replace(register.flow, **changes)
    made = replace(register, flow=flow, synonyms={})
    monkeypatch.setitem(registers._registers, register.slug, made)
    return made


def steps_with(flow: Flow, name: str, **changes) -> tuple[Step, ...]:
    """The flow's steps, one of them changed."""
    return tuple(replace(step, **changes) if step.name == name else step for step in flow.steps)
