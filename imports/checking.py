"""Every row of a sheet against the register as it is: a Plan, without writing anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from imports import besides
from imports.cells import Locale, guess_locale
from imports.drafts import Draft, Drafter
from imports.identity import Identities
from imports.matching import Matching
from imports.meanings import Answers
from imports.missing import Missing, UnknownScope
from imports.plan import Change, Finding, Line, Plan, Verdict, pack
from imports.reading import Sheet
from imports.resolving import References
from imports.scope import Scope
from imports.uniqueness import Uniqueness, broken_checks
from inventory import access
from inventory.columns import Column, Type
from inventory.registers import Register

Mode = Literal["add", "update", "upsert"]
Blank = Literal["leave", "clear"]

# Rows judged together: a bounded number of queries for each chunk, none for a row.
CHUNK = 1_000


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the rows are taken: may they be new, may they exist, and what does a blank cell do.

    `blanks` says so for single columns. `missing` says what becomes of the register's rows that the sheet lacks,
    among those that the list's query `missing_among` finds; `missing_reason` is why they are retired. `answers`
    are what people said that unknown texts mean.
    `quoted`: a text file, in which an export put an apostrophe before what looks like a formula.
    """

    mode: Mode = "upsert"
    blank: Blank = "leave"
    blanks: Mapping[str, Blank] = field(default_factory=dict)
    missing: Literal["", "list", "retire"] = ""
    missing_among: str = ""
    missing_reason: str = ""
    locale: Locale = "tr"
    quoted: bool = False
    answers: Answers = field(default_factory=dict)

    def clears(self, column: str) -> bool:
        return self.blanks.get(column, self.blank) == "clear"


def guessed_locale(register: Register, sheet: Sheet, matching: Matching) -> Locale:
    """The locale by which the sheet writes numbers and dates; Turkish where it does not tell."""
    places = [h.place for h in matching.read if any(_has_locale(register.column(n)) for n in h.columns)]
    first = [[cells[place] for place in places] for _row, cells in islice(sheet.rows, 5_000)]
    votes = [guess_locale(column) for column in zip(*first, strict=True)]
    english, turkish = votes.count("en"), votes.count("tr")
    return "en" if english > turkish else "tr"


def _has_locale(column: Column) -> bool:
    return column.type == Type.DATE or (column.type.is_number and column.type != Type.DEGREE)


def check(
    register: Register,
    sheet: Sheet,
    matching: Matching,
    options: Options,
    user,
    told: Callable[[int, int], None] = lambda done, all_rows: None,
) -> Plan:
    """Judge every row; `told` hears how many rows of all are done.

    Errors of the matching come first: with them no row can be judged.
    """
    plan = Plan(errors=list(matching.errors), warnings=list(matching.warnings))
    plan.warnings += [Finding(sheet.header_row, "", "", note) for note in sheet.notes]
    if not matching.read and not matching.beside and not matching.errors:
        message = _(
            "Hiçbir başlık tanınmadı. Başlık satırını ve kütüğü denetleyiniz veya başlıkları sütunlarla eşleştiriniz."
        )
        plan.errors.append(Finding(sheet.header_row, "", "", message))
    if not len(sheet.rows):
        message = _("Başlıktan sonra satır yok; dosyaya kayıt yazınız veya başka bir sayfa seçiniz.")
        plan.errors.append(Finding(sheet.header_row, "", "", message))
    if plan.errors:
        plan.lines = [Line(row, Verdict.ERROR) for row, _cells in sheet.rows]
        return plan
    checker = _Checker(register, sheet, matching, options, user, plan)
    if plan.errors:  # of the whole sheet
        plan.lines = [Line(row, Verdict.ERROR) for row, _cells in sheet.rows]
        return plan
    rows = iter(sheet.rows)
    while chunk := list(islice(rows, CHUNK)):
        checker.judge(chunk)
        told(len(plan.lines), len(sheet.rows))
    checker.finish()
    return plan


