"""The only rule of who may see and change what.

A grant is (person or group) × (unit and all below it, or everywhere) × (register, or all) × level.
Nothing reads a register's rows but through these querysets, on pages, in sheets and in commands.

A grant may want a second factor. It sleeps as long as its holder's account has none; once the account has one, nobody
logs in with it without a code (inventory/accounts/signing_in), so that jobs and commands need not ask how she came in.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeGuard, TypeVar

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from inventory import former, registers
from inventory.columns import Column, field_of, target_of
from inventory.items import Item
from inventory.many import chunked
from inventory.organization.models import Asker, Grant, Unit, User
from inventory.registers import Group, Register
from inventory.trees import below

Rows = TypeVar("Rows", bound=Model)
# So many ids in one statement.
_PART = 500
VIEW, CHANGE, MANAGE = Grant.Level.VIEW, Grant.Level.CHANGE, Grant.Level.MANAGE


def visible_to(
    register: Register, user: Asker, past: QuerySet[Any] | None = None, end: dt.datetime = former.EVER
) -> QuerySet[Any]:
    """The rows that the user may see. Of `past`, entries of the register's history, those that lay in her scope before
    `end`: a unit or an item that is gone is where it was."""
    return _limited(register, user, VIEW, past, end)


def visible_items(user: Asker) -> QuerySet[Item]:
    """The items of all registers that the user may see, the deleted ones too: where they lay last."""
    return Item.objects.filter(_items(user, VIEW, None, ()))


def editable_by(register: Register, user: Asker) -> QuerySet[Any]:
    """The rows that the user may change."""
    return _limited(register, user, CHANGE)


def managed_by(register: Register, user: Asker) -> QuerySet[Any]:
    """The rows that the user may delete or hand over to a unit outside her scope."""
    return _limited(register, user, MANAGE)


def personal_of(register: Register, user: Asker) -> QuerySet[Any]:
    """The rows whose personal columns the user may read in full: those she may change. Readings are recorded."""
    return editable_by(register, user)


def may_see(register: Register, user: Asker) -> bool:
    """Whether the register has a page for the user at all."""
    return _reach(register, user, VIEW) is not None


def sees_everything(register: Register, user: Asker) -> bool:
    """Whether no row of the register is hidden from the user."""
    return _reach(register, user, CHANGE if register.confidential else VIEW) == []


def may_change(register: Register, user: Asker) -> bool:
    """Whether the user may change some row, or add one."""
    return _reach(register, user, CHANGE) is not None


def units_to_change(register: Register, user: Asker) -> list[Unit] | None:
    """The units in and below which the user may change rows: [] is everywhere, None nowhere."""
    return _reach(register, user, CHANGE)


def units_to_manage(register: Register, user: Asker) -> list[Unit] | None:
    """The units in and below which the user may manage rows: [] is everywhere, None nowhere."""
    return _reach(register, user, MANAGE)


def units_to_see(register: Register, user: Asker) -> list[Unit] | None:
    """The units in and below which the user may see rows: [] is everywhere, None nowhere."""
    return _reach(register, user, VIEW)


def sight(register: Register, user: Asker) -> dict[str, list[Unit] | None]:
    """All on which it rests what the user sees of a register: units as in `units_to_see`, under a name for each."""
    sight = {register.slug: _reach(register, user, VIEW)}
    for level in (VIEW, CHANGE) if register.confidential else (VIEW,):
        for each in followed(register):
            sight[f"{register.slug}/{each.slug}/{level}"] = _reach(each, user, level, (register.granted_as,))
    return sight


def may_manage(register: Register, user: Asker) -> bool:
    return _reach(register, user, MANAGE) is not None


def may_audit(user: Asker) -> bool:
    """Administrators, and those who may see all registers of the whole municipality."""
    return _is_everything(user) or any(grant.unit_id is None and not grant.register for grant in grants_of(user))


def may_hand_out(user: Asker, grant: Grant) -> bool:
    """Whether the user manages all that the grant would give: nobody gives away more than she has."""
    if _is_everything(user):
        return True
    # Nor with less: what sleeps for her without a second factor she gives away with the same condition.
    return any(grant.needs_second_factor or not own.needs_second_factor for own in _covering(user, grant))


def may_take_away(user: Asker, grant: Grant) -> bool:
    """Whether the user manages all that the grant gives, on whatever condition."""
    return _is_everything(user) or any(_covering(user, grant))


def is_administrator(user: Asker) -> bool:
    """A superuser; where ADMIN_SECOND_FACTOR is set, one whose account has a second factor."""
    return is_superuser(user) and not _sleeps(settings.ADMIN_SECOND_FACTOR, user)


def is_superuser(user: Asker) -> TypeGuard[User]:
    return user is not None and user.is_authenticated and user.is_open and user.is_superuser


def grants_of(user: Asker) -> list[Grant]:
    """The grants by which the user may do something now."""
    return [grant for grant in _held(user) if not _sleeps(grant.needs_second_factor, user)]


def sleeping_grants(user: Asker) -> list[Grant]:
    """The user's grants that will count once her account has a second factor."""
    return [grant for grant in _held(user) if _sleeps(grant.needs_second_factor, user)]


