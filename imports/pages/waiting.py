"""What waits for a user on her first page: her sheets that are checked and not written, her open comparisons."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from imports.comparing.models import Comparison
from imports.models import Batch
from inventory.hooks import Waiting
from inventory.organization.models import User

_MOST = 5


def for_user(user: User) -> Iterator[Waiting]:
    """The newest of each."""
    batches = Batch.objects.filter(user=user, whole=None, state__in=(Batch.State.CHECKED, Batch.State.REFUSED))
    for batch in batches[:_MOST]:
        yield Waiting(batch.name, reverse("import-batch", args=[batch.pk]), "table-import", state=batch.said)
    for one in Comparison.objects.filter(user=user, state=Comparison.State.OPEN)[:_MOST]:
        yield Waiting(
            one.source, reverse("comparison", args=[one.pk]), "arrows-left-right", state=one.get_state_display()
        )
