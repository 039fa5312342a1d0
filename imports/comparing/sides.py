"""Row beside row: the sheet's against the register's, without writing anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from imports.checking.checker import CHUNK
from imports.checking.drafts import Draft, Drafter
from imports.checking.identity import Identities, must_be_filled
from imports.checking.matching import Matching
from imports.checking.meanings import Answers
from imports.checking.resolving import Resolver
from imports.comparing.models import ComparisonLine, Pair
from imports.reading import Sheet
from imports.words.headings import heading_key
from inventory import access
from inventory.cells.cell import show
from inventory.columns import Type
from inventory.many import chunked
from inventory.models import GONE
from inventory.registers import Register
from inventory.sameness import twins

Verdict = ComparisonLine.Verdict


class Sides:
    """Compares a sheet with the rows that a user sees; `ours` are those that the sheet should have.

    A row that `ours` lacks is still compared when the sheet has it: else it would seem to be only there.
    """

    def __init__(
        self,
        register: Register,
        sheet: Sheet,
        matching: Matching,
        drafter: Drafter,
        user,
        ours: QuerySet,
        *,
        answers: Answers,
    ):
        self._register, self._sheet, self._matching, self._user, self._ours = register, sheet, matching, user, ours
        self._drafter = drafter
        self._resolver = Resolver(register, self._drafter, user, answers)
        self._identities = Identities(register, self._drafter, matching.columns(), user, adds=False)
        self.columns = sorted(matching.columns(), key=register.columns.index)
        # The identities that the sheet has; a row of ours that has none of them cannot be found in it.
        identities = [] if matching.key else [names for names in register.identity if set(names) <= set(self.columns)]
        self._known_by = [must_be_filled(register, names) for names in identities]
        self._seen = access.visible_to(register, user).select_related(*register.joined)
        self._scratch = register.model()
        personal = {column.name for column in register.personal}
        self._hidden = {heading.place for heading in matching.headings if personal & set(heading.columns)}

    def lines(self, on_progress: Callable[[int, int], None]) -> Iterator[list[ComparisonLine]]:
        """The lines in pieces: the sheet's rows in their order, then the register's that it lacks."""
        done = 0
        for chunk in chunked(self._sheet.rows, CHUNK):
            yield self._chunk(self._drafter.drafts(chunk))
            done += len(chunk)
            on_progress(done, len(self._sheet.rows))
        column = self._register.column(self._register.order.removeprefix("-"))
        lacking = self._ours.select_related(*self._register.joined).order_by(column.order, "id")
        claimed = self._identities.claimed()
        here = (row for row in lacking.iterator(chunk_size=CHUNK) if row.pk not in claimed)
        for rows in chunked(here, CHUNK):
            yield [self._here(row) for row in access.veil(self._register, self._user, rows)]

    def _chunk(self, drafts: list[Draft]) -> list[ComparisonLine]:
        self._resolver.resolve(drafts)
        self._identities.find(drafts)
        self._resolver.settle(drafts)
        self._drafter.settle_masked(drafts)
        ids = {draft.present["id"] for draft in drafts if draft.present is not None}
        rows = self._seen.in_bulk(ids)
        access.veil(self._register, self._user, rows.values())
        inside = set(self._ours.filter(pk__in=ids).values_list("pk", flat=True))
        near = self._near([draft for draft in drafts if draft.present is None and not draft.lost])
        return [self._line(draft, rows, inside, near.get(draft.row, "")) for draft in drafts]

    def _near(self, drafts: list[Draft]) -> dict[int, str]:
        """By the sheet's row what is nearly the same in the register, such as a serial number under another make."""
        sentences: dict[int, str] = {}
        for rule in (rule for rule in twins.rules(self._register.model) if rule.near):
            rows = [(draft.row, self._register.model()) for draft in drafts]
            for draft, (_place, row) in zip(drafts, rows, strict=True):
                for name in set(rule.columns) & set(draft.values):
                    setattr(row, name, draft.values[name])
            places = {id(row): place for place, row in rows}
            for alike, twin in twins.nearly(self._register, rule, [row for _place, row in rows], self._user):
                sentences.setdefault(places[id(alike)], str(twin.sentence))
        return sentences

    def _line(self, draft: Draft, rows: dict[int, Model], inside: set[int], near: str) -> ComparisonLine:
        if draft.lost:
            return self._unread(draft, " ".join(finding.message for finding in draft.errors))
        if draft.present is None:
            return self._there(draft, near)
        row = rows.get(draft.present["id"])
        if row is None:
            return self._unread(draft, _("Bu kayıt başka bir birimde; görme yetkiniz olmadığından karşılaştırılmadı."))
        return self._both(draft, row, row.pk in inside)

    # One verdict each -----------------------------------------------------------------------------------

    def _here(self, row: Model) -> ComparisonLine:
        texts = {name: self._register.column(name).text(row) for name in self.columns}
        pairs = [Pair(name, text, "") for name, text in texts.items() if text]
        message = ""
        if self._known_by and not any(all(texts[name] for name in names) for names in self._known_by):
            wanted = set().union(*self._known_by)
            labels = ", ".join(self._register.column(name).label for name in self.columns if name in wanted)
            message = _("Bizde boş olduğundan listede aranamadı: %(columns)s.") % {"columns": labels}
        return ComparisonLine.made(Verdict.HERE, str(row), pairs, message, item=row.pk)

    def _there(self, draft: Draft, near: str) -> ComparisonLine:
        if draft.key is None and self._identities.column_of(draft) == self._register.key.name:
            names = dict.fromkeys(name for together in self._register.identity for name in together)
            labels = ", ".join(self._register.column(name).label for name in names)
            wrong = " ".join(finding.message for finding in draft.errors)
            message = _("Satırda kaydı tanıtan bilgi yok ya da eksik: %(columns)s.") % {"columns": labels}
            return self._unread(draft, wrong or message)
        return ComparisonLine.made(Verdict.THERE, self._title(draft), self._theirs(draft), near, row=draft.row)

    def _unread(self, draft: Draft, message: str) -> ComparisonLine:
        return ComparisonLine.made(Verdict.UNREAD, self._title(draft), self._theirs(draft), message, row=draft.row)

    def _both(self, draft: Draft, row: Model, is_inside: bool) -> ComparisonLine:
        pairs = [pair for name in self.columns if (pair := self._pair(draft, row, name))]
        notes = []
        status = getattr(row, "status", None)
        if status in GONE:
            label = self._register.column("status").text(row)
            notes.append(_("Kayıt kütükte hizmet dışı (%(status)s), ama listede duruyor.") % {"status": label})
            if not any(pair.column == "status" for pair in pairs):
                message = _("Durum listeden okunmadı; kaydı açıp bakınız.")
                pairs.append(Pair("status", label, _("(listede var)"), message))
        if not is_inside:
            notes.append(_("Karşılaştırılan bölümün dışında kalan bir kayıt."))
        verdict = Verdict.DIFFERS if pairs else Verdict.SAME
        return ComparisonLine.made(verdict, str(row), pairs, " ".join(notes), row=draft.row, item=row.pk)

    # Texts ----------------------------------------------------------------------------------------------

    def _pair(self, draft: Draft, row: Model, name: str) -> Pair | None:
        """The column's two texts where they differ; a blank cell of theirs says nothing."""
        column = self._register.column(name)
        if name in draft.failed:
            text = self._their_text(draft, name)
            return Pair(name, column.text(row), text, self._why(draft, name)) if text else None
        if name not in draft.values or name in draft.kept:
            return None
        if _alike(column.type, getattr(row, column.field.attname), draft.values[name]):
            return None
        return Pair(name, column.text(row), self._text(name, draft.values[name]))

    def _text(self, name: str, value: object) -> str:
        setattr(self._scratch, name, value)
        return self._register.column(name).text(self._scratch)

    def _theirs(self, draft: Draft) -> list[Pair]:
        texts = [(name, self._their_text(draft, name)) for name in self.columns]
        return [Pair(name, "", text, self._why(draft, name)) for name, text in texts if text]

    def _why(self, draft: Draft, name: str) -> str:
        """What keeps the column's cell from being read; "" for one that is."""
        heading = self._matching.label_of(name)
        return " ".join(e.message for e in draft.errors if e.column == heading) if name in draft.failed else ""

    def _title(self, draft: Draft) -> str:
        """What the sheet's row is known by: the first identity of which something is filled, else its first cells."""
        for names in self._register.identity:
            texts = [text for name in names if (text := self._their_text(draft, name))]
            if texts:
                return " · ".join(texts)
        cells = [show(cell) for place, cell in enumerate(draft.cells) if cell is not None and place not in self._hidden]
        return " · ".join(cells[:3])

    def _their_text(self, draft: Draft, name: str) -> str:
        """The column's value in the sheet, or what stands in its cell where that is no value."""
        if name in draft.values:
            return self._text(name, draft.values[name])
        heading = self._matching.heading_of(name)
        cell = draft.cells[heading.place] if heading and heading.columns[0] == name else None
        column = self._register.column(name)
        return "" if cell is None else column.show(show(cell)) if column.is_personal else show(cell)


def _alike(kind: Type, old: object, new: object) -> bool:
    """Whether two lists mean the same; between two offices letter case and marks in a text are no difference."""
    if isinstance(new, Model):
        return old == new.pk
    if old == new or kind not in (Type.TEXT, Type.LONG_TEXT):
        return old == new
    return heading_key(str(old or "")) == heading_key(str(new or ""))
