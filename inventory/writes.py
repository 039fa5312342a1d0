"""The only way a row is written: checked, permitted, saved, recorded.

Every function runs in one transaction and writes all of it or nothing. What it refuses, it refuses with
`Refused` (a sentence for the user), `Conflict` (somebody saved meanwhile) or Django's ValidationError
(messages by column).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory import access, history, hooks, past, registers
from inventory.flows import stepping
from inventory.history import CHANGED, CREATED, DELETED, Author
from inventory.hooks import Follower, Write
from inventory.many import chunked, held_by_id, hold, insert
from inventory.models import Counter, Row
from inventory.refusals import Conflict, Refused, hanging, hanging_on, refuse_emptied, refuse_gone, refusing
from inventory.registers import Register
from inventory.sameness import twins
from inventory.sameness.constraints import SameField

# Rows in one statement; SQLite allows 32,766 values in it.
CHUNK = 500
# Not where it is used: mypy's plugin would look for it in the abstract model, and fail.
_KEY = ["pk"]


def save(register: Register, row: Row, by: Author) -> Row:
    """Create the row, or write what differs from the database; nothing differing, nothing is written.

    The row carries the `version` that its editor saw; another one in the database is a Conflict.
    """
    if row.pk is None:
        check(register, row, None, by)
        return create_many(register, [row], by, checked=True)[0]
    before = register.model._default_manager.filter(pk=row.pk).first()
    if before is None:
        raise Conflict([row.pk])
    # Nobody edits the mark; it may have been taken since the row was read.
    row.doubled = before.doubled
    # What stands above the row may have moved since then, such as by the row that was saved just before.
    for column in register.naming(register.model):
        row._state.fields_cache.pop(column.name, None)
    check(register, row, before, by)
    fields = [f for f in _stored(row) if getattr(before, f.attname) != getattr(row, f.attname)]
    if row.version != before.version:
        raise Conflict([row.pk])
    if any(f.name != "search_text" and not isinstance(f, SameField) for f in fields):
        with refusing(register, [row], by.user), transaction.atomic():
            names = [f.name for f in fields]
            stepping.refuse_changed(register, [row], names)
            _write(register, [row], names, by, checked=True)
            if renamed := row.settle(before):
                _refold_dependents(register, [each.pk for each in renamed])
    return row


def check(register: Register, row: Row, before: Row | None, by: Author) -> None:
    """Raises ValidationError with what is wrong in the row, by column, or that it is there already; writes nothing.

    `before` is the row as it stands, None for a new one.
    """
    register.complete([row], by.user)
    row.derive()
    twins.full_clean(register, row, before, by.user, exclude=_not_edited(register))
    row.derive()  # From what was cleaned: a degree is rounded, a plate gets its blanks.


def create_many(register: Register, rows: Sequence[Row], by: Author, *, checked: bool = False) -> Sequence[Row]:
    """Create rows with their numbers and history. References are set as objects, so nothing is looked up.

    Uniqueness is left to the database here: one message for the row that broke it.
    """
    if not access.may_change(register, by.user):
        raise Refused(_("%(register)s kütüğüne kayıt ekleme yetkiniz yok.") % {"register": register.title})
    with refusing(register, rows, by.user), transaction.atomic():
        _guard(register, [(None, row) for row in rows], by)
        stepping.refuse_begun(register, rows)
        _number(register, rows)
        for row in rows:
            _clean(register, row, checked)
        insert(rows)
        ids = [row.pk for row in rows]
        _notify(hooks.after_write, register, CREATED, ids, by, objects=rows)
        _check_scope(register, ids, by)
        history.record(register.model, ids, CREATED, by, _sheet_rows(rows))
    return rows


def update_many(
    register: Register, rows: Sequence[Row], fields: Sequence[str], by: Author, *, checked: bool = False
) -> None:
    """Write the named fields of rows read earlier; refuses all if any was saved by somebody meanwhile."""
    with refusing(register, rows, by.user), transaction.atomic():
        if register.model.settle is not Row.settle:
            # Each may bring others in line, such as a unit the units below it.
            for row in rows:
                save(register, row, by)
            return
        stepping.refuse_changed(register, rows, fields)
        _write(register, rows, fields, by, checked=checked)


def _write(register: Register, rows: Sequence[Row], fields: Sequence[str], by: Author, *, checked: bool) -> None:
    """`update_many`, the state as well; in its caller's transaction."""
    if not rows:
        return
    ids = [row.pk for row in rows]
    movable = _permitted(register, ids, by)
    _claim(register, rows)
    refuse_emptied(register, rows, fields, by.user)
    _guard_changes(register, rows, by)
    twins.unmark(rows)
    for row in rows:
        _clean(register, row, checked)
    written = {*fields, *(f.name for f in _stored(register.model) if not f.editable)} - _given(register)
    _notify(hooks.before_write, register, CHANGED, ids, by, written)
    if len(rows) == 1:
        values = {name: getattr(rows[0], name) for name in written}
        register.model._default_manager.filter(pk=ids[0]).update(**values)
    else:
        # The rows are there and claimed, so nothing is created; bulk_update's CASE is searched anew for each row.
        register.model._default_manager.bulk_create(
            rows, CHUNK, update_conflicts=True, update_fields=sorted(written), unique_fields=_KEY
        )
    _notify(hooks.after_write, register, CHANGED, ids, by, written, rows)
    _check_scope(register, [i for i in ids if i not in movable], by)
    history.record(register.model, ids, CHANGED, by, _sheet_rows(rows))
    if set(fields) & set(register.named_by):
        _refold_dependents(register, ids)


