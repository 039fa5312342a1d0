"""The life of a batch: uploaded, checked, applied. Every step may run twice without harm."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.core.files import File
from django.db import OperationalError, transaction
from django.db.models import Model, Q, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from imports import profiles
from imports.applying import apply
from imports.cells.cell import show
from imports.checking import Options, check, guessed_locale
from imports.matching import Matching, UnknownColumn, known_headings, match, titles
from imports.meanings import answers
from imports.models import Batch, KeptSheet
from imports.plan import Finding, Plan
from imports.reading import Book, Sheet, UnreadableFile, open_book
from imports.steps import Stopped, ask_to_stop, beating, claim, forget, holds, leave
from inventory import access, faults, registers
from inventory.history import Author
from inventory.normal import is_identity_number, masked
from inventory.refusals import telling
from inventory.registers import Register
from inventory.writes import Refused

_SAMPLES = 3

State = Batch.State
# In these the user may choose anew and have it checked again.
CHECKABLE = (State.CHECKED, State.REFUSED, State.FAILED, State.CANCELLED)


def upload(register: Register, user, file: File, name: str, into: type[KeptSheet] = Batch, **choices) -> KeptSheet:
    """Keep the file as a new batch; `choices` are the batch's own fields (mode, blank, locale …).

    `into`: another model of kept sheets.
    """
    digest = hashlib.sha256()
    for part in file.chunks():
        digest.update(part)
    file.seek(0)
    kept = into(
        register=register.slug, user=user, name=Path(name).name[-200:], size=file.size, sha256=digest.hexdigest(),
        **choices,
    )  # fmt: skip
    # The name is the user's; what lies on the disk is named by us.
    kept.file.save("sheet", file, save=True)
    return kept


def seen_before(batch: Batch) -> QuerySet[Batch]:
    """Earlier imports of the very same file into the same register that were applied."""
    same = Batch.objects.filter(register=batch.register, sha256=batch.sha256, state=State.APPLIED)
    return same.exclude(pk=batch.pk)


def visible_batches(user) -> QuerySet[Batch]:
    return visible(Batch, user)


def visible(model: type[Model], user) -> QuerySet:
    """Her own, and all of the registers that she manages everywhere."""
    managed = [r.slug for r in registers.every() if manages_everywhere(r, user)]
    return model._default_manager.filter(Q(user=user) | Q(register__in=managed)).select_related("user")


def manages_everywhere(register: Register, user) -> bool:
    return access.may_manage(register, user) and access.units_to_change(register, user) == []


# Checking -------------------------------------------------------------------------------------------------


def run_check(batch: Batch, most_rows: int | None = None, before: tuple[str, ...] = CHECKABLE) -> bool:
    """Read the file, match its headings, judge its rows, keep the plan.

    False, and nothing done, when the sheet has more than `most_rows` rows. What goes wrong is kept with the
    batch, never raised.
    """
    if not claim(batch, State.CHECKING, (State.UPLOADED, *before)):
        return True
    told = beating(batch)
    try:
        told(0, 0)
        book = open_book(batch.file.path, batch.name)
        batch.read = {"sheets": [info.name for info in book.sheets if info.rows]}
        sheet = read_sheet(book, batch)
        if most_rows is not None and len(sheet.rows) > most_rows:
            leave(batch, State.UPLOADED)
            return False
        told(0, len(sheet.rows))
        plan = judge(batch, sheet, told, quoted=book.delimiter is not None)
    except (UnreadableFile, UnknownColumn) as error:
        batch.message = str(error)
        _forget_plan(batch)
        leave(batch, State.FAILED)
        return True
    except Stopped as end:
        batch.message = stopped(end.who)
        leave(batch, State.CANCELLED)
        return True
    if holds(batch):
        keep_plan(batch, plan)
    return True


def _forget_plan(batch: Batch) -> None:
    """What an earlier check found no longer holds once the file is read otherwise."""
    if batch.plan_file:
        batch.plan_file.delete(save=False)
    batch.counts, batch.headings, batch.unknown = {}, [], []


def stopped(who: str) -> str:
    return _("%(who)s durdurdu; hiçbir şey yazılmadı.") % {"who": who}


def read_sheet(book: Book, batch: Batch) -> Sheet:
    """The table that the batch's choices name, its group names carried down where that is chosen."""
    sheet = book.read(batch.sheet or None, batch.header_row, batch.header_rows, known=known_headings(batch.of))
    if other := _other_register(book, sheet, batch.of):
        message = _("Bu sayfa “%(other)s” kütüğünden verilmiş; dosyayı o kütüğün listesinden yükleyiniz.")
        raise UnreadableFile(message % {"other": other.title})
    if filled := [header for header in batch.filled if header in sheet.headers]:
        return sheet.filled_down(filled)
    return sheet


