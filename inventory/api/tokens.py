"""Making tokens and finding whose a request's is."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import OperationalError
from django.db.models import Q
from django.utils import timezone

from inventory.api.models import Token
from inventory.server.limits import client_address
from inventory.trail.keeping import impatient

#: By it a secret that lies in a file or a mail is known for what it is.
PREFIX = "vk_"
#: So long the last use may be out of date: no request in between writes.
STALE = dt.timedelta(minutes=10)


def new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def give(token: Token) -> str:
    """Save a new token; returns its secret, which nobody can read again."""
    secret = new_secret()
    token.digest, token.hint = digest(secret), secret[:8]
    token.save()
    return secret


def bearer(request) -> str:
    """The secret that a request carries; "" for none."""
    scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def find(request) -> Token | None:
    """The living token of a request, from where it may be used, whose owner's account is open; else None."""
    living = Token.objects.filter(Token.living(), digest=digest(bearer(request)))
    token = living.select_related("owner__person").first()
    if token is None or not token.owner.is_open or not token.may_come_from(client_address(request)):
        return None
    return token


def use(token: Token) -> None:
    """Remember that it was used; not at once where the database is busy."""
    now = timezone.now()
    if token.used_at and now - token.used_at < STALE:
        return
    try:
        with impatient():
            Token.objects.filter(Q(used_at=None) | Q(used_at__lt=now), pk=token.pk).update(used_at=now)
    except OperationalError:
        pass
