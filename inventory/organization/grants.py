"""The grants of many accounts at once, for who asks `inventory.access` about all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from inventory.organization.models import Grant, User


def read_grants(users: Sequence[User]) -> None:
    """Read the grants of many accounts at once; each is then asked for hers without a query."""
    grants = list(Grant.objects.select_related("unit"))
    groups: dict[int, set[int]] = {}
    for user_id, group_id in User.groups.through._default_manager.values_list("user_id", "group_id"):
        groups.setdefault(user_id, set()).add(group_id)
    by_person, by_group = _by(grants, "person_id"), _by(grants, "group_id")
    for user in users:
        own = [*by_person.get(user.person_id, ())] if user.person_id else []
        user._grants = own + [each for group in groups.get(user.pk, ()) for each in by_group.get(group, ())]


def _by(grants: Iterable[Grant], name: str) -> dict[int, list[Grant]]:
    """The grants by whom they name."""
    by: dict[int, list[Grant]] = {}
    for grant in grants:
        by.setdefault(getattr(grant, name), []).append(grant)
    return by
