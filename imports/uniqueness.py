"""Unique columns and constraints, judged for a whole chunk: against the register and within the sheet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.db.models import CheckConstraint, F, Model, Q, UniqueConstraint
from django.utils.translation import gettext as _

from imports import conditions
from imports.drafts import Draft, Drafter
from inventory import access
from inventory.registers import Register


@dataclass(frozen=True)
class Rule:
    """Columns whose values together come once, among the rows that meet the condition."""

    columns: tuple[str, ...]
    condition: Q | None
    message: str
    blanks_differ: bool = True

    def concerns(self, changed: set[str]) -> bool:
        return not self._named.isdisjoint(changed)

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset((*self.columns, *(conditions.named(self.condition) if self.condition else ())))


class Uniqueness:
    """Remembers what the sheet's rows hold, so that a later row which holds the same is told of the first."""

    def __init__(self, register: Register, user, drafter: Drafter):
        self._register, self._user, self._drafter = register, user, drafter
        self._rules = [(rule, {}) for rule in _rules(register)]
        self._attributes = {field.name: field.attname for field in register.model._meta.concrete_fields}

    def check(self, rows: list[tuple[Draft, Model, set[str]]]) -> None:
        """Refuse the drafts that break a rule; each comes with its future row and its changed columns."""
        for rule, seen in self._rules:
            held: dict[tuple, list[tuple[Draft, Model]]] = defaultdict(list)
            for draft, row, changed in rows:
                judged = rule.concerns(changed) and draft.failed.isdisjoint(rule.columns)
                if judged and (values := self._values(rule, row)) is not None:
                    held[values].append((draft, row))
            self._against_register(rule, held)
            for values, holders in held.items():
                for draft, row in holders:
                    first = seen.setdefault(values, draft.row)
                    if first != draft.row and draft.failed.isdisjoint(rule.columns):
                        told = _("%(rule)s %(first)d. satırda da aynısı var; birini düzeltiniz.")
                        self._refuse(rule, draft, row, told % {"rule": rule.message, "first": first})

    def _values(self, rule: Rule, row: Model) -> tuple | None:
        values = tuple([getattr(row, self._attributes[name]) for name in rule.columns])
        if rule.blanks_differ and None in values:
            return None
        if rule.condition is not None and conditions.holds(rule.condition, row) is not True:
            return None
        return values

    def _against_register(self, rule: Rule, held: dict[tuple, list[tuple[Draft, Model]]]) -> None:
        if not held:
            return
        # Asked of the whole register: a rule holds beyond what the user may see.
        rows = access.visible_to(self._register, None)
        for place, name in enumerate(rule.columns):
            values = {each[place] for each in held}
            among = Q(**{f"{self._attributes[name]}__in": values - {None}})
            rows = rows.filter(among | Q(**{f"{name}__isnull": True}) if None in values else among)
        if rule.condition is not None:
            rows = rows.filter(rule.condition)
        attributes = [self._attributes[name] for name in rule.columns]
        holders = {tuple(v): pk for pk, *v in rows.values_list("pk", *attributes) if tuple(v) in held}
        seen = access.visible_to(self._register, self._user).filter(pk__in=holders.values())
        shown = dict(seen.values_list("pk", self._register.key.name))
        # Whose number it is is nobody's to find out by trying.
        is_personal = any(column.name in rule.columns for column in self._register.personal)
        for values, pk in holders.items():
            for draft, row in held[values]:
                if row.pk != pk:
                    where = shown.get(pk)
                    told = _("%(rule)s Kayıt: %(key)s.") if where else _("%(rule)s Kayıt başka bir birimde.")
                    message = rule.message if is_personal else told % {"rule": rule.message, "key": where}
                    self._refuse(rule, draft, row, message)

    def _refuse(self, rule: Rule, draft: Draft, row: Model, message: str) -> None:
        filled = [name for name in rule.columns if getattr(row, self._attributes[name]) not in (None, "")]
        read = [name for name in filled if name in self._drafter.columns()]
        self._drafter.refuse(draft, (read or filled or rule.columns)[-1], message)


def _rules(register: Register) -> list[Rule]:
    rules = [
        Rule((field.name,), None, _("Bu %(column)s zaten kayıtlı.") % {"column": field.verbose_name})
        for field in register.model._meta.concrete_fields
        if field.unique and field.editable and not field.primary_key
    ]
    for constraint in register.model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            columns, differ = constraint.fields, True
            if constraint.expressions:
                # Only columns and Coalesce(column, 0) are used; the latter makes two blanks equal.
                parts = [[e] if isinstance(e, F) else e.flatten() for e in constraint.expressions]
                columns = [part.name for flat in parts for part in flat if isinstance(part, F)]
                differ = False
            message = str(constraint.get_violation_error_message())
            rules.append(Rule(tuple(columns), constraint.condition, message, differ))
    return rules


def broken_checks(register: Register, row: Model) -> list[tuple[tuple[str, ...], str]]:
    """The check constraints that the row breaks: (their columns, the sentence)."""
    return [
        (tuple(conditions.named(constraint.condition)), str(constraint.get_violation_error_message()))
        for constraint in register.model._meta.constraints
        if isinstance(constraint, CheckConstraint) and conditions.holds(constraint.condition, row) is False
    ]
