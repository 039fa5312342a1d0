"""Whether a row may take a step of its register's flow, and that no other way of writing changes its state.

`writes` asks here, and so do the check of a sheet and the pages: there is one rule and one sentence for each.

- A row begins in one of the flow's first states, with the columns that the steps to that state need.
- Saving, bulk edit, sheets and scripts are refused a state that differs from the row's own.
- Going back to an entry of the history leaves the state as it is now. An undo takes back the steps that the batch
  itself took, and no other.
- A row that an import added and that has taken a step since stays when it is undone; whoever manages it may delete it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from inventory import access
from inventory.flows.declared import NEW, Flow, Step
from inventory.former import CHANGED, CREATED
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
    if register.flow is None or row.pk not in (judge := Judge(register, [row.pk], user)).may_change:
        return []
    state = getattr(row, register.flow.column)
    steps = [step for step in register.flow.steps if state in step.source]
    return [Offer(step, judge.refusal(row.pk, state, step), is_back(register, state, step)) for step in steps]


def refusal(register: Register, row: Row, step: Step, user: Asker) -> str:
    """Why the user may not take the step in the row as it stands, "" where she may."""
    return Judge(register, [row.pk], user).refusal(row.pk, getattr(row, _flow(register).column), step)


def is_back(register: Register, state: str, step: Step) -> bool:
    """Whether the step leads to a state that stands before this one."""
    order = list(_states(register))
    return order.index(step.target) < order.index(state)


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
    if why := refusal(register, row, step, by.user):
        raise Refused(why)
    if why := unexplained(register, getattr(row, _flow(register).column), step, reason):
        raise Refused(why)
    for column, value in values.items():
        setattr(row, column, value)
    row.fill()
    if why := lacks(register, row, step):
        raise Refused(why)
    setattr(row, _flow(register).column, step.target)
    return step, replace(dated(by), reason=in_words(step, reason, by.reason))


def in_words(step: Step, *reasons: str) -> str:
    """What the history says of a step: its name, and why it was taken."""
    name = _("“%(step)s” adımı") % {"step": step.label}
    return " · ".join(filter(None, (name, *(reason.strip() for reason in reasons))))


def unexplained(register: Register, state: str, step: Step, reason: str) -> str:
    """Why a step back from the state is refused: it has no reason. "" for any other."""
    if reason.strip() or not is_back(register, state, step):
        return ""
    return _("“%(step)s” geri adımdır; gerekçesini yazınız.") % {"step": step.label}


def lacks(register: Register, row: Row, step: Step) -> str:
    """What a row, as it is to be, lacks of what the step needs; "" where nothing."""
    if not (blank := _blank(register, row, step.needs)):
        return ""
    message = _("“%(step)s” adımı için şu alanları doldurunuz: %(columns)s.")
    return message % {"step": step.label, "columns": blank}


def steps_of(register: Register, rows: Sequence[Row], by: Author) -> list[Step]:
    """The step that brings each row from where it stands to the state that it carries.

    Raises Refused where there is none, its author may not take it, or a step back has no reason; Conflict where
    somebody saved meanwhile.
    """
    flow, steps = _flow(register), []
    for part in chunked(rows, _ROWS):
        stands = _stands(register, part)
        judge = Judge(register, [row.pk for row in part], by.user)
        for row in part:
            version, before = stands.get(row.pk, (None, ""))
            if version != row.version:
                raise Conflict([row.pk])
            if (step := flow.between(before, getattr(row, flow.column))) is None:
                raise Refused(objection(register, row, before))
            why = judge.refusal(row.pk, before, step) or unexplained(register, before, step, by.reason)
            if why := why or lacks(register, row, step):
                raise Refused(why)
            steps.append(step)
    return steps


@dataclass(frozen=True, eq=False)
class Judge:
    """Says which steps a user may take in some rows; her rights and the rows' past are read once, however many steps
    are asked about."""

    register: Register
    ids: Sequence[int]
    user: Asker

    @cached_property
    def may_change(self) -> set[int]:
        return set(access.editable_by(self.register, self.user).filter(pk__in=self.ids).values_list("pk", flat=True))

    @cached_property
    def may_manage(self) -> set[int]:
        return set(access.managed_by(self.register, self.user).filter(pk__in=self.ids).values_list("pk", flat=True))

    @cached_property
    def _takers(self) -> dict[int, dict[str, set[int | None]]]:
        return takers(self.register, self.ids)

    def refusal(self, row_id: int, state: str, step: Step) -> str:
        """Why the user may not take the step in the row that stands in this state, "" where she may. What the step
        needs is asked for later."""
        register, flow = self.register, _flow(self.register)
        named: dict[str, object] = {"step": step.label}
        if state not in step.source:
            named |= {"states": _named(register, step.source), "state": _named(register, [state])}
            return _("“%(step)s” adımı yalnızca şu durumda atılır: %(states)s. Bu kaydın durumu: %(state)s.") % named
        if row_id not in self.may_change:
            return _("Bu kaydı değiştirme yetkiniz yok; sorumlu biriminden isteyiniz.")
        if step.level == "manage" and row_id not in self.may_manage:
            return _("“%(step)s” adımını yalnızca bu kaydı yönetenler atar; onlardan isteyiniz.") % named
        if other := self._taken_of(row_id, flow.rivals(step.name)):
            if other == NEW:
                return _("“%(step)s” adımını başka bir yetkili atmalı: bu kaydı siz girdiniz.") % named
            named["other"] = flow.step(other).label
            return _("“%(step)s” adımını başka bir yetkili atmalı: “%(other)s” adımını siz attınız.") % named
        return ""

    def _taken_of(self, row_id: int, names: set[str]) -> str:
        """The first of the steps that the user herself has taken in the row, "" where none; the system is nobody."""
        if self.user is None or not names:
            return ""
        taken, own = self._takers[row_id], self.user.pk
        return next((name for name in sorted(names) if own in taken.get(name, ())), "")


def takers(register: Register, ids: Sequence[int]) -> dict[int, dict[str, set[int | None]]]:
    """{row: {step: the accounts that took it}}, with who made the row (`NEW`), by the history: ever, not only last."""
    flow, found = _flow(register), {row_id: defaultdict[str, set[int | None]](set) for row_id in ids}
    past = register.model.history.filter(id__in=ids).order_by("id", "history_id")
    before: dict[int, str] = {}
    for row_id, kind, state, who in past.values_list("id", "history_type", flow.column, "history_user"):
        if kind == CREATED:
            found[row_id][NEW].add(who)
        elif step := flow.between(before.get(row_id, ""), state):
            found[row_id][step.name].add(who)
        before[row_id] = state
    return {row_id: dict(steps) for row_id, steps in found.items()}


# All other writing ------------------------------------------------------------------------------------------


def objection(register: Register, row: Row, before: str | None) -> str:
    """What is wrong with the state of a row that is written otherwise than by a step; `before` is the state in which it
    stands, None for a new row."""
    if (flow := register.flow) is None or before == (state := getattr(row, flow.column)):
        return ""
    named: dict[str, object] = {"state": _named(register, [state]), "column": register.column(flow.column).label}
    if before is not None:
        named["before"] = _named(register, [before])
        message = _("“%(column)s” yalnızca adımlarla değişir: “%(before)s” yerine “%(state)s” yazılamaz.")
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
        stands = _stands(register, part)
        for row in part:
            version, state = stands.get(row.pk, (None, None))
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


# Taking steps back ------------------------------------------------------------------------------------------


def taken_in(register: Register, batch_id: int, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """{row: (the state in which the batch found it, the state to which it brought it)} of the rows in which it took a
    step."""
    column, past = _flow(register).column, register.model.history.model.objects
    before = past.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    entries = past.filter(batch_id=batch_id, id__in=ids, history_type=CHANGED).order_by("history_id")
    found: dict[int, tuple[str, str]] = {}
    entries = entries.annotate(was=Subquery(before.values(column)[:1]))
    for row_id, was, state in entries.values_list("id", "was", column):
        found[row_id] = (found.get(row_id, (was,))[0], state)
    return {row_id: (was, state) for row_id, (was, state) in found.items() if was != state}


def stepped_since(register: Register, batch_id: int, ids: Sequence[int]) -> set[int]:
    """The rows that took another step after the batch's own entry, also where they are back in its state."""
    column, past = _flow(register).column, register.model.history.model.objects
    later = past.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id")).exclude(**{column: OuterRef(column)})
    own = past.filter(batch_id=batch_id, id__in=ids, history_type=CHANGED)
    return set(own.filter(Exists(later)).values_list("id", flat=True))


def refuse_not_taken_in(register: Register, rows: Sequence[Row], batch_id: int) -> None:
    """Raises Refused where a row does not go back from the state to which the batch brought it to the one before."""
    for part in chunked(rows, _ROWS):
        taken, stands = taken_in(register, batch_id, [row.pk for row in part]), _stands(register, part)
        for row in part:
            version, state = stands.get(row.pk, (None, ""))
            back = (getattr(row, _flow(register).column), state)
            if version == row.version and taken.get(row.pk) != back:
                raise Refused(objection(register, row, state))


# What all share ---------------------------------------------------------------------------------------------


def _stands(register: Register, rows: Sequence[Row]) -> dict[int, tuple[int, str]]:
    """{row: (version, state)} as they stand in the table."""
    there = register.model._default_manager.filter(pk__in=[row.pk for row in rows])
    found = there.values_list("pk", "version", _flow(register).column)
    return {pk: (version, state) for pk, version, state in found}


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