def _sleeps(needs_second_factor: bool, user: Asker) -> bool:
    return needs_second_factor and not (isinstance(user, User) and user.second_factor_since)


def _held(user: Asker) -> list[Grant]:
    """The user's grants, by person and by group; read once for each request's user object."""
    if user is None or not user.is_authenticated or not user.is_open:
        return []
    if not hasattr(user, "_grants"):
        holder = Q(group__in=user.groups.all())
        if user.person_id:
            holder |= Q(person=user.person_id)
        user._grants = list(Grant.objects.filter(holder).select_related("unit"))
    return user._grants


def _covering(user: Asker, grant: Grant) -> Iterator[Grant]:
    """The user's own grants that each reach all that the grant reaches, with the right to manage."""
    for own in grants_of(user):
        reaches = own.unit is None or (grant.unit is not None and grant.unit.path.startswith(own.unit.path))
        if own.level == MANAGE and own.register in ("", grant.register) and reaches:
            yield own


def _is_everything(user: Asker) -> bool:
    """The system itself (no user: a command run on the machine) and administrators."""
    return user is None or is_administrator(user)


def followed(register: Register) -> list[Register]:
    """The registers to whose rows those of a register that follows others may belong."""
    if register.follows is None:
        return []
    groups: tuple[Group, ...] = ("asset",) if register.follows is Item else ("asset", "record")
    return [each for each in registers.every(*groups) if each.follows is not register.follows]


def _reach(register: Register, user: Asker, level: int, also: tuple[str, ...] = ()) -> list[Unit] | None:
    """The units in which the user has the level: [] is everywhere, None nowhere. Grants on `also`, registers whose rows
    belong to those of this one, count, too."""
    if _is_everything(user):
        return []
    grants = grants_of(user)
    if register.public and level == VIEW:
        return [] if grants else None
    if register.follows:
        return _joined([_reach(each, user, level, (register.granted_as, *also)) for each in followed(register)])
    if level == CHANGE and register.stewards_only:
        level = MANAGE
    held = [g for g in grants if g.level >= level and g.register in ("", register.granted_as, *also)]
    if any(g.unit is None for g in held):
        return []
    if register.scope is None:
        # The list is the whole municipality's, and so is every grant that reaches it.
        return None
    return [g.unit for g in held if g.unit] or None


def _joined(reaches: list[list[Unit] | None]) -> list[Unit] | None:
    """The units of all; everywhere is everywhere in all of them."""
    if any(units == [] for units in reaches):
        return [] if all(units == [] for units in reaches) else list(Unit.objects.filter(parent=None))
    return list({unit.pk: unit for units in reaches for unit in units or ()}.values()) or None


def _limited(
    register: Register, user: Asker, level: int, past: QuerySet[Any] | None = None, end: dt.datetime = former.EVER
) -> QuerySet[Any]:
    rows = register.model._default_manager.all() if past is None else past
    then = None if past is None else end
    if level == VIEW and register.confidential and not sees_everything(register, user):
        is_open = former.unmarked(rows, register.model, register.confidential)
        rows = rows.filter(is_open | _lies(register, user, CHANGE, then))
    return rows.filter(_lies(register, user, level, then))


