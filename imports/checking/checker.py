"""Every row of a sheet against the register as it is: a Plan, without writing anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from django.db.models import Model
from django.utils.translation import gettext as _

from imports.checking import besides, locales, usable
from imports.checking.drafts import ComputedCells, Draft, Drafter, Future
from imports.checking.identity import Identities, Late
from imports.checking.later import LaterEdits
from imports.checking.matching import Matching
from imports.checking.missing import Missing, UnknownScope
from imports.checking.options import Options
from imports.checking.resolving import Resolver
from imports.checking.rules import broken, same
from imports.checking.scope import Scope
from imports.checking.uniqueness import Uniqueness
from imports.plans.plan import ColumnChange, Finding, Plan, PlanLine, Verdict, pack
from imports.reading import Sheet
from imports.reading.notes import spans
from inventory import access, registers
from inventory.cells import Cell
from inventory.editing.doubts import Case, doubts
from inventory.many import chunked
from inventory.models import Row
from inventory.organization.models import Asker
from inventory.registers import Register

# Rows judged together: a bounded number of queries for each chunk, none for a row.
CHUNK = 1_000


def check(
    register: Register,
    sheet: Sheet,
    matching: Matching,
    options: Options,
    user: Asker,
    on_progress: Callable[[int, int], None] = lambda done, all_rows: None,
) -> Plan:
    """Judge every row; `on_progress` hears how many rows of all are done.

    Errors of the matching come first: with them no row can be judged.
    """
    plan = Plan(errors=list(matching.errors), warnings=list(matching.warnings))
    plan.warnings += [Finding(sheet.header_row, "", "", note) for note in sheet.notes]
    plan.warnings += locales.findings(sheet, matching, options.column_locales)
    if message := usable.why_not(sheet, matching):
        plan.unusable = True
        plan.errors.append(Finding(sheet.header_row, "", "", message))
    if plan.errors:
        plan.lines = [PlanLine(row, Verdict.ERROR) for row, _cells in sheet.rows]
        return plan
    checker = _Checker(register, sheet, matching, options, user, plan)
    if plan.errors:  # of the whole sheet
        plan.lines = [PlanLine(row, Verdict.ERROR) for row, _cells in sheet.rows]
        return plan
    for chunk in chunked(sheet.rows, CHUNK):
        checker.judge(chunk)
        on_progress(len(plan.lines), len(sheet.rows))
    checker.finish()
    return plan


class _Checker:
    def __init__(self, register: Register, sheet: Sheet, matching: Matching, options: Options, user: Asker, plan: Plan):
        self.register, self.sheet, self.matching = register, sheet, matching
        self.options, self.user, self.plan = options, user, plan
        self.columns = matching.columns()
        self.attributes = {name: register.column(name).field.attname for name in register.columns}
        self.stored = {name: attribute for name, attribute in self.attributes.items() if name in self.columns}
        self.drafter = Drafter(
            register,
            matching,
            options.locale,
            columns=options.column_locales,
            quoted=options.quoted,
            answers=options.answers,
        )
        self.resolver = Resolver(register, self.drafter, user, options.answers)
        self.computed = ComputedCells(register, matching, self.drafter)
        needed = self.computed.columns | (besides.needs(register) if matching.beside else set())
        adds = options.mode == "add"
        self.identities = Identities(register, self.drafter, self.columns, user, adds=adds, also=needed)
        self.uniqueness = Uniqueness(register, user, self.drafter)
        self.scope = Scope(register, user)
        self.required = [
            column
            for column in register.all_columns()
            if column.editable and not column.field.blank and not column.field.has_default()
        ]
        self.later = LaterEdits(register, self.drafter, self.stored, options.age)
        self.besides = besides.judges(register, sheet, matching, self.drafter, user, plan)
        self.read = {h.place for h in (matching.key, *matching.read, *matching.beside) if h is not None}
        self.unfilled: list[int] = []
        self.hidden: dict[str, set[int]] = {}
        self.lacking: dict[str, int] = {}
        self.late: Late = {}

    # One chunk ------------------------------------------------------------------------------------------

    def judge(self, chunk: list[tuple[int, list[Cell]]]) -> None:
        first = len(self.plan.lines)
        drafts = self._filled(self.drafter.drafts(chunk))
        self.resolver.resolve(drafts)
        if self.register.completing:
            self.register.completing.fill([draft.values for draft in drafts if not draft.failed], self.user)
        self._learn_late(self.identities.find(drafts))
        drafts = self._said_once(drafts)
        self.resolver.settle(drafts)
        self.drafter.settle_masked(drafts)
        for _column, judge in self.besides:
            drafts, left_out = judge.judge(drafts, self.identities)
            for draft in left_out:
                self.plan.lines.append(PlanLine(draft.row, Verdict.SKIPPED))
                self.plan.warnings += draft.warnings
        present = {draft.present["id"]: draft.present for draft in drafts if draft.present and not draft.lost}
        self.scope.learn(list(present))
        self._learn_hidden(list(present.values()))
        self.later.learn(list(present))
        differing = {draft: self._differing(draft) for draft in drafts if self._may_differ(draft)}
        rows = self._rows_to_write(drafts, differing)
        self._validate(rows)
        futures = {future.draft: future for future in rows}
        self.computed.warn(drafts, {draft: future.row for draft, future in futures.items()})
        for draft in drafts:
            self.plan.lines.append(self._line(draft, futures.get(draft)))
            self.plan.errors += draft.errors
            self.plan.warnings += draft.warnings
        self.plan.lines[first:] = sorted(self.plan.lines[first:], key=lambda line: line.row)

    def _filled(self, drafts: list[Draft]) -> list[Draft]:
        """The drafts without those of rows that nobody filled in, which are skipped."""
        unfilled = {draft.row for draft in drafts if usable.is_unfilled(draft, self.read)}
        self.unfilled += sorted(unfilled)
        self.plan.lines += [PlanLine(row, Verdict.SKIPPED) for row in sorted(unfilled)]
        return [draft for draft in drafts if draft.row not in unfilled]

    def _said_once(self, drafts: list[Draft]) -> list[Draft]:
        """The drafts without those of rows that the sheet says again, which are skipped with a word."""
        for draft in drafts:
            if draft.repeats is not None:
                message = _("%(first)d. satırın aynısı; bir kez okundu.") % {"first": draft.repeats}
                self.plan.warnings += [Finding(draft.row, "", "", message)]
                self.plan.lines.append(PlanLine(draft.row, Verdict.SKIPPED))
        return [draft for draft in drafts if draft.repeats is None]

    # Verdicts -------------------------------------------------------------------------------------------

    def _may_differ(self, draft: Draft) -> bool:
        """Whether mode and scope let the row be written at all."""
        if draft.lost:
            return False
        if draft.present is None:
            return self._may_be_new(draft)
        if not self.scope.sees(draft.present["id"]):
            # What else was noticed beside the row would say what it holds.
            draft.errors.clear()
            draft.warnings.clear()
            message = _(
                "Bu kayıt başka bir birimde var ve sizin yetkinizde değil; o birimden isteyiniz veya satırı çıkarınız."
            )
        elif self.options.mode == "add":
            message = _("Bu kayıt zaten var (%(key)s). Satırı çıkarınız ya da “Ekle ve güncelle”yi seçiniz.") % {
                "key": self.identities.number(draft.present)
            }
        else:
            return True
        return self._lose(draft, message)

    def _may_be_new(self, draft: Draft) -> bool:
        if self.options.mode == "update":
            return self._lose(
                draft,
                _("Kütükte böyle bir kayıt yok. Satırı çıkarınız ya da “Ekle ve güncelle”yi seçiniz."),
            )
        return True

    def _lose(self, draft: Draft, message: str) -> Literal[False]:
        self.drafter.refuse(draft, self.identities.column_of(draft), message)
        draft.lost = True
        return False

    def _differing(self, draft: Draft) -> dict[str, Any]:
        """The columns to be written with their new values; of a new row, all that are filled."""
        if draft.present is None:
            return draft.values
        changes = {}
        for name, attribute in self.stored.items():
            if name in draft.failed or name in draft.kept:
                continue
            old = draft.present[attribute]
            if name in draft.values:
                # Most cells are the same, and a call of a function would be half of the price.
                if old != (new := draft.values[name]) and not same(old, new):
                    changes[name] = new
            elif old not in (None, "") and old in self.hidden.get(name, ()):
                message = _("Burada size görünmeyen bir kayıt var; boşaltılmadı, olduğu gibi kalır.")
                self.drafter.warn(draft, name, message)
            elif old not in (None, "") and self.options.clears(name):
                field = self.register.column(name).field
                if field.blank:
                    changes[name] = None if field.null or field.is_relation else ""
                else:
                    self.drafter.refuse(draft, name, _("Bu sütun boş bırakılamaz; bir değer yazınız."))
        return self.later.settle(draft, draft.present["id"], changes)

    def _learn_late(self, late: Late) -> None:
        """One message for each earlier row, however many later rows are like it: the first stays."""
        self.late = late | self.late

    def _learn_hidden(self, present: list[dict[str, Any]]) -> None:
        """What a blank cell may not empty: nobody empties what she may not see."""
        for name in self.drafter.references:
            if self.options.clears(name):
                target = registers.of(self.register.column(name).related_model)
                named = {stored[self.stored[name]] for stored in present} - {None}
                self.hidden[name] = access.hidden(target, self.user, named)

    def _rows_to_write(self, drafts: list[Draft], differing: dict[Draft, dict[str, Any]]) -> list[Future]:
        """The rows of all drafts that differ from the register, as they will be."""
        changed = {
            d.present["id"]: d for d in drafts if d.present is not None and (differing.get(d) or d.beside or d.later)
        }
        there = access.visible_to(self.register, None).select_related(*self.register.joined)
        stored: dict[int, Row] = there.in_bulk(changed)
        unseen = access.unseen(self.register, self.user, stored.values())
        rows: list[Future] = []
        for draft in drafts:
            if draft.present and draft.later:
                row = stored[draft.present["id"]]
                self.later.warn(draft, {name: self._text(row, name, unseen) for name in draft.later})
            values = differing.get(draft)
            if values is None or (draft.present is not None and not values and not draft.beside):
                continue
            if draft.present is None:
                row = self.register.model.of(values)
                row.fill()
                rows.append(Future(draft, row, set(values), {}))
            elif (future := self._changed(draft, draft.present, stored, values, unseen)).changed or draft.beside:
                rows.append(future)
        return rows

    def _changed(
        self,
        draft: Draft,
        present: dict[str, Any],
        stored: dict[int, Row],
        values: dict[str, Any],
        unseen: dict[str, set[int]],
    ) -> Future:
        row = stored[present["id"]]
        before = {name: self._text(row, name, unseen) for name in values}
        for name, value in values.items():
            setattr(row, name, value)
        row.fill()
        # A cell that was emptied may be filled with what stood there.
        stands = {
            name
            for name, value in values.items()
            if value in (None, "") and present[self.attributes[name]] == getattr(row, self.attributes[name])
        }
        return Future(draft, row, values.keys() - stands, before)

    def _text(self, row: Model, name: str, unseen: dict[str, set[int]]) -> str:
        """What the row holds, as the user may know of it."""
        pk = getattr(row, self.attributes[name])
        return str(access.Unseen(pk)) if pk in unseen.get(name, ()) else self.register.column(name).text(row)

    def _validate(self, futures: list[Future]) -> None:
        for future in futures:
            draft = future.draft
            if draft.present is None:
                self._require(draft)
            elif draft.key is None and (scope := self.register.scope) and scope in future.changed:
                self._warn_of_handing_over(future, scope, self.identities.number(draft.present))
            for column, message in self.scope.objections(draft, future.row, future.changed):
                self.drafter.refuse(draft, column, message)
            for column, message in broken(self.register, future.row, draft, future.changed):
                self.drafter.refuse(draft, column, message)
        for draft, column, message in self.scope.guarded(futures):
            self.drafter.refuse(draft, column, message)
        cases = [Case(f.row, f.draft.present or {}, f.changed, self.user, f.draft.failed) for f in futures]
        for place, column, sentence in doubts(self.register, cases):
            self.drafter.warn(futures[place].draft, column, sentence)
        self._learn_late(self.uniqueness.check(futures))

    def _warn_of_handing_over(self, future: Future, name: str, key: str) -> None:
        """A row that was recognised by a plate or serial number, and would go to another unit, may be another item."""
        values = {"key": key, "old": future.before[name], "new": getattr(future.row, name)}
        message = _("%(key)s kaydı el değiştiriyor: %(old)s → %(new)s. Aynı kayıt olduğuna bakınız.")
        self.drafter.warn(future.draft, name, message % values)

    def _require(self, draft: Draft) -> None:
        for column in self.required:
            if column.name in draft.values or column.name in draft.failed:
                continue
            draft.failed.add(column.name)
            if column.name in self.columns:
                self.drafter.refuse(draft, column.name, _("Yeni kayıtta boş bırakılamaz; bir değer yazınız."))
            else:
                # Said once for the sheet, not once for each of its rows.
                self.lacking[column.name] = self.lacking.get(column.name, 0) + 1
                draft.lost = True

    def _line(self, draft: Draft, future: Future | None) -> PlanLine:
        present_id, version = (draft.present["id"], draft.present["version"]) if draft.present else (None, None)
        later = tuple((name, edit.is_taken) for name, edit in draft.later.items())
        if draft.errors or draft.lost:
            return PlanLine(draft.row, Verdict.ERROR, present_id, version)
        if future is None:
            return PlanLine(draft.row, Verdict.UNCHANGED, present_id, version, later=later)
        row = future.row
        values = {name: getattr(row, self.attributes[name]) for name in future.changed}
        values |= {column: beside[0] for column, beside in draft.beside.items()}
        besides = [ColumnChange(column, old, new) for column, (_value, old, new) in draft.beside.items()]
        if draft.present is None:
            return PlanLine(draft.row, Verdict.NEW, packed=pack(values, besides))
        order = sorted(future.changed, key=self.register.columns.index)
        changes = [
            ColumnChange(name, future.before[name], self.register.column(name).text(row)) for name in order
        ] + besides
        return PlanLine(draft.row, Verdict.CHANGED, present_id, version, pack(values, changes), later=later)

    # The end --------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """What only the whole sheet shows: missing columns, and rows of earlier chunks that came again."""
        self.plan.unknown = self.drafter.unknowns.asked()
        self._report_answers()
        if self.unfilled:
            message = _("Doldurulmamış satırlar atlandı, yalnızca sıra numaraları var: %(rows)s.")
            self.plan.warnings.append(Finding(self.sheet.header_row, "", "", message % {"rows": spans(self.unfilled)}))
        if all(line.verdict == Verdict.SKIPPED for line in self.plan.lines):
            message = _("Dosyadaki hiçbir satır kütükteki bir kaydı göstermiyor; başlıkları ve kütüğü denetleyiniz.")
            self.plan.errors.append(Finding(self.sheet.header_row, "", "", message))
        if self.options.missing:
            self._find_missing()
        for name, count in self.lacking.items():
            label = self.register.column(name).label
            message = _(
                "Dosyada “%(column)s” sütunu yok; %(count)d yeni kayıt için gerekli. Bütün satırlar için bir değer "
                "veriniz, bir başlıkla eşleştiriniz ya da sütunu ekleyiniz."
            ) % {"column": label, "count": count}
            self.plan.errors.append(Finding(self.sheet.header_row, label, "", message))
        if self.late:
            cells = {row: cells for row, cells in self.sheet.rows if row in self.late}
            for line in self.plan.lines:
                if line.row in self.late:
                    (draft,) = self.drafter.drafts([(line.row, cells[line.row])])
                    column, message = self.late[line.row]
                    column = column or self.identities.column_of(draft)
                    self.plan.errors.append(self.drafter.finding(draft, column, message))
                    line.verdict, line.packed, line.later = Verdict.ERROR, b"", ()
        self.plan.errors.sort(key=lambda finding: finding.row)
        self.plan.warnings.sort(key=lambda finding: finding.row)

    def _find_missing(self) -> None:
        """A row whose line is wrong may not have been recognised, so with errors the list is not to be relied on."""
        options = self.options
        reason = options.missing_reason if options.missing == "retire" else ""
        try:
            missing = Missing(self.register, self.user, options.missing_among, reason, options.age.as_of)
        except UnknownScope as error:
            self.plan.errors.append(Finding(self.sheet.header_row, "", "", str(error)))
            return
        if any(line.verdict == Verdict.ERROR for line in self.plan.lines):
            message = _("Hatalı satırlar var; düzeltilene kadar onların kayıtları da “dosyada yok” görünebilir.")
            self.plan.warnings.append(Finding(self.sheet.header_row, "", "", message))
        for line, objection in missing.lines(self.identities.claimed()):
            self.plan.lines.append(line)
            if objection:
                line.verdict, line.packed, line.errors = Verdict.ERROR, b"", (objection,)
                self.plan.errors.append(objection)

    def _report_answers(self) -> None:
        """Nothing that an answer or the list of synonyms settled goes by in silence."""
        for name, text, answered in self.drafter.answered() + self.resolver.answered():
            heading = self.matching.label_of(name)
            message = answered.source.sentence % {"text": text, "meaning": answered.meaning}
            self.plan.warnings.append(Finding(self.sheet.header_row, heading, "", message))
