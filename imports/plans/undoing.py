"""Takes an applied batch back, by the history that it left: what it added goes, what it changed goes back.

Rows that somebody edited since stay as they are and are named, unless the later edits are to go, too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import models, transaction
from django.db.models import OuterRef, Subquery
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from imports.batches import manages_everywhere
from imports.checking import besides
from imports.endings import ending, not_undone, stopped
from imports.models import Batch
from imports.plans.applying import CHUNK, Gone, Moved, NamedRows, change
from imports.plans.plan import PlanLine, Verdict, pack
from imports.steps import Stopped, beating, claim, forget, leave
from inventory import access, registers, writes
from inventory.columns import Column
from inventory.flows import stepping
from inventory.history import CREATED, DELETED, Author
from inventory.many import chunked
from inventory.organization.models import Asker
from inventory.past import Trail
from inventory.refusals import refusing
from inventory.registers import Register
from inventory.writes import Refused

# So many of the rows that stayed are kept with the batch.
_KEPT = 200

State = Batch.State
# Which rows stay because of what came after a register's entries: {id: the last entry}.
_Keeping = Callable[[Register, list[dict[str, Any]]], dict[int, Trail]]


@dataclass
class Left:
    """A row that stays as it is; `who` edited it last, and `at` when, where that is the reason."""

    id: int
    why: str
    who: str = ""
    at: dt.datetime | None = None
    gone: bool = False
    key: str = ""
    register: str = ""

    @property
    def at_text(self) -> str:
        return formats.date_format(self.at, "SHORT_DATETIME_FORMAT") if self.at else ""

    @property
    def edited(self) -> bool:
        """Whether a later edit alone keeps it, which may be taken back, too."""
        return self.at is not None and not self.gone


@dataclass
class Undone:
    """How many rows went and went back, those that stay, and how many rows of other tables were taken back."""

    deleted: int = 0
    restored: int = 0
    beside: int = 0
    left: list[Left] = field(default_factory=list)

    def __add__(self, other: Undone) -> Undone:
        return Undone(
            self.deleted + other.deleted,
            self.restored + other.restored,
            self.beside + other.beside,
            self.left + other.left,
        )


@dataclass
class Survey:
    """What an undo would do in one register: ids that go, newest first; {id: the history entry to go back to}, and of
    those that took a step {id: the state to go back to}; what stays."""

    batch: Batch
    register: Register
    goes: list[int] = field(default_factory=list)
    back: dict[int, int] = field(default_factory=dict)
    states: dict[int, str] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)


def may_undo(batch: Batch, user: Asker) -> bool:
    """Who applied it, and who manages the register everywhere; while they may change its rows at all."""
    written = [part.of for part in batch.all_parts]
    if batch.state != State.APPLIED or batch.whole_id or not all(access.may_change(each, user) for each in written):
        return False
    return (user is not None and batch.user_id == user.pk) or all(manages_everywhere(each, user) for each in written)


def undo(batch: Batch, user: Asker, reason: str = "", *, force: bool = False) -> Undone:
    """Undo the batch now, in one transaction. Raises Refused, and has written nothing then."""
    refusal = _("Yalnızca uygulanmış bir işlem geri alınır; bunun durumu: %(state)s.")
    if not ask(batch, user, reason, force=force):
        raise Refused(refusal % {"state": batch.get_state_display()})
    done = run_undo(batch)
    if done is None:
        batch.refresh_from_db()  # It may have been stopped before it began.
        raise Refused(batch.message or refusal % {"state": batch.get_state_display()})
    return done


def ask(batch: Batch, user: Asker, reason: str = "", *, force: bool = False) -> bool:
    """Keep what is asked for, so that any worker can do it; False when the batch is not an applied one. Raises Refused
    for a part of another, which is undone as a whole."""
    if batch.whole_id:
        message = _("%(number)d, %(whole)d no’lu işlemin bir bölümüdür; bütününü geri alınız: %(whole)d.")
        raise Refused(message % {"number": batch.pk, "whole": batch.whole_id})
    asked = {"undone_by": user, "undo": {"reason": reason, "force": force}, "message": ""}
    applied = Batch.objects.filter(pk=batch.pk, state=State.APPLIED)
    was_applied = bool(applied.update(state=State.UNDOING, heartbeat=None, **asked))
    batch.refresh_from_db()
    forget(batch)
    return was_applied


@ending
def run_undo(batch: Batch) -> Undone | None:
    """Do what `ask` kept. A refusal is kept with the batch, which is an applied one again; None then."""
    if not claim(batch, State.UNDOING, ()):
        return None
    reason = _("%(number)d no’lu işlem geri alındı") % {"number": batch.pk}
    reason = " · ".join(filter(None, (reason, batch.undo["reason"])))
    by = Author(user=batch.undone_by, reason=reason, at=timezone.now())
    on_progress = beating(batch)
    try:
        with refusing(batch.of), transaction.atomic():
            # As in an apply: both or neither, and a second worker waits here and finds nothing to do.
            ours = Batch.objects.filter(pk=batch.pk, state=State.UNDOING, heartbeat=batch.heartbeat)
            if not ours.update(state=State.UNDONE, undone_at=by.at, heartbeat=None):
                return None
            batch.parts.update(state=State.UNDONE, undone_at=by.at, undone_by=by.user)
            keeping = _deleted if batch.undo["force"] else _edited
            done = sum((_undone(part, keeping, by, on_progress) for part in batch.all_parts), Undone())
            Batch.objects.filter(pk=batch.pk).update(undo=batch.undo | _outcome(done))
    except (Refused, Stopped) as end:
        batch.message = stopped(end.who, batch.state) if isinstance(end, Stopped) else not_undone(_why(end))
        leave(batch, State.APPLIED)
        return None
    forget(batch)
    batch.refresh_from_db()
    return done


def _undone(batch: Batch, keeping: _Keeping, by: Author, on_progress: Callable[[int, int], None]) -> Undone:
    done = Undone()
    for register in _written(batch):
        here = _survey(batch, register, by.user, keeping)
        done += _write(here, by, on_progress)
        name(register, here.left)
    # After the rows: what they no longer name may go.
    done.beside = besides.undo(batch, by)
    return done


def _why(end: Refused) -> str:
    """What ended the undo, in a sentence about rows: its user has no file before her."""
    match end:
        case Moved():
            return _("Tam bu sırada şu kayıtlar değişti: %(rows)s. Geri almayı yeniden isteyiniz.") % {"rows": end.rows}
        case Gone():
            message = _(
                "Geri gelecek değerlerden biri artık olmayan bir kaydı gösteriyor (%(column)s). İşlem bütünüyle "
                "geri alınamaz; kayıtları tek tek düzeltiniz."
            )
            return message % {"column": end.column}
    return str(end)


def _outcome(done: Undone) -> dict[str, Any]:
    left = [
        {name: getattr(each, name) for name in ("register", "id", "key", "why", "who", "at_text")}
        for each in done.left[:_KEPT]
    ]
    counts = {"deleted": done.deleted, "restored": done.restored, "beside": done.beside}
    return counts | {"stayed": len(done.left), "left": left}


# What would happen ----------------------------------------------------------------------------------------


def surveys(batch: Batch, user: Asker) -> list[Survey]:
    """What goes, what goes back and what stays, for this user, in each register; nothing is written."""
    return _surveys(batch, user, _edited)


def surveys_with_later_edits(batch: Batch, user: Asker) -> list[Survey]:
    """The same of an undo by which later edits are lost, too."""
    return _surveys(batch, user, _deleted)


def _surveys(batch: Batch, user: Asker, keeping: _Keeping) -> list[Survey]:
    return [_survey(part, each, user, keeping) for part in batch.all_parts for each in _written(part)]


def _written(batch: Batch) -> list[Register]:
    """The batch's own register, and those in which its steps had an effect."""
    if batch.of.flow is None:
        return [batch.of]
    others = [each for each in registers.every() if each is not batch.of]
    return [batch.of, *(r for r in others if r.model.history.filter(batch_id=batch.pk).exists())]


