"""What waits for a user: rows that she may bring a step on, and what other parts of the house add."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.http import urlencode

from inventory import access, hooks, registers
from inventory.hooks import Waiting
from inventory.listing.address import Listing
from inventory.registers import Register


def waiting_for(user) -> list[Waiting]:
    rows = [each for register in registers.every() if register.flow for each in _rows(register, user)]
    return [*rows, *(each for ask in hooks.waiting for each in ask(user))]


def _rows(register: Register, user) -> Iterator[Waiting]:
    """One query for each state that waits for somebody with the user's rights."""
    assert register.flow
    column = register.column(register.flow.column)
    for state in register.flow.waiting or register.flow.first:
        levels = {step.level for step in register.flow.steps if state in step.source}
        may = access.may_manage if levels == {"manage"} else access.may_change
        query = {column.name: state}
        if may(register, user) and (number := Listing(register, user, query).matching.count()):
            text = f"{register.title}: {column.choices[state]}"
            yield Waiting(
                text, f"{reverse('register-list', args=[register])}?{urlencode(query)}", register.icon, number
            )
