"""Whether a row may take a step of its register's flow, and that no other way of writing changes its state.

`writes` asks here, and so do the check of a sheet and the pages: there is one rule and one sentence for each.

- A row begins in one of the flow's first states, with the columns that the steps to that state need.
- Saving, bulk edit, sheets and scripts are refused a state that differs from the row's own.
- Going back to earlier values (an entry of the history, an import that is undone) leaves the state as it is now.
- An import is not undone for a row that has taken a step since; whoever manages the row may delete it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from inventory import access
from inventory.flows.declared import NEW, Flow, Step
from inventory.former import CREATED
from inventory.history import Author, dated
from inventory.many import chunked
from inventory.models import Row
from inventory.organization.models import Asker
from inventory.refusals import Conflict, Refused
from inventory.registers import Register

_ROWS = 500


# Steps ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """A step that leads on from a row's state; `refusal` says why the user may not take it, "" where she may."""

    step: Step
    refusal: str
    is_back: bool


def offered(register: Register, row: Row, user: Asker) -> list[Offer]:
    """The steps from the row's state, for somebody who may change the row; else none."""
    if register.flow is None or not (judge := Judge(register, row, user)).may_change:
        return []
    steps = [step for step in register.flow.steps if getattr(row, register.flow.column) in step.source]
    return [Offer(step, judge.refusal(step), is_back(register, row, step)) for step in steps]


def is_back(register: Register, row: Row, step: Step) -> bool:
    """Whether the step leads to a state that stands before the row's."""
    order = list(_states(register))
    return order.index(step.target) < order.index(getattr(row, _flow(register).column))


def read_again(register: Register, row: Row) -> Row:
    """Put into the row what stands in the table, and return that. Raises Conflict where somebody saved meanwhile."""
    stands = register.model._default_manager.filter(pk=row.pk).first()
    if stands is None or stands.version != row.version:
        raise Conflict([row.pk])
    # From this one reading: a second could find what was saved after it, with a version that nobody has seen.
    for field in row._meta.concrete_fields:
        setattr(row, field.attname, getattr(stands, field.attname))
    row._state.fields_cache.clear()
    return stands


def prepare(
    register: Register, row: Row, name: str, values: Mapping[str, object], by: Author, reason: str
) -> tuple[Step, Author]:
    """Put what the step changes into the row as it stands; returns the step, and its author with the step as reason.

    Raises Refused with why it may not be taken.
    """
    step = _flow(register).step(name)
    if unasked := set(values) - set(step.needs):
        raise ValueError(f"step {name!r} does not ask for {sorted(unasked)}")
    if why := Judge(register, row, by.user).refusal(step):
        raise Refused(why)
    if is_back(register, row, step) and not reason.strip():
        raise Refused(_("“%(step)s” geri adımdır; gerekçesini yazınız.") % {"step": step.label})
    for column, value in values.items():
        setattr(row, column, value)
    row.fill()
    if blank := _blank(register, row, step.needs):
        message = _("“%(step)s” adımı için şu alanları doldurunuz: %(columns)s.")
        raise Refused(message % {"step": step.label, "columns": blank})
    setattr(row, _flow(register).column, step.target)
    words = (_("“%(step)s” adımı") % {"step": step.label}, reason.strip(), by.reason)
    return step, replace(dated(by), reason=" · ".join(filter(None, words)))


@dataclass(frozen=True, eq=False)
class Judge:
    """Says which steps of a row a user may take; her rights and the row's past are read once, however many are asked
    about."""

    register: Register
    row: Row
    user: Asker

    @cached_property
    def may_change(self) -> bool:
        return access.in_scope(self.register, self.user, self.row)

    @cached_property
    def may_manage(self) -> bool:
        return access.managed_by(self.register, self.user).filter(pk=self.row.pk).exists()

    @cached_property
    def taken(self) -> set[str]:
        """The steps that the user herself has taken in the row, and its making; the system is nobody."""
        if self.user is None:
            return set()
        return {name for name, who in takers(self.register, self.row.pk).items() if self.user.pk in who}

    def refusal(self, step: Step) -> str:
        """Why the user may not take the step now, "" where she may. What it needs is asked for later."""
        register, flow = self.register, _flow(self.register)
        state = getattr(self.row, flow.column)
        named: dict[str, object] = {"step": step.label}
        if state not in step.source:
            named |= {"states": _named(register, step.source), "state": _named(register, [state])}
            return _("“%(step)s” adımı yalnızca şu durumda atılır: %(states)s. Bu kaydın durumu: %(state)s.") % named
        if not self.may_change:
            return _("Bu kaydı değiştirme yetkiniz yok; sorumlu biriminden isteyiniz.")
        if step.level == "manage" and not self.may_manage:
            return _("“%(step)s” adımını yalnızca bu kaydı yönetenler atar; onlardan isteyiniz.") % named
        rivals = flow.rivals(step.name)
        for other in sorted(rivals & self.taken) if rivals else ():
            if other == NEW:
                return _("“%(step)s” adımını başka bir yetkili atmalı: bu kaydı siz girdiniz.") % named
            named["other"] = flow.step(other).label
            return _("“%(step)s” adımını başka bir yetkili atmalı: “%(other)s” adımını siz attınız.") % named
        return ""


