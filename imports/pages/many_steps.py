"""A step of a register's flow, taken by chosen rows at once: which take it, which do not and why, then the writing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from imports.by_hand import Part, in_lists
from imports.models import Batch
from imports.pages import many
from inventory import access
from inventory.columns import Type
from inventory.editing import saving
from inventory.flows import stepping
from inventory.flows.declared import Flow, Step
from inventory.models import Row
from inventory.organization.models import Asker
from inventory.pages.forms import field, mark_faults, reason_of_step
from inventory.pages.shared import changeable, form_page, rows_chosen, selection
from inventory.registers import Register
from inventory.sameness.showing import LinkedErrors

# So many of the rows that do not take the step are named under each reason.
_NAMED = 10
_LONGEST = Batch._meta.get_field("reason").max_length or 0


class ManyStepsForm(forms.Form):
    """What the step needs, for all rows alike, but for what is each row's own, such as its number; what is left blank
    stays as each row has it."""

    def __init__(self, register: Register, user: Asker, step: Step, is_back: bool, data: QueryDict | None):
        super().__init__(data, error_class=LinkedErrors)
        own = {name for names in register.identity for name in names}
        columns = [register.column(name) for name in step.needs if name not in own]
        # A box that is not ticked says no: it cannot be left blank.
        self._needs = [c.name for c in columns if c.type != Type.BOOLEAN and not c.is_personal]
        for name in self._needs:
            self.fields[name] = made = field(register, register.column(name), user)
            made.required, made.initial = False, None
            made.help_text = _("Boş bırakırsanız her kaydınki olduğu gibi kalır.")
        # It is kept with the name of the step before it.
        room = _LONGEST - len(stepping.in_words(step, "…")) + 1
        self.fields["reason"] = reason_of_step(is_back, room)
        mark_faults(self)

    def values(self) -> dict[str, object]:
        return {name: self.cleaned_data[name] for name in self._needs if self.cleaned_data[name] not in (None, "")}


@dataclass(frozen=True)
class Chosen:
    """Rows that somebody chose, and the step that they are to take."""

    register: Register
    flow: Flow
    step: Step
    rows: QuerySet[Any]
    values: Mapping[str, object]
    user: Asker

    def judged(self) -> Iterator[list[tuple[Row, str]]]:
        """The rows as they stand, in lists; each with the reason for which it does not take the step, "" where it
        does."""
        for some in in_lists(self.register, self.rows):
            judge = stepping.Judge(self.register, [row.pk for row in some], self.user)
            yield [(row, self._why_not(judge, row)) for row in some]

    def _why_not(self, judge: stepping.Judge, row: Row) -> str:
        future = copy(row)
        for name, value in self.values.items():
            setattr(future, name, value)
        future.fill()
        why = judge.refusal(row.pk, getattr(row, self.flow.column), self.step)
        return why or stepping.lacks(self.register, future, self.step)

    def counted(self) -> tuple[int, list[tuple[str, list[Row], int]]]:
        """(how many take the step, of each reason against it (the sentence, the first rows, how many more))."""
        numbers, first = Counter[str](), defaultdict[str, list[Row]](list)
        for row, why in chain.from_iterable(self.judged()):
            numbers[why] += 1
            if why and numbers[why] <= _NAMED:
                first[why].append(row)
        for named in first.values():
            access.veil(self.register, self.user, named)
        return numbers[""], [(why, named, numbers[why] - len(named)) for why, named in first.items()]

    def part(self) -> Part:
        """What is written: the rows that take the step."""
        ready = ([row for row, why in some if not why] for some in self.judged())
        return Part(self.register, ready, {**self.values, self.flow.column: self.step.target})


@form_page
def take(request: HttpRequest, register: Register, step: str) -> HttpResponse:
    """The list posts its selection; the page posts it on, with `count`, how many rows it said take the step."""
    changeable(register, request.user)
    if (flow := register.flow) is None or step not in {each.name for each in flow.steps}:
        raise Http404
    if request.method != "POST":
        return redirect("register-list", register)
    way = flow.step(step)
    is_back = any(stepping.is_back(register, state, way) for state in way.source)
    form = ManyStepsForm(register, request.user, way, is_back, request.POST if "count" in request.POST else None)
    values = form.values() if form.is_valid() else {}
    chosen = Chosen(register, flow, way, rows_chosen(request, register), values, request.user)
    ready, refused = chosen.counted()
    context: dict[str, Any] = {
        **selection(request, register),
        "register": register,
        "step": way,
        "form": form,
        "after": register.column(flow.column).choices[way.target],
        "ready": ready,
        "refused": refused,
    }
    if form.is_bound and form.is_valid() and ready:
        context |= many.doubted([chosen.part()], request.user)
        if request.POST["count"] != str(ready):
            messages.warning(request, _("Adımı atacak kayıtların sayısı değişti; yeni sayıyı onaylayınız."))
        elif not context["doubts"] or saving.accepted(request) == context["stamp"]:
            reason = stepping.in_words(way, form.cleaned_data["reason"])
            if done := many.write(request, form, stepping.in_words(way), reason, [chosen.part()], context["back"]):
                return done
    return render(request, "imports/many_steps.html", context)
