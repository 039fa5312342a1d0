"""The life of a batch: uploaded, checked, applied. Every step may run twice without harm."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from django.core.files import File
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from imports import profiles
from imports.checking.checker import check
from imports.checking.composites import composites
from imports.checking.drafts import fits
from imports.checking.later import Age
from imports.checking.locales import column_locales, guessed_locale
from imports.checking.matching import Heading, Matching, UnknownColumn, known_headings, match, titles
from imports.checking.meanings import answers, headings
from imports.checking.options import Blank, Missing, Mode, Options
from imports.endings import ending, stopped, unapplied
from imports.filling import constants, corrected
from imports.models import Batch, KeptSheet
from imports.plans.applying import apply, without_file
from imports.plans.plan import Finding, Plan
from imports.reading import Book, Sheet, TookTooMuch, UnreadableFile, open_at_once, open_book
from imports.steps import Stopped, beating, claim, forget, holds, leave
from inventory import access, registers
from inventory.cells.cell import Locale, show
from inventory.history import Author
from inventory.normal import is_identity_number, masked
from inventory.refusals import refusing
from inventory.registers import Register
from inventory.writes import Refused

_SAMPLES = 3

State = Batch.State
# In these a batch may be given up, and the user of a file choose anew and have it checked again.
CHECKABLE = (State.CHECKED, State.REFUSED, State.FAILED, State.CANCELLED)


def upload(register: Register, user, file: File, name: str, into: type[Any] = Batch, **choices) -> Any:
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


@ending
def run_check(batch: Batch, most_rows: int | None = None, before: tuple[str, ...] = CHECKABLE) -> bool:
    """Read the file, match its headings, judge its rows, keep the plan.

    False, and nothing done, when the sheet has more than `most_rows` rows, or is not read in a moment. What is
    wrong with the file is kept with the batch, not raised.
    """
    if not claim(batch, State.CHECKING, (State.UPLOADED, *before)):
        return True
    on_progress = beating(batch)
    try:
        on_progress(0, 0)
        book = opened(batch, open_book if most_rows is None else open_at_once)
        sheet = read_sheet(book, batch)
        if most_rows is not None and len(sheet.rows) > most_rows:
            leave(batch, State.UPLOADED)
            return False
        on_progress(0, len(sheet.rows))
        plan = judge(batch, sheet, on_progress, quoted=book.delimiter is not None)
    except (UnreadableFile, UnknownColumn) as error:
        if most_rows is not None and isinstance(error, TookTooMuch):
            leave(batch, State.UPLOADED)
            return False
        batch.message = str(error)
        _forget_plan(batch)
        leave(batch, State.FAILED)
        return True
    except Stopped as end:
        batch.message = stopped(end.who, batch.state)
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


def opened(kept: KeptSheet, reader: Callable[..., Book]) -> Book:
    """The kept file, opened as its choices say; its `read` begins anew with what it is. Raises UnreadableFile."""
    book = reader(kept.file.path, kept.name, encoding=kept.encoding)
    kept.read = {"sheets": [info.name for info in book.sheets if info.rows], "encoding": book.encoding}
    kept.read["as_of"] = book.as_of and book.as_of.isoformat()
    return book


def read_sheet(book: Book, kept: KeptSheet) -> Sheet:
    """The table that the choices of a kept file name, its group names carried down where that is chosen."""
    sheet = book.read(kept.sheet or None, kept.header_row, kept.header_rows, known=known_headings(kept.of))
    if other := _other_register(book, sheet, kept.of):
        message = _("Bu sayfa “%(other)s” kütüğünden verilmiş; dosyayı o kütüğün listesinden yükleyiniz.")
        raise UnreadableFile(message % {"other": other.title})
    if filled := [header for header in kept.filled if header in sheet.headers]:
        return sheet.filled_down(filled)
    return sheet


def _other_register(book: Book, sheet: Sheet, register: Register) -> Register | None:
    """The register that an export of ours names its sheet after, when it is not this one."""
    if not book.is_ours or sheet.name in titles(register):
        return None
    return next((other for other in registers.every() if sheet.name in titles(other)), None)


def judge(batch: Batch, sheet: Sheet, on_progress: Callable[[int, int], None], *, quoted: bool) -> Plan:
    """The plan for a sheet under the batch's choices. Raises UnknownColumn for a wrong mapping."""
    source = corrected.source(batch, sheet)
    if source and batch.checked_at is None:
        corrected.take_choices(batch, source, sheet)
        batch.as_of = batch.as_of or as_of(source)
    given = profiles.known_mapping(batch, sheet.headers) | batch.mapping
    given |= constants.headings(batch.of, batch.constants)
    sheet = constants.added(batch.of, sheet, batch.constants)
    recalled = headings(batch.of, batch.user)
    matching = match(batch.of, sheet.headers, sheet.header_row, given, fits(batch.of, sheet), recalled)
    locale = chosen_locale(batch) or guessed_locale(batch.of, sheet, matching)
    options = Options(
        # What the fields' choices are.
        mode=cast(Mode, batch.mode),
        blank=cast(Blank, batch.blank),
        blanks=batch.blanks,
        missing=cast(Missing, batch.missing),
        missing_among=batch.missing_among,
        missing_reason=batch.missing_reason,
        locale=locale,
        column_locales={} if batch.locale else column_locales(batch.of, sheet, matching, locale),
        quoted=quoted,
        answers=constants.with_meant(batch.of, answers(batch.of, batch.user, batch.profile), batch.constants),
        age=_age(batch),
    )
    plan = check(batch.of, sheet, matching, options, batch.user, on_progress)
    if source:
        message = _("Bu dosya %(number)d no’lu aktarımın hatalı satırlarından; başlıklar ve seçimler oradan alındı.")
        plan.warnings.insert(0, Finding(sheet.header_row, "", "", message % {"number": source.pk}))
    if before := seen_before(batch).first():
        message = _("Aynı dosya daha önce uygulandı: %(number)d no’lu aktarım, %(day)s.") % {
            "number": before.pk,
            "day": formats.date_format(timezone.localtime(before.applied_at), "SHORT_DATE_FORMAT"),
        }
        plan.warnings.insert(0, Finding(sheet.header_row, "", "", message))
    given_once = constants.headings(batch.of, batch.constants)
    batch.headings = [one for one in described(batch.of, sheet, matching) if one["text"] not in given_once]
    batch.read |= {
        "sheet": sheet.name,
        "header_row": sheet.header_row,
        "header_rows": sheet.header_rows,
        "locale": locale,
    }
    batch.unknown = plan.unknown
    return plan


