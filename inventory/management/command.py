"""What our commands share: exit codes, whose rights they have, and a sentence when the machine fails.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | done in part or not at all, because of what the rows are: rows refused, left, unmatched, a damaged backup |
| 2 | nothing was done: the call, the file or the machine was unusable |

Commands speak the language of LANGUAGE_CODE, and name a path as it was typed.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from inventory import access
from inventory.organization.models import User
from inventory.server import faults

DONE, REFUSED, UNUSABLE = 0, 1, 2


class Unusable(CommandError):
    """Ends the command with 2 and the sentence."""

    def __init__(self, sentence: object):
        super().__init__(str(sentence), returncode=UNUSABLE)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """SIGTERM ends the command as an error does, so that it takes back what it began to write."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


class RegisterCommand(BaseCommand):
    # What they find is in the code of a release or not: `make lint` asks. They take a third of a short command's time.
    requires_system_checks = ()

    def execute(self, *args, **options):
        try:
            with _ended_in_order():
                return super().execute(*args, **options)
        except Exception as error:
            if (sentence := faults.of_the_machine(error)) is None:
                raise
            self.unusable(sentence, error)

    def unusable(self, sentence: str, error: Exception | None = None) -> NoReturn:
        """Replaced where a command must say so in another form, such as JSON."""
        raise Unusable(sentence) from error

    def account(self, name: str | None) -> User | None:
        """The account of this name; None, which is the system itself, where none is named.

        One with which nothing may be done would see nothing, and a file with no rows would look like the answer.
        """
        if name is None:
            return None
        account = User.objects.select_related("person").filter(username=name).first()
        if account is None or not account.is_active:
            self.unusable(_("“%(name)s” adında etkin bir kullanıcı yok.") % {"name": name})
        if not account.is_open:
            message = _("“%(name)s” hesabının sahibi görevde değil; bu hesapla bir şey yapılamaz.")
            self.unusable(message % {"name": name})
        if not access.is_administrator(account) and not access.grants_of(account):
            message = _("“%(name)s” hesabının geçerli bir yetkisi yok; hiçbir şey göremez.")
            self.unusable(message % {"name": name})
        return account
