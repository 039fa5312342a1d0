"""What waits for a user: rows that she may move to the next state, and what `hooks.waiting` adds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from inventory import access, hooks, registers
from inventory.hooks import Waiting
from inventory.listing.address import Listing
from inventory.registers import Register


def waiting_for(user) -> list[Waiting]:
    rows = [each for register in registers.every() if register.flow for each in _rows(register, user)]
    rows += [each for register in registers.every() if register.completing for each in _incomplete(register, user)]
    return [*rows, *(each for ask in hooks.waiting for each in ask(user))]


def _incomplete(register: Register, user) -> Iterator[Waiting]:
    """The rows that lack what may follow from others by now."""
    assert register.completing
    query = register.completing.waiting
    if access.may_change(register, user) and (number := Listing(register, user, query).matching.count()):
        url = f"{reverse('register-list', args=[register])}?{urlencode(query)}"
        text = _("%(register)s: eşleşmeyen satırlar") % {"register": register.title}
        yield Waiting(text, url, register.icon, number)


def _rows(register: Register, user) -> Iterator[Waiting]:
    """One query for each state in which rows wait for somebody with the user's rights."""
    assert register.flow
    column = register.column(register.flow.column)
    for state in register.flow.waiting or register.flow.first:
        levels = {step.level for step in register.flow.steps if state in step.source}
        units = (access.units_to_manage if levels == {"manage"} else access.units_to_change)(register, user)
        if units is None:
            continue
        query: dict[str, Any] = {column.name: state}
        if units and register.scope in register.columns:
            # Of what she sees, only what she may bring on.
            query[register.scope] = [str(unit.pk) for unit in units]
        if number := Listing(register, user, query).matching.count():
            url = f"{reverse('register-list', args=[register])}?{urlencode(query, doseq=True)}"
            yield Waiting(f"{register.title}: {column.choices[state]}", url, register.icon, number)
