"""A text as only this installation can read it: encrypted by a key that lies outside the database.

It is SEAL_KEY, or SECRET_KEY where that is not set. What either of them or a former one sealed is still opened. So a
copy of the database, a backup on a tape or a replica alone gives nobody the secret of a second factor.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


class Unreadable(Exception):
    """It was sealed under a key that is neither in use nor among the former ones."""


def sealed(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def opened(seal: str) -> str:
    """Raises Unreadable."""
    try:
        return _keys().decrypt(seal.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _keys() -> MultiFernet:
    """The first one seals; all of them open."""
    own = filter(None, (settings.SEAL_KEY, *settings.SEAL_KEY_FALLBACKS))
    secrets = (*own, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    hashed = (salted_hmac(__name__, "", secret=secret, algorithm="sha256").digest() for secret in secrets)
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in hashed])