def step(register: Register, row: Row, name: str, values: dict[str, object], by: Author, reason: str = "") -> Row:
    """Take a step of the register's flow: the values that it needs, the new state, and what follows in other rows.

    The row carries the `version` that its user saw, as in `save`; whatever else she changed in it is dropped.
    """
    with refusing(register, [row], by.user), transaction.atomic():
        before = stepping.read_again(register, row)
        taken, by = stepping.prepare(register, row, name, values, by, reason)
        check(register, row, before, by)
        changed = [f.name for f in _stored(row) if getattr(before, f.attname) != getattr(row, f.attname)]
        _write(register, [row], changed, by, checked=True)
        if taken.effect:
            taken.effect(row, by)
    return row


def take_steps(register: Register, rows: Sequence[Row], fields: Sequence[str], by: Author) -> None:
    """As `update_many`, for checked rows with the state to which a step brings each; then what follows elsewhere."""
    with refusing(register, rows, by.user), transaction.atomic():
        by = history.dated(by)
        steps = stepping.steps_of(register, rows, by)
        _write(register, rows, fields, by, checked=True)
        for row, taken in zip(rows, steps, strict=True):
            if taken.effect:
                taken.effect(row, by)


def take_steps_back(register: Register, rows: Sequence[Row], fields: Sequence[str], by: Author, batch_id: int) -> None:
    """As `update_many`, for checked rows that go back to the state in which the batch of this number found them."""
    with refusing(register, rows, by.user), transaction.atomic():
        stepping.refuse_not_taken_in(register, rows, batch_id)
        _write(register, rows, fields, by, checked=True)


def delete(register: Register, row: Row, by: Author) -> None:
    """Delete a row on which nothing hangs. Only those who manage it may; its history stays."""
    if not access.managed_by(register, by.user).filter(pk=row.pk).exists():
        raise Refused(_("Silme yetkiniz yok; kaydı silmek yerine hizmet dışı bırakabilirsiniz."))
    with refusing(register), transaction.atomic():
        _claim(register, [row])
        _guard(register, [(row, None)], by)
        if any(ask(register, [row.pk]) for ask in hooks.hanging):
            raise Refused(hanging(register, [row.pk])[row.pk])
        history.record(register.model, [row.pk], DELETED, by := history.dated(by))
        _notify(hooks.before_write, register, DELETED, [row.pk], by)
        try:
            register.model._default_manager.filter(pk=row.pk).delete()
        except ProtectedError as error:
            raise Refused(hanging_on(error)) from error


def take_back(register: Register, rows: Sequence[Row], by: Author, batch_id: int) -> None:
    """Delete rows that the import of this number added, to undo it; their history stays.

    Who applied the import may, as long as she may change the rows, though deleting is otherwise for those who
    manage them: she takes back her own doing. Those who manage the rows may, too.
    """
    made = register.model.history.filter(batch_id=batch_id, history_type=CREATED)
    with refusing(register), transaction.atomic():
        for some in chunked(rows, CHUNK):
            part = [row.pk for row in some]
            if by.user is not None:
                own = made.filter(id__in=part, history_user=by.user).values_list("id", flat=True)
                mine = access.editable_by(register, by.user).filter(pk__in=list(own)).values_list("pk", flat=True)
                managed = access.managed_by(register, by.user).filter(pk__in=part).values_list("pk", flat=True)
                if {*mine, *managed} != set(part):
                    raise Refused(_("Bu aktarımın eklediği kayıtların bir kısmını geri alma yetkiniz yok."))
            if why := hanging(register, part) or stepping.stepped(register, part):
                raise Refused(next(iter(why.values())))
            _claim(register, some)
            _guard(register, [(row, None) for row in some], by)
            history.record(register.model, part, DELETED, by := history.dated(by))
            _notify(hooks.before_write, register, DELETED, part, by)
            register.model._default_manager.filter(pk__in=part).delete()


