"""The groups of an account, as the directory has them: brought up to date at each login."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from inventory.accounts.directory.models import LONGEST_NAME, DirectoryGroup, DirectoryMembership
from inventory.organization.models import User
from inventory.trail.keeping import record
from inventory.trail.models import Event

log = logging.getLogger(__name__)

# Of one person. Whoever is in more has them listed no further; they give nothing.
MOST = 1_000


def bring_up_to_date(user: User, names: Iterable[str], request: HttpRequest | None) -> None:
    """Give and take the memberships that come from the directory, whose groups of the user are `names`.

    What was given by hand stays, also where the directory says the same.
    """
    groups = _named(names)
    # Most logins change nothing, and programs log in with every request: these shall not wait for another writer.
    if not _unnoted(groups) and not any(_plan(user, groups)):
        return
    with transaction.atomic():
        # Of two logins at the same time the second waits for the first.
        User.objects.select_for_update().get(pk=user.pk)
        for name in _unnoted(groups):
            DirectoryGroup.objects.update_or_create(name=name, defaults={"seen_on": timezone.localdate()})
        added, removed, marked, unmarked = _plan(user, groups)
        user.groups.add(*added)
        user.groups.remove(*removed)
        for group in marked:
            DirectoryMembership.objects.create(user=user, group_id=group)
        DirectoryMembership.objects.filter(user=user, group__in=unmarked).delete()
    if added or removed:
        named = dict(Group.objects.filter(pk__in=added | removed).values_list("pk", "name"))
        changes = [f"+ {named[pk]}" for pk in sorted(added)] + [f"− {named[pk]}" for pk in sorted(removed)]
        record(
            Event.Kind.DIRECTORY_GROUPS, request=request, user=user, text="; ".join(changes), row_id=user.pk,
            added=sorted(named[pk] for pk in added), removed=sorted(named[pk] for pk in removed),
        )  # fmt: skip


def _named(names: Iterable[str]) -> set[str]:
    groups = sorted({name for name in names if name})
    kept = [name for name in groups if len(name) <= LONGEST_NAME and "\0" not in name][:MOST]
    if len(kept) < len(groups):
        log.warning("%d groups of the directory are left out: too long or too many", len(groups) - len(kept))
    return set(kept)


def _unnoted(names: set[str]) -> list[str]:
    """Of which it is not kept that they were seen today, so that nobody has to type them."""
    noted = DirectoryGroup.objects.filter(name__in=names, seen_on=timezone.localdate())
    return sorted(names - set(noted.values_list("name", flat=True)))


def _plan(user: User, names: set[str]) -> tuple[set[int], set[int], set[int], set[int]]:
    """The groups to add, to take away, to mark as the directory's, and to mark so no more."""
    wanted = set(Group.objects.filter(directory_groups__name__in=names).values_list("pk", flat=True))
    held = set(user.groups.values_list("pk", flat=True))
    ours = set(DirectoryMembership.objects.filter(user=user).values_list("group", flat=True))
    added = wanted - held
    return added, (ours - wanted) & held, added - ours, ours - wanted