def chosen_locale(kept: KeptSheet) -> Locale | None:
    """How the user says that numbers and days are written; None where the file is to show it."""
    return cast(Locale, kept.locale) or None


def as_of(batch: Batch) -> dt.datetime | None:
    """The moment whose values the file has: as the user says, else as the file does."""
    said = batch.read.get("as_of")
    return batch.as_of or (dt.datetime.fromisoformat(said) if said else None)


def _age(batch: Batch) -> Age:
    taken = frozenset((row, column) for row, column in batch.taken)
    takes_all = batch.later == Batch.Later.FILE
    return Age(as_of(batch), frozenset(_same_sheet(batch)), takes_all=takes_all, taken=taken)


def _same_sheet(batch: Batch) -> QuerySet:
    """Earlier imports of the same working copy: its user goes on with it."""
    applied = Batch.objects.filter(register=batch.register, user=batch.user, state=State.APPLIED)
    said = batch.read.get("as_of")
    same = Q(read__as_of=said) if said else Q(as_of=batch.as_of, name=batch.name, as_of__isnull=False)
    return applied.filter(same).values_list("pk", flat=True)


def described(register: Register, sheet: Sheet, matching: Matching) -> list[dict]:
    """Each heading with what is read from it, the first values under it, and how many of its cells are filled."""
    personal = {column.name for column in register.personal}
    hidden = {heading.place for heading in matching.headings if personal & set(heading.columns)}
    samples: dict[int, list[str]] = {heading.place: [] for heading in matching.headings}
    for _row, cells in sheet.rows[:50]:
        for place, texts in samples.items():
            if cells[place] is None or len(texts) == _SAMPLES:
                continue
            text = show(cells[place])
            # Also under a heading that nobody understood.
            text = masked(text) if place in hidden or is_identity_number(text) else text
            if text not in texts:
                texts.append(text)
    return [
        {
            "text": heading.text,
            "reading": heading.reading,
            "columns": "+".join(heading.columns),
            "near": heading.near,
            "samples": samples[heading.place],
            "splits": _splits(register, heading, samples[heading.place]),
            "share": _share(sheet.filled_cells[heading.place], len(sheet.rows)),
            "fillable": heading.text in sheet.fillable,
        }
        for heading in matching.headings
    ]


