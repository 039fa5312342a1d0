"""`within=`: the items in a rectangle or a polygon drawn on the map, as a filter of their list.

The text is "west,south,east,north" or the corners "lon,lat,lon,lat,lon,lat…" of a polygon, EPSG:4326 degrees, its
sides straight in degrees as in GeoJSON. What lies on the edge lies within.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import django_filters as df
import numpy as np
import shapely
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.geometry import Polygon

from geo.cells import ZOOM, cells_of_tile, corner
from geo.then import places, standing
from inventory import former
from inventory.registers import Register

MOST_CORNERS = 200
# A shape is taken apart while it has fewer squares than that; places near its edge are looked at one by one.
MOST_SQUARES = 150
MOST_ON_EDGE = 20_000
Ranges = list[tuple[int, int]]


@dataclass(frozen=True)
class Area:
    """A drawn area; `numbers` are four for a rectangle (west, south, east, north), else a polygon's corners.

    It is asked of the locations as they stood before `end`; without one as they stand.
    """

    numbers: tuple[float, ...]
    end: dt.datetime | None = None

    @classmethod
    def parse(cls, text: str, end: dt.datetime | None = None) -> Area:
        """Raises ValidationError, which says what to do, for anything that is no area."""
        try:
            numbers = tuple(float(part) for part in text.split(","))
        except ValueError as error:
            raise ValidationError(_("Haritada çizilen alan anlaşılamadı; alanı haritada yeniden çiziniz.")) from error
        if len(numbers) > 2 * MOST_CORNERS:
            raise ValidationError(
                _("Çizilen alanın en çok %(most)d köşesi olabilir; daha sade bir alan çiziniz.")
                % {"most": MOST_CORNERS}
            )
        lons, lats = numbers[::2], numbers[1::2]
        in_degrees = all(abs(lon) <= 180 for lon in lons) and all(abs(lat) <= 90 for lat in lats)
        if len(numbers) % 2 or len(numbers) < 4 or not in_degrees or not cls(numbers).shape.is_valid:
            raise ValidationError(
                _("Çizilen alan geçerli değil: kenarları birbirini kesmemeli, köşeleri boylam ve enlem olmalıdır.")
            )
        return cls(numbers, end)

    @property
    def is_box(self) -> bool:
        return len(self.numbers) == 4

    @cached_property
    def shape(self) -> Polygon:
        """Empty and so invalid for a rectangle whose corners are the wrong way round."""
        if self.is_box:
            west, south, east, north = self.numbers
            return shapely.box(west, south, east, north) if west < east and south < north else Polygon([(0, 0)] * 4)
        return Polygon(list(zip(self.numbers[::2], self.numbers[1::2], strict=True)))

    @cached_property
    def condition(self) -> Q:
        """What holds for the locations in the area, or for their entries; a polygon looks at the places near its edge
        first.

        Raises ValidationError where there are too many of those.
        """
        inside, edge = _squares(self.shape)
        if self.is_box:
            west, south, east, north = self.numbers
            limits = Q(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
            return _in_ranges(inside + edge) & limits
        there = places(self.end).filter(_in_ranges(edge)).order_by().values_list("id", "lon", "lat")
        near = list(there[: MOST_ON_EDGE + 1])
        if len(near) > MOST_ON_EDGE:
            raise ValidationError(
                _("Çizilen alanın kenarında %(most)d yerden çok var; daha küçük bir alan çiziniz.")
                % {"most": MOST_ON_EDGE}
            )
        points = np.array([line[1:] for line in near]).reshape(-1, 2)
        touched = shapely.intersects_xy(self.shape, points[:, 0], points[:, 1])
        return _in_ranges(inside) | Q(id__in=[line[0] for line, is_in in zip(near, touched, strict=True) if is_in])

    def __str__(self):
        if self.is_box:
            return _("haritada çizilen dikdörtgen")
        return _("haritada çizilen %(corners)d köşeli alan") % {"corners": len(self.numbers) // 2}


def _squares(shape: Polygon) -> tuple[Ranges, Ranges]:
    """The cells that lie wholly inside the shape, and those through which its edge goes, as (first, last)."""
    shapely.prepare(shape)
    inside: Ranges = []
    open_: list[tuple[int, int, int]] = [(0, 0, 0)]
    while open_ and open_[0][0] < ZOOM:
        deeper = []
        for z, x, y in open_:
            for tile in ((z + 1, 2 * x + right, 2 * y + down) for right in (0, 1) for down in (0, 1)):
                square = _square(*tile)
                if shape.contains_properly(square):
                    inside.append(cells_of_tile(*tile))
                elif shape.intersects(square):
                    deeper.append(tile)
        open_ = deeper
        if len(inside) + len(open_) > MOST_SQUARES:
            break
    return _joined(inside), _joined([cells_of_tile(*tile) for tile in open_])


def _square(z: int, x: int, y: int) -> Polygon:
    west, north = corner(z, x, y)
    east, south = corner(z, x + 1, y + 1)
    return shapely.box(west, south, east, north)


def _joined(ranges: Ranges) -> Ranges:
    made: Ranges = []
    for first, last in sorted(ranges):
        if made and first == made[-1][1] + 1:
            made[-1] = (made[-1][0], last)
        else:
            made.append((first, last))
    return made


def _in_ranges(ranges: Ranges) -> Q:
    condition = Q(id__in=[])
    # Written flat, since SQLite takes expressions only so deep.
    condition.children += [Q(cell__gte=first, cell__lte=last) for first, last in ranges]
    condition.connector = Q.OR
    return condition


class AreaField(forms.CharField):
    """The cleaned value is an `Area`, or None."""

    def __init__(self, *, end: dt.datetime | None, **kwargs):
        super().__init__(**kwargs)
        self._end = end

    def clean(self, value):
        if not (text := super().clean(value)):
            return None
        area = Area.parse(text, self._end)
        area.condition  # noqa: B018 - an area that cannot be looked up is reported beside the field
        return area


class WithinFilter(df.Filter):
    field_class = AreaField

    @property
    def field(self):
        # The trail puts an address into words without a list.
        parent = getattr(self, "parent", None)
        day = parent.request.as_of if parent else None
        self.extra["end"] = former.end_of(day) if day else None
        return super().field

    def filter(self, rows: QuerySet, value: Area | None) -> QuerySet:
        return rows.filter(standing(value.end, value.condition)) if value else rows


def filters(register: Register) -> dict[str, df.Filter]:
    """`within` for the registers whose items have a location."""
    if "location" not in register.columns:
        return {}
    return {"within": WithinFilter(label=gettext_lazy("Harita alanı"), widget=forms.HiddenInput)}
