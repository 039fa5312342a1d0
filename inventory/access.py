"""The only rule of who may see and change what.

A grant is (person or group) × (unit and all below it, or everywhere) × (register, or all) × level.
Nothing reads a register's rows but through these querysets, on pages, in sheets and in commands.

A grant may want a second factor. It sleeps as long as its holder's account has none; once the account has one, nobody
logs in with it without a code (inventory/signing_in), so that jobs and commands need not ask how she came in.
"""

from django.conf import settings
from django.db.models import Model, Q, QuerySet

from inventory.organization.models import Grant, Unit
from inventory.registers import Register
from inventory.trees import below

VIEW, CHANGE, MANAGE = Grant.Level.VIEW, Grant.Level.CHANGE, Grant.Level.MANAGE


def visible_to(register: Register, user, rows: QuerySet | None = None) -> QuerySet:
    """The rows that the user may see; `rows` may be the register's history instead of its table."""
    return _limited(register, user, VIEW, rows)


def editable_by(register: Register, user) -> QuerySet:
    """The rows that the user may change."""
    return _limited(register, user, MANAGE if register.stewards_only else CHANGE)


def managed_by(register: Register, user) -> QuerySet:
    """The rows that the user may delete or hand over to a unit outside her scope."""
    return _limited(register, user, MANAGE)


def personal_of(register: Register, user) -> QuerySet:
    """The rows whose personal columns the user may read in full: those she may change. Readings are recorded."""
    return editable_by(register, user)


def may_see(register: Register, user) -> bool:
    """Whether the register has a page for the user at all."""
    return _reach(register, user, VIEW) is not None


def sees_everything(register: Register, user) -> bool:
    """Whether no row of the register is hidden from the user."""
    return _reach(register, user, VIEW) == []


def may_change(register: Register, user) -> bool:
    """Whether the user may change some row, or add one."""
    return _reach(register, user, MANAGE if register.stewards_only else CHANGE) is not None


def units_to_change(register: Register, user) -> list[Unit] | None:
    """The units in and below which the user may change rows: [] is everywhere, None nowhere."""
    return _reach(register, user, MANAGE if register.stewards_only else CHANGE)


def units_to_see(register: Register, user) -> list[Unit] | None:
    """The units in and below which the user may see rows: [] is everywhere, None nowhere."""
    return _reach(register, user, VIEW)


def may_manage(register: Register, user) -> bool:
    return _reach(register, user, MANAGE) is not None


def may_audit(user) -> bool:
    """Administrators, and those who may see all registers of the whole municipality."""
    return _is_everything(user) or any(grant.unit_id is None and not grant.register for grant in grants_of(user))


def may_hand_out(user, grant: Grant) -> bool:
    """Whether the user manages all that the grant would give: nobody gives away more than she has."""
    if _is_everything(user):
        return True
    return any(
        own.level == MANAGE
        and own.register in ("", grant.register)
        and (own.unit is None or (grant.unit and grant.unit.path.startswith(own.unit.path)))
        for own in grants_of(user)
    )


def is_administrator(user) -> bool:
    """A superuser; where ADMIN_SECOND_FACTOR is set, one whose account has a second factor."""
    return is_superuser(user) and not _sleeps(settings.ADMIN_SECOND_FACTOR, user)


def is_superuser(user) -> bool:
    return user.is_authenticated and user.is_open and user.is_superuser


def grants_of(user) -> list[Grant]:
    """The grants by which the user may do something now."""
    return [grant for grant in _held(user) if not _sleeps(grant.needs_second_factor, user)]


def sleeping_grants(user) -> list[Grant]:
    """The user's grants that will count once her account has a second factor."""
    return [grant for grant in _held(user) if _sleeps(grant.needs_second_factor, user)]


def _sleeps(needs_second_factor: bool, user) -> bool:
    return needs_second_factor and not user.second_factor_since


def _held(user) -> list[Grant]:
    """The user's grants, by person and by group; read once for each request's user object."""
    if not hasattr(user, "_grants"):
        holder = Q(group__in=user.groups.all())
        if user.person_id:
            holder |= Q(person=user.person_id)
        active = user.is_authenticated and user.is_open
        user._grants = list(Grant.objects.filter(holder).select_related("unit")) if active else []
    return user._grants


def _is_everything(user) -> bool:
    """The system itself (no user: a command run on the machine) and administrators."""
    return user is None or is_administrator(user)


def _reach(register: Register, user, level: int) -> list[Unit] | None:
    """The units in which the user has the level: [] is everywhere, None nowhere."""
    if _is_everything(user):
        return []
    if not user.is_authenticated:
        return None
    grants = grants_of(user)
    if register.public and level == VIEW:
        return [] if grants else None
    held = [g for g in grants if g.level >= level and g.register in ("", register.granted_as)]
    if register.scope is None:
        # The list is the whole municipality's: a grant on all registers of one unit does not reach it.
        return [] if any(g.unit is None or g.register for g in held) else None
    if any(g.unit is None for g in held):
        return []
    return [g.unit for g in held] or None


def _limited(register: Register, user, level: int, rows: QuerySet | None = None) -> QuerySet:
    if rows is None:
        rows = register.model._default_manager.all()
    units = _reach(register, user, level)
    if units is None:
        return rows.none()
    if not units:
        return rows
    if register.scope == "":
        return rows.filter(below(units))
    return rows.filter(**{f"{register.scope}__in": Unit.objects.filter(below(units))})


def in_scope(register: Register, user, row: Model) -> bool:
    """Whether a saved row lies where the user may change it."""
    return editable_by(register, user).filter(pk=row.pk).exists()
