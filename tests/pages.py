"""What the tests of every register and of access share: registers to go through, a signed-in browser, a row."""

from __future__ import annotations

import pytest
from django.test import Client

from inventory import registers
from inventory.organization.models import Unit, User
from inventory.registers import Register
from tests.rows import row, unit, user

EVERY = [pytest.param(r, id=r.slug) for r in registers.every()]
ASSETS = [pytest.param(r, id=r.slug) for r in registers.every("asset")]
# Rows that belong to a unit and are no common list: what a scope can hide.
SCOPED = [pytest.param(r, id=r.slug) for r in registers.every() if r.scope is not None and not r.public]
MAKES = [p for p in EVERY if p.values[0].slug != "grants"]
# Documents are made with the rows that they belong to, and by no form of their own (documents/test_guarding.py).
TYPED = [p for p in MAKES if p.values[0].slug != "documents"]


def signed_in(account: User | None) -> Client:
    client = Client()
    if account:
        client.force_login(account)
    return client


def posted(form) -> dict[str, object]:
    """What a browser would send for a form as it was shown."""
    data = {}
    for field in form:
        value = field.value()
        if value is True:
            data[field.html_name] = "on"
        elif value not in (None, "") and value is not False:
            data[field.html_name] = (
                field.field.widget.format_value(value) if hasattr(field.field.widget, "format_value") else value
            )
    return {k: v[0] if isinstance(v, list) and v else v for k, v in data.items()}


def sample(register: Register, of: Unit):
    if register.slug == "grants":
        return user(f"hesap{User.objects.count()}", of, (of, "vehicles", 1)).person.grants.get()
    if register.slug == "units":
        return unit(f"Birim {Unit.objects.count()}", of)
    return row(register, of)
