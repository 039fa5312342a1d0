"""What a user keeps under a name may be shared with her unit: views, column sets, import profiles."""

from __future__ import annotations

from django.db.models import Q

from inventory import access
from inventory.organization.models import Unit


def unit_of(user) -> Unit | None:
    """The unit with whose people the user shares: her own, else the one that her grants name."""
    if user.person_id:
        return user.person.unit
    units = {grant.unit for grant in access.grants_of(user) if grant.unit}
    return units.pop() if len(units) == 1 else None


def shared_with(user) -> Q:
    """The condition "hers, or shared with her unit or one above it" on a model with `owner` and `unit`."""
    unit = unit_of(user)
    steps = unit.path.split(".")[:-1] if unit else []
    above = [".".join(steps[: end + 1]) + "." for end in range(len(steps))]
    return Q(owner=user) | Q(unit__path__in=above)