def _survey(batch: Batch, register: Register, user: Asker, keeping: _Keeping) -> Survey:
    survey = Survey(batch, register)
    for part in chunked(_entries(register, batch), CHUNK):
        later = keeping(register, part)
        editable = access.editable_by(register, user).filter(pk__in=[each["id"] for each in part])
        mine = set(editable.values_list("pk", flat=True))
        for each in part:
            last = later.get(each["id"])
            if last is not None and last.history_type == DELETED:
                if each["history_type"] != CREATED:
                    survey.left.append(_later(last, _("Sonradan silinmiş.")))
            elif last is not None:
                survey.left.append(_later(last, _("Sonradan değiştirilmiş.")))
            elif each["id"] not in mine:
                survey.left.append(Left(each["id"], _("Artık sizin yetkinizde değil.")))
            elif each["history_type"] == CREATED:
                survey.goes.append(each["id"])
            elif each["before"]:
                survey.back[each["id"]] = each["before"]
        _survey_steps(survey, [each["id"] for each in part if each["id"] in survey.back], user)
        for row_id, why in _emptied(register, survey.back, part, user).items():
            survey.left.append(Left(row_id, why))
            del survey.back[row_id]
    stepped = stepping.stepped(register, survey.goes)
    survey.left += [Left(row_id, why) for row_id, why in stepped.items()]
    survey.goes = sorted(set(survey.goes) - stepped.keys(), reverse=True)
    # A row of a tree may stand under another that goes; one that stays holds what is above it.
    while hanging := writes.hanging(register, survey.goes, set(survey.goes)):
        survey.left += [Left(row_id, why) for row_id, why in hanging.items()]
        survey.goes = [row_id for row_id in survey.goes if row_id not in hanging]
    for left in survey.left:
        left.register = register.slug
    return survey