class _Checker:
    def __init__(self, register: Register, sheet: Sheet, matching: Matching, options: Options, user, plan: Plan):
        self.register, self.sheet, self.matching = register, sheet, matching
        self.options, self.user, self.plan = options, user, plan
        self.columns = matching.columns()
        self.attributes = {name: register.column(name).field.attname for name in register.columns}
        self.stored = {name: attribute for name, attribute in self.attributes.items() if name in self.columns}
        self.drafter = Drafter(register, matching, options.locale, quoted=options.quoted, answers=options.answers)
        self.references = References(register, self.drafter, user, options.answers)
        needed = besides.needs(register) if matching.beside else set()
        self.identities = Identities(register, self.drafter, self.columns, adds=options.mode == "add", also=needed)
        self.uniqueness = Uniqueness(register, user, self.drafter)
        self.scope = Scope(register, user)
        self.required = [
            column
            for column in register.all_columns()
            if column.editable and not column.field.blank and not column.field.has_default()
        ]
        self.besides = besides.judges(register, sheet, matching, self.drafter, user, plan)
        self.lacking: dict[str, int] = {}
        self.late: dict[int, str] = {}

    # One chunk ------------------------------------------------------------------------------------------

    def judge(self, chunk: list[tuple[int, list]]) -> None:
        drafts = self.drafter.drafts(chunk)
        self.references.resolve(drafts)
        self.late |= self.identities.find(drafts)
        self.references.settle(drafts)
        self.drafter.settle_masked(drafts)
        for _column, judge in self.besides:
            drafts, left_out = judge.judge(drafts, self.identities)
            for draft in left_out:
                self.plan.lines.append(Line(draft.row, Verdict.UNCHANGED))
                self.plan.warnings += draft.warnings
        present = {draft.present["id"]: draft for draft in drafts if draft.present is not None and not draft.lost}
        self.scope.learn(list(present))
        differing = {id(draft): self._differing(draft) for draft in drafts if self._may_differ(draft)}
        rows = self._rows_to_write(drafts, differing)
        self._validate(rows)
        futures = {id(draft): (row, changed, before) for draft, row, changed, before in rows}
        for draft in drafts:
            self.plan.lines.append(self._line(draft, futures.get(id(draft))))
            self.plan.errors += draft.errors
            self.plan.warnings += draft.warnings

    # Verdicts -------------------------------------------------------------------------------------------

    def _may_differ(self, draft: Draft) -> bool:
        """Whether mode and scope let the row be written at all."""
        if draft.lost:
            return False
        if draft.present is None:
            return self._may_be_new(draft)
        if not self.scope.sees(draft.present["id"]):
            message = _(
                "Bu kayıt başka bir birimde var ve sizin yetkinizde değil; o birimden isteyiniz veya satırı çıkarınız."
            )
        elif self.options.mode == "add":
            message = _("Bu kayıt zaten var (%(key)s). Satırı çıkarınız ya da “Ekle ve güncelle”yi seçiniz.") % {
                "key": self.identities.describe(draft.present)
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

    def _differing(self, draft: Draft) -> dict[str, object]:
        """The columns to be written with their new values; of a new row, all that are filled."""
        if draft.present is None:
            return draft.values
        found = {}
        for name, attribute in self.stored.items():
            if name in draft.failed or name in draft.kept:
                continue
            old, new = draft.present[attribute], draft.values.get(name, draft)
            if new is not draft:
                # Most cells are the same, and a call of a function would be half of the price.
                if old != new and not _same(old, new):
                    found[name] = new
            elif old not in (None, "") and self.options.clears(name):
                field = self.register.column(name).field
                if field.blank:
                    found[name] = None if field.null else ""
                else:
                    self.drafter.refuse(draft, name, _("Bu sütun boş bırakılamaz; bir değer yazınız."))
        return found

    def _rows_to_write(self, drafts: list[Draft], differing: dict[int, dict]) -> list[tuple]:
        """(draft, the row as it will be, its changed columns, their former texts) for all that differ."""
        changed = {d.present["id"]: d for d in drafts if d.present is not None and (differing.get(id(d)) or d.beside)}
        stored = access.visible_to(self.register, None).select_related(*self.register.references)
        stored = stored.in_bulk(list(changed))
        rows = []
        for draft in drafts:
            values = differing.get(id(draft))
            if values is None or (draft.present is not None and not values and not draft.beside):
                continue
            if draft.present is None:
                row, before = self.register.model.of(values), {}
            else:
                row = stored[draft.present["id"]]
                before = {name: self.register.column(name).text(row) for name in values}
                for name, value in values.items():
                    setattr(row, name, value)
            rows.append((draft, row, set(values), before))
        return rows

    def _validate(self, rows: list[tuple]) -> None:
        for draft, row, changed, before in rows:
            if draft.present is None:
                self._require(draft)
            elif draft.key is None and self.register.scope in changed:
                self._warn_of_handing_over(draft, row, before)
            for column, message in self.scope.objections(draft, row, changed):
                self.drafter.refuse(draft, column, message)
            for column, message in _broken(self.register, row, draft, changed):
                self.drafter.refuse(draft, column, message)
        everything = set(self.register.columns)
        self.uniqueness.check(
            [(draft, row, everything if draft.present is None else changed) for draft, row, changed, _b in rows]
        )

    def _warn_of_handing_over(self, draft: Draft, row: Model, before: dict[str, str]) -> None:
        """A row that was recognised by a plate or serial number, and would go to another unit, may be another item."""
        name = self.register.scope
        told = {"key": self.identities.describe(draft.present), "old": before[name], "new": getattr(row, name)}
        message = _("%(key)s kaydı el değiştiriyor: %(old)s → %(new)s. Aynı kayıt olduğuna bakınız.")
        self.drafter.warn(draft, name, message % told)

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

    def _line(self, draft: Draft, future: tuple | None) -> Line:
        present_id = draft.present and draft.present["id"]
        version = draft.present and draft.present["version"]
        if draft.errors or draft.lost:
            return Line(draft.row, Verdict.ERROR, present_id, version)
        if future is None:
            return Line(draft.row, Verdict.UNCHANGED, present_id, version)
        row, changed, before = future
        values = {name: getattr(row, self.attributes[name]) for name in changed}
        values |= {column: beside[0] for column, beside in draft.beside.items()}
        besides = [Change(column, old, new) for column, (_value, old, new) in draft.beside.items()]
        if draft.present is None:
            return Line(draft.row, Verdict.NEW, packed=pack(values, besides))
        order = sorted(changed, key=self.register.columns.index)
        changes = [Change(name, before[name], self.register.column(name).text(row)) for name in order] + besides
        return Line(draft.row, Verdict.CHANGED, present_id, version, pack(values, changes))

    # The end --------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """What only the whole sheet tells: missing columns, and rows of earlier chunks that came again."""
        self.plan.unknown = self.drafter.unknowns.asked()
        self._tell_answers()
        if self.options.missing:
            self._find_missing()
        for name, count in self.lacking.items():
            label = self.register.column(name).label
            message = _(
                "Dosyada “%(column)s” sütunu yok; %(count)d yeni kayıt için gerekli. Sütunu ekleyiniz veya bir "
                "başlıkla eşleştiriniz."
            ) % {"column": label, "count": count}
            self.plan.errors.append(Finding(self.sheet.header_row, label, "", message))
        if self.late:
            cells = {row: cells for row, cells in self.sheet.rows if row in self.late}
            for line in self.plan.lines:
                if line.row in self.late:
                    (draft,) = self.drafter.drafts([(line.row, cells[line.row])])
                    column = self.identities.column_of(draft)
                    self.plan.errors.append(self.drafter.finding(draft, column, self.late[line.row]))
                    line.verdict, line.packed = Verdict.ERROR, b""
        self.plan.errors.sort(key=lambda finding: finding.row)
        self.plan.warnings.sort(key=lambda finding: finding.row)

    def _find_missing(self) -> None:
        """A row whose line is wrong may not have been recognised, so with errors the list is not to be relied on."""
        options = self.options
        reason = options.missing_reason if options.missing == "retire" else ""
        try:
            missing = Missing(self.register, self.user, options.missing_among, reason)
        except UnknownScope as error:
            self.plan.errors.append(Finding(self.sheet.header_row, "", "", str(error)))
            return
        if any(line.verdict == Verdict.ERROR for line in self.plan.lines):
            message = _("Hatalı satırlar var; düzeltilene kadar onların kayıtları da “dosyada yok” görünebilir.")
            self.plan.warnings.append(Finding(self.sheet.header_row, "", "", message))
        for line, objection in missing.lines(self.identities.found()):
            self.plan.lines.append(line)
            if objection:
                line.verdict, line.packed, line.errors = Verdict.ERROR, b"", (objection,)
                self.plan.errors.append(objection)

    def _tell_answers(self) -> None:
        """Nothing that a remembered answer settled goes by in silence."""
        for name, text, meaning in self.drafter.answered() + self.references.answered():
            heading = self.matching.heading_of(name).text
            message = _("“%(text)s”, daha önce verilen yanıta göre “%(meaning)s” olarak okundu.")
            message %= {"text": text, "meaning": meaning}
            self.plan.warnings.append(Finding(self.sheet.header_row, heading, "", message))


def _same(old: object, new: object) -> bool:
    """Whether a stored value is what the cell says; a sheet cannot keep blanks at the ends of a text."""
    if isinstance(new, Model):
        return old == new.pk
    return old == new or (isinstance(old, str) and isinstance(new, str) and _plain(old) == _plain(new))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _broken(register: Register, row: Model, draft: Draft, changed: set[str]) -> Iterator[tuple[str, str]]:
    """(column, sentence) for each of the model's own rules that the row breaks."""
    try:
        row.clean()
    except ValidationError as error:
        by_column = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        for column, messages in by_column.items():
            if column not in draft.failed:
                yield (_place((column,), register, changed), " ".join(messages))
    for columns, message in broken_checks(register, row):
        if not draft.failed & set(columns):
            yield (_place(columns, register, changed), message)


def _place(columns: tuple[str, ...], register: Register, changed: set[str]) -> str:
    """The column under which a sentence stands: one that the sheet changed, if any."""
    known = [name for name in columns if name in register.columns]
    return next((name for name in reversed(known) if name in changed), known[0] if known else register.identity[0][0])
