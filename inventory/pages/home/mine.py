"""What a user did last, in the words of the trail."""

from __future__ import annotations

from inventory.organization.models import User
from inventory.trail import keeping
from inventory.trail.models import Event
from inventory.trail.words import InWords, in_words

_MOST = 6
# Of what she began, some was refused.
_READ = 3 * _MOST
_WORK = (Event.Kind.CHANGE, Event.Kind.WENT_OUT)


def my_last(user: User) -> list[InWords]:
    """The changes she made and the files she took, newest first."""
    keeping.fold()
    # The name is in the index; another account may have had it.
    newest = Event.objects.filter(username=user.get_username(), user=user, kind__in=_WORK).order_by("-id")[:_READ]
    return in_words([event for event in newest if not event.details.get("refused")][:_MOST], user)