def _survey_steps(survey: Survey, ids: list[int], user: Asker) -> None:
    """A row's state goes back with its values, unless it has taken another step since, or the step was for others."""
    register = survey.register
    if register.flow is None:
        return
    since = stepping.stepped_since(register, survey.batch.pk, ids)
    managed = set(access.managed_by(register, user).filter(pk__in=ids).values_list("pk", flat=True))
    for row_id, (before, state) in stepping.taken_in(register, survey.batch.pk, ids).items():
        step, why = register.flow.between(before, state), ""
        if row_id in since:
            why = _("Sonradan başka bir adım atılmış; gerekiyorsa sayfasından geri adım atınız.")
        elif step and step.level == "manage" and row_id not in managed:
            why = _("“%(step)s” adımını yalnızca kaydı yönetenler geri alır.") % {"step": step.label}
        survey.states[row_id] = before
        if why:
            survey.left.append(Left(row_id, why))
            del survey.back[row_id]


def _emptied(register: Register, back: Mapping[int, int], part: list[dict[str, Any]], user: Asker) -> dict[int, str]:
    """{id: why} of the part's rows that name a row which the user may not see any more, and named none before.

    Nobody empties what she may not see; it would stop all the others, too.
    """
    reasons: dict[int, str] = {}
    ids = [each["id"] for each in part if each["id"] in back]
    for name in register.references if ids else ():
        column = register.column(name)
        unseen = access.unseen_by(register, user, column)
        if unseen is None:
            continue
        naming = register.model._default_manager.filter(pk__in=ids, **{f"{name}__in": unseen})
        before = [back[row_id] for row_id in naming.values_list("pk", flat=True)]
        blank = register.model.history.filter(history_id__in=before, **{f"{name}__isnull": True})
        why = _("“%(column)s” alanında size görünmeyen bir kayıt var; geri dönerse boşalırdı.")
        reasons |= dict.fromkeys(blank.values_list("id", flat=True), why % {"column": column.label})
    return reasons


