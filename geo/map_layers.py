"""What a tile shows of a list: the very rows that the list has, within what the user may see.

Many items in a tile are put together into clusters that say how many of what; few are shown one by one. Where only
unit, kind and status are asked for, the clusters of the wide zooms come from the kept counts (`counts`); whatever
else is asked for is looked up, and where that is more than `MOST_COUNTED`, the numbers that are not whole are marked
as "at least".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from types import SimpleNamespace

import numpy as np
import shapely
from django.db.models import Count, F, Max, Min, Model, OuterRef, Q, QuerySet, Subquery

from geo import counts
from geo.cells import ZOOM
from geo.counts import DEGREE, Cluster
from geo.models import Location
from geo.vector_tile import Feature, Layer, Properties, Tile
from inventory import access
from inventory.columns import Type
from inventory.listing import Listing
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


def layers(listing: Listing, tile: Tile) -> list[Layer]:
    """The layers of one register: its items under its slug, their footprints, and the lines between them."""
    if listing.errors:
        return []
    found = [_items(listing, tile)]
    if tile.z >= FOOTPRINTS_FROM:
        found.append(_footprints(listing, tile))
    return [*found, *_lines(listing, tile)]


# Points ----------------------------------------------------------------------------------------------------


def _items(listing: Listing, tile: Tile) -> Layer:
    layer, wide = Layer(listing.register.slug), tile.z < ITEMS_FROM
    asked = listing.kept if wide else None
    # The map's counts do not tell owned vehicles from leased ones.
    if asked and asked.splits is None:
        found = _kept(asked, tile, tile.z + 3, tile.z + 2)
        number = _number(found)
        if number > FEW or not number or _number(_kept(Chosen(asked.register), tile, tile.z, tile.z)) > MOST_PASSED:
            layer.points = [_cluster(cluster) for cluster in found]
            return layer
    few = _rows(listing, tile, FEW + 1)
    if len(few) <= FEW:
        layer.points = list(_points(listing.register, few))
    else:
        layer.points = _clustered(listing, tile, grid=tile.z + (3 if wide else 4))
    return layer


def _kept(chosen: Chosen, tile: Tile, grid: int, fine: int) -> list[Cluster]:
    """The tile's clusters from the kept counts, in cells of the size of `grid`, read from a level at least so fine."""
    level = next((level for level in counts.LEVELS if level >= fine), counts.LEVELS[-1])
    return counts.clusters(chosen, *tile.cells, grid=min(grid, level), level=level)


def _number(found: list[Cluster]) -> int:
    return sum(cluster.number for cluster in found)


def _within(rows: QuerySet, cells: tuple[int, int]) -> QuerySet:
    first, last = cells
    return rows.filter(location__cell__gte=first, location__cell__lte=last)


class _Shown(SimpleNamespace):
    """What a point tells of a row. A row that it names, such as its kind, is looked up for all of the tile at once."""

    def __getattr__(self, name: str) -> Model | None:
        if name not in self._named:
            numbers = {getattr(row, f"{name}_id") for row in self._all}
            self._named[name] = self._register.column(name).related_model._default_manager.in_bulk(numbers)
        return self._named[name].get(getattr(self, f"{name}_id"))


def _rows(listing: Listing, tile: Tile, most: int) -> list[_Shown]:
    """The tile's rows with their place and the dates when they fall due, as far as `most`; models would take longer
    to make than all else together."""
    register = listing.register
    fields = {"kind", "responsible_unit", "status", "location", "inventory_no", *register.model.named_after}
    columns = ["id", *(register.model._meta.get_field(name).attname for name in sorted(fields))]
    due = {f"due_{child.slug}": _last(child, name) for child, name in register.children() if child.due}
    if register.due:
        columns.append(register.due)
    rows = _within(listing.matching, tile.cells).annotate(lon=F("location__lon"), lat=F("location__lat"), **due)
    names = [*columns, "lon", "lat", *due]
    shared = {"_all": (found := []), "_named": {}, "_register": register, "_due": list(due)}
    found += [
        _Shown(**shared, **dict(zip(names, values, strict=True)))
        for values in rows.order_by().values_list(*names)[:most]
    ]
    return found


def _last(child: Register, name: str) -> Subquery:
    """The latest day on which a row's records fall due."""
    records = child.model._default_manager.filter(**{name: OuterRef("id")}).order_by().values(name)
    return Subquery(records.annotate(_last=Max(child.due)).values("_last"))


def _points(register: Register, rows: Sequence[_Shown]) -> Iterator[Feature]:
    """One point for each place: an item, or how many of what stand there."""
    places: dict[int, list[_Shown]] = {}
    for row in rows:
        places.setdefault(row.location_id, []).append(row)
    for place, there in places.items():
        if len(there) == 1:
            row = there[0]
            yield row.id, row.lon, row.lat, _item(register, row)
        else:
            kinds: dict[int, int] = {}
            for row in there:
                kinds[row.kind_id] = kinds.get(row.kind_id, 0) + 1
            yield _cluster(Cluster(len(there), there[0].lon, there[0].lat, kinds), location=place)


def _item(register: Register, row: _Shown) -> Properties:
    told: Properties = {
        "number": 1,
        "id": row.id,
        "label": register.model.__str__(row),
        "kind": row.kind_id,
        "unit": row.responsible_unit_id,
        "status": row.status,
        "location": row.location_id,
    }
    if register.due and (day := getattr(row, register.due)):
        told["due"] = day.isoformat()
    for name in row._due:
        if day := getattr(row, name):
            told[f"{name.removeprefix('due_')}_due"] = day.isoformat()
    return told


