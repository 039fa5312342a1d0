"""A flow by which rows could not live stops the start, and says why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured

from inventory import registers
from inventory.assets.vehicles.leases import FLOW
from inventory.flows.declared import NEW, Step
from tests.flows.walks import EVERY, states, steps_with, way

LEASES = registers.get("lease-contracts")


def step(**changes) -> Step:
    return Step(**{"name": "x", "label": "X", "source": ("draft",), "target": "closed"} | changes)


FAULTS = {
    "a column that is not there": ({"column": "condition"}, "condition"),
    "a column of no choices": ({"column": "number"}, "no column of choices"),
    "an unknown first state": ({"first": ("draft", "begun")}, "'begun' is not one of its states"),
    "a model's default that is no first state": ({"first": ("running",)}, "does not begin in one of"),
    "a step to nowhere": ({"steps": (*FLOW.steps, step(target="lost"))}, "'lost' is not one of its states"),
    "a step from nowhere": ({"steps": (*FLOW.steps, step(source=("lost",)))}, "'lost' is not one of its states"),
    "a state that no step leads to": (
        {"steps": tuple(s for s in FLOW.steps if s.target != "closed" and "closed" not in s.source)},
        "no step leads to the state 'closed'",
    ),
    "a state that only itself leads to": (
        {"steps": tuple(s for s in FLOW.steps if s.name not in ("close",))},
        "no step leads to the state 'closed'",
    ),
    "an unknown column needed": ({"steps": steps_with(FLOW, "run", needs=("nmber",))}, "nmber"),
    "a column needed that the system fills": (
        {"steps": steps_with(FLOW, "run", needs=("search_text",))},
        "search_text",
    ),
    "the state itself needed": ({"steps": steps_with(FLOW, "run", needs=("state",))}, "no column to be filled"),
    "a step from no state": ({"steps": (*FLOW.steps, step(source=()))}, "nobody may take the step 'x'"),
    "a level that nobody has": ({"steps": steps_with(FLOW, "run", level="boss")}, "nobody may take the step 'run'"),
    "two steps of one name": ({"steps": (*FLOW.steps, step(name="run"))}, "two steps are called 'run'"),
    "a step named as the making of a row": ({"steps": (*FLOW.steps, step(name=NEW))}, "two steps are called 'new'"),
    "two steps of one way": ({"steps": (*FLOW.steps, step(target="running"))}, "leads no single step"),
    "a step that stays": ({"steps": (*FLOW.steps, step(target="draft"))}, "leads no single step"),
    "a pair with a step that is none": ({"not_both": (("run", "check"),)}, "'check', which is no step"),
    "a pair of one step": ({"not_both": (("run", "run"),)}, "does not name two steps"),
}


@pytest.mark.once
@pytest.mark.parametrize(("changes", "sentence"), [pytest.param(*fault, id=name) for name, fault in FAULTS.items()])
def test_what_is_wrong_with_a_flow_stops_the_start(changes, sentence):
    with pytest.raises(ImproperlyConfigured, match="register 'lease-contracts', flow: ") as stopped:
        replace(LEASES, flow=replace(FLOW, **changes), synonyms={})
    assert sentence in str(stopped.value)


@pytest.mark.once
@pytest.mark.parametrize("register", EVERY)
def test_every_state_is_reached_and_has_a_name(register):
    for state, text in register.column(register.flow.column).choices.items():
        assert str(text)
        assert state in register.flow.first or way(register, state)
    assert len({str(each.label) for each in register.flow.steps}) == len(register.flow.steps)
    assert set(states(register)) >= set(register.flow.first)


@pytest.mark.once
def test_a_flow_may_keep_the_maker_from_checking():
    declared = replace(LEASES, flow=replace(FLOW, not_both=((NEW, "run"), ("end", "close"))), synonyms={})
    assert declared.flow.rivals("run") == {NEW}
    assert declared.flow.rivals("close") == {"end"} and declared.flow.rivals("reopen") == set()
