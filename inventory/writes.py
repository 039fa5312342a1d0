"""The only way a row is written: checked, permitted, saved, recorded.

Every function runs in one transaction and writes all of it or nothing. What it refuses, it refuses with
`Refused` (a sentence for the user), `Conflict` (somebody saved meanwhile) or Django's ValidationError
(messages by column).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence, Set

from django.db import models, transaction
from django.db.models import Count, F, ProtectedError, QuerySet
from django.utils.translation import gettext as _

from inventory import access, history, past, registers
from inventory.columns import Type
from inventory.history import CHANGED, CREATED, DELETED, Author
from inventory.models import Counter, Row
from inventory.refusals import Conflict, Refused, hanging_on, held_by, telling
from inventory.registers import Register

# Rows in one statement; SQLite allows 32,766 values in it.
CHUNK = 500


# What is kept beside the rows, such as counts on the map, follows every write in its transaction: called with -1
# while the rows are still as they were and with 1 once they are as they will be; a row that comes or goes is told
# of once. `fields` are the names of those written, None for all.
Follower = Callable[[Register, Sequence[int], int, Set[str] | None, Author], None]
_followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """Have the function called for every write; an app does so in its `ready`."""
    _followers.append(follower)


def save(register: Register, row: Row, by: Author) -> Row:
    """Create the row, or write what differs from the database; nothing differing, nothing is written.

    The row carries the `version` that its editor saw; another one in the database is a Conflict.
    """
    if row.pk is None:
        row.derive()
        row.full_clean(exclude=_not_edited(register))
        return create_many(register, [row], by, checked=True)[0]
    before = register.model._default_manager.filter(pk=row.pk).first()
    if before is None:
        raise Conflict([row.pk])
    row.derive()
    row.full_clean(exclude=_not_edited(register))
    fields = [f for f in _stored(row) if getattr(before, f.attname) != getattr(row, f.attname)]
    if row.version != before.version:
        raise Conflict([row.pk])
    if any(f.name != "search_text" for f in fields):
        with telling(register), transaction.atomic():
            update_many(register, [row], [f.name for f in fields], by, checked=True)
            if renamed := row.settle(before):
                _refold_dependents(register, [each.pk for each in renamed])
    return row


def create_many(register: Register, rows: Sequence[Row], by: Author, *, checked: bool = False) -> Sequence[Row]:
    """Create rows with their numbers and history. References are set as objects, so nothing is looked up.

    Uniqueness is left to the database here: one message for the row that broke it.
    """
    if not access.may_change(register, by.user):
        raise Refused(_("%(register)s kütüğüne kayıt ekleme yetkiniz yok.") % {"register": register.title})
    with telling(register), transaction.atomic():
        _number(register, rows)
        for row in rows:
            row.derive()
            if not checked:
                row.clean_fields(exclude=(*register.references, *_not_edited(register)))
                row.clean()
        register.model._default_manager.bulk_create(rows, batch_size=CHUNK)
        ids = [row.pk for row in rows]
        _tell_followers(register, ids, 1, None, by)
        _check_scope(register, ids, by)
        history.record(register.model, ids, CREATED, by, _sheet_rows(rows))
    return rows


def update_many(
    register: Register, rows: Sequence[Row], fields: Sequence[str], by: Author, *, checked: bool = False
) -> None:
    """Write the named fields of rows read earlier; refuses all if any was saved by somebody meanwhile."""
    if not rows:
        return
    ids = [row.pk for row in rows]
    with telling(register), transaction.atomic():
        movable = _permitted(register, ids, by)
        _claim(register, rows)
        for row in rows:
            row.derive()
            if not checked:
                row.clean_fields(exclude=(*register.references, *_not_edited(register)))
                row.clean()
        written = {*fields, *(f.name for f in _stored(register.model) if not f.editable)} - _given(register)
        _tell_followers(register, ids, -1, written, by)
        if len(rows) == 1:
            values = {name: getattr(rows[0], name) for name in written}
            register.model._default_manager.filter(pk=ids[0]).update(**values)
        else:
            # The rows are there and claimed, so nothing is created; bulk_update's CASE is searched anew for each row.
            register.model._default_manager.bulk_create(
                rows, CHUNK, update_conflicts=True, update_fields=sorted(written), unique_fields=["pk"]
            )
        _tell_followers(register, ids, 1, written, by)
        _check_scope(register, [i for i in ids if i not in movable], by)
        history.record(register.model, ids, CHANGED, by, _sheet_rows(rows))
        if set(fields) & set(register.named_by):
            _refold_dependents(register, ids)


def set_values(register: Register, chosen: QuerySet, values: dict[str, object], by: Author) -> int:
    """Give every chosen row the same values (bulk edit); returns how many rows changed."""
    changed = 0
    with telling(register), transaction.atomic():
        for rows in _chunks(chosen.select_related(*register.references).order_by("pk")):
            different = []
            for row in rows:
                if any(getattr(row, name) != value for name, value in values.items()):
                    for name, value in values.items():
                        setattr(row, name, value)
                    different.append(row)
            if register.model.settle is not Row.settle:
                # Each may bring others in line, such as a unit the units below it.
                for row in different:
                    save(register, row, by)
            else:
                update_many(register, different, list(values), by)
            changed += len(different)
    return changed


def delete(register: Register, row: Row, by: Author) -> None:
    """Delete a row on which nothing hangs. Only those who manage it may; its history stays."""
    if not access.managed_by(register, by.user).filter(pk=row.pk).exists():
        raise Refused(_("Silme yetkiniz yok; kaydı silmek yerine hizmet dışı bırakabilirsiniz."))
    with telling(register), transaction.atomic():
        _claim(register, [row])
        history.record(register.model, [row.pk], DELETED, by)
        _tell_followers(register, [row.pk], -1, None, by)
        try:
            register.model._default_manager.filter(pk=row.pk).delete()
        except ProtectedError as error:
            raise Refused(hanging_on(error)) from error


def take_back(register: Register, rows: Sequence[Row], by: Author, batch_id: int) -> None:
    """Delete rows that the import of this number added, to undo it; their history stays.

    Who applied the import may, as long as she may change the rows, though deleting is otherwise for those who
    manage them: she takes back her own doing. Those who manage the rows may, too.
    """
    ids = [row.pk for row in rows]
    made = register.model.history.filter(batch_id=batch_id, history_type=CREATED)
    with telling(register), transaction.atomic():
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            if by.user is not None:
                own = made.filter(id__in=part, history_user=by.user).values_list("id", flat=True)
                mine = access.editable_by(register, by.user).filter(pk__in=list(own)).values_list("pk", flat=True)
                managed = access.managed_by(register, by.user).filter(pk__in=part).values_list("pk", flat=True)
                if {*mine, *managed} != set(part):
                    raise Refused(_("Bu aktarımın eklediği kayıtların bir kısmını geri alma yetkiniz yok."))
            if found := hanging(register, part):
                raise Refused(next(iter(found.values())))
            _claim(register, rows[start : start + CHUNK])
            history.record(register.model, part, DELETED, by)
            _tell_followers(register, part, -1, None, by)
            register.model._default_manager.filter(pk__in=part).delete()


def hanging(register: Register, ids: Sequence[int]) -> dict[int, str]:
    """The rows that cannot be deleted because others name them, each with a sentence that says which."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for relation in register.model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and getattr(relation, "on_delete", None) is models.PROTECT):
            continue
        name, model = relation.field.name, relation.related_model
        for start in range(0, len(ids), CHUNK):
            naming = model._default_manager.filter(**{f"{name}__in": ids[start : start + CHUNK]})
            for pk, count in naming.order_by().values_list(name).annotate(count=Count("pk")):
                kind = str(model._meta.verbose_name_plural)
                found[pk][kind] = found[pk].get(kind, 0) + count
    return {pk: held_by(counts) for pk, counts in found.items()}