def forget(register: Register, rows: QuerySet[Any]) -> int:
    """Take rows away together with their history, but for those that others name; returns how many went.

    Only for what was never real (`demo --remove`): everything else is deleted with `delete` and remembered.
    """
    for other, column in registers.naming(register.model):
        naming = other.model._default_manager.filter(**{f"{column.name}__isnull": False})
        if other is register:
            naming = naming.exclude(pk__in=rows.values("pk"))
        rows = rows.exclude(pk__in=naming.values(column.name))
    ids = list(rows.values_list("pk", flat=True))
    for part in chunked(ids, CHUNK):
        _notify(hooks.before_write, register, DELETED, part, Author())
        with past.opened():
            register.model.history.filter(id__in=part).delete()
        # Not delete(): it refuses rows that are named by rows which go in the same step.
        chosen = register.model._default_manager.filter(pk__in=part)
        chosen._raw_delete(chosen.db)
        _notify(hooks.after_forgetting, register, DELETED, part, Author())
    return len(ids)


def erase(register: Register, rows: Sequence[Row], names: Sequence[str], by: Author) -> None:
    """Empty columns of the rows and of all their history, for what may not be kept any longer.

    The columns are neither searched nor derived from. That it was done is an entry of the history itself.
    """
    ids = [row.pk for row in rows]
    blank = {name: None if register.model._meta.get_field(name).null else "" for name in names}
    with refusing(register), past.opened():
        _permitted(register, ids, by)
        _claim(register, rows)
        _notify(hooks.before_write, register, CHANGED, ids, by, set(names))
        for part in chunked(ids, CHUNK):
            register.model._default_manager.filter(pk__in=part).update(**blank)
            register.model.history.filter(id__in=part).update(**blank)
        _notify([*hooks.after_write, *hooks.after_erasing], register, CHANGED, ids, by, set(names))
        history.record(register.model, ids, CHANGED, by)


def restore(register: Register, row: Row, history_id: int, by: Author, keep: Sequence[str] = ()) -> Row:
    """Give the row the named entry's values, but for its state and those to keep; none may name what is no more."""
    then = register.model.history.get(history_id=history_id, id=row.pk)
    keep = [*keep, register.flow.column] if register.flow else keep
    back = [field for field in _stored(row) if field.editable and field.name not in keep]
    refuse_gone(register, then, back, by.user)
    for field in back:
        setattr(row, field.attname, getattr(then, field.attname))
    return save(register, row, by)


@transaction.atomic
def refold(register: Register, rows: QuerySet[Any]) -> None:
    """Write `search_text` anew where it does not follow from the row, which is held meanwhile; no change of its own."""
    for chunk in held_by_id(rows.select_related(*register.joined)):
        before = [row.search_text for row in chunk]
        for row in chunk:
            row.derive()
        stale = [row for row, text in zip(chunk, before, strict=True) if row.search_text != text]
        register.model._default_manager.bulk_update(stale, ["search_text"], batch_size=CHUNK)
        # What a row is called follows those that it names in every letter, its texts do not: "izmit" and "İzmit".
        _notify(hooks.after_refold, register, CHANGED, [row.pk for row in chunk], Author(), {"search_text"}, chunk)


# What the functions above share ---------------------------------------------------------------------------


def _stored(row: Row | type[Row]) -> list[models.Field[Any, Any]]:
    return [f for f in row._meta.concrete_fields if not f.primary_key and f.name != "version"]


def _not_edited(register: Register) -> list[str]:
    """Fields that the system fills; they are not the user's to be checked."""
    return [f.name for f in register.model._meta.concrete_fields if not f.editable]


