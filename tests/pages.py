"""What the tests of every register and of access share: registers to go through, a signed-in browser, a row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.http import HttpResponseNotFound
from django.test import Client
from django.views.defaults import page_not_found

from config import urls
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


@contextmanager
def once_drawn_404() -> Iterator[None]:
    """A 404 has the same page whatever was asked for: it is drawn once for each user, since that takes long."""
    drawn = set()

    def not_found(request, exception):
        if request.user.pk in drawn:
            return HttpResponseNotFound()
        drawn.add(request.user.pk)
        return page_not_found(request, exception)

    with patch.object(urls, "handler404", not_found, create=True):
        yield


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
