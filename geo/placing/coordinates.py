"""The cells that say where an item lies, as shapes in WGS 84."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon, Point, Polygon

from geo import shapes, systems
from geo.placing.columns import SHAPE, X, Y, parts
from geo.sheets import parse
from imports.checking.matching import Heading, Matching
from imports.plans.plan import Finding, Plan
from imports.reading import Sheet
from inventory.cells import Cell, CellError, Locale, is_blank, parse_decimal, parse_degrees
from inventory.cells.cell import show

# So many rows decide the system of all.
_SAMPLE = 2_000
# Beyond, a number is no degree.
_MOST_DEGREES = 180
_PLACES = 9

Area: TypeAlias = Polygon | MultiPolygon


@dataclass(frozen=True)
class Place:
    """Where a row says that it lies; `warnings` are sentences about it."""

    shape: Point | Area
    warnings: tuple[str, ...] = ()

    @property
    def is_area(self) -> bool:
        return not isinstance(self.shape, Point)


class Coordinates:
    """Reads a sheet's places. What is wrong with all of them goes into the plan, once."""

    def __init__(self, sheet: Sheet, matching: Matching, locale: Locale, plan: Plan):
        self._locale = locale
        self._headings: dict[str, Heading] = {}
        code = None
        for heading in matching.beside:
            column, own_code = parts(heading.columns[0])
            self._headings[column] = heading
            code = code or own_code
        self.heading = self._headings.get(SHAPE) or self._headings.get(X) or self._headings[Y]
        self._system: systems.System | None = None
        if SHAPE not in self._headings and not {X, Y} <= set(self._headings):
            other = _("Yalnızca bir koordinat sütunu var; öteki koordinatın başlığını da eşleştiriniz.")
            plan.errors.append(Finding(sheet.header_row, self.heading.text, "", other))
            return
        try:
            self._settle(sheet, code, plan)
        except systems.UnknownSystem as error:
            plan.errors.append(Finding(sheet.header_row, self.heading.text, "", str(error)))

    def _settle(self, sheet: Sheet, code: int | None, plan: Plan) -> None:
        declared, points = None, []
        for cells in islice((cells for _row, cells in sheet.rows), _SAMPLE):
            try:
                named, shape = self._raw(cells) or (None, None)
            except CellError:
                continue  # reported with its row
            if shape is not None:
                declared = declared or named
                points.append((shape.centroid.x, shape.centroid.y))
        x, y = zip(*points, strict=True) if points else ((), ())
        self._system = systems.settle(x, y, f"EPSG:{code}" if code else declared)
        if self._system.note:
            plan.warnings.append(Finding(sheet.header_row, self.heading.text, "", self._system.note))

    def read(self, cells: list[Cell]) -> Place | None:
        """None where the row says nothing. Raises CellError."""
        written = self._raw(cells)
        if written is None:
            return None
        assert self._system is not None  # without a system the plan is refused before its rows are read
        raw, warnings = written[1], []
        if not isinstance(raw, Point | Polygon | MultiPolygon):
            raise CellError(_("Burada bir alan ya da nokta olmalı; çizgi okunmaz."))
        shape = _moved(raw, self._system)
        if not isinstance(shape, Point):
            try:
                shape, was_mended = shapes.repaired(shape)
            except ValueError as error:
                raise CellError(str(error)) from error
            if was_mended:
                warnings.append(_("Sınırdaki küçük bir çizim hatası, alan değişmeden onarıldı."))
        middle = shape.representative_point()
        if not systems.inside(np.array([middle.x]), np.array([middle.y]))[0]:
            cause = systems.likely_cause(raw.centroid.x, raw.centroid.y, self._system)
            warnings.append(" ".join(filter(None, (_("Konum il sınırlarının dışında."), cause))))
        return Place(shape, tuple(warnings))

    def _raw(self, cells: list[Cell]) -> tuple[str | None, shapely.Geometry] | None:
        """(what the cell says of its system, the shape as it is written)."""
        if SHAPE in self._headings:
            cell = cells[self._headings[SHAPE].place]
            if not is_blank(cell):
                return self._shape(cell)
        if not {X, Y} <= set(self._headings):
            return None
        pair = [cells[self._headings[name].place] for name in (X, Y)]
        blank = [is_blank(cell) for cell in pair]
        if all(blank):
            return None
        if any(blank):
            raise CellError(_("Koordinatlardan biri boş; ikisini de yazınız ya da ikisini de boş bırakınız."))
        return None, Point(*(_number(cell, self._locale) for cell in pair))

    def _shape(self, cell: Cell) -> tuple[str | None, shapely.Geometry]:
        try:
            declared, shape = parse(str(cell))
        except ValueError as error:
            raise CellError(_("“%(cell)s” bir geometri değil.") % {"cell": show(cell)}) from error
        if shape is None or shape.is_empty:
            raise CellError(_("Geometri boş; parselin sınırını yeniden alınız."))
        return declared, shapely.force_2d(shapes.plain(shape))


def _moved(raw: shapely.Geometry, system: systems.System) -> Point | Area:
    """In WGS 84. Raises CellError where the numbers lead nowhere."""
    shape = shapely.transform(raw, system.points, interleaved=False)
    corners = shapely.get_coordinates(shape)
    if not np.isfinite(corners).all() or (np.abs(corners) > [180, 90]).any():
        raise CellError(_("Bu koordinatlar seçilen koordinat sisteminde hiçbir yere düşmüyor."))
    return shape


def _number(cell: Cell, locale: Locale) -> float:
    """A coordinate: degrees, or metres as the locale writes them. Raises CellError."""
    try:
        degrees = parse_degrees(cell).value
    except CellError:
        degrees = None
    if degrees is not None and (abs(degrees) <= _MOST_DEGREES or not isinstance(cell, str)):
        # A number's own digits: a metre has no seven decimals to be cut.
        return float(cell) if isinstance(cell, int | float) else degrees
    return float(parse_decimal(cell, locale, _PLACES).value)
