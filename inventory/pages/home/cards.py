"""The cards of the first page, and which of them a user has chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inventory.models import IN_SERVICE
from inventory.organization.models import User
from inventory.pages.home.changes import BY_PEOPLE, last_changes
from inventory.pages.home.due import due_parts
from inventory.pages.home.kinds import of_registers
from inventory.pages.home.mine import my_last
from inventory.pages.home.waiting import waiting_for


@dataclass(frozen=True)
class Card:
    name: str
    title: Promise
    icon: str
    filled: Callable[[Any], Mapping[str, Any]]
    #: It takes long, so it is brought after the page.
    later: bool = False
    #: It takes the page's whole width.
    wide: bool = False

    @property
    def template(self) -> str:
        return f"inventory/home/{self.name}.html"


def kept() -> str:
    """The list's query for what is still here."""
    return "&".join(f"status={value}" for value in IN_SERVICE)


#: By name, in the order in which who has chosen nothing sees them.
CARDS = {
    card.name: card
    for card in (
        Card(
            "due", _("Süresi geçen ve yaklaşanlar"), "calendar-due", lambda user: {"parts": due_parts(user)}, later=True
        ),
        Card("waiting", _("Beni bekleyenler"), "checklist", lambda user: {"waiting": waiting_for(user)}),
        Card("mine", _("Son işlerim"), "user", lambda user: {"lines": my_last(user)}),
        Card(
            "changes",
            _("Son değişiklikler"),
            "history",
            lambda user: {"changes": last_changes(user, BY_PEOPLE)},
            later=True,
        ),
        Card(
            "kinds",
            _("Hizmetteki varlıklar"),
            "building-community",
            lambda user: {"parts": of_registers(user), "kept": kept()},
            later=True,
            wide=True,
        ),
    )
}


def chosen(user: User) -> list[Card]:
    return [CARDS[name] for name in user.home_cards.split() if name in CARDS] or list(CARDS.values())


def choose(user: User, names: list[str]) -> None:
    """No names are the cards of who has chosen nothing."""
    user.home_cards = " ".join(dict.fromkeys(names))
    user.save(update_fields=["home_cards"])


def move(names: list[str], name: str | None, places: int) -> None:
    """Within the list; what is not in it or would leave it stays."""
    if name in names and 0 <= names.index(name) + places < len(names):
        at = names.index(name)
        names.insert(at + places, names.pop(at))
