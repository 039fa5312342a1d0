"""Whose account closes, her calendars get new addresses: an account that opens again opens none of the old ones."""

from __future__ import annotations

from django.db.models import QuerySet
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils.crypto import get_random_string

from inventory.hooks import Write
from inventory.organization.models import Person, User
from inventory.reminders.models import Feed


def renew(feeds: QuerySet[Feed]) -> None:
    """Their old addresses open nothing any more."""
    for feed in feeds:
        feed.salt = get_random_string(32)
        feed.save(update_fields=["salt"])


@receiver(post_save, sender=User)
def _account(instance, **kwargs):
    if not instance.is_active:
        renew(Feed.objects.filter(owner=instance))


def person(write: Write) -> None:
    """Somebody who has left has no open account."""
    if write.register.model is Person and "active" in write.columns:
        renew(Feed.objects.filter(owner__person__in=write.rows.filter(active=False)))
