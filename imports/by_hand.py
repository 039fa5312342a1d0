"""A step over many rows that no file gave: kept as a batch, so that it stands in the list of what was done and is
undone as an import is. Over several registers it is one batch whose parts are the other registers' own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from imports.models import Batch
from inventory import history
from inventory.history import Author
from inventory.organization.models import User
from inventory.registers import Register


class Together:
    """Writes that are one step, by one author at one moment; `changed` is how many rows they changed."""

    def __init__(self, name: str, by: Author):
        self._name, self._by, self._parts = name, history.dated(by), list[Batch]()
        self.changed = 0

    def write(self, register: Register, write: Callable[[Author], int]) -> None:
        """`write` changes rows of the register as the author that it is given, and returns how many."""
        part = Batch.objects.create(
            register=register.slug,
            name=self._name[:200],
            size=0,
            user=self._by.user if isinstance(self._by.user, User) else None,
            mode=Batch.Mode.UPDATE,
            reason=self._by.reason[:250],
            state=Batch.State.APPLIED,
            applied_at=timezone.now(),
            whole=self.batch,
        )
        if count := write(replace(self._by, batch_id=part.pk)):
            part.counts = {"new": 0, "changed": count}
            part.save()
            self._parts.append(part)
            self.changed += count
        else:
            part.delete()

    @property
    def batch(self) -> Batch | None:
        """Under which all of it is found and undone; None while nothing was changed."""
        return self._parts[0] if self._parts else None


@contextmanager
def together(name: str, by: Author) -> Iterator[Together]:
    """The step under its name, in one transaction with what it writes; one that changed nothing leaves nothing."""
    with transaction.atomic():
        step = Together(name, by)
        yield step
        if step.batch:
            step.batch.counts = {"new": 0, "changed": step.changed}
            step.batch.save()