def _cluster(cluster: Cluster, **more) -> Feature:
    kinds = dict(sorted(cluster.kinds.items(), key=lambda each: (-each[1], each[0])))
    told: Properties = {"number": cluster.number, "kind": next(iter(kinds), 0), "kinds": json.dumps(kinds)}
    return 0, cluster.lon, cluster.lat, told | more


def _read(listing: Listing, cells: tuple[int, int], most: int) -> list[tuple]:
    """(cell, kind, lon, lat) of at most so many rows."""
    names = ("location__cell", "kind_id", "location__lon", "location__lat")
    return list(_within(listing.matching, cells).order_by().values_list(*names)[:most])


def _clustered(listing: Listing, tile: Tile, grid: int) -> list[Feature]:
    """Clusters in cells of the size of `grid`. Where there are more than `MOST_COUNTED` rows, each cell is read as far
    as `MOST_IN_CELL`: so none looks empty that is not, and which numbers are "at least" is known."""
    lines = _read(listing, tile.cells, MOST_COUNTED + 1)
    if len(lines) <= MOST_COUNTED:
        return [_cluster(cluster) for cluster in counts.gather(_summands(lines, grid))]
    first, last = tile.cells
    size, found = 1 << 2 * (ZOOM - grid), []
    for start in range(first, last, size):
        some = _read(listing, (start, start + size - 1), MOST_IN_CELL + 1)
        more = {"at_least": True} if len(some) > MOST_IN_CELL else {}
        found += [_cluster(cluster, **more) for cluster in counts.gather(_summands(some[:MOST_IN_CELL], grid))]
    return found


def _summands(lines: list[tuple], grid: int) -> Iterator[tuple]:
    shift = 2 * (ZOOM - grid)
    return ((cell >> shift, kind, 1, lon * DEGREE, lat * DEGREE) for cell, kind, lon, lat in lines)


# Shapes ----------------------------------------------------------------------------------------------------


def _footprints(listing: Listing, tile: Tile) -> Layer:
    """The outlines of the places where the items stand."""
    layer, outlines = Layer(f"{listing.register.slug}-footprints"), _outlines(tile)
    if not outlines:
        return layer
    ends = {f"_{name}_{end.__name__}": end(column) for name, column in _SAME.items() for end in (Min, Max)}
    places = listing.matching.filter(location__in=outlines).order_by().values("location")
    told = {each["location"]: _what_stands(each) for each in places.annotate(_number=Count("id"), **ends)[:MOST]}
    kept = list(Location.objects.filter(pk__in=told).values_list("pk", "footprint"))
    shapes = tile.shapes(shapely.from_wkb(np.array([bytes(shape) for _, shape in kept], dtype=object)))
    layer.shapes = [
        (place, shape, told[place]) for (place, _), shape in zip(kept, shapes, strict=True) if not shape.is_empty
    ]
    return layer


def _outlines(tile: Tile) -> list[int]:
    """The ids of the locations whose footprint reaches into the tile, also from a point in a tile beside."""
    west, south, east, north = tile.bounds
    reach = {"west__lte": east, "east__gte": west, "south__lte": north, "north__gte": south}
    rows = Location.objects.filter(footprint__isnull=False, **reach).order_by().values_list("pk", flat=True)
    # Range by range: for an "or" of them SQLite does not take the index of the outlines alone.
    first, *others = (rows.filter(cell__gte=first, cell__lte=last) for first, last in tile.around(FOOTPRINTS_FROM))
    return list(first.union(*others, all=True)[:MOST_OUTLINES])


_SAME = {"id": "id", "kind": "kind_id", "unit": "responsible_unit_id", "status": "status"}


def _what_stands(place: dict) -> Properties:
    """How many items there are, and what they have in common."""
    same = {name: place[f"_{name}_Min"] for name in _SAME if place[f"_{name}_Min"] == place[f"_{name}_Max"]}
    return {"number": place["_number"], "location": place["location"], **same}


def _lines(listing: Listing, tile: Tile) -> Iterator[Layer]:
    """Lines between items of which one names the other, both of them visible and in different places."""
    register = listing.register
    for column in register.all_columns():
        if column.type != Type.REFERENCE or column.related_model is not register.model:
            continue
        name = column.name
        ends = ("location__", f"{name}__location__")
        west, south, east, north = tile.bounds
        crosses = Q()
        for axis, end, limit in (
            ("lon", "lte", east),
            ("lon", "gte", west),
            ("lat", "lte", north),
            ("lat", "gte", south),
        ):
            crosses &= Q(**{f"{ends[0]}{axis}__{end}": limit}) | Q(**{f"{ends[1]}{axis}__{end}": limit})
        seen = access.visible_to(register, listing.user)
        rows = listing.matching.filter(crosses, **{f"{name}__isnull": False, f"{name}__in": seen})
        rows = rows.exclude(location=F(f"{name}__location")).order_by()
        points = [f"{end}{axis}" for end in ends for axis in ("lon", "lat")]
        found = list(rows.values_list("id", "kind_id", "status", f"{name}_id", *points)[:MOST_LINES])
        drawn = tile.shapes(shapely.linestrings(np.array([line[4:] for line in found]).reshape(-1, 2, 2)))
        layer = Layer(f"{register.slug}-{name.replace('_', '-')}")
        layer.shapes = [
            (line[0], shape, {"id": line[0], "kind": line[1], "status": line[2], "to": line[3]})
            for line, shape in zip(found, drawn, strict=True)
            if not shape.is_empty
        ]
        yield layer
