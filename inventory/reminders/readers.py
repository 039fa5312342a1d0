"""Who is reminded of a row: the mailbox of its unit, the people in it, those with a right to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from inventory import access
from inventory.many import chunked
from inventory.organization.grants import read_grants
from inventory.organization.models import Asker, Grant, Unit, User
from inventory.registers import Register
from inventory.reminders.due import Due, people, reached, unit_way
from inventory.reminders.models import Preference, Rhythm

_REACH: dict[int, Callable[[Register, Asker], list[Unit] | None]] = {
    Grant.Level.VIEW: access.units_to_see,
    Grant.Level.CHANGE: access.units_to_change,
    Grant.Level.MANAGE: access.units_to_manage,
}
_ROWS: dict[int, Callable[[Register, Asker], QuerySet[Any]]] = {
    Grant.Level.VIEW: access.visible_to,
    Grant.Level.CHANGE: access.editable_by,
    Grant.Level.MANAGE: access.managed_by,
}
_PART = 500


class Why(TextChoices):
    HOLDER = "holder", _("kayıttaki kişi")
    UNIT = "unit", _("birimin e-postası")
    LEVEL = "level", _("kayıtta yetkili")


class Held(TextChoices):
    """Why somebody gets no mail all the same."""

    NO_ADDRESS = "no_address", _("e-posta adresi yok")
    NO_RIGHT = "no_right", _("kaydı görme yetkisi yok")
    NO_ACCOUNT = "no_account", _("açık hesabı yok")
    NOBODY = "nobody", _("alacak kimse yok")
    URGENT_ONLY = "urgent_only", _("yalnızca ivedi olanları istiyor")
    SEEN = "seen", _("görüldü")
    LATER = "later", _("ertelendi")


@dataclass(frozen=True)
class Reader:
    """An account or a unit's mailbox; neither where the reader has no account."""

    name: str
    address: str = ""
    account: User | None = None
    unit: Unit | None = None
    rhythm: str = Rhythm.DAILY

    @property
    def key(self) -> tuple[int | None, int | None]:
        return (self.account.pk if self.account else None, self.unit.pk if self.unit else None)


@dataclass
class Readers:
    """Read once for a whole run: accounts with their grants, units, preferences."""

    #: The ids of the rows about which each rule asks.
    rows: dict[int, list[int]] = field(default_factory=dict)
    _levels: dict[tuple[str, int, str], list[Reader]] = field(default_factory=dict)
    _by_row: dict[int, dict[int, list[Reader]]] = field(default_factory=dict)
    _seen: dict[tuple[int, int], set[int]] = field(default_factory=dict)

    @cached_property
    def accounts(self) -> dict[int, Reader]:
        """The open accounts."""
        users = list(User.objects.filter(User.OPEN).select_related("person").order_by("pk"))
        read_grants(users)
        rhythms = dict(Preference.objects.values_list("user", "rhythm"))
        return {user.pk: _reader(user, rhythms.get(user.pk, Rhythm.DAILY)) for user in users}

    @cached_property
    def _by_person(self) -> dict[int, Reader]:
        return {r.account.person_id: r for r in self.accounts.values() if r.account and r.account.person_id}

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {unit.path: unit for unit in Unit.objects.all()}

    def of(self, due: Due) -> Iterator[tuple[Reader, str, str]]:
        """(reader, why, held) of each that the rule names, each once."""
        named: set[tuple[int | None, int | None]] = set()
        unit = reached(due.row, way) if (way := unit_way(due.register)) else None
        for reader, why, held in self._named(due, unit):
            if reader.key not in named or reader.key == (None, None):
                named.add(reader.key)
                yield reader, why, held or ("" if reader.address else Held.NO_ADDRESS)

    def _named(self, due: Due, unit: Unit | None) -> Iterator[tuple[Reader, str, str]]:
        if due.rule.to_holder:
            for person in filter(None, (reached(due.row, way) for way in people(due.register))):
                reader = self._by_person.get(person.pk)
                if reader is None or reader.account is None:
                    yield Reader(str(person)), Why.HOLDER, Held.NO_ACCOUNT
                else:
                    yield reader, Why.HOLDER, "" if self._may_see(due, reader.account) else Held.NO_RIGHT
        if due.rule.to_unit and unit:
            box = self._mailbox(unit)
            yield Reader(str(box or unit), box.email if box else "", unit=box or unit), Why.UNIT, ""
        if due.rule.to_level:
            for reader in self._with_right(due, due.rule.to_level, unit):
                yield reader, Why.LEVEL, ""

    def _may_see(self, due: Due, account: User) -> bool:
        register = due.register
        if not register.follows and not register.confidential:
            return access.reaches(register, access.units_to_see(register, account), due.row)
        key = (due.rule.pk, account.pk)
        if key not in self._seen:
            rows = access.visible_to(register, account)
            parts = chunked(self.rows.get(due.rule.pk, ()), _PART)
            self._seen[key] = {pk for part in parts for pk in rows.filter(pk__in=part).values_list("pk", flat=True)}
        return due.row.pk in self._seen[key]

    def _mailbox(self, unit: Unit) -> Unit | None:
        """The unit, or the nearest above it, that has an address."""
        steps = unit.path.split(".")[:-1]
        above = (self._units.get(".".join(steps[:end]) + ".") for end in range(len(steps), 0, -1))
        return next((each for each in above if each and each.email), None)

    def _with_right(self, due: Due, level: int, unit: Unit | None) -> list[Reader]:
        """Those whose grants reach the row. Administrators hold no grant: they would get a mail about everything."""
        register = due.register
        if register.follows or register.confidential:
            return self._asked(due.rule.pk, register, level).get(due.row.pk, [])
        key = (register.slug, level, unit.path if unit else "")
        if key not in self._levels:
            self._levels[key] = [
                reader
                for reader in self.accounts.values()
                if not access.is_administrator(reader.account)
                and (units := _REACH[level](register, reader.account)) is not None
                and (units == [] or (unit and any(unit.path.startswith(each.path) for each in units)))
            ]
        return self._levels[key]

    def _asked(self, rule_id: int, register: Register, level: int) -> dict[int, list[Reader]]:
        """Of rows whose unit does not say who reaches them: row → readers, a query for each account."""
        if rule_id not in self._by_row:
            by_row: dict[int, list[Reader]] = {}
            for reader in self.accounts.values():
                may = (
                    not access.is_administrator(reader.account) and _REACH[level](register, reader.account) is not None
                )
                rows = _ROWS[level](register, reader.account)
                for part in chunked(self.rows.get(rule_id, ()) if may else (), _PART):
                    for pk in rows.filter(pk__in=part).values_list("pk", flat=True):
                        by_row.setdefault(pk, []).append(reader)
            self._by_row[rule_id] = by_row
        return self._by_row[rule_id]


def _reader(user: User, rhythm: str) -> Reader:
    address = user.email or (user.person.email if user.person else "")
    return Reader(str(user), address, account=user, rhythm=rhythm)
