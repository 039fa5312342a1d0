"""Whom the directory means: its staff number names a person on our staff list, and that person has an account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inventory.accounts.directory.memberships import bring_up_to_date
from inventory.organization import accounts
from inventory.organization.models import Person, User
from inventory.search import fold
from inventory.trail.keeping import record
from inventory.trail.models import Event


class Reason(models.TextChoices):
    """Why somebody whom the directory knows is not let in, as she reads it."""

    NO_NUMBER = "no_number", _("Kurum dizini sicil numaranızı göndermedi.")
    UNKNOWN = "unknown", _("Bu sicil numarası kişi listesinde yok.")
    OFF_DUTY = "off_duty", _("Kişi listesine göre görevde değilsiniz.")
    NO_ACCOUNT = "no_account", _("Bu sicil numarasının burada hesabı yok.")
    CLOSED = "closed", _("Hesabınız kapatılmış.")
    RENUMBERED = (
        "renumbered",
        _(
            "Hesabınız yönetici hesabıdır ve sicil numarası hesap açıldıktan sonra değişmiş; kurum hesabıyla açılmaz. "
            "Buradaki parolanızla giriniz."
        ),
    )


@dataclass(frozen=True)
class DirectoryEntry:
    """Who has proven to the directory who she is, as it says."""

    #: By which name she is known there, for the trail.
    name: str
    #: "" when the directory sends none.
    staff_no: str
    #: The whole names of her groups; None when groups are not asked of the directory.
    groups: frozenset[str] | None


class Refused(Exception):
    """She is who she says, and still is not let in."""

    def __init__(self, reason: Reason, entry: DirectoryEntry):
        super().__init__(f"{reason.value} {entry.staff_no}")
        self.reason, self.staff_no = reason, entry.staff_no


def account_of(entry: DirectoryEntry, request: HttpRequest | None) -> User:
    """The open account of whom the directory means, with the groups that it says. Raises Refused."""
    try:
        user = _account(entry)
    except Refused as refused:
        message = f"{refused.reason.name}: {entry.staff_no or '—'}"
        record(Event.Kind.DIRECTORY_REFUSED, request=request, username=entry.name, text=message)
        raise
    if entry.groups is not None:
        bring_up_to_date(user, entry.groups, request)
    return user


def one(values: object) -> str:
    """A claim's or attribute's value as text; "" when there is none, or more than one.

    >>> one(["00123"]), one(123), one(["1", "2"]), one(None), one({"a": 1})
    ('00123', '123', '', '', '')
    """
    listed: Iterable = values if isinstance(values, (list, tuple)) else [values]
    texts = [str(value).strip() for value in listed if isinstance(value, (str, int)) and not isinstance(value, bool)]
    return texts[0] if len(texts) == len(list(listed)) == 1 else ""


def _account(entry: DirectoryEntry) -> User:
    if not entry.staff_no:
        raise Refused(Reason.NO_NUMBER, entry)
    person = Person.objects.filter(staff_no_same=fold(entry.staff_no), staff_no=entry.staff_no).first()
    if person is None:
        raise Refused(Reason.UNKNOWN, entry)
    if not person.active:
        raise Refused(Reason.OFF_DUTY, entry)
    user = User.objects.filter(person=person).first() or _opened(person, entry)
    # Not read again with each question whether it is open.
    user.person = person
    if not user.is_open:
        raise Refused(Reason.CLOSED, entry)
    if user.is_superuser and _was_renumbered(user, person):
        raise Refused(Reason.RENUMBERED, entry)
    return user


def _was_renumbered(user: User, person: Person) -> bool:
    """Whether its person had another staff number at some time since the account was opened."""
    states = Person.history.filter(id=person.pk)
    at_first = states.filter(history_date__lte=user.date_joined).order_by("-history_id").values("history_id")[:1]
    since = states.filter(Q(history_date__gt=user.date_joined) | Q(history_id=Subquery(at_first)))
    return since.exclude(staff_no=person.staff_no).exists()


def _opened(person: Person, entry: DirectoryEntry) -> User:
    if not settings.SSO_OPENS_ACCOUNTS:
        raise Refused(Reason.NO_ACCOUNT, entry)
    try:
        with transaction.atomic():
            return accounts.open_for(person, accounts.propose_username(person.name))
    except IntegrityError:
        # Twice at the same moment; or somebody else has just been given the name.
        account = User.objects.filter(person=person).first()
        return account or accounts.open_for(person, accounts.propose_username(person.name))
