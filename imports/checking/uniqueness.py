"""What may come only once, judged for a whole chunk: against the register and within the sheet."""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext as _

from imports.checking.drafts import Draft, Drafter, Future
from imports.checking.identity import Late
from inventory.models import Row
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.sameness import twins
from inventory.sameness.twins import Rule, Values

_Held = dict[Values, list[tuple[Draft, Row]]]


class Uniqueness:
    """Remembers what the sheet's rows hold, so that two that hold the same are both reported."""

    def __init__(self, register: Register, user: Asker, drafter: Drafter):
        self._register, self._user, self._drafter = register, user, drafter
        self._rules: list[tuple[Rule, dict[Values, int]]] = [(rule, {}) for rule in twins.rules(register.model)]

    def check(self, futures: list[Future]) -> Late:
        """Refuse the drafts whose rows break a rule; returned are those of them that were judged before."""
        late: Late = {}
        for rule, seen in self._rules:
            held: _Held = defaultdict(list)
            for future in futures:
                draft, row = future.draft, future.row
                concerns = draft.present is None or not rule.named.isdisjoint(future.changed)
                if concerns and draft.failed.isdisjoint(rule.columns) and (values := rule.values(row)) is not None:
                    held[values].append((draft, row))
            if not held:
                continue
            self._against_register(rule, held)
            for values, holders in held.items():
                for draft, row in holders:
                    first = seen.setdefault(values, draft.row)
                    if first != draft.row and draft.failed.isdisjoint(rule.columns):
                        message = self._twice(rule, first, draft.row)
                        late.setdefault(first, (self._refuse(rule, draft, row, message), message))
        return late

    def _against_register(self, rule: Rule, held: _Held) -> None:
        holders = twins.holders(self._register, rule, held.keys())
        others = {
            draft: (row, other[0])
            for values, ids in holders.items()
            for draft, row in held[values]
            if (other := [pk for pk in ids if pk != row.pk])
        }
        pks = {pk for _row, pk in others.values()}
        twin_of = twins.described(self._register, rule, pks, self._user) if others else {}
        for draft, (row, pk) in others.items():
            self._refuse(rule, draft, row, twin_of[pk].sentence)

    def _twice(self, rule: Rule, first: int, second: int) -> str:
        labels = [self._register.column(name).label for name in rule.columns if name in self._register.columns]
        message = _("%(columns)s %(first)d. ve %(second)d. satırlarda aynı; birini düzeltiniz ya da siliniz.")
        return message % {"columns": ", ".join(labels), "first": first, "second": second}

    def _refuse(self, rule: Rule, draft: Draft, row: Row, message: str) -> str:
        """Returns the column under which it stands."""
        read = [name for name in rule.filled(row) if name in self._drafter.columns()]
        column = read[0] if read else rule.place(row)
        self._drafter.refuse(draft, column, message)
        return column