def _other_register(book: Book, sheet: Sheet, register: Register) -> Register | None:
    """The register that an export of ours names its sheet after, when it is not this one."""
    if not book.is_ours or sheet.name in titles(register):
        return None
    return next((other for other in registers.every() if sheet.name in titles(other)), None)


def judge(batch: Batch, sheet: Sheet, told: Callable[[int, int], None], *, quoted: bool) -> Plan:
    """The plan for a sheet under the batch's choices. Raises UnknownColumn for a wrong mapping."""
    given = profiles.known_mapping(batch, sheet.headers) | batch.mapping
    matching = match(batch.of, sheet.headers, sheet.header_row, given)
    locale = batch.locale or guessed_locale(batch.of, sheet, matching)
    options = Options(
        mode=batch.mode,
        blank=batch.blank,
        blanks=batch.blanks,
        missing=batch.missing,
        missing_among=batch.missing_among,
        missing_reason=batch.missing_reason,
        locale=locale,
        quoted=quoted,
        answers=answers(batch.of, batch.user, batch.profile),
    )
    plan = check(batch.of, sheet, matching, options, batch.user, told)
    if before := seen_before(batch).first():
        message = _("Aynı dosya daha önce uygulandı: %(number)d no’lu aktarım, %(day)s.") % {
            "number": before.pk,
            "day": formats.date_format(timezone.localtime(before.applied_at), "SHORT_DATE_FORMAT"),
        }
        plan.warnings.insert(0, Finding(sheet.header_row, "", "", message))
    batch.headings = described(batch.of, sheet, matching)
    batch.read |= {
        "sheet": sheet.name,
        "header_row": sheet.header_row,
        "header_rows": sheet.header_rows,
        "locale": locale,
    }
    batch.unknown = plan.unknown
    return plan


def described(register: Register, sheet: Sheet, matching: Matching) -> list[dict]:
    """Each heading with what is read from it, the first values under it, and how many of its cells are filled."""
    personal = {column.name for column in register.personal}
    hidden = {heading.place for heading in matching.headings if personal & set(heading.columns)}
    samples: dict[int, list[str]] = {heading.place: [] for heading in matching.headings}
    for _row, cells in sheet.rows[:50]:
        for place, found in samples.items():
            if cells[place] is None or len(found) == _SAMPLES:
                continue
            text = show(cells[place])
            # Also under a heading that nobody understood.
            text = masked(text) if place in hidden or is_identity_number(text) else text
            if text not in found:
                found.append(text)
    return [
        {
            "text": heading.text,
            "reading": heading.reading,
            "columns": "+".join(heading.columns),
            "near": heading.near,
            "samples": samples[heading.place],
            "share": _share(sheet.filled_cells[heading.place], len(sheet.rows)),
            "fillable": heading.text in sheet.fillable,
        }
        for heading in matching.headings
    ]


