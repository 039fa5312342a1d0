"""The second factor of an account: how it is set up, proven by a code, and taken off.

A code is six digits from an app on a phone (TOTP, RFC 6238: 30 seconds, SHA-1, as every app has it), or one of ten
recovery codes. Each is taken once: the one by a conditional UPDATE of the last 30 seconds used, the other by one of
its own row, so that of two requests at the same time only one is let in.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
import unicodedata
from datetime import timedelta
from hmac import compare_digest

import pyotp
from django.db import transaction
from django.utils import timezone

from inventory.accounts.signing_in.models import RecoveryCode, SecondFactor
from inventory.accounts.signing_in.sealing import Unreadable, opened, sealed
from inventory.accounts.signing_in.sessions import end_everywhere
from inventory.organization.models import User

log = logging.getLogger(__name__)

SECONDS = 30
# How many times 30 seconds a phone's clock may be off, to either side.
DRIFT = 1
CODES = 10
# Crockford's letters: none of them looks like a digit or like another one.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH, _GROUP = 16, 4
_LOOK_ALIKE = str.maketrans("OILİ", "0111")
# How long a secret that nobody has confirmed is shown.
_UNFINISHED = timedelta(minutes=15)
_BETWEEN = ("Z", "C", "P")


# Setting up ---------------------------------------------------------------------------------------------------


def begin(user: User) -> str:
    """A new secret, in base 32, which counts once `confirm` has seen a code of it."""
    secret = pyotp.random_base32()
    values = {"secret": sealed(secret), "made_at": timezone.now(), "last_step": -1}
    SecondFactor.objects.update_or_create(user=user, defaults=values)
    return secret


def unfinished(user: User) -> str | None:
    """The secret that was begun a moment ago and not yet confirmed; a confirmed one is never shown again."""
    if user.second_factor_since:
        return None
    begun = SecondFactor.objects.filter(user=user, made_at__gt=timezone.now() - _UNFINISHED).first()
    return _opened(begun) if begun else None


def address(user: User, secret: str, issuer: str) -> str:
    """What the QR code says to the app: `otpauth://totp/…`."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.get_username(), issuer_name=issuer)


@transaction.atomic
def confirm(user: User, code: str) -> list[str] | None:
    """The secret counts from now on, if the code is one of it; returns the recovery codes."""
    if user.second_factor_since or not _takes_digits(user, code):
        return None
    now = timezone.now()
    if not User.objects.filter(pk=user.pk, second_factor_since=None).update(second_factor_since=now):
        return None
    user.second_factor_since = now
    return renew_recovery_codes(user)


@transaction.atomic
def renew_recovery_codes(user: User) -> list[str]:
    """Ten new ones, the only time that they can be read; the ones before are no good any more."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(CODES)]
    for code in codes:
        RecoveryCode.objects.create(user=user, digest=_digest(code))
    return [grouped(code, "-") for code in codes]


def codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


@transaction.atomic
def remove(user: User) -> bool:
    """The account has no second factor any more; False when it had none."""
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    had = User.objects.filter(pk=user.pk, second_factor_since__isnull=False).update(second_factor_since=None)
    user.second_factor_since = None
    return bool(had)


def reset(user: User) -> bool:
    """Take it off for somebody who lost it; whoever is logged in with the account is out."""
    had = remove(user)
    if had:
        end_everywhere(user)
    return had


def seal_anew() -> tuple[int, int]:
    """Seal all secrets under the present key: how many were, and how many no key opens."""
    done = lost = 0
    for factor in SecondFactor.objects.order_by("pk"):
        if secret := _opened(factor):
            # Not the one that its holder has set up anew meanwhile.
            done += SecondFactor.objects.filter(pk=factor.pk, secret=factor.secret).update(secret=sealed(secret))
        else:
            lost += 1
    return done, lost


# Codes --------------------------------------------------------------------------------------------------------

DIGITS, RECOVERY = "digits", "recovery"


def take(user: User, code: str) -> str | None:
    """Use the code up: DIGITS or RECOVERY when it was a good one, None when it was not."""
    if user.second_factor_since is None:
        return None
    if _takes_digits(user, code):
        return DIGITS
    unused = RecoveryCode.objects.filter(user=user, digest=_digest(spelled(code)), used_at=None)
    return RECOVERY if unused.update(used_at=timezone.now()) else None


def spelled(code: str) -> str:
    """A code as it is compared, however it was typed: in groups, in small letters, in the digits of any script.

    >>> spelled("１２３ 456"), spelled("abcd-efgh"), spelled("0Ol1")
    ('123456', 'ABCDEFGH', '0011')
    """
    plain = unicodedata.normalize("NFKC", code)
    letters = (str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain if unicodedata.category(c)[0]
               not in _BETWEEN)  # fmt: skip
    return "".join(letters).upper().translate(_LOOK_ALIKE)


def grouped(text: str, between: str = " ") -> str:
    """In groups of four, as it is read from one screen and typed into another.

    >>> grouped("ABCDEFGHIJ")
    'ABCD EFGH IJ'
    """
    return between.join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def _takes_digits(user: User, code: str) -> bool:
    factor = SecondFactor.objects.filter(user=user).first()
    if factor is None or not (secret := _opened(factor)):
        return False
    now, typed = int(time.time()) // SECONDS, spelled(code).encode()
    code_of = pyotp.HOTP(secret).at
    # All are compared, so that the time it takes shows nothing.
    good = [step for step in range(now - DRIFT, now + DRIFT + 1) if compare_digest(code_of(step).encode(), typed)]
    # Sealed anew, so that after a change of key the old one can go some day.
    later = SecondFactor.objects.filter(user=user, secret=factor.secret, last_step__lt=max(good, default=-1))
    return bool(good and later.update(last_step=max(good), secret=sealed(secret)))


def _opened(factor: SecondFactor) -> str | None:
    """The secret; None when another key sealed it. Then a recovery code still lets its holder in."""
    try:
        return opened(factor.secret)
    except Unreadable:
        log.error("the second factor of account %d was sealed under another key", factor.user_id)
        return None


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
