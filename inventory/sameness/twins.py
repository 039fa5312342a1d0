"""Whether a row would be there twice, and which row is there already: one rule and one sentence for every way in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _

from inventory import access
from inventory.columns import field_of
from inventory.many import chunked
from inventory.models import Asset, Row
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.sameness import conditions
from inventory.sameness.constraints import Same, SameField
from inventory.search import fold

# The code of an error that has a `url` among its params: the page of the row that is there already.
CODE = "same"
# Rows looked for in one query; SQLite allows 32,766 values in it.
_CHUNK = 500

Values = tuple[object, ...]


@dataclass(frozen=True, eq=False)
class Rule:
    """Columns whose values together come once, among the rows that meet the condition.

    `stored` are the fields that the database compares: a text's folded column, a reference's id.
    """

    columns: tuple[str, ...]
    stored: tuple[models.Field[Any, Any], ...]
    blanks: frozenset[str]
    condition: Q | None
    sentence: str | Promise | None
    near: tuple[str, ...] = ()

    @cached_property
    def named(self) -> frozenset[str]:
        """The columns on which it depends whether the rule is broken."""
        return frozenset((*self.columns, *(conditions.named(self.condition) if self.condition else ())))

    def values(self, row: models.Model) -> Values | None:
        """What may come only once, None for a row that the rule does not concern."""
        values = tuple([_value(field, row) for field in self.stored])
        # Most rows lack something, and a condition costs more to judge.
        if None in values and any(
            value is None and field.name not in self.blanks for value, field in zip(values, self.stored, strict=True)
        ):
            return None
        return values if self.condition is None or conditions.holds(self.condition, row) is True else None

    def place(self, row: models.Model) -> str:
        """The column under which the sentence stands: the most specific that is filled."""
        return (self.filled(row) or self.columns)[0]

    def filled(self, row: models.Model) -> list[str]:
        return [name for name in self.columns if getattr(row, field_of(type(row), name).attname) not in (None, "")]


def _value(field: models.Field[Any, Any], row: models.Model) -> object:
    if isinstance(field, SameField):
        return fold(getattr(row, field.of))
    return getattr(row, field.attname)


def _in_words(field: models.Field[Any, Any]) -> str:
    return _("Bu %(column)s zaten kayıtlı.") % {"column": field.verbose_name}


_taken = lazy(_in_words, str)


@cache
def rules(model: type[models.Model]) -> tuple[Rule, ...]:
    """All that may come only once in a register's table."""
    rules = []
    for field in model._meta.concrete_fields:
        if field.unique and field.editable and not field.primary_key:
            rules.append(Rule((field.name,), (field,), frozenset(), None, _taken(field)))
    for each in model._meta.constraints:
        if isinstance(each, Same):
            stored = tuple(field_of(model, name) for name in each.stored)
            blanks = frozenset(each.blanks)
            sentence = each.violation_error_message
            rules.append(Rule(each.columns, stored, blanks, each.condition, sentence, each.near))
    return tuple(rules)


def holders(register: Register, rule: Rule, wanted: Set[Values]) -> dict[Values, list[int]]:
    """The ids of the rows that have the values, in the whole register: a rule holds beyond what a user may see."""
    rows = access.visible_to(register, None)
    for place, field in enumerate(rule.stored):
        values = {each[place] for each in wanted}
        among = Q(**{f"{field.attname}__in": values - {None}})
        rows = rows.filter(among | Q(**{f"{field.name}__isnull": True}) if None in values else among)
    if rule.condition is not None:
        rows = rows.filter(rule.condition)
    holders: dict[Values, list[int]] = defaultdict(list)
    for pk, *values in rows.order_by("pk").values_list("pk", *(field.attname for field in rule.stored)):
        if tuple(values) in wanted:
            holders[tuple(values)].append(pk)
    return holders


@dataclass(frozen=True)
class Twin:
    """The row that is there already, as the user may know of it: `url` is its page, "" where she may not see it."""

    sentence: str
    url: str = ""

    def as_error(self) -> ValidationError:
        return ValidationError("%(message)s", CODE, {"message": self.sentence, "url": self.url})


def described(register: Register, rule: Rule, ids: Set[int], user: Asker) -> dict[int, Twin]:
    """The sentence for each of the rows that are there already."""
    # Whose number it is is nobody's to find out by trying.
    if any(column.name in rule.columns for column in register.personal):
        return dict.fromkeys(ids, Twin(str(rule.sentence)))
    seen = access.visible_to(register, user).select_related(*register.joined).in_bulk(list(ids))
    return {pk: _described(register, rule, seen.get(pk)) for pk in ids}


def _described(register: Register, rule: Rule, row: models.Model | None) -> Twin:
    if row is None:
        return Twin(_("%(rule)s Kayıt başka bir birimde.") % {"rule": rule.sentence})
    sentence = _("%(rule)s Kayıt: %(key)s.") % {"rule": rule.sentence, "key": name(row)}
    return Twin(sentence, reverse("register-detail", args=[register, row.pk]))


