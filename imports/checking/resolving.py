"""The rows that a sheet's reference cells name, for a chunk of drafts at once."""

from __future__ import annotations

from imports.checking.drafts import Draft, Drafter
from imports.checking.meanings import NOTHING_SAID, Answered, Answers, UnknownValue
from imports.checking.references import Lookup
from inventory.organization.models import Asker
from inventory.registers import Register


class Resolver:
    """`resolve` a chunk before its rows of the register are known, `settle` it after."""

    def __init__(self, register: Register, drafter: Drafter, user: Asker, answers: Answers | None = None):
        self._register, self._drafter = register, drafter
        self.lookups = {
            name: Lookup(register, register.column(name), user, (answers or {}).get(name, NOTHING_SAID))
            for name in drafter.references
        }
        self._unknown: dict[tuple[int, str], UnknownValue] = {}

    def resolve(self, drafts: list[Draft]) -> None:
        """Rows for the texts that name one; the others' errors wait until it is known what stands there."""
        self._unknown.clear()
        for name, lookup in self.lookups.items():
            lookup.learn(draft.texts[name] for draft in drafts if name in draft.texts)
            for draft in drafts:
                if name in draft.texts:
                    try:
                        beside = draft.values.get(lookup.beside) if lookup.beside else None
                        draft.values[name] = lookup.choose(draft.texts[name], beside)
                    except UnknownValue as error:
                        self._unknown[draft.row, name] = error

    def settle(self, drafts: list[Draft]) -> None:
        """A text that names what stands there already changes nothing, even if it names others, too."""
        for name, lookup in self.lookups.items():
            attribute = self._register.column(name).field.attname
            doubtful: list[tuple[Draft, int | None]] = []
            for draft in drafts:
                if name in draft.texts:
                    present = draft.present[attribute] if draft.present else None
                    value = draft.values.get(name)
                    if value is None or (present is not None and value.pk != present):
                        doubtful.append((draft, present))
            lookup.learn_current(present for _draft, present in doubtful if present is not None)
            for draft, present in doubtful:
                if lookup.is_current(draft.texts[name], present):
                    draft.kept.add(name)
                    draft.values.pop(name, None)
                elif (draft.row, name) in self._unknown:
                    self._drafter.fail(draft, name, self._unknown[draft.row, name])

    def answered(self) -> list[tuple[str, str, Answered]]:
        """(column, text, row) for each text that was settled by what is said of it."""
        return [(name, text, row) for name, lookup in self.lookups.items() for text, row in lookup.answered.items()]
