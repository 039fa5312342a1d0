"""Sends what a plan says. A mail is written down with its notices before it goes out, and marked when the server has
taken it. A run that is killed in between leaves it hanging, and the next one sends it again with the same Message-ID:
a reminder may come twice, and never not at all, since an insurance that nobody renews costs more than a second copy.
"""

from __future__ import annotations

import datetime as dt
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.message import sanitize_address
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory import access
from inventory.many import chunked, insert
from inventory.registers import Register
from inventory.reminders.models import Mail, Notice
from inventory.reminders.plan import Key, Letter, Plan, Planned
from inventory.reminders.wording import message

#: A mail that failed so often is tried once a week from then on, and at once when its reader has another address.
MOST_ATTEMPTS, WEEK = 7, dt.timedelta(7)
_PART = 500


class Running(Exception):
    """Another run is at work."""


class NoServer(Exception):
    """The mail server does not answer; nothing has been marked."""


@dataclass
class Outcome:
    sent: list[Letter] = field(default_factory=list)
    failed: list[tuple[Letter, str]] = field(default_factory=list)


def send(plan: Plan) -> Outcome:
    """Raises Running and NoServer."""
    outcome = Outcome()
    with _alone():
        mails = [*_hanging(plan), *((letter, None) for letter in plan.letters())]
        if not mails:
            return outcome
        connection = get_connection()
        try:
            connection.open()
        except (OSError, SMTPException) as error:
            raise NoServer(_("Posta sunucusuna ulaşılamadı: %(why)s") % {"why": error}) from error
        try:
            for planned, hanging in mails:
                letter = _still_allowed(planned)
                mail = hanging or (_marked(plan.today, letter) if letter else None)
                if letter and mail:
                    _send(connection, mail, letter, outcome)
        finally:
            connection.close()
    return outcome


def _send(connection, mail: Mail, letter: Letter, outcome: Outcome) -> None:
    mail.attempts += 1
    try:
        made = message(mail, letter)
        _check(made)
        connection.send_messages([made])
    except (OSError, SMTPException, ValueError) as error:
        connection.close()  # the next one opens it anew
        mail.error = f"{_said_of(letter.reader.address)}{error}"[:300]
        mail.save(update_fields=["attempts", "error"])
        outcome.failed.append((letter, str(error)[:300]))
        return
    mail.sent_at, mail.error = timezone.now(), ""
    mail.save(update_fields=["attempts", "error", "sent_at"])
    outcome.sent.append(letter)


def _said_of(address: str) -> str:
    """What an error begins with, by which the address that failed is known again."""
    return f"{address}: "


def _rests(mail: Mail, address: str, today: dt.date) -> bool:
    """Whether the mail has failed so often that its turn is not now."""
    if mail.attempts >= MOST_ATTEMPTS and not mail.error.startswith(_said_of(address)):
        mail.attempts = 0
    # A week after its day, and each week after that.
    return mail.attempts >= MOST_ATTEMPTS and today < mail.day + WEEK * (mail.attempts - MOST_ATTEMPTS + 1)


def _check(made: EmailMessage) -> None:
    """Raises ValueError for an address that no message can have."""
    try:
        for address in made.recipients():
            sanitize_address(address, "utf-8")
        made.message()
    except Exception as error:  # the parser of addresses fails with any: IndexError of '"', AttributeError of "a@[1"
        raise ValueError(_("Bu adrese e-posta yazılamıyor: %(why)s") % {"why": error}) from error


def _marked(day: dt.date, letter: Letter) -> Mail | None:
    """The mail, written down; None where another run has written one of its notices meanwhile."""
    account, unit = letter.reader.key
    try:
        with transaction.atomic():
            mail = Mail.objects.create(account_id=account, unit_id=unit, day=day, urgent=letter.urgent)
            lines = (line.key for line in letter.lines)
            insert(
                [
                    Notice(mail=mail, rule_id=rule, row_id=row, due=due, step=step, account_id=account, unit_id=unit)
                    for rule, row, due, step, *_reader in lines
                ]
            )
    except IntegrityError:
        return None
    return mail


def _still_allowed(letter: Letter) -> Letter | None:
    """Without the rows that its reader may not see at this moment; None where nothing is left. A unit's mailbox gets
    what the unit answers for."""
    account = letter.reader.account
    if account is None:
        return letter
    account.refresh_from_db(fields=["is_active", "is_superuser", "second_factor_since"])
    account.__dict__.pop("_grants", None)
    account._state.fields_cache.pop("person", None)
    by_register: dict[Register, list[int]] = {}
    for line in letter.lines:
        by_register.setdefault(line.due.register, []).append(line.due.row.pk)
    seen = {
        (register.slug, pk)
        for register, ids in by_register.items()
        for part in chunked(ids, _PART)
        for pk in access.visible_to(register, account).filter(pk__in=part).values_list("pk", flat=True)
    }
    lines = [line for line in letter.lines if (line.due.register.slug, line.due.row.pk) in seen]
    return Letter(letter.reader, letter.urgent, lines) if lines else None


def _hanging(plan: Plan) -> Iterator[tuple[Letter, Mail]]:
    """The mails of runs that were killed or failed, with those of their lines that are still due to be said."""
    hanging = Mail.objects.filter(sent_at=None).prefetch_related("notices").order_by("pk")
    if not hanging:
        return
    # One whose step has been overtaken is said by the newer one.
    due: dict[Key, Planned] = {line.key: line for line in plan.lines if not line.held}
    for mail in hanging:
        keys = ((n.rule_id, n.row_id, n.due, n.step, n.account_id, n.unit_id) for n in mail.notices.all())
        lines = [due[key] for key in keys if key in due]
        if not lines:
            mail.delete()
        elif not _rests(mail, lines[0].reader.address, plan.today):
            yield Letter(lines[0].reader, mail.urgent, lines), mail


@contextmanager
def _alone() -> Iterator[None]:
    """No other run on this machine meanwhile: what hangs then is of one that is dead. The system lets a killed one's
    lock go."""
    with (Path(settings.VAR_DIR) / "remind.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Running from error
        yield
