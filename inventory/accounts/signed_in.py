"""Whose page it is."""

from __future__ import annotations

from django.http import HttpRequest

from inventory.organization.models import User


def user_of(request: HttpRequest) -> User:
    """The user of a page that asks for a login, which Django's middleware sees to."""
    assert isinstance(request.user, User)
    return request.user
