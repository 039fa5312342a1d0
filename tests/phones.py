"""A phone with an authenticator app: the other side of a second factor."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pyotp

from inventory.accounts.signing_in import second_factor
from inventory.organization.models import User


@dataclass
class Phone:
    secret: str
    #: Unix seconds.
    now: float = field(default_factory=time.time)
    recovery_codes: list[str] = field(default_factory=list)

    def code(self, later: float = 0) -> str:
        return pyotp.TOTP(self.secret).at(int(self.now + later))


@dataclass
class Clock:
    """The server's clock for codes, which tests move on."""

    now: float = 1_800_000_015.0

    def wait(self, seconds: float) -> None:
        self.now += seconds


def phone_of(account: User, clock: Clock | None = None) -> Phone:
    """Sets up the account's second factor; the code of this moment is used up by that."""
    phone = Phone(second_factor.begin(account))
    if clock:
        phone.now = clock.now
    phone.recovery_codes = second_factor.confirm(account, phone.code())
    assert account.second_factor_since
    return phone