def _entries(register: Register, batch: Batch) -> Iterator[dict[str, Any]]:
    """The batch's history entries, each with the one before it and the row's last one."""
    past = register.model.history.model.objects
    of_row = past.filter(id=OuterRef("id"))
    before = of_row.filter(history_id__lt=OuterRef("history_id")).order_by("-history_id")
    entries = past.filter(batch_id=batch.pk).order_by("history_id")
    entries = entries.annotate(
        before=Subquery(before.values("history_id")[:1]),
        last=Subquery(of_row.order_by("-history_id").values("history_id")[:1]),
    )
    yield from entries.values("history_id", "id", "history_type", "before", "last").iterator(CHUNK)


def _edited(register: Register, entries: list[dict[str, Any]]) -> dict[int, Trail]:
    """{id: last history entry} of the rows that are not as the batch left them; an edit taken back is none."""
    later = {each["last"]: each["history_id"] for each in entries if each["last"] != each["history_id"]}
    if not later:
        return {}
    past = register.model.history.model.objects.select_related("history_user")
    trails = past.in_bulk([*later, *later.values()], field_name="history_id")
    columns = register.typed_columns()
    return {
        trails[last].id: trails[last]
        for last, own in later.items()
        if trails[last].history_type == DELETED
        or any(_value(trails[last], column) != _value(trails[own], column) for column in columns)
    }


def _deleted(register: Register, entries: list[dict[str, Any]]) -> dict[int, Trail]:
    """{id: last history entry} of the rows that were deleted since: they stay so, whatever else is taken back."""
    edited = _edited(register, entries)
    return {row_id: last for row_id, last in edited.items() if last.history_type == DELETED}


def _later(last: Trail, why: str) -> Left:
    return Left(
        last.id,
        why,
        str(last.history_user or _("Sistem")),
        timezone.localtime(last.history_date),
        gone=last.history_type == DELETED,
    )


def _value(row: models.Model, column: Column) -> object:
    return getattr(row, column.field.attname)


# Doing it -------------------------------------------------------------------------------------------------


def _write(survey: Survey, by: Author, on_progress: Callable[[int, int], None]) -> Undone:
    register, done = survey.register, Undone(left=survey.left)
    of_all = len(survey.goes) + len(survey.back)
    # What was added goes first: it may hold what a changed row gave up. A tree's rows go one by one, from
    # the newest on, since each may stand under the one before it.
    size = 1 if register.naming(register.model) else CHUNK
    rows = access.visible_to(register, None)
    for ids in chunked(survey.goes, size):
        part = rows.in_bulk(ids)
        writes.take_back(register, list(part.values()), by, survey.batch.pk)
        done.deleted += len(part)
        on_progress(done.deleted, of_all)
    references, steps_back = NamedRows(register), partial(writes.take_steps_back, batch_id=survey.batch.pk)
    for back in chunked(survey.back.items(), CHUNK):
        lines = list(_lines(survey, dict(back)))
        change(register, lines, references, by, steps_back)
        done.restored += len(lines)
        on_progress(done.deleted + done.restored, of_all)
    return done


def _lines(survey: Survey, back: dict[int, int]) -> Iterator[PlanLine]:
    """The former values as lines of a plan, to be written as any import's."""
    register = survey.register
    former = register.model.history.model.objects.in_bulk(list(back.values()), field_name="history_id")
    rows = access.visible_to(register, None).in_bulk(list(back))
    columns = register.typed_columns()
    for row_id, entry in back.items():
        then, row = former[entry], rows[row_id]
        names = [column.name for column in columns if _value(then, column) != _value(row, column)]
        values = {name: _value(then, register.column(name)) for name in names}
        if register.flow and row_id in survey.states:
            values[register.flow.column] = survey.states[row_id]
        if values:
            yield PlanLine(0, Verdict.CHANGED, row.pk, row.version, pack(values))


def name(register: Register, left: list[Left]) -> None:
    """Give the rows that are left the keys by which people know them."""
    for part in chunked(left, CHUNK):
        rows = access.visible_to(register, None).filter(pk__in=[each.id for each in part])
        keys = dict(rows.values_list("pk", register.key.name))
        for each in part:
            each.key = str(keys.get(each.id, ""))
