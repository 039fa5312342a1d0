"""A step over many rows that no file gave: kept as a batch, so that it stands in the list of what was done and is
undone as an import is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from imports.models import Batch
from inventory import history
from inventory.history import Author
from inventory.organization.models import User
from inventory.registers import Register


@dataclass
class Written:
    """Whoever writes does it as `by`, and says how many rows were `changed`."""

    by: Author
    changed: int = 0


@contextmanager
def batch(register: Register, name: str, by: Author) -> Iterator[Written]:
    """The step under its name, in one transaction with what it writes; one that changed nothing leaves nothing."""
    with transaction.atomic():
        kept = Batch.objects.create(
            register=register.slug,
            name=name[:200],
            size=0,
            user=by.user if isinstance(by.user, User) else None,
            mode=Batch.Mode.UPDATE,
            reason=by.reason[:250],
            state=Batch.State.APPLIED,
            applied_at=timezone.now(),
        )
        written = Written(replace(history.dated(by), batch_id=kept.pk))
        yield written
        kept.counts = {"new": 0, "changed": written.changed}
        kept.save() if written.changed else kept.delete()