def name(row: models.Model) -> str:
    """The row as a person finds it again: an item by its number, too."""
    if not isinstance(row, Asset) or row.inventory_no in str(row):
        return str(row)
    return f"{row.inventory_no} ({row})"


def errors(
    register: Register, row: models.Model, before: models.Model | None, user: Asker, wrong: Set[str] = frozenset()
) -> dict[str, list[Any]]:
    """{column: errors} of a row that is about to be written; `before` is the row as it stands, None for a new one.

    What the edit does not touch is not judged again, so that a row which is known to be there twice can be edited;
    nor is what is `wrong` already, since a database cannot be asked for it.
    """
    errors: dict[str, list[Any]] = defaultdict(list)
    for rule in rules(register.model):
        values = rule.values(row) if wrong.isdisjoint(rule.columns) else None
        if values is None or (before is not None and rule.values(before) == values):
            continue
        others = [pk for pk in holders(register, rule, {values}).get(values, ()) if pk != row.pk]
        for twin in described(register, rule, set(others[:1]), user).values():
            errors[rule.place(row)].append(twin.as_error())
    return errors


def full_clean(
    register: Register, row: models.Model, before: models.Model | None, user: Asker, exclude: Sequence[str]
) -> None:
    """Raises ValidationError with what is wrong in the row and which row is there already, by column.

    Django would ask the database about each reference and each check constraint. What a row named before is there,
    since nobody deletes what is named; a constraint is judged here.
    """
    wrong: dict[str, list[Any]] = {}
    references = [register.column(name).field for name in register.references] if before else []
    stays = [field.name for field in references if getattr(before, field.attname) == getattr(row, field.attname)]
    try:
        row.full_clean(exclude=[*exclude, *stays], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        wrong = error.update_error_dict({})
    skipped = {*exclude, *wrong}
    for columns, sentence in conditions.broken(row):
        if skipped.isdisjoint(columns):
            wrong.setdefault(NON_FIELD_ERRORS, []).append(ValidationError(sentence))
    for column, twice in errors(register, row, before, user, wrong.keys()).items():
        wrong.setdefault(column, []).extend(twice)
    if wrong:
        raise ValidationError(wrong)


def unmark(rows: Sequence[Row]) -> None:
    """A row that is known to be there twice (`sameness.doubles`) is let be until what distinguishes it is changed."""
    marked = [row for row in rows if row.doubled]
    stored = type(marked[0])._default_manager.in_bulk([row.pk for row in marked]) if marked else {}
    for row in marked:
        if any(rule.values(row) != rule.values(stored[row.pk]) for rule in rules(type(row))):
            row.doubled = 0


def first(register: Register, rows: Sequence[models.Model], user: Asker) -> Twin | None:
    """Why the database refused to write the rows; None where it does not say so any more."""
    for _row, twin in among(register, rows):
        return twin
    for rule in rules(register.model):
        own = {values: row for row in rows if (values := rule.values(row)) is not None}
        for part in map(dict, chunked(own.items(), _CHUNK)):
            for values, ids in holders(register, rule, part.keys()).items():
                if others := [pk for pk in ids if pk != part[values].pk]:
                    return described(register, rule, {others[0]}, user)[others[0]]
    return None


def among(register: Register, rows: Sequence[models.Model]) -> Iterator[tuple[models.Model, Twin]]:
    """Of rows that would be written together those that come twice, each with the sentence about it and the first."""
    for rule in rules(register.model):
        own: dict[Values, models.Model] = {}
        for row in rows:
            values = rule.values(row)
            if values is not None and (other := own.setdefault(values, row)) is not row:
                both = _("%(rule)s İki kayıt aynı olurdu: %(first)s ve %(second)s.")
                yield row, Twin(both % {"rule": rule.sentence, "first": name(other), "second": name(row)})


def nearly(
    register: Register, rule: Rule, rows: Sequence[models.Model], user: Asker
) -> list[tuple[models.Model, Twin]]:
    """(row, what is there already) for rows that have a rule's `near` columns, and not all, in common with another.

    Without a user no row is named.
    """
    stored = tuple(f for f, column in zip(rule.stored, rule.columns, strict=True) if column in rule.near)
    label = register.column(rule.near[0]).field.verbose_name
    sentence = _("Bu %(column)s başka bir kayıtta da var; aynı kayıt olup olmadığına bakınız.") % {"column": label}
    wide = Rule(rule.near, stored, rule.blanks, rule.condition, sentence)
    wanted = {id(row): values for row in rows if (values := wide.values(row)) is not None}
    if not wanted:
        return []
    ids = holders(register, wide, set(wanted.values()))
    # What is there as a whole is refused.
    whole = holders(register, rule, {values for row in rows if (values := rule.values(row)) is not None})
    others = {}
    for row in rows:
        other = [pk for pk in ids.get(wanted.get(id(row), ()), ()) if pk != row.pk]
        if other and not set(whole.get(rule.values(row) or (), ())) - {row.pk}:
            others[id(row)] = other[0]
    twins = (
        described(register, wide, set(others.values()), user)
        if user
        else dict.fromkeys(others.values(), Twin(sentence))
    )
    return [(row, twins[others[id(row)]]) for row in rows if id(row) in others]
