"""The names of the rows and things that entries speak of, as far as their reader may see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from inventory import access, former, hooks, registers
from inventory.access import Unseen
from inventory.former import EVER
from inventory.many import chunked
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.trail.sentences import Thing

# As many ids in one statement.
_PART = 5_000


class Names:
    """Asked twice for each name: first it hears which ones are wanted, after `look_up` it knows them. So a page of
    entries takes as many queries as it speaks of registers, however many rows these are."""

    def __init__(self, user: Asker):
        self._user = user
        self.things: Mapping[str, Thing] = {key: thing for some in hooks.things for key, thing in some.items()}
        self._rows: dict[type[Any], set[int]] = defaultdict(set)
        self._others: dict[str, set[int]] = defaultdict(set)
        self._found: dict[tuple[object, int], str] = {}

    def look_up(self) -> None:
        for model, ids in self._rows.items():
            for part in chunked(sorted(ids), _PART):
                self._found |= {(model, pk): name for pk, name in _named(model, part, self._user).items()}
        for key, ids in self._others.items():
            self._found |= {(key, pk): name for pk, name in self.things[key].named(ids, self._user).items()}

    def of_row(self, model: type[Any], pk: int) -> str | None:
        """What a row is called, or was when it went; None where the reader may not see it, or nothing is known."""
        self._rows[model].add(pk)
        return self._found.get((model, pk))

    def named(self, model: type[Any], pk: int) -> str:
        """The same of a row that stands for a value."""
        name = self.of_row(model, pk)
        return str(Unseen(pk)) if name is None else name

    def of_thing(self, key: str, pk: int) -> tuple[str, str]:
        """(what it is and is called, the address of its page)."""
        self._others[key].add(pk)
        thing, name = self.things[key], self._found.get((key, pk))
        if name is None:
            return _("%(one)s no %(number)d") % {"one": thing.one, "number": pk}, ""
        return _quoted(thing.one, name), reverse(thing.page, args=[pk]) if thing.page else ""

    def of_item(self, register: Register, pk: int) -> tuple[str, str]:
        """(what a row is and is called, the address of its history)."""
        name, url = self.of_row(register.model, pk), reverse("register-history", args=[register, pk])
        if name is None:
            return _("%(one)s no %(number)d") % {"one": register.one, "number": pk}, url
        return _quoted(register.one, name), url


def _quoted(one: object, name: str) -> str:
    return f"{one} “{name}”"


def _named(model: type[Any], ids: Collection[int], user: Asker) -> dict[int, str]:
    register = registers.of(model)
    today = former.with_names(model._default_manager.filter(pk__in=ids))
    if register is None:
        return {row.pk: str(row) for row in today}
    rows = list(former.with_names(access.visible_to(register, user).filter(pk__in=ids)))
    found = {row.pk: str(row) for row in access.veil(register, user, rows)}
    if not (missing := set(ids) - found.keys()):
        return found
    past = (
        former.then(model, EVER)
        .filter(id__in=missing)
        .exclude(id__in=model._default_manager.filter(pk__in=missing).values("pk"))
    )
    gone = [former.row_of(model, entry) for entry in access.visible_to(register, user, past, EVER)]
    former.name_rows(model, gone, former.naming(model), EVER)
    return found | {row.pk: str(row) for row in access.veil(register, user, gone, EVER)}
