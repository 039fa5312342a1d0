"""What the user may change, judged for a chunk of rows before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from django.db.models import Model
from django.utils.translation import gettext as _

from imports.checking.drafts import Draft, Future
from inventory import access
from inventory.organization.models import Asker
from inventory.registers import Register


class Scope:
    def __init__(self, register: Register, user: Asker):
        self._register, self._user = register, user
        # Who may change everything need not be asked about each row.
        self._is_everything = access.units_to_change(register, user) == []
        self._visible: set[int] = set()
        self._editable: set[int] = set()
        self._managed: set[int] = set()

    def learn(self, ids: list[int]) -> None:
        """Ask what the user may do with the rows of a chunk: three queries."""
        if self._is_everything:
            return
        rows = (access.visible_to, access.editable_by, access.managed_by)
        self._visible, self._editable, self._managed = (
            set(which(self._register, self._user).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
            for which in rows
        )

    def sees(self, row_id: int) -> bool:
        return self._is_everything or row_id in self._visible

    def objections(self, draft: Draft, row: Model, changed: Set[str]) -> Iterator[tuple[str, str]]:
        """(column, sentence) where the row is not hers to change, or would go to a unit that is not."""
        if self._is_everything:
            return
        column = self._register.scope.split("__")[0] if self._register.scope else self._register.identity[0][0]
        present = draft.present
        comes_in = present is None or (column in changed and present["id"] not in self._managed)
        if present is not None and present["id"] not in self._editable:
            yield column, _("Bu kaydı görebilirsiniz ama değiştiremezsiniz; sorumlu birimden isteyiniz.")
        elif comes_in and column not in draft.failed and not access.takes(self._register, self._user, row):
            yield column, _("Bu birimde değişiklik yetkiniz yok; kendi biriminizi yazınız veya satırı çıkarınız.")

    def guarded(self, futures: Sequence[Future]) -> Iterator[tuple[Draft, str, str]]:
        """(draft, column, sentence) where the register's guard objects; of a chunk, as rows will be."""
        if self._register.guard is None:
            return
        present = [future.draft.present for future in futures]
        ids = [row["id"] for row in present if row is not None]
        stored = access.visible_to(self._register, None).select_related(*self._register.joined).in_bulk(ids)
        pairs = [(stored[row["id"]] if row else None, future.row) for row, future in zip(present, futures, strict=True)]
        for place, column, message in self._register.guard(pairs, self._user):
            yield futures[place].draft, column, message