def takers(register: Register, row_id: int) -> defaultdict[str, set[int | None]]:
    """The accounts that took each step of a row, and that made it (`NEW`), by its history: ever, not only last."""
    flow, found, before = _flow(register), defaultdict[str, set[int | None]](set), ""
    past = register.model.history.filter(id=row_id).order_by("history_id")
    for kind, state, who in past.values_list("history_type", flow.column, "history_user"):
        if kind == CREATED:
            found[NEW].add(who)
        elif step := flow.between(before, state):
            found[step.name].add(who)
        before = state
    return found


# All other writing ------------------------------------------------------------------------------------------


def objection(register: Register, row: Row, before: str | None) -> str:
    """What is wrong with the state of a row that is written otherwise than by a step; `before` is the state in which it
    stands, None for a new row."""
    if (flow := register.flow) is None or before == (state := getattr(row, flow.column)):
        return ""
    named: dict[str, object] = {"state": _named(register, [state]), "column": register.column(flow.column).label}
    if before is not None:
        named["before"] = _named(register, [before])
        message = _(
            "“%(column)s” yalnızca kaydın sayfasındaki adımlarla değişir: “%(before)s” yerine “%(state)s” yazılamaz."
        )
        return message % named
    if state not in flow.first:
        named["first"] = _named(register, flow.first)
        return _("Yeni kayıt “%(state)s” durumuyla başlayamaz; şöyle başlar: %(first)s.") % named
    if blank := _blank(register, row, flow.begun_with(state)):
        named["columns"] = blank
        return _("“%(state)s” durumuyla başlayan kayıtta şu alanlar boş olamaz: %(columns)s.") % named
    return ""


def refuse_begun(register: Register, rows: Iterable[Row]) -> None:
    """Raises Refused where a new row does not begin as its flow says."""
    for why in (objection(register, row, None) for row in rows if register.flow):
        if why:
            raise Refused(why)


def refuse_changed(register: Register, rows: Sequence[Row], fields: Collection[str]) -> None:
    """Raises Refused where rows are to get another state; those that somebody saved meanwhile are not judged here."""
    if register.flow is None or register.flow.column not in fields:
        return
    for part in chunked(rows, _ROWS):
        stands = register.model._default_manager.filter(pk__in=[row.pk for row in part])
        stored = {pk: rest for pk, *rest in stands.values_list("pk", "version", register.flow.column)}
        for row in part:
            version, state = stored.get(row.pk, (None, None))
            if version == row.version and (why := objection(register, row, state)):
                raise Refused(why)


def stepped(register: Register, ids: Sequence[int]) -> dict[int, str]:
    """The rows that have taken a step since they were made, each with a sentence for who would undo their making."""
    found: dict[int, str] = {}
    if register.flow is None:
        return found
    column = register.flow.column
    for part in chunked(ids, _ROWS):
        # A blank is from before the register had states.
        past = register.model.history.filter(id__in=part).exclude(**{column: ""}).order_by()
        counts = past.values_list("id").annotate(states=Count(column, distinct=True))
        message = _("Eklendikten sonra adım atılmış; gerekiyorsa yöneticisi siler.")
        found |= {pk: message for pk, states in counts if states > 1}
    return found


# What both share --------------------------------------------------------------------------------------------


def _flow(register: Register) -> Flow:
    if register.flow is None:
        raise KeyError(f"{register.slug} has no flow")
    return register.flow


def _states(register: Register) -> dict[str, Any]:
    return register.column(_flow(register).column).choices


def _named(register: Register, states: Iterable[str]) -> str:
    return ", ".join(str(_states(register).get(state, state or "—")) for state in states)


def _blank(register: Register, row: Row, names: Iterable[str]) -> str:
    blank = (register.column(name) for name in names if getattr(row, register.column(name).field.attname) in (None, ""))
    return ", ".join(column.label for column in blank)
