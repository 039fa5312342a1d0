"""Takes an applied batch back, by the history that it left: what it added goes, what it changed goes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from imports.applying import CHUNK, References, change
from imports.models import Batch
from imports.plan import Line, Verdict, pack
from inventory import access, writes
from inventory.history import CREATED, Author
from inventory.registers import Register
from inventory.writes import Refused


@dataclass
class Undone:
    """How many rows went and went back; `left` names those that stay as they are: (id, key, why)."""

    deleted: int = 0
    restored: int = 0
    left: list[tuple[int, str, str]] = field(default_factory=list)


def undo(batch: Batch, user) -> Undone:
    """Undo what nobody has edited since, in one transaction. Raises Refused, and has written nothing then."""
    register, done = batch.of, Undone()
    by = Author(user=user, reason=_("%(number)d no’lu aktarım geri alındı") % {"number": batch.pk})
    with transaction.atomic():
        if not Batch.objects.filter(pk=batch.pk, state=Batch.State.APPLIED).update(state=Batch.State.UNDONE):
            raise Refused(_("Yalnızca uygulanmış bir aktarım geri alınır; bu aktarımın durumu: %(state)s.")
                          % {"state": batch.get_state_display()})  # fmt: skip
        entries = _entries(register, batch)
        for entry in entries:
            if entry["edited"]:
                done.left.append((entry["id"], "", _("Aktarımdan sonra değiştirilmiş.")))
        untouched = [entry for entry in entries if not entry["edited"]]
        # The newest first, since a row may refer to one that came before it; and before the changes, since
        # what was added may hold what a changed row gave up.
        _delete(register, [e["id"] for e in reversed(untouched) if e["history_type"] == CREATED], by, done)
        changed = [entry for entry in untouched if entry["history_type"] != CREATED and entry["before"]]
        references = References(register)
        for start in range(0, len(changed), CHUNK):
            lines = list(_lines(register, changed[start : start + CHUNK]))
            change(register, lines, references, by)
            done.restored += len(lines)
        _name(register, done)
    batch.refresh_from_db()
    return done


def _entries(register: Register, batch: Batch) -> list[dict]:
    """The batch's history entries, with the one before each, and whether another came after."""
    past = register.model.history.model.objects
    earlier = past.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    later = past.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    entries = past.filter(batch_id=batch.pk).order_by("history_id")
    entries = entries.annotate(before=Subquery(earlier.values("history_id")[:1]), edited=Exists(later))
    return list(entries.values("id", "history_type", "before", "edited"))


def _delete(register: Register, ids: list[int], by: Author, done: Undone) -> None:
    rows = access.visible_to(register, None)
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        found = rows.in_bulk(part)
        for row in (found[i] for i in part if i in found):
            row_id = row.pk
            try:
                writes.delete(register, row, by)
                done.deleted += 1
            except Refused as refusal:
                done.left.append((row_id, "", str(refusal)))


def _lines(register: Register, entries: list[dict]) -> Iterator[Line]:
    """The former values as lines of a plan, to be written as any import's."""
    former = register.model.history.model.objects.in_bulk([e["before"] for e in entries], field_name="history_id")
    rows = access.visible_to(register, None).in_bulk([e["id"] for e in entries])
    columns = [column for column in register.all_columns() if column.editable]
    for entry in entries:
        then, row = former[entry["before"]], rows[entry["id"]]
        names = [column.name for column in columns if _value(then, column) != _value(row, column)]
        values = {name: _value(then, register.column(name)) for name in names}
        yield Line(0, Verdict.CHANGED, row.pk, row.version, pack(values))


def _value(row: models.Model, column) -> object:
    return getattr(row, column.field.attname)


def _name(register: Register, done: Undone) -> None:
    """Give the rows that are left the keys by which people know them."""
    rows = access.visible_to(register, None).filter(pk__in=[row_id for row_id, _key, _why in done.left])
    keys = dict(rows.values_list("pk", register.key.name))
    done.left = [(row_id, str(keys.get(row_id, "")), why) for row_id, _key, why in done.left]
