"""The life of a comparison: uploaded, compared, settled line by line, signed. Every step may run twice."""

from __future__ import annotations

import tempfile
from collections import Counter

from django.core.files import File
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from imports import batches, steps
from imports.checking.drafts import Drafter, fits
from imports.checking.locales import column_locales, findings, guessed_locale
from imports.checking.matching import UnknownColumn, match
from imports.checking.meanings import answers
from imports.comparing import report
from imports.comparing.models import Comparison, ComparisonLine
from imports.comparing.sides import Sides
from imports.reading import Sheet, TookTooMuch, UnreadableFile, open_at_once, open_book
from inventory import access
from inventory.listing.address import Listing, narrowed
from inventory.models import GONE
from inventory.registers import Register
from inventory.server import faults

State, Verdict, Decision = Comparison.State, ComparisonLine.Verdict, ComparisonLine.Decision


class Frozen(Exception):
    """The comparison is signed, or is being made anew; the message says so."""


class Overtaken(Exception):
    """Another worker has taken the comparison up; this one stops."""


class Incomparable(Exception):
    """There is nothing to compare by; the message says what to do."""


def visible_comparisons(user) -> QuerySet[Comparison]:
    """Her own, and all of the registers that she manages everywhere."""
    return batches.visible(Comparison, user).select_related("user", "signed_by")


def lines_for(comparison: Comparison, user) -> QuerySet[ComparisonLine]:
    """The lines without those of rows that are not hers to see, or no longer; deleted rows stay."""
    register = comparison.of
    if access.sees_everything(register, user):
        return comparison.lines.all()
    same = Q(pk=OuterRef("item"))
    there, seen = (Exists(access.visible_to(register, whose).filter(same)) for whose in (None, user))
    return comparison.lines.filter(seen | ~there)


# Which rows of ours -----------------------------------------------------------------------------------------


def part(register: Register, user, query: str) -> tuple[QuerySet, list[tuple[str, str]]]:
    """The register's rows that an outside list should have, and that choice in words.

    `query` is a list's URL query; without a word on the status, what is out of service is not looked for.
    Raises Incomparable for a query that is not understood.
    """
    listing = Listing(register, user, narrowed(query))
    if listing.errors:
        raise Incomparable(_("Süzgeçlerden biri anlaşılamadı; listeyi yeniden süzüp oradan başlayınız."))
    rows, filters = listing.matching, listing.described()
    if "status" in register.columns and "status" not in listing.params:
        rows = rows.exclude(status__in=GONE)
        filters = [*filters, (register.column("status").label, _("hizmet dışı olanlar aranmaz"))]
    return rows, filters


# Comparing --------------------------------------------------------------------------------------------------


def run(comparison: Comparison, most_rows: int | None = None) -> bool:
    """Read the file, put it beside the register, keep the lines; only of a comparison that waits for it, since a
    task that comes late or twice must not throw away what has been decided meanwhile.

    False, and nothing done, when either side has more than `most_rows` rows, or the file is not read in a moment. What
    goes wrong is kept with the comparison, never raised.
    """
    if not steps.claim(comparison, State.COMPARING, (State.UPLOADED,)):
        return True
    try:
        book = batches.opened(comparison, open_book if most_rows is None else open_at_once)
        sheet = batches.read_sheet(book, comparison)
        ours, filters = part(comparison.of, comparison.user, comparison.query)
        if most_rows is not None and max(len(sheet.rows), ours.count()) > most_rows:
            steps.leave(comparison, State.UPLOADED)
            return False
        comparison.part = filters
        _compare(comparison, _sides(comparison, sheet, ours, quoted=book.delimiter is not None))
    except (UnreadableFile, UnknownColumn, Incomparable) as error:
        if most_rows is not None and isinstance(error, TookTooMuch):
            steps.leave(comparison, State.UPLOADED)
            return False
        comparison.message = str(error)
        steps.leave(comparison, State.FAILED)
    except Overtaken:
        comparison.refresh_from_db()
    return True


def _sides(comparison: Comparison, sheet: Sheet, ours: QuerySet, *, quoted: bool) -> Sides:
    """The two sides under the user's choices; what was read is kept with the comparison."""
    register = comparison.of
    matching = match(register, sheet.headers, sheet.header_row, comparison.mapping, fits(register, sheet))
    locale = batches.chosen_locale(comparison) or guessed_locale(register, sheet, matching)
    columns = {} if comparison.locale else column_locales(register, sheet, matching, locale)
    comparison.headings = batches.described(comparison.of, sheet, matching)
    comparison.read |= {"sheet": sheet.name, "header_row": sheet.header_row, "locale": locale, "quoted": quoted}
    comparison.read["column_locales"] = columns
    comparison.read["columns"] = sorted(matching.columns(), key=register.columns.index)
    warnings = matching.warnings + findings(sheet, matching, columns)
    comparison.read["notes"] = [*sheet.notes, *(f"{w.column}: {w.message}" for w in warnings)]
    if matching.errors:
        raise Incomparable(" ".join(error.message for error in matching.errors))
    if not matching.read and not matching.key:
        raise Incomparable(
            _("Hiçbir başlık tanınmadı. Başlık satırını denetleyiniz veya başlıkları sütunlarla eşleştiriniz.")
        )
    remembered = answers(register, comparison.user, None)
    drafter = Drafter(register, matching, locale, columns=columns, quoted=quoted, answers=remembered)
    return Sides(register, sheet, matching, drafter, comparison.user, ours, answers=remembered)


