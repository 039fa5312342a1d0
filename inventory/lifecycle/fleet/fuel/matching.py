"""Which vehicle a fill is of: by what its file says, or by its card. What names none, or several, waits."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from inventory import access, registers
from inventory.columns import field_of, target_of
from inventory.lifecycle.fleet.fuel.models import NO_PLATE, FuelCard, FuelFill
from inventory.models import GONE
from inventory.organization.models import Asker

# In this order: what one of them finds is not asked of the next.
_NAMES = ("plate", "fleet_no", "chassis_no")


def complete(rows: Sequence[dict[str, Any]], user: Asker) -> None:
    """Give the fills that name no vehicle theirs, and those that name nothing a mark: two queries for all of them."""
    waiting = [values for values in rows if values.get("vehicle") is None]
    for values in waiting:
        if not values.get("plate_text"):
            values["plate_text"] = NO_PLATE
    by_name = _by_name({values["plate_text"] for values in waiting} - {NO_PLATE}, user)
    by_card = _by_card({card for values in waiting if (card := values.get("card_no"))}, user)
    for values in waiting:
        vehicle = by_name.get(values["plate_text"]) or _of_card(by_card.get(values.get("card_no") or "", ()), values)
        if vehicle is not None:
            values["vehicle"] = vehicle


def _by_name(texts: set[str], user: Asker) -> dict[str, Any]:
    if not texts:
        return {}
    model: Any = target_of(field_of(FuelFill, "vehicle"))
    forms = {text: _forms(model, text) for text in texts}
    asked = Q(pk__in=[])
    for name in _NAMES:
        asked |= Q(**{f"{name}__in": {form[name] for form in forms.values() if form.get(name)}})
    found: dict[tuple[str, str], list[Any]] = defaultdict(list)
    register = registers.serving(model)
    for vehicle in access.visible_to(register, user).filter(asked).select_related(register.scope or ""):
        for name in _NAMES:
            found[name, getattr(vehicle, name)].append(vehicle)
    return {text: one for text, form in forms.items() if (one := _first(found, form)) is not None}


def _first(found: dict[tuple[str, str], list[Any]], form: dict[str, str]) -> Any:
    for name in _NAMES:
        if vehicles := found.get((name, form.get(name, "")), []):
            # A plate is given out again; the vehicle in service has it.
            here = [vehicle for vehicle in vehicles if vehicle.status not in GONE] or vehicles
            return here[0] if len(here) == 1 else None
    return None


def _forms(model: Any, text: str) -> dict[str, str]:
    """The text as each of the columns would keep it."""
    forms = {}
    for name in _NAMES:
        try:
            forms[name] = field_of(model, name).to_python(text)
        except ValidationError:
            continue
    return forms


def _by_card(numbers: set[str], user: Asker) -> dict[str, list[FuelCard]]:
    cards: dict[str, list[FuelCard]] = defaultdict(list)
    if numbers:
        rows = access.visible_to(registers.serving(FuelCard), user).filter(card_no__in=numbers)
        for card in rows.select_related("vehicle", "vehicle__responsible_unit"):
            cards[card.card_no].append(card)
    return cards


def _of_card(cards: Sequence[FuelCard], values: dict[str, Any]) -> Any:
    day = values["filled_at"].date() if isinstance(values.get("filled_at"), dt.datetime) else None
    valid = {card.vehicle_id: card.vehicle for card in cards if day and _holds(card, day)}
    return next(iter(valid.values())) if len(valid) == 1 else None


def _holds(card: FuelCard, day: dt.date) -> bool:
    return (card.starts_on is None or card.starts_on <= day) and (card.ends_on is None or day <= card.ends_on)