def _clean(register: Register, row: Row, checked: bool) -> None:
    """Compute what follows from others. Raises ValidationError with what is wrong in a row that is not checked yet."""
    row.derive()
    if not checked:
        row.clean_fields(exclude=(*register.references, *_not_edited(register)))
        row.clean()
        row.derive()


def _sheet_rows(rows: Sequence[Row]) -> dict[int, int] | None:
    """What the history keeps of where the rows were read; None where one of them comes from no sheet."""
    numbers = {row.pk: row.sheet_row for row in rows if row.sheet_row}
    return numbers if len(numbers) == len(rows) else None


def _notify(
    hook: list[Follower],
    register: Register,
    kind: str,
    ids: Sequence[int],
    by: Author,
    columns: Set[str] | None = None,
    objects: Sequence[Row] = (),
) -> None:
    columns = {field.name for field in _stored(register.model)} if columns is None else columns
    for start in range(0, len(ids), history.CHUNK):
        some = slice(start, start + history.CHUNK)
        write = Write(register, kind, ids[some], columns, by, objects[some])
        for follower in hook:
            follower(write)


def _given(register: Register) -> set[str]:
    """The column that is numbered once and for all."""
    return {register.model.numbered[0]} if register.model.numbered else set()


def _number(register: Register, rows: Sequence[Row]) -> None:
    if register.model.numbered is None:
        return
    column, form, counter = register.model.numbered
    year = timezone.localdate().year
    counter = f"{counter}-{year}" if "{year}" in form else counter
    for number, row in enumerate(rows, Counter.take(counter, len(rows)) - len(rows) + 1):
        setattr(row, column, form.format(number, year=year))


def _claim(register: Register, rows: Sequence[Row]) -> None:
    """Raise every row's version, which also locks it; a row whose version moved on is a Conflict."""
    manager = register.model._default_manager
    seen = {row.pk: row.version for row in rows}
    stored, ids = hold(register.model, list(seen)), sorted(seen)
    if moved := [row.pk for row in rows if stored.get(row.pk) != row.version]:
        raise Conflict(moved)
    by_version: dict[int, list[int]] = defaultdict(list)
    for pk in ids:
        by_version[seen[pk]].append(pk)
    for version, same in by_version.items():
        for part in chunked(same, CHUNK):
            if manager.filter(pk__in=part, version=version).update(version=version + 1) != len(part):
                raise Conflict(part)
    for row in rows:
        row.version += 1


def _count(rows: QuerySet[Any], ids: Sequence[int]) -> int:
    return sum(rows.filter(pk__in=part).count() for part in chunked(ids, CHUNK))


def _permitted(register: Register, ids: list[int], by: Author) -> set[int]:
    """Refuses unless the user may change every row; returns those that she may also hand over."""
    if by.user is None:
        return set(ids)
    if _count(access.editable_by(register, by.user), ids) != len(ids):
        raise Refused(_("Bu kayıtların bir kısmını değiştirme yetkiniz yok."))
    managed = access.managed_by(register, by.user)
    return {pk for part in chunked(ids, CHUNK) for pk in managed.filter(pk__in=part).values_list("pk", flat=True)}


def _check_scope(register: Register, ids: list[int], by: Author) -> None:
    """After the write: no row may have left the scope of somebody without the right to move it."""
    if by.user is not None and _count(access.editable_by(register, by.user), ids) != len(ids):
        raise Refused(
            _("Kaydı yetkiniz dışındaki bir birime veremezsiniz; o birimin veya kütüğün yöneticisinden isteyiniz.")
        )


def _guard_changes(register: Register, rows: Sequence[Row], by: Author) -> None:
    if register.guard:
        before = register.model._default_manager.select_related(*register.joined)
        for part in chunked(rows, CHUNK):
            stored = before.in_bulk([row.pk for row in part])
            _guard(register, [(stored[row.pk], row) for row in part], by)


def _guard(register: Register, pairs: Sequence[tuple[Row | None, Row | None]], by: Author) -> None:
    """Refuses what the register's guard objects to; each pair is a row as it is and as it will be."""
    for _place, _column, sentence in register.guard(pairs, by.user) if register.guard else ():
        raise Refused(sentence)


def _refold_dependents(register: Register, ids: Sequence[int]) -> None:
    """A reference's new name must be found in the rows that name it."""
    for other, column in registers.naming(register.model):
        for part in chunked(ids, CHUNK) if column.name in other.model.searched else ():
            refold(other, other.model._default_manager.filter(**{f"{column.name}__in": part}))
