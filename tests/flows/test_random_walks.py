"""Writes of every way drawn by lot: the state and its history are always those of a naive model."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory import writes
from inventory.flows import stepping
from inventory.flows.declared import NEW
from inventory.history import Author
from inventory.organization.models import User
from inventory.refusals import Refused
from tests.flows.walks import EVERY, needed, states, with_flow
from tests.rows import row, set_values, unit, user

pytestmark = pytest.mark.django_db
_runs = count()


class Model:
    """What a row's life is, in other words: its states, one for each entry, and who took which step."""

    def __init__(self, register, maker: User):
        self.register = register
        self.states = [register.column(register.flow.column).field.default]
        self.takers = {NEW: {maker.pk}}

    def step(self, step, who: User, level: int, reason: str) -> bool:
        order, now = states(self.register), self.states[-1]
        enough = {"change": 3 if self.register.stewards_only else 2, "manage": 3}[step.level]
        barred = any(who.pk in self.takers.get(name, ()) for name in self.register.flow.rivals(step.name))
        reasoned = bool(reason) or order.index(step.target) > order.index(now)
        if now not in step.source or level < enough or barred or not reasoned:
            return False
        self.states.append(step.target)
        self.takers.setdefault(step.name, set()).add(who.pk)
        return True


@pytest.mark.parametrize("register", EVERY)
def test_the_state_and_its_history_are_those_of_a_naive_model(register, monkeypatch):
    names = [step.name for step in register.flow.steps]
    two = st.tuples(st.sampled_from([NEW, *names]), st.sampled_from(names)).filter(lambda pair: pair[0] != pair[1])
    who, ways = st.integers(0, 3), st.sampled_from(["save", "state", "bulk", "restore", "notes"])
    steps = st.tuples(st.just("step"), st.sampled_from(names), who, st.sampled_from(["", "gereği"]))
    others = st.tuples(ways, st.sampled_from(states(register)), who, st.integers(0, 9))
    here = unit("Destek Hizmetleri Dairesi Başkanlığı")
    levels = [2, 2, 3, 1]
    people = [user(f"kisi{n}", here, (here, "", level)) for n, level in enumerate(levels)]

    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.lists(two, max_size=2), st.lists(st.one_of(steps, steps, others), max_size=14))
    def lives(not_both, life):
        own = with_flow(monkeypatch, register, not_both=tuple(not_both))
        made = row(own, here)
        writes.delete(own, made, Author())
        made.pk, made.version = None, 1
        writes.save(own, made, Author(user=people[0]))
        model = Model(own, people[0])
        for what, which, who, more in life:
            now, by = own.model.objects.get(pk=made.pk), Author(user=people[who])
            if what == "step":
                step = own.flow.step(which)
                may = model.step(step, people[who], levels[who], more)
                try:
                    writes.step(own, now, which, needed(now, step), by, more)
                    assert may, (which, who, more)
                except Refused as refused:
                    assert not may, (which, who, more, str(refused))
            else:
                wrote(own, now, what, which, more, by, model, levels[who])
            agree(own, made, model)

    lives()


def wrote(register, now, what, state, more, by, model, level) -> None:
    """A write of another way; each that goes through is an entry with the state as it was."""
    field, before = register.flow.column, now.version
    text = next(c.name for c in register.typed_columns() if c.field.blank and c.type in ("text", "long_text"))
    try:
        if what == "notes":
            setattr(now, text, f"Not {next(_runs)}")
            writes.save(register, now, by)
        elif what in ("state", "save"):
            setattr(now, field, state)
            setattr(now, text, f"Not {next(_runs)}")
            write = (
                writes.save if what == "save" else lambda r, each, a: writes.update_many(r, [each], [field, text], a)
            )
            write(register, now, by)
            assert state == model.states[-1]
        elif what == "bulk":
            chosen, step = register.model.objects.filter(pk=now.pk), register.flow.between(model.states[-1], state)
            before += bool(step and model.step(step, by.user, level, "gereği"))
            set_values(register, chosen, {field: state, text: "Toplu"}, by)
            assert state == model.states[-1]
        else:
            entries = list(now.history.order_by("history_id"))
            writes.restore(register, now, entries[more % len(entries)].history_id, by)
    except Refused:
        assert level < 2 or state != model.states[-1]
    stands = register.model.objects.get(pk=now.pk)
    if stands.version != before:
        model.states.append(model.states[-1])


def agree(register, made, model: Model) -> None:
    field = register.flow.column
    assert getattr(register.model.objects.get(pk=made.pk), field) == model.states[-1]
    entries = register.model.history.filter(id=made.pk).order_by("history_id")
    assert list(entries.values_list(field, flat=True)) == model.states
    assert list(entries.values_list("version", flat=True)) == list(range(1, len(model.states) + 1))
    assert stepping.takers(register, [made.pk])[made.pk] == model.takers
