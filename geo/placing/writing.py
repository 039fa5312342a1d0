"""Locations written from a plan, and taken back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from geo.models import District, Location, Neighbourhood
from imports.models import Batch
from inventory import registers, writes
from inventory.history import CREATED, Author
from inventory.registers import Register
from inventory.search import fold
from inventory.writes import Refused

VALUES = ("lon", "lat", "source", "precision_m", "footprint")


def write(register: Register, planned: Sequence[dict], by: Author) -> list[int]:
    """The ids of the planned locations, each written once; items on one parcel share its location."""
    places = registers.get("locations")
    known = Location.objects.in_bulk([each["id"] for each in planned if each["id"]])
    # What an earlier chunk of the same plan has made stands under its name already.
    names = {fold(p["name"]) for p in planned if not p["id"]}
    made = {row.name_same: row for row in Location.objects.filter(name_same__in=names)}
    districts, neighbourhoods = District.objects.in_bulk(), Neighbourhood.objects.in_bulk()
    changed: dict[int, Location] = {}
    new: dict[str, Location] = {}
    rows = []
    for each in planned:
        row = known.get(each["id"]) or made.get(fold(each["name"])) or new.get(each["name"])
        if each["id"] and (row is None or (row.pk not in changed and row.version != each["version"])):
            raise _moved(each)
        if row is None:
            row = new[each["name"]] = Location(
                name=each["name"],
                district=districts.get(each.get("district")),
                neighbourhood=neighbourhoods.get(each.get("neighbourhood")),
            )
        if row.pk is None:
            _give(row, each)
        elif not _has(row, each):
            if row.pk not in known:
                raise _moved(each)
            _give(row, each)
            changed[row.pk] = row
        rows.append(row)
    writes.create_many(places, list(new.values()), by)
    writes.update_many(places, list(changed.values()), VALUES, by)
    return [row.pk for row in rows]


def _give(row: Location, planned: dict) -> None:
    for name in VALUES:
        setattr(row, name, planned[name])
    row.footprint = _bytes(planned)
    row.sheet_row = planned["row"]


def _bytes(planned: dict) -> bytes | None:
    return bytes.fromhex(planned["footprint"]) if planned["footprint"] else None


def _has(row: Location, planned: dict) -> bool:
    footprint = bytes(row.footprint) if row.footprint else None
    return (footprint, row.lon, row.lat) == (_bytes(planned), planned["lon"], planned["lat"])


def _moved(planned: dict) -> Refused:
    return Refused(
        _("Denetimden sonra “%(name)s” yeri değişti (%(row)d. satır). Dosyayı yeniden denetleyip uygulayınız.")
        % {"name": planned["name"], "row": planned["row"]}
    )


def untouched(batch: Batch) -> list[dict]:
    """The history entries that the batch left of locations, newest first, where nothing was written since."""
    if batch.register == registers.get("locations").slug:
        # Its own rows, which the import takes back itself.
        return []
    past = Location.history.model.objects
    of_row = past.filter(id=OuterRef("id")).order_by("-history_id")
    before = of_row.filter(history_id__lt=OuterRef("history_id"))
    entries = past.filter(batch_id=batch.pk).order_by("-history_id").annotate(
        before=Subquery(before.values("history_id")[:1]), last=Subquery(of_row.values("history_id")[:1])
    )  # fmt: skip
    entries = entries.filter(last=F("history_id"), id__in=Location.objects.values("pk"))
    return list(entries.values("id", "history_type", "before"))


def undo(batch: Batch, by: Author) -> int:
    """Locations that the batch made go, if nothing lies there any more; those that it changed go back, if nobody
    has changed them since. Returns how many."""
    places, entries = registers.get("locations"), untouched(batch)
    rows = Location.objects.in_bulk([entry["id"] for entry in entries])
    made = [e["id"] for e in entries if e["history_type"] == CREATED]
    hanging = writes.hanging(places, made)
    gone = [rows[row_id] for row_id in made if row_id not in hanging]
    writes.take_back(places, gone, by, batch.pk)
    back = [entry for entry in entries if entry["history_type"] != CREATED and entry["before"]]
    for entry in back:
        writes.restore(places, rows[entry["id"]], entry["before"], by)
    return len(gone) + len(back)
