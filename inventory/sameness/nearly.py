"""Doubts about the columns that identify a row: a part of them matches another row, or all are blank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from inventory.editing.doubts import Case, Doubt, Limits, Rule
from inventory.models import GONE, Asset
from inventory.registers import Register
from inventory.sameness import twins


class Nearly:
    """One serial number under two makes: two makers may give one; as often the make was typed wrongly."""

    def __init__(self, register: Register, rule: twins.Rule):
        self._register, self._rule, self.columns = register, rule, rule.columns

    def look(self, cases: Sequence[Case], limits: Limits) -> Iterator[tuple[Case, str]]:
        by_row = {id(case.row): case for case in cases}
        user = cases[0].user
        for row, twin in twins.nearly(self._register, self._rule, [case.row for case in cases], user):
            yield by_row[id(row)], twin.sentence


def _unknown(register: Register) -> Doubt:
    # A new row has a kind; what would distinguish it is not among its columns.
    columns = ("kind", *dict.fromkeys(name for rule in twins.rules(register.model) for name in rule.columns))

    def sentence(case: Case, limits: Limits) -> str | None:
        if case.row.status in GONE or any(rule.values(case.row) for rule in twins.rules(register.model)):
            return None
        labels = ", ".join(register.column(rule.columns[0]).label for rule in twins.rules(register.model))
        message = _("Kaydı tanıtan bir bilgi yok (%(columns)s boş); ikinci kez eklenirse anlaşılmaz.")
        return message % {"columns": labels}

    return Doubt(columns, sentence)


def rules_of(register: Register) -> list[Rule]:
    rules = twins.rules(register.model)
    near: list[Rule] = [Nearly(register, rule) for rule in rules if rule.near]
    if rules and issubclass(register.model, Asset) and all(rule.condition is not None for rule in rules):
        near.append(_unknown(register))
    return near
