"""What the tests of authority share: an account read anew, a sheet brought in."""

from __future__ import annotations

from django.core.files.base import ContentFile

from imports import batches
from inventory.organization.models import User


def again(account: User) -> User:
    return User.objects.get(pk=account.pk)


def sheet(register, by: User, lines: list[str], name="liste.csv"):
    """The import of a sheet, checked and, if it may be, applied."""
    batch = batches.upload(register, by, ContentFile("\n".join(lines).encode()), name)
    batches.run_check(batch)
    if batch.state == "checked":
        batches.run_apply(batch)
    batch.refresh_from_db()
    return batch
