"""Two locations that are one: all items move to the one that is kept, and the other goes, its history staying."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from geo.models import Location
from geo.placing.writing import VALUES
from inventory import access, registers, writes
from inventory.history import Author
from inventory.many import by_id
from inventory.refusals import refusing
from inventory.registers import Register
from inventory.writes import Refused

CHUNK = 2_000


def items_at(location: Location, user) -> list[tuple[Register, int]]:
    """How many items of each register lie there, of those that the user may see."""
    counts = []
    for register, column in registers.naming(Location, "asset"):
        if count := access.visible_to(register, user).filter(**{column.name: location}).count():
            counts.append((register, count))
    return counts


def merge(kept: Location, gone: Location, by: Author) -> int:
    """Move everything to `kept` and take `gone` away, in one transaction; returns how many items moved.

    What `kept` does not know (its position, district, address) it takes from `gone`. Refused, with nothing written,
    where the user may not change one of the items or not delete a location.
    """
    places, moved = registers.get("locations"), 0
    if kept.pk == gone.pk:
        raise Refused(_("Bir yer kendisiyle birleştirilemez; başka bir yer seçiniz."))
    why = _("“%(gone)s” yeri “%(kept)s” ile birleştirildi") % {"gone": gone, "kept": kept}
    by = Author(user=by.user, reason=" · ".join(filter(None, (why, by.reason))), at=by.at)
    with refusing(registers.get("locations")), transaction.atomic():
        for register, column in registers.naming(Location, "asset"):
            rows = register.model._default_manager.filter(**{column.name: gone}).select_related(*register.joined)
            for chunk in by_id(rows, CHUNK):
                for row in chunk:
                    setattr(row, column.name, kept)
                writes.update_many(register, chunk, [column.name], by)
                moved += len(chunk)
        _complete(kept, gone)
        writes.save(places, kept, by)
        writes.delete(places, gone, by)
    return moved


def _complete(kept: Location, gone: Location) -> None:
    if not kept.is_placed and gone.is_placed:
        for name in VALUES:
            setattr(kept, name, getattr(gone, name))
    elif not kept.footprint and gone.footprint:
        kept.footprint = gone.footprint
    if kept.district_id is None:
        kept.district, kept.neighbourhood = gone.district, gone.neighbourhood
    kept.address = kept.address or gone.address
