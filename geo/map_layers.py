"""What a tile shows of a list: the very rows that the list has, within what the user may see.

Many items in a tile are put together into clusters that say how many of what (`by`, as the map's colours distinguish
them); few are shown one by one. Where only unit, kind and status are asked for, the clusters of the wide zooms come
from the kept counts (`counts`); whatever else is asked for is looked up, and so are the days when something falls due.
Where that is more than `MOST_COUNTED`, the numbers that are not whole are marked as "at least".
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import shapely
from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.utils import timezone

from geo import counts
from geo.cells import ZOOM
from geo.counts import DEGREE, Cluster
from geo.legend import due_key
from geo.then import of_location, places, standing
from geo.vector_tile import Feature, Layer, Properties, Tile
from inventory import access, former
from inventory.columns import field_of, target_of
from inventory.computed.columns import computed, on
from inventory.listing.address import Listing
from inventory.registers import Register
from inventory.stock import Chosen

# From this zoom on the items of a tile are looked up, before it the kept counts are asked first.
ITEMS_FROM = 14
FOOTPRINTS_FROM = 15
# Items shown one by one in a tile, and outlines; outlines looked at.
FEW, MOST, MOST_OUTLINES = 250, 1_000, 10_000
# Items of a tile that are gone through to find a few of them; among more, even few are shown as the counts have them.
MOST_PASSED = 2_500
# Items looked up for the clusters of a tile; where there are more, so many in each of its cells.
MOST_COUNTED, MOST_IN_CELL = 10_000, 200
MOST_LINES = 5_000


def on_the_map(register: Register) -> bool:
    return register.group == "asset"


# What kept counts distinguish, by the name of the column.
_DISTINGUISHED = {"kind": "kind_id", "unit": "responsible_unit_id", "status": "status"}


def layers(listing: Listing, tile: Tile, by: str = "kind") -> list[Layer]:
    """The layers of one register: its items under its slug, their footprints, and the lines between them.

    `by` says what a cluster's parts are: "kind", "unit", "status" or one of the days of `legend.dues`; else kinds.
    """
    if listing.errors:
        return []
    drawn = [_items(listing, tile, by if by in _DISTINGUISHED or by in _days(listing.register) else "kind")]
    if tile.z >= FOOTPRINTS_FROM:
        drawn.append(_footprints(listing, tile))
    return [*drawn, *_lines(listing, tile)]


# Points ----------------------------------------------------------------------------------------------------


def _days(register: Register) -> dict[str, str]:
    """The names of `legend.dues` with the columns that hold the days."""
    own = {"due": register.validity.ends} if register.validity else {}
    return own | {column.name: column.name for column in computed(register).values() if column.state}


def _items(listing: Listing, tile: Tile, by: str) -> Layer:
    layer, wide = Layer(listing.register.slug), tile.z < ITEMS_FROM
    asked = listing.kept if wide and by in _DISTINGUISHED else None
    # The map's counts do not distinguish owned vehicles from leased ones.
    if asked and asked.splits is None:
        clusters = _kept(asked, tile, tile.z + 3, tile.z + 2, by)
        number = _number(clusters)
        if number > FEW or not number or _number(_kept(Chosen(asked.register), tile, tile.z, tile.z)) > MOST_PASSED:
            layer.points = [_cluster(cluster, by) for cluster in clusters]
            return layer
    few = _rows(listing, tile, FEW + 1)
    if len(few) <= FEW:
        layer.points = list(_points(listing.register, few, by))
    else:
        layer.points = _clustered(listing, tile, tile.z + (3 if wide else 4), by)
    return layer


def _kept(chosen: Chosen, tile: Tile, grid: int, fine: int, by: str = "kind") -> list[Cluster]:
    """The tile's clusters from the kept counts, in cells of the size of `grid`, read from a level at least so fine."""
    level = next((level for level in counts.LEVELS if level >= fine), counts.LEVELS[-1])
    return counts.clusters(chosen, *tile.cells, grid=min(grid, level), level=level, by=by)


def _number(clusters: list[Cluster]) -> int:
    return sum(cluster.number for cluster in clusters)


def _within(listing: Listing, cells: tuple[int, int]) -> QuerySet:
    first, last = cells
    if listing.end:
        return listing.matching.filter(standing(listing.end, Q(cell__gte=first, cell__lte=last)))
    return listing.matching.filter(location__cell__gte=first, location__cell__lte=last)