def _lies(register: Register, user: Asker, level: int, end: dt.datetime | None, also: tuple[str, ...] = ()) -> Q:
    """The rows that lie where the user has the level; with `end`, entries of the history that did before it."""
    units = _reach(register, user, level, also)
    if units is None:
        return Q(pk__in=[])
    if not units:
        return Q()
    if register.follows:
        return _belongs(register, user, level, end, also)
    if end:
        return _lay_in(register.model, register.scope or "id", units, end)
    if register.scope == "":
        return below(units)
    return Q(**{f"{register.scope}__in": Unit.objects.filter(below(units))})


def _belongs(register: Register, user: Asker, level: int, end: dt.datetime | None, also: tuple[str, ...]) -> Q:
    """The same of rows that belong to rows of any register."""
    also = (register.granted_as, *also)
    if register.follows is Item:
        return Q(**{f"{register.scope}__in": Item.objects.filter(_items(user, level, end, also)).values("pk")})
    named = Q(pk__in=[])
    for each in followed(register):
        if _reach(each, user, level, also) is not None:
            # Where those rows lie today, also in the past: SQLite parses no deeper than that.
            named |= Q(register=each.slug) & _there(each, _lies(each, user, level, None, also), None)
    return Q(Exists(register.follows.of_outer(end).filter(named)))


def _items(user: Asker, level: int, end: dt.datetime | None, also: tuple[str, ...]) -> Q:
    """The items that lie where the user has the level in their register; a deleted one lies where it did last."""
    named = Q(pk__in=[])
    for each in registers.every("asset"):
        if (units := _reach(each, user, level, also)) is not None:
            inside = former.below_then("responsible_unit", units) if units else Q()
            named |= Q(register=each.slug) & (_there(each, inside, end) if end else inside)
    return named


def _there(register: Register, lies: Q, end: dt.datetime | None) -> Q:
    """What names, by `row`, one of the register's rows that lie so; any, where all do."""
    rows: QuerySet[Any] = former.then(register.model, end) if end else register.model._default_manager.all()
    return Q(Exists(rows.filter(lies, id=OuterRef("row")))) if lies else lies


def _lay_in(model: type[Model], way: str, units: list[Unit], end: dt.datetime) -> Q:
    """The same of entries of the history; `way` leads to their unit: "order__vehicle__responsible_unit" of a line."""
    column, _sep, rest = way.partition("__")
    if not rest:
        return former.below_then(column, units)
    named = target_of(field_of(model, column))
    return Q(**{f"{column}__in": former.then(named, end).filter(_lay_in(named, rest, units, end)).values("id")})


def in_scope(register: Register, user: Asker, row: Model) -> bool:
    """Whether a row that was read just now lies where the user may change it."""
    return _has(register, user, row, CHANGE)


def manages(register: Register, user: Asker, row: Model) -> bool:
    """The same of the right to delete it."""
    return _has(register, user, row, MANAGE)


def _has(register: Register, user: Asker, row: Model, level: int) -> bool:
    # Who has the right everywhere need not be looked for in the database.
    return _reach(register, user, level) == [] or _limited(register, user, level).filter(pk=row.pk).exists()


def takes(register: Register, user: Asker, row: Model) -> bool:
    """Whether a row that is not saved yet would lie where the user may change rows."""
    units = _reach(register, user, CHANGE)
    if units != [] and register.follows is Item and isinstance(item := getattr(row, register.scope or "", None), Item):
        return reaches(item.of, _reach(item.of, user, CHANGE, (register.granted_as,)), item)
    return reaches(register, units, row)


def reaches(register: Register, units: list[Unit] | None, row: Model) -> bool:
    """Whether a row that is not saved yet would lie in or below one of the units, a new unit below one of them: [] is
    everywhere, None nowhere. Of a row that follows others its units do not say it (`takes`)."""
    if units == [] or units is None or register.scope is None or register.follows:
        return units == []
    there: Any = row
    for name in (register.scope or "parent").split("__"):
        there = getattr(there, name, None)
        if there is None:
            return False
    return any(there.path.startswith(unit.path) for unit in units)