def _share(filled: int, rows: int) -> int:
    """Per cent; 100 only where every cell is filled, and 0 only where none is."""
    return max(100 * filled // rows, 1) if filled and rows else 0


def keep_plan(batch: Batch, plan: Plan) -> None:
    """Keep what the check found: with errors the batch is refused."""
    with tempfile.TemporaryFile() as file:
        plan.write(file)
        file.seek(0)
        if batch.plan_file:
            batch.plan_file.delete(save=False)
        batch.plan_file.save("plan", File(file), save=False)
    batch.counts = plan.counts()
    batch.message = ""
    batch.checked_at = timezone.now()
    leave(batch, State.REFUSED if plan.errors else State.CHECKED)


# Applying -------------------------------------------------------------------------------------------------


def run_apply(batch: Batch, before: tuple[str, ...] = (State.CHECKED,)) -> None:
    """Write the plan. A refusal is kept with the batch; a batch that is applied already stays as it is."""
    if not claim(batch, State.APPLYING, before):
        return
    by = Author(user=batch.user, reason=batch.why(), batch_id=batch.pk)
    told, of_all = beating(batch), writes_of(batch)
    try:
        told(0, of_all)
        with telling(batch.of), transaction.atomic():
            # In the same transaction as the rows: both or neither, also when the worker is killed. A second
            # worker waits here and finds nothing to do.
            ours = Batch.objects.filter(pk=batch.pk, state=State.APPLYING, heartbeat=batch.heartbeat)
            if not ours.update(state=State.APPLIED, applied_at=by.at, message="", heartbeat=None):
                return
            with batch.plan() as plan:
                apply(batch.of, plan, by, lambda done: told(done, of_all))
    except Refused as refusal:
        batch.message = _("Hiçbir şey yazılmadı. %(why)s") % {"why": refusal}
        leave(batch, State.REFUSED)
        return
    except Stopped as end:
        batch.message = stopped(end.who)
        leave(batch, unapplied(batch))
        return
    forget(batch)
    batch.refresh_from_db()


def ask_to_apply(batch: Batch) -> bool:
    """Have the plan wait for a worker; False when the batch is no longer where it was."""
    forget(batch)
    if not Batch.objects.filter(pk=batch.pk, state=batch.state).update(state=State.APPLYING, heartbeat=None):
        return False
    batch.state, batch.heartbeat = State.APPLYING, None
    return True


def may_leave_out(batch: Batch) -> bool:
    """Whether the refused rows may be left out and the others written, if the user asks for just that.

    Not while rows that the file lacks are to be retired: a row that could not be read may be one of them.
    """
    counts = batch.counts
    return bool(batch.state == State.REFUSED and counts.get("refused") and writes_of(batch) and not counts["retiring"])


def unapplied(batch: Batch) -> State:
    """Where a batch is whose plan was not written."""
    return State.REFUSED if batch.counts["errors"] else State.CHECKED


def writes_of(batch: Batch) -> int:
    """How many rows its apply writes."""
    return sum(batch.counts.get(name, 0) for name in ("new", "changed", "retiring"))


# A step that ends otherwise -------------------------------------------------------------------------------


def cancel(batch: Batch, user) -> None:
    """Stop the batch's step: as soon as its worker hears it, or at once while it waits for one."""
    # Not by the database first: while rows are written, its one writer on SQLite is just that worker.
    ask_to_stop(batch, str(user))
    after = {State.UPLOADED: State.CANCELLED, State.UNDOING: State.APPLIED}
    if batch.state == State.APPLYING:
        after[State.APPLYING] = unapplied(batch)
    if batch.heartbeat is None and batch.state in after:
        waiting = Batch.objects.filter(pk=batch.pk, state=batch.state, heartbeat__isnull=True)
        with suppress(OperationalError):  # Another import is being written; the worker hears it when it comes.
            if waiting.update(state=after[batch.state], message=stopped(str(user))):
                forget(batch)


def give_up(batch: Batch) -> None:
    """After a fault of ours: say so, instead of looking busy for ever."""
    if batch.is_busy and holds(batch):
        end = State.FAILED
        if batch.state in (State.APPLYING, State.UNDOING):
            end = State.APPLIED if batch.state == State.UNDOING else unapplied(batch)
        batch.refresh_from_db()
        batch.message = faults.told(_("Beklenmeyen bir hata oldu, hiçbir şey yazılmadı. Yeniden deneyiniz; sürerse "
                                      "sistem yöneticisine bu aktarımın numarasını bildiriniz."))  # fmt: skip
        leave(batch, end)
