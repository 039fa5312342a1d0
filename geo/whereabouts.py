"""In which district and neighbourhood a point lies, by the boundaries that are loaded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from geo import shapes
from geo.models import Boundary, District, Neighbourhood


class Whereabouts:
    """The boundaries of one kind of place, in a tree that finds by position."""

    def __init__(self, model: type[District] | type[Neighbourhood]):
        name = model._meta.model_name
        rows = Boundary.objects.filter(**{f"{name}__isnull": False}).values_list(f"{name}_id", "shape")
        self.ids: tuple[int, ...]
        self.ids, kept = zip(*rows, strict=True) if rows else ((), ())
        self._shapes = [shapes.unpack(each) for each in kept]
        self._tree = shapely.STRtree(self._shapes)

    def __bool__(self) -> bool:
        """Whether any boundary is loaded; without, nothing can be said."""
        return bool(self.ids)

    def of(self, lons: Sequence[float], lats: Sequence[float]) -> list[int | None]:
        """The id of the place in which each point lies; None outside all."""
        place_ids: list[int | None] = [None] * len(lons)
        points, places = self._tree.query(shapely.points(np.asarray(lons), np.asarray(lats)), predicate="within")
        for point, place in zip(points, places, strict=True):
            place_ids[point] = self.ids[place]
        return place_ids

    def farthest(self, place_id: int, lon: float, lat: float) -> int | None:
        """Metres from a point to the farthest corner of a place's boundary, None without one."""
        if place_id not in self.ids:
            return None
        corners, point = (
            shapes.reproject(each, shapes.WGS84, shapes.PLANE)
            for each in (self._shapes[self.ids.index(place_id)], shapely.Point(lon, lat))
        )
        return int(np.ceil(shapely.hausdorff_distance(corners, point)))