# What a row names beyond its reader's reach -------------------------------------------------------------


class Unseen:
    """Stands where a row names one that its reader may not see. For showing only: it is no row to be written."""

    def __init__(self, pk: int):
        self.pk = pk

    def __str__(self) -> str:
        return _("(size görünmüyor)")

    @classmethod
    def texts(cls) -> set[str]:
        """What an export in any language writes for it."""
        texts = set()
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                texts.add(str(cls(0)))
        return texts


def hidden(target: Register | None, user: Asker, ids: Iterable[int], end: dt.datetime | None = None) -> set[int]:
    """Which of a register's rows the user may not see; with `end`, as they lay before it."""
    if target is None or sees_everything(target, user) or not (ids := set(ids)):
        return set()
    rows = target.model._default_manager.filter(pk__in=ids)
    hidden_today = set(rows.exclude(pk__in=visible_to(target, user).values("pk")).values_list("pk", flat=True))
    if end is None:
        return hidden_today
    then = former.then(target.model, end).filter(id__in=ids)
    seen = set(visible_to(target, user, then, end).values_list("id", flat=True))
    return set(then.values_list("id", flat=True)) - seen | (hidden_today - seen)


def unseen_by(register: Register, user: Asker, column: Column, end: dt.datetime | None = None) -> QuerySet[Any] | None:
    """The ids that a reference column may hold and the user may not see; None where there can be none. With `end`, as
    they lay before it."""
    target = registers.of(column.related_model) if column.related_model else None
    # The row's scope runs through this column, so whoever sees the row may see what it names.
    through = (register.scope or "").startswith(f"{column.name}__")
    if target is None or through or sees_everything(target, user):
        return None
    if end:
        then = former.then(target.model, end)
        return then.exclude(id__in=visible_to(target, user, then, end).values("id")).values("id")
    rows = target.model._default_manager.all()
    return rows.exclude(pk__in=visible_to(target, user).values("pk")).values("pk")


def unseen(
    register: Register, user: Asker, rows: Iterable[Model], end: dt.datetime | None = None
) -> dict[str, set[int]]:
    """Of each reference column the ids that the rows name and the user may not see; one query for each at most, three
    of the past."""
    unseen_ids: dict[str, set[int]] = {}
    rows = list(rows)
    for name in register.references:
        column = register.column(name)
        named = {getattr(row, column.field.attname) for row in rows} - {None}
        unseen_ids[name] = hidden(registers.of(column.related_model), user, named, end)
    return unseen_ids


def unseen_in(register: Register, user: Asker, row: Model) -> list[Column]:
    """The columns in which the row names one that the user may not see."""
    return [register.column(name) for name, ids in unseen(register, user, [row]).items() if ids]


def emptied(register: Register, user: Asker, rows: Sequence[Model], fields: Iterable[str]) -> list[Column]:
    """Of the named columns those that are blank in a row, and in its table name one that the user may not see."""
    columns, table = [], register.model._default_manager
    for column in map(register.column, set(fields) & set(register.references)):
        blank = [row.pk for row in rows if getattr(row, column.field.attname) is None]
        unseen = unseen_by(register, user, column) if blank else None
        if unseen is not None:
            naming = table.filter(**{f"{column.name}__in": unseen})
            if any(naming.filter(pk__in=part).exists() for part in chunked(blank, _PART)):
                columns.append(column)
    return columns


def veil(register: Register, user: Asker, rows: Iterable[Rows], end: dt.datetime | None = None) -> Sequence[Rows]:
    """The rows, to be shown to the user: in place of what she may not see stands `Unseen`. `end`: of the past."""
    rows = list(rows)
    for name, ids in unseen(register, user, rows, end).items():
        attribute = register.column(name).field.attname
        for row in rows:
            if (pk := getattr(row, attribute)) in ids:
                row._state.fields_cache[name] = Unseen(pk)
    return rows
