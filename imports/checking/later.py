"""What others wrote into the register after a sheet was made: an older sheet must not take it back unnoticed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from imports.checking.drafts import Draft, Drafter
from imports.checking.rules import same
from inventory.registers import Register


@dataclass(frozen=True)
class Age:
    """The moment whose values a sheet has (`as_of`; None where nobody knows it), and what becomes of what was written
    since: it stays, but where the sheet's value is written all the same, in all cells or in those that are `taken`
    (row, column). `own`: earlier imports of the same sheet by the same person; what the sheet itself changed since
    it was made corrects them.
    """

    as_of: dt.datetime | None = None
    own: frozenset[int] = frozenset()
    takes_all: bool = False
    taken: frozenset[tuple[int, str]] = frozenset()


@dataclass(frozen=True)
class Edit:
    """A column's value when the sheet was made, and who changed it last; `is_new`: the row was not there yet.

    `own` is the number of the import of the sheet's own that changed it last, 0 where it was another; `brought` are
    the values that the own imports before that wrote.

    Of a cell that differs: whether the sheet's value `is_taken` all the same, and whether the sheet changed it, too.
    """

    base: object
    at: dt.datetime
    who: str
    is_new: bool = False
    own: int = 0
    brought: tuple[object, ...] = ()
    is_taken: bool = False
    in_both: bool = False


class LaterEdits:
    """The edits of a chunk's rows since the sheet was made, by row and column: at most three queries for a chunk.

    `columns`: name → attribute, as in the register's model.
    """

    def __init__(self, register: Register, drafter: Drafter, columns: Mapping[str, str], age: Age):
        self._drafter, self._columns, self._age = drafter, columns, age
        self._past = register.model.history.model.objects
        self._edits: dict[int, dict[str, Edit]] = {}

    def learn(self, ids: list[int]) -> None:
        self._edits = {}
        if self._age.as_of is None or not ids:
            return
        entries = defaultdict(list)
        later = self._past.filter(id__in=ids, history_date__gt=self._age.as_of).select_related("history_user")
        for entry in later.order_by("history_id"):
            entries[entry.id].append(entry)
        if entries:
            before = self._past.filter(id__in=list(entries), history_date__lte=self._age.as_of)
            last = before.values("id").annotate(last=Max("history_id")).values_list("last", flat=True)
            bases = {entry.id: entry for entry in self._past.filter(history_id__in=list(last))}
            self._edits = {row_id: self._of(bases.get(row_id), steps) for row_id, steps in entries.items()}

    def _of(self, base: object | None, steps: list[Any]) -> dict[str, Edit]:
        edits: dict[str, Edit] = {}
        former = base
        for entry in steps:
            own = entry.batch_id if entry.batch_id in self._age.own else 0
            who = _("sizin %(number)d no’lu aktarımınız") % {"number": own} if own else entry.history_user
            for name, attribute in self._columns.items():
                value = getattr(entry, attribute)
                if former is not None and getattr(former, attribute) == value:
                    continue
                brought = edits[name].brought if name in edits else ()
                edits[name] = Edit(
                    base and getattr(base, attribute),
                    entry.history_date,
                    str(who or _("Sistem")),
                    is_new=base is None,
                    own=own,
                    brought=(*brought, value) if own else brought,
                )
            former = entry
        return {name: e for name, e in edits.items() if self._matters(e, getattr(former, self._columns[name]))}

    @staticmethod
    def _matters(edit: Edit, value: object) -> bool:
        """Whether a row's value may be taken back by the sheet: not what stands there as it was."""
        return edit.is_new or value != edit.base or bool(edit.brought)

    def settle(self, draft: Draft, row_id: int, changes: dict[str, Any]) -> dict[str, Any]:
        """The values that the draft's row gets: those of columns that were changed since only if they are taken."""
        edits = self._edits.get(row_id, {})
        for name in changes.keys() & edits.keys():
            edit, new = edits[name], changes[name]
            is_changed = edit.is_new or not same(edit.base, new)
            if edit.own and is_changed:
                continue
            is_taken = self._age.takes_all or (draft.row, name) in self._age.taken
            in_both = is_changed and not any(same(brought, new) for brought in edit.brought)
            draft.later[name] = replace(edit, is_taken=is_taken, in_both=in_both)
        return {name: new for name, new in changes.items() if name not in draft.later or draft.later[name].is_taken}

    def warn(self, draft: Draft, texts: Mapping[str, str]) -> None:
        """`texts`: what stands in the register, by column."""
        for name, edit in draft.later.items():
            self._drafter.warn(draft, name, _warning(edit, texts[name]))


def _warning(edit: Edit, text: str) -> str:
    """What becomes of a cell whose column was changed since; `text` is the register's value."""
    if edit.is_taken:
        message = _(
            "Dosya alındıktan sonra %(who)s %(at)s anında “%(text)s” yazmış; onun yerine dosyadaki değer yazılacak."
        )
    elif edit.is_new and not edit.brought:
        message = _("Bu kaydı dosya alındıktan sonra %(who)s %(at)s anında ekledi; kütükteki “%(text)s” kalıyor.")
    elif edit.in_both:
        message = _(
            "Hem dosyada hem kütükte değişmiş: dosya alındıktan sonra %(who)s %(at)s anında “%(text)s” yazmış; "
            "kütükteki kalıyor."
        )
    else:
        message = _("Dosya alındıktan sonra %(who)s %(at)s anında “%(text)s” yazmış; dosyadaki eski değer yazılmıyor.")
    at = f"{timezone.localtime(edit.at):%d.%m.%Y %H:%M}"
    return message % {"at": at, "who": edit.who, "text": text or _("(boş)")}