@dataclass
class _Shown:
    """What a point shows of a row: ids, the days when something falls due, and by `named` what `str(row)` reads."""

    dues: dict[str, dt.date | None]
    named: SimpleNamespace
    id: int
    lon: float
    lat: float
    kind: int
    unit: int
    status: str
    location: int


_OWN = ("id", "lon", "lat", "kind_id", "responsible_unit_id", "status", "location_id")


def _rows(listing: Listing, tile: Tile, most: int) -> list[_Shown]:
    """The tile's rows, as far as `most`; models would take longer to make than all else together."""
    register, model = listing.register, listing.register.model
    due = [column for column in computed(register).values() if column.state]
    days = _days(register)
    read = [field_of(model, name).attname for name in ("inventory_no", *model.named_after)]
    rows = _within(listing, tile.cells).annotate(lon=of_location(listing, "lon"), lat=of_location(listing, "lat"))
    names = list(dict.fromkeys((*_OWN, *days.values(), *read)))
    shown = []
    for row in on(rows, due, listing.as_of).order_by().values_list(*names)[:most]:
        values = dict(zip(names, row, strict=True))
        dues = {key: values[name] for key, name in days.items()}
        named = SimpleNamespace(**{name: values[name] for name in read})
        shown.append(_Shown(dues, named, *row[: len(_OWN)]))
    for column in (field_of(model, name) for name in former.naming(model)):
        ids = {getattr(row.named, column.attname) for row in shown}
        there = former.rows_at(target_of(column), ids, listing.end)
        for row in shown:
            setattr(row.named, column.name, there.get(getattr(row.named, column.attname)))
    return shown


def _points(register: Register, rows: Sequence[_Shown], by: str) -> Iterator[Feature]:
    """One point for each place: an item, or how many of what stand there."""
    today = timezone.localdate()
    places: dict[int, list[_Shown]] = {}
    for row in rows:
        places.setdefault(row.location, []).append(row)
    for place, there in places.items():
        if len(there) == 1:
            row = there[0]
            yield row.id, row.lon, row.lat, _item(register, row)
        else:
            parts = (getattr(row, by) if by in _DISTINGUISHED else due_key(row.dues[by], today) for row in there)
            yield _cluster(Cluster(len(there), there[0].lon, there[0].lat, Counter(parts)), by, location=place)


def _item(register: Register, row: _Shown) -> Properties:
    return {
        "number": 1,
        "id": row.id,
        "label": register.model.__str__(row.named),
        "kind": row.kind,
        "unit": row.unit,
        "status": row.status,
        "location": row.location,
        **{name: day.isoformat() for name, day in row.dues.items() if day},
    }


def _cluster(cluster: Cluster, by: str, **more) -> Feature:
    parts = dict(sorted((cluster.parts or {}).items(), key=lambda each: (-each[1], each[0])))
    values: Properties = {"number": cluster.number, "by": by, "parts": json.dumps(parts)}
    return 0, cluster.lon, cluster.lat, values | more


def _read(listing: Listing, cells: tuple[int, int], most: int, by: str) -> list[tuple]:
    """(cell, part, lon, lat) of at most so many rows."""
    rows, part = _within(listing, cells).order_by(), _DISTINGUISHED.get(by)
    if part is None:
        part = _days(listing.register)[by]
        rows = on(
            rows, [column for column in computed(listing.register).values() if column.name == part], listing.as_of
        )
    names = (part, *(of_location(listing, name) for name in ("cell", "lon", "lat")))
    read = [(cell, part, lon, lat) for part, cell, lon, lat in rows.values_list(*names)[:most]]
    if by in _DISTINGUISHED:
        return read
    today = timezone.localdate()
    return [(cell, due_key(day, today), lon, lat) for cell, day, lon, lat in read]


def _clustered(listing: Listing, tile: Tile, grid: int, by: str) -> list[Feature]:
    """Clusters in cells of the size of `grid`. Where there are more than `MOST_COUNTED` rows, each cell is read as far
    as `MOST_IN_CELL`: so none looks empty that is not, and which numbers are "at least" is known."""
    lines = _read(listing, tile.cells, MOST_COUNTED + 1, by)
    if len(lines) <= MOST_COUNTED:
        return [_cluster(cluster, by) for cluster in counts.gather(_summands(lines, grid))]
    first, last = tile.cells
    size, features = 1 << 2 * (ZOOM - grid), []
    for start in range(first, last, size):
        some = _read(listing, (start, start + size - 1), MOST_IN_CELL + 1, by)
        more = {"at_least": True} if len(some) > MOST_IN_CELL else {}
        features += [_cluster(cluster, by, **more) for cluster in counts.gather(_summands(some[:MOST_IN_CELL], grid))]
    return features


