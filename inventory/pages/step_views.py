"""Steps of a flow: the page on which one is taken, and the tabs by which a list shows its rows' states."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from inventory import access, writes
from inventory.editing import saving
from inventory.editing.doubts import stored
from inventory.flows import stepping
from inventory.flows.declared import Step
from inventory.listing.address import Listing
from inventory.models import Row
from inventory.pages.forms import StepForm
from inventory.pages.shared import author, detail_url, form_page, template, title_of
from inventory.registers import Register
from inventory.writes import Author


@form_page
def take(request: HttpRequest, register: Register, pk: int, step: str) -> HttpResponse:
    """What the step needs, its reason, and the button that takes it."""
    if register.flow is None or step not in {each.name for each in register.flow.steps}:
        raise Http404
    chosen, states = register.flow.step(step), register.column(register.flow.column)
    rows = access.editable_by(register, request.user).select_related(*register.joined)
    row = get_object_or_404(rows, pk=pk)
    if why := stepping.refusal(register, row, chosen, request.user):
        messages.error(request, why)
        return redirect(detail_url(request, register, pk))
    is_back = stepping.is_back(register, getattr(row, states.name), chosen)
    form = StepForm(register, request.user, row, chosen, is_back, request.POST or None)
    title = title_of(register, request.user, row)
    if request.method == "POST" and form.is_valid():
        try:
            if _taken(request, register, row, {states.name: chosen.target}, chosen, form):
                messages.success(request, _("%(row)s: “%(step)s” adımı atıldı.") % {"row": title, "step": chosen.label})
                return redirect(detail_url(request, register, pk))
        except writes.Conflict as conflict:
            messages.error(request, str(conflict))
            return redirect(detail_url(request, register, pk))
    context = {
        "register": register,
        "row": row,
        "title": title,
        "step": chosen,
        "form": form,
        "state": states,
        "before": states.text(row),
        "after": states.choices[chosen.target],
    }
    return render(request, template(register, "step"), context)


def _taken(
    request: HttpRequest, register: Register, row, after: dict[str, object], chosen: Step, form: StepForm
) -> bool:
    """Whether the step was taken; else the form has its errors or doubts. A Conflict is the caller's."""
    values, reason = form.values(), form.cleaned_data["reason"]
    # Judged as it will be; the step itself takes from it only which version was seen.
    future = copy(row)
    for name, value in (values | after).items():
        setattr(future, name, value)
    future.version = form.cleaned_data["version"]

    def take_step(register: Register, row: Row, by: Author) -> Row:
        return writes.step(register, row, chosen.name, values, by, reason)

    accepted = saving.accepted(request)
    return bool(saving.save(register, form, future, stored(row), author(request), accepted, take_step))


@dataclass(frozen=True)
class Tab:
    """A state of a list's rows; `query` is None where no link leads to them, `count` where they are not counted."""

    text: str
    query: str | None
    count: int | None
    is_shown: bool


def tabs(asked: Listing, counts: Mapping[str, int] | None = None) -> list[Tab]:
    """All rows, and those of each state, under the list's other filters; `counts`: how many each state has, where they
    have been counted."""
    if (flow := asked.register.flow) is None:
        return []
    column = asked.register.column(flow.column)
    chosen = [value for value in asked.params.getlist(column.name) if value]

    def tab(text: object, state: str | None, count: int) -> Tab:
        query = asked.query(page=None, **{column.name: state})
        is_shown = chosen == [state] if state else not chosen
        return Tab(str(text), query, None if counts is None else count, is_shown)

    numbers = dict(counts or {})
    found = [tab(_("Tümü"), None, sum(numbers.values()))]
    found += [tab(text, state, numbers.pop(state, 0)) for state, text in column.choices.items()]
    # What is left is from before the register had states: a blank, by which no list is narrowed.
    return found + [Tab(_("Durumu bilinmeyen"), None, count, False) for count in numbers.values()]


def steps_from(asked: Listing) -> list[Step]:
    """The steps that lead on from the states in which the list shows its rows."""
    if (flow := asked.register.flow) is None:
        return []
    shown = {value for value in asked.params.getlist(flow.column) if value}
    return [step for step in flow.steps if not shown or shown & {*step.source}]


def counted_tabs(asked: Listing) -> list[Tab]:
    """The tabs with their counts: one query, as of the list's day. None is known of a day before anything was kept."""
    if (flow := asked.register.flow) is None or asked.not_kept_before:
        return tabs(asked)
    without = asked.query(**{flow.column: None, "sort": None, "columns": None})
    rows = Listing(asked.register, asked.user, QueryDict(without)).matching.order_by()
    return tabs(asked, dict(rows.values_list(flow.column).annotate(count=Count("id"))))
