"""What the user may change, judged for a chunk of rows before anything is written."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Model
from django.utils.translation import gettext as _

from imports.drafts import Draft
from inventory import access
from inventory.registers import Register


class Scope:
    def __init__(self, register: Register, user):
        self._register, self._user = register, user
        self._units = access.units_to_change(register, user)
        # Who may change everything need not be asked about each row.
        self._is_everything = self._units == []
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

    def objections(self, draft: Draft, row: Model, changed: set[str]) -> Iterator[tuple[str, str]]:
        """(column, sentence) where the row is not hers to change, or would go to a unit that is not."""
        if self._is_everything:
            return
        column = self._register.scope.split("__")[0] if self._register.scope else self._register.identity[0][0]
        present = draft.present
        comes_in = present is None or (column in changed and present["id"] not in self._managed)
        if present is not None and present["id"] not in self._editable:
            yield column, _("Bu kaydı görebilirsiniz ama değiştiremezsiniz; sorumlu birimden isteyiniz.")
        elif comes_in and column not in draft.failed and not self._reaches(row):
            yield column, _("Bu birimde değişiklik yetkiniz yok; kendi biriminizi yazınız veya satırı çıkarınız.")

    def _reaches(self, row: Model) -> bool:
        if self._units is None or self._register.scope is None:
            return False
        way = self._register.scope.split("__") if self._register.scope else ["parent"]
        for name in way:
            row = getattr(row, name, None)
            if row is None:
                return False
        return any(row.path.startswith(unit.path) for unit in self._units)