def forget(register: Register, rows: QuerySet) -> int:
    """Take rows away together with their history, but for those that others name; returns how many went.

    Only for what was never real (`demo --remove`): everything else is deleted with `delete` and remembered.
    """
    for other in registers.every():
        for column in other.all_columns():
            if column.type == Type.REFERENCE and column.related_model is register.model:
                naming = other.model._default_manager.filter(**{f"{column.name}__isnull": False})
                if other is register:
                    naming = naming.exclude(pk__in=rows.values("pk"))
                rows = rows.exclude(pk__in=naming.values(column.name))
    ids = list(rows.values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        _tell_followers(register, part, -1, None, Author())
        with past.opened():
            register.model.history.filter(id__in=part).delete()
        # Not delete(): it refuses rows that are named by rows which go in the same step.
        chosen = register.model._default_manager.filter(pk__in=part)
        chosen._raw_delete(chosen.db)
    return len(ids)


def erase(register: Register, rows: Sequence[Row], names: Sequence[str], by: Author) -> None:
    """Empty columns of the rows and of all their history, for what may not be kept any longer.

    The columns are neither searched nor derived from. That it was done is an entry of the history itself.
    """
    ids = [row.pk for row in rows]
    blank = {name: None if register.model._meta.get_field(name).null else "" for name in names}
    with telling(register), past.opened():
        _permitted(register, ids, by)
        _claim(register, rows)
        _tell_followers(register, ids, -1, set(names), by)
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            register.model._default_manager.filter(pk__in=part).update(**blank)
            register.model.history.filter(id__in=part).update(**blank)
        _tell_followers(register, ids, 1, set(names), by)
        history.record(register.model, ids, CHANGED, by)


def restore(register: Register, row: Row, history_id: int, by: Author) -> Row:
    """Give the row the values that it had after the named history entry."""
    then = register.model.history.get(history_id=history_id, id=row.pk)
    # Not the columns alone: a location's footprint is none of them, and comes back too.
    for field in _stored(row):
        if field.editable:
            setattr(row, field.attname, getattr(then, field.attname))
    return save(register, row, by)


def refold(register: Register, rows: QuerySet) -> None:
    """Write `search_text` anew where it no longer follows from the row. It is no change of the row's own."""
    for chunk in _chunks(rows.select_related(*register.references).order_by("pk")):
        stale = []
        for row in chunk:
            before = row.search_text
            row.derive()
            if row.search_text != before:
                stale.append(row)
        register.model._default_manager.bulk_update(stale, ["search_text"], batch_size=CHUNK)


# What the functions above share ---------------------------------------------------------------------------


def _stored(row: Row | type[Row]) -> list[models.Field]:
    return [f for f in row._meta.concrete_fields if not f.primary_key and f.name != "version"]


def _not_edited(register: Register) -> list[str]:
    """Fields that the system fills; they are not the user's to be checked."""
    return [f.name for f in register.model._meta.concrete_fields if not f.editable]


def _sheet_rows(rows: Sequence[Row]) -> dict[int, int] | None:
    """What the history keeps of where the rows were read; None where they come from no sheet."""
    return {row.pk: row.sheet_row for row in rows} if rows and rows[0].sheet_row else None


def _tell_followers(register: Register, ids: Sequence[int], sign: int, fields: Set[str] | None, by: Author) -> None:
    for start in range(0, len(ids) if _followers else 0, history.CHUNK):
        for follower in _followers:
            follower(register, ids[start : start + history.CHUNK], sign, fields, by)


def _given(register: Register) -> set[str]:
    """The column that is numbered once and for all."""
    return {register.model.numbered[0]} if register.model.numbered else set()


def _number(register: Register, rows: Sequence[Row]) -> None:
    """Give the new rows their numbers. The counter's row is held until the transaction ends, so a number
    is never given twice, and none is lost when the transaction is rolled back."""
    if register.model.numbered is None:
        return
    column, form, counter = register.model.numbered
    Counter.objects.get_or_create(name=counter)
    Counter.objects.filter(name=counter).update(last=F("last") + len(rows))
    first = Counter.objects.get(name=counter).last - len(rows) + 1
    for number, row in enumerate(rows, first):
        setattr(row, column, form.format(number))


def _claim(register: Register, rows: Sequence[Row]) -> None:
    """Raise every row's version, which also locks it; a row whose version moved on is a Conflict."""
    manager = register.model._default_manager
    seen = {row.pk: row.version for row in rows}
    # Held in one order by all, so that two who change the same rows wait for each other and never both.
    ids, stored = sorted(seen), {}
    for start in range(0, len(ids), CHUNK):
        held = manager.filter(pk__in=ids[start : start + CHUNK]).select_for_update(no_key=True).order_by("pk")
        stored |= dict(held.values_list("pk", "version"))
    if moved := [row.pk for row in rows if stored.get(row.pk) != row.version]:
        raise Conflict(moved)
    by_version: dict[int, list[int]] = defaultdict(list)
    for pk in ids:
        by_version[seen[pk]].append(pk)
    for version, same in by_version.items():
        for start in range(0, len(same), CHUNK):
            part = same[start : start + CHUNK]
            if manager.filter(pk__in=part, version=version).update(version=version + 1) != len(part):
                raise Conflict(part)
    for row in rows:
        row.version += 1


def _count(rows: QuerySet, ids: Sequence[int]) -> int:
    return sum(rows.filter(pk__in=ids[i : i + CHUNK]).count() for i in range(0, len(ids), CHUNK))


def _permitted(register: Register, ids: list[int], by: Author) -> set[int]:
    """Refuses unless the user may change every row; returns those that she may also hand over."""
    if by.user is None:
        return set(ids)
    if _count(access.editable_by(register, by.user), ids) != len(ids):
        raise Refused(_("Bu kayıtların bir kısmını değiştirme yetkiniz yok."))
    managed = access.managed_by(register, by.user)
    return {
        pk
        for start in range(0, len(ids), CHUNK)
        for pk in managed.filter(pk__in=ids[start : start + CHUNK]).values_list("pk", flat=True)
    }


def _check_scope(register: Register, ids: list[int], by: Author) -> None:
    """After the write: no row may have left the scope of somebody without the right to move it."""
    if by.user is None:
        return
    if _count(access.editable_by(register, by.user), ids) != len(ids):
        raise Refused(
            _("Kaydı yetkiniz dışındaki bir birime veremezsiniz; o birimin veya kütüğün yöneticisinden isteyiniz.")
        )
    if register.slug == "grants":
        for grant in register.model.objects.filter(pk__in=ids).select_related("unit"):
            if not access.may_hand_out(by.user, grant):
                raise Refused(_("Yalnızca sizin yönettiğiniz birim ve kütükte yetki verebilirsiniz."))


def _refold_dependents(register: Register, ids: Sequence[int]) -> None:
    """A reference's new name must be found in the rows that name it."""
    for other in registers.every():
        for column in other.all_columns():
            names_them = column.type == Type.REFERENCE and column.related_model is register.model
            if names_them and column.name in other.model.searched:
                for start in range(0, len(ids), CHUNK):
                    part = {f"{column.name}__in": ids[start : start + CHUNK]}
                    refold(other, other.model._default_manager.filter(**part))


def _chunks(rows: QuerySet, size: int = 2_000) -> Iterator[list[Row]]:
    """The rows in order of their ids, read piece by piece so that writing does not disturb the reading."""
    last = 0
    while chunk := list(rows.filter(pk__gt=last)[:size]):
        yield chunk
        last = chunk[-1].pk
