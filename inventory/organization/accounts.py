"""Accounts: who may keep them, and how one is opened, closed and given a password.

Nobody but its holder ever knows a password: who opens an account hands over a link that works once and
for a few days, where the holder chooses it (Django's own password reset, without the e-mail).
"""

from __future__ import annotations

from axes.models import AccessAttempt
from axes.utils import reset as forget_failures
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from inventory import access
from inventory.organization.models import Person, User
from inventory.search import fold, turkish


def may_administer(user) -> bool:
    """Administrators, and those who manage all registers of the whole municipality."""
    if user is None or not user.is_authenticated:
        return False
    return access.is_administrator(user) or any(
        grant.level == access.MANAGE and grant.unit_id is None and not grant.register
        for grant in access.grants_of(user)
    )


def kept_by(user) -> QuerySet[User]:
    """The accounts that the user may change: only administrators touch an administrator's account."""
    accounts = User.objects.select_related("person__unit").order_by(
        turkish("first_name"), turkish("last_name"), "username"
    )
    return accounts if access.is_administrator(user) else accounts.filter(is_superuser=False)


def propose_username(name: str) -> str:
    """First and last name, folded, with a number when it is taken.

    >>> propose_username("Ayşe Nur Yılmaz")
    'ayse.yilmaz'
    """
    words = ["".join(c for c in word if c.isascii() and c.isalnum()) for word in fold(name).split()]
    words = [word for word in words if word]
    base = ".".join(words[:1] + words[1:][-1:]) or "hesap"
    taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
    numbered = (f"{base}{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(name for name in numbered if name not in taken)


def open_for(person: Person, username: str) -> User:
    """A new account without a password; `password_link` lets its holder choose one."""
    first, _, last = person.name.rpartition(" ")
    user = User(
        username=username, person=person, first_name=first or last, last_name=last if first else "", email=person.email
    )
    user.set_unusable_password()
    user.save()
    return user


def password_link(user: User) -> str:
    """Take the password away, lift a lockout, and return the path at which a new one is chosen, once."""
    with transaction.atomic():
        user.set_unusable_password()
        user.save(update_fields=["password"])
        forget_failures(username=user.username)
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("password_choose", args=[uid, default_token_generator.make_token(user)])


def is_locked(user: User) -> bool:
    """Whether somebody failed too often with this name; from another computer it may still work."""
    limit = settings.AXES_FAILURE_LIMIT
    return AccessAttempt.objects.filter(username=user.username, failures_since_start__gte=limit).exists()