def _compare(comparison: Comparison, sides: Sides) -> None:
    """Keep the lines piece by piece: the database's write lock is held for one piece at a time."""
    progress = {"done": 0, "rows": 0}

    def on_progress(done: int, rows: int) -> None:
        progress.update(done=done, rows=rows)

    comparison.lines.all().delete()
    verdicts: Counter[str] = Counter()
    for lines in sides.lines(on_progress):
        _write(comparison, lines, dict(progress))
        verdicts.update(line.verdict for line in lines)
    comparison.counts = {verdict: verdicts[verdict] for verdict in Verdict.values} | {"rows": progress["rows"]}
    comparison.message = ""
    comparison.compared_at = timezone.now()
    steps.leave(comparison, State.OPEN)


def _write(comparison: Comparison, lines: list[ComparisonLine], progress: dict[str, int]) -> None:
    now = timezone.now()
    for line in lines:
        line.comparison = comparison
    with transaction.atomic():
        # Its own last sign of life: a worker that was taken for dead finds another's, and stops.
        alive = Comparison.objects.filter(pk=comparison.pk, state=State.COMPARING, heartbeat=comparison.heartbeat)
        if not alive.update(heartbeat=now, counts=progress):
            raise Overtaken
        ComparisonLine.objects.bulk_create(lines)
    comparison.heartbeat = now


def give_up(comparison: Comparison, why: str = "") -> None:
    """After a fault of ours: say so, instead of looking busy for ever; `why` is the message, where it is known."""
    comparison.refresh_from_db()
    if comparison.is_busy:
        comparison.message = why or faults.sentence(
            _("Beklenmeyen bir hata oldu. Yeniden deneyiniz; sürerse sistem yöneticisine bu karşılaştırmanın "
              "numarasını bildiriniz.")
        )  # fmt: skip
        steps.leave(comparison, State.FAILED)


# Settling ---------------------------------------------------------------------------------------------------


def settle(comparison: Comparison, lines: QuerySet[ComparisonLine], decision: str, note: str, user) -> int:
    """Decide on lines; a blank note leaves theirs, no decision opens them again. Returns how many. Raises Frozen."""
    values = {"decision": decision, "by": user, "at": timezone.now()}
    if not decision:
        values = {"decision": "", "by": None, "at": None, "note": ""}
    elif note:
        values["note"] = note
    with transaction.atomic():
        _hold(comparison)
        return lines.exclude(verdict=Verdict.SAME).update(**values)


def _hold(comparison: Comparison, **values) -> None:
    """Take the open comparison until the transaction ends: nothing is decided while somebody signs."""
    if not Comparison.objects.filter(pk=comparison.pk, state=State.OPEN).update(state=State.OPEN):
        raise Frozen(_("Karşılaştırma onaylanmış ya da yeniden yapılıyor; kararlar değiştirilemez."))


def tally(lines: QuerySet[ComparisonLine]) -> dict[str, Counter[str]]:
    """Verdict → how many lines have each decision, in one query."""
    counts: dict[str, Counter[str]] = {verdict: Counter() for verdict in Verdict.values}
    for verdict, decision, count in lines.order_by().values_list("verdict", "decision").annotate(n=Count("id")):
        counts[verdict][decision] = count
    return counts


# Signing ----------------------------------------------------------------------------------------------------


def sign(comparison: Comparison, user) -> None:
    """Freeze it, in her name, once every line is decided on. Raises Frozen."""
    with transaction.atomic():
        _hold(comparison)
        waiting = comparison.lines.filter(~Q(verdict=Verdict.SAME), decision=Decision.OPEN).count()
        if waiting:
            raise Frozen(_("%(count)d satır karar bekliyor; önce onlara karar veriniz.") % {"count": waiting})
        comparison.state, comparison.signed_by, comparison.signed_at = State.SIGNED, user, timezone.now()
        comparison.save(update_fields=["state", "signed_by", "signed_at"])


def keep_report(comparison: Comparison) -> None:
    """Write the signed report once, as the signer saw it."""
    if comparison.state == State.SIGNED and not comparison.report:
        with tempfile.TemporaryFile() as file:
            lines = lines_for(comparison, comparison.signed_by)
            report.write(comparison, lines, file, comparison.signed_by)
            file.seek(0)
            comparison.report.save("report.xlsx", File(file), save=False)
        comparison.save(update_fields=["report"])
