"""The cards of the first page, and which of them a user has chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inventory.organization.models import User
from inventory.pages.home.changes import last_changes
from inventory.pages.home.due import due_parts
from inventory.pages.home.kinds import of_registers
from inventory.pages.home.mine import my_last
from inventory.pages.home.waiting import waiting_for


@dataclass(frozen=True)
class Card:
    """A card; `templates/inventory/home/<name>.html` shows its `lines`."""

    name: str
    title: Promise
    icon: str
    lines: Callable[[Any], Sequence[Any]]
    #: It takes long, so it is brought after the page.
    later: bool = False
    #: It takes the page's whole width.
    wide: bool = False

    @property
    def template(self) -> str:
        return f"inventory/home/{self.name}.html"


#: By name, in the order in which who has chosen nothing sees them.
CARDS = {
    card.name: card
    for card in (
        Card("due", _("Süresi geçen ve yaklaşanlar"), "calendar-due", due_parts, later=True),
        Card("waiting", _("Beni bekleyenler"), "checklist", waiting_for),
        Card("mine", _("Son işlerim"), "user", my_last),
        Card("changes", _("Son değişiklikler"), "history", last_changes, later=True),
        Card("kinds", _("Hizmetteki varlıklar"), "building-community", of_registers, later=True, wide=True),
    )
}


def arranged(user: User) -> list[tuple[Card, bool]]:
    """All cards in the user's order, each with whether it is shown."""
    names = user.home_cards.split()
    kept = [(CARDS[name.lstrip("-")], not name.startswith("-")) for name in names if name.lstrip("-") in CARDS]
    there = {card for card, _shown in kept}
    # A card that came with a new version is shown.
    return [*kept, *((card, True) for card in CARDS.values() if card not in there)]


def chosen(user: User) -> list[Card]:
    return [card for card, shown in arranged(user) if shown]


def arrange(user: User, names: list[str], shown: set[str]) -> None:
    """No names are the cards of who has arranged nothing."""
    known = dict.fromkeys(name for name in names if name in CARDS)
    user.home_cards = " ".join(name if name in shown else f"-{name}" for name in known)
    user.save(update_fields=["home_cards"])


def moved(names: list[str], name: str, places: int) -> list[str]:
    """The names with one of them moved within the list; what is not in it or would leave it stays."""
    if name not in names or not 0 <= names.index(name) + places < len(names):
        return names
    others = [other for other in names if other != name]
    at = names.index(name) + places
    return [*others[:at], name, *others[at:]]