def _splits(register: Register, heading: Heading, samples: list[str]) -> list[str]:
    """How a cell is parted that fills two columns."""
    splits = []
    for one in composites(register) if len(heading.columns) > 1 else ():
        for sample in samples if one.columns == heading.columns else ():
            with suppress(ValueError):
                parts = zip(one.columns, one.split(sample), strict=True)
                message = ", ".join(f"{register.column(name).label}: {part}" for name, part in parts)
                splits.append(f"{sample} → {message}")
    return splits


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


@ending
def run_apply(batch: Batch, before: tuple[str, ...] = (State.CHECKED,)) -> None:
    """Write the plan. A refusal is kept with the batch; a batch that is applied already stays as it is."""
    if not claim(batch, State.APPLYING, before):
        return
    try:
        if not write(batch):
            return
    except Refused as refusal:
        why = str(refusal) if batch.file else without_file(refusal)
        batch.message = _("Hiçbir şey yazılmadı. %(why)s") % {"why": why}
        leave(batch, State.REFUSED)
        return
    except Stopped as end:
        batch.message = stopped(end.who, batch.state)
        leave(batch, unapplied(batch))
        return
    forget(batch)
    batch.refresh_from_db()


def write(batch: Batch) -> bool:
    """Write the plans of a batch that its caller has claimed; False where another worker has it by now. Raises Refused
    or Stopped, and has written nothing then."""
    on_progress, done, of_all, now = beating(batch), 0, writes_of(batch), timezone.now()
    on_progress(0, of_all)
    with refusing(batch.of), transaction.atomic():
        # In the same transaction as the rows: both or neither, also when the worker is killed. A second
        # worker waits here and finds nothing to do.
        ours = Batch.objects.filter(pk=batch.pk, state=State.APPLYING, heartbeat=batch.heartbeat)
        applied = {"state": State.APPLIED, "applied_at": now, "message": "", "heartbeat": None}
        if not ours.update(**applied):
            return False
        batch.parts.update(**applied)
        for part in batch.all_parts:
            by = Author(user=batch.user, reason=batch.why(), batch_id=part.pk, at=now)
            with part.plan() as plan:
                done += apply(part.of, plan, by, _going_on(on_progress, done, of_all))
    return True


def _going_on(on_progress: Callable[[int, int], None], before: int, of_all: int) -> Callable[[int], None]:
    """For a part of the work: hears its rows, and says those before them, too."""
    return lambda done: on_progress(before + done, of_all)


def drop(batch: Batch) -> bool:
    """Leave it and its parts unwritten for good; False, and nothing done, while it is being written or once it was."""
    with transaction.atomic():
        if not Batch.objects.filter(pk=batch.pk, state__in=CHECKABLE).update(state=State.DROPPED):
            return False
        batch.parts.update(state=State.DROPPED)
    return True


def ask_to_apply(batch: Batch) -> bool:
    """Have the plan wait for a worker; False when the batch is no longer where it was."""
    forget(batch)
    if not Batch.objects.filter(pk=batch.pk, state=batch.state).update(state=State.APPLYING, heartbeat=None):
        return False
    batch.state, batch.heartbeat = State.APPLYING, None
    return True


def may_check(batch: Batch) -> bool:
    """Whether its file may be checked again, with other choices; a change by hand has none."""
    return bool(batch.file) and batch.state in CHECKABLE


def may_leave_out(batch: Batch) -> bool:
    """Whether the refused rows may be left out and the others written, if the user asks for just that.

    Not while rows that the file lacks are to be retired: a row that could not be read may be one of them.
    """
    counts = batch.counts
    return bool(batch.state == State.REFUSED and counts.get("refused") and writes_of(batch) and not counts["retiring"])


def writes_of(batch: Batch) -> int:
    """How many rows its apply writes."""
    return sum(batch.counts.get(name, 0) for name in ("new", "changed", "retiring"))