def _summands(lines: list[tuple], grid: int) -> Iterator[tuple]:
    shift = 2 * (ZOOM - grid)
    return ((cell >> shift, part, 1, lon * DEGREE, lat * DEGREE) for cell, part, lon, lat in lines)


# Shapes ----------------------------------------------------------------------------------------------------


def _footprints(listing: Listing, tile: Tile) -> Layer:
    """The outlines of the places where the items stand."""
    layer, there = Layer(f"{listing.register.slug}-footprints"), places(listing.end)
    outlines = _outlines(there, tile)
    if not outlines:
        return layer
    ends = {f"_{name}_{end.__name__}": end(column) for name, column in _SAME.items() for end in (Min, Max)}
    rows = listing.matching.filter(location__in=outlines).order_by().values("location")
    values = {each["location"]: _what_stands(each) for each in rows.annotate(_number=Count("id"), **ends)[:MOST]}
    kept = list(there.filter(id__in=values).values_list("id", "footprint"))
    shapes = tile.shapes(shapely.from_wkb(np.array([bytes(shape) for _, shape in kept], dtype=object)))
    layer.shapes = [
        (place, shape, values[place]) for (place, _), shape in zip(kept, shapes, strict=True) if not shape.is_empty
    ]
    return layer


def _outlines(there: QuerySet, tile: Tile) -> list[int]:
    """The ids of the locations whose footprint reaches into the tile, also from a point in a tile beside."""
    west, south, east, north = tile.bounds
    reach = {"west__lte": east, "east__gte": west, "south__lte": north, "north__gte": south}
    rows = there.filter(footprint__isnull=False, **reach).order_by().values_list("id", flat=True)
    # Range by range: for an "or" of them SQLite does not take the index of the outlines alone.
    first, *others = (rows.filter(cell__gte=first, cell__lte=last) for first, last in tile.around(FOOTPRINTS_FROM))
    return list(first.union(*others, all=True)[:MOST_OUTLINES])


_SAME = {"id": "id", "kind": "kind_id", "unit": "responsible_unit_id", "status": "status"}


def _what_stands(place: dict) -> Properties:
    """How many items there are, and what they have in common."""
    same = {name: place[f"_{name}_Min"] for name in _SAME if place[f"_{name}_Min"] == place[f"_{name}_Max"]}
    return {"number": place["_number"], "location": place["location"], **same}


def _lines(listing: Listing, tile: Tile) -> Iterator[Layer]:
    """Lines between items of which one names the other, both of them visible, placed and in different places."""
    register = listing.register
    for column in register.naming(register.model):
        links = _linked(listing, column.name, tile)
        drawn = tile.shapes(shapely.linestrings(np.array([line[4:] for line in links]).reshape(-1, 2, 2)))
        layer = Layer(f"{register.slug}-{column.name.replace('_', '-')}")
        layer.shapes = [
            (line[0], shape, {"id": line[0], "kind": line[1], "status": line[2], "to": line[3]})
            for line, shape in zip(links, drawn, strict=True)
            if not shape.is_empty
        ]
        yield layer


def _linked(listing: Listing, name: str, tile: Tile) -> list[tuple]:
    """(id, kind, status, the other's id, lon, lat, lon, lat) of items whose line to the other may cross the tile."""
    ends = {f"_{axis}_{i}": of_location(listing, axis, f"{way}location") for i, way in enumerate(("", f"{name}__"))
            for axis in ("lon", "lat")}  # fmt: skip
    west, south, east, north = tile.bounds
    crosses = Q(**{f"{end}__isnull": False for end in ends})
    for axis, end, limit in (("lon", "lte", east), ("lon", "gte", west), ("lat", "lte", north), ("lat", "gte", south)):
        crosses &= Q(**{f"_{axis}_0__{end}": limit}) | Q(**{f"_{axis}_1__{end}": limit})
    if listing.end:
        then = former.then(listing.register.model, listing.end)
        seen = access.visible_to(listing.register, listing.user, then, listing.end).values("id")
        apart = Q(_lon_0=F("_lon_1"), _lat_0=F("_lat_1"))
    else:
        seen, apart = access.visible_to(listing.register, listing.user), Q(location=F(f"{name}__location"))
    rows = listing.matching.filter(**{f"{name}__isnull": False, f"{name}__in": seen}).annotate(**ends)
    crossing = rows.filter(crosses).exclude(apart).order_by()
    return list(crossing.values_list("id", "kind_id", "status", f"{name}_id", *ends)[:MOST_LINES])
