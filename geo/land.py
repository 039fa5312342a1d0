"""Land and sea around the province, for maps without a background: `python -m geo.land`, run by scripts/setup.

Natural Earth's land 1:10m (public domain, npm world-atlas), cut to the surroundings of the districts' official points;
it lies right to about a kilometre, so every map says that it is approximate.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

ROOT = Path(__file__).resolve().parent.parent
ATLAS = ROOT / "node_modules" / "world-atlas" / "land-10m.json"
POINTS = ROOT / "geo" / "data" / "districts.csv"
# MAP_LAND of the settings, which this module does without: it runs before there are any.
FILE = ROOT / "built" / "land.json"
# Degrees around the districts' points, and the grid of the corners: 10 m, much finer than the atlas.
MARGIN, GRID = 2.0, 0.0001


def surroundings(points: Path = POINTS) -> tuple[float, float, float, float]:
    """West, south, east and north of what is cut out."""
    with points.open(encoding="utf-8") as file:
        places = np.array([(float(line["lon"]), float(line["lat"])) for line in csv.DictReader(file)])
    west, south, east, north = np.round([*places.min(axis=0) - MARGIN, *places.max(axis=0) + MARGIN], 1).tolist()
    return west, south, east, north


def land(box: tuple[float, float, float, float], atlas: Path = ATLAS) -> BaseGeometry:
    # Cut first, then made valid: the whole world would take half a minute.
    parts = shapely.get_parts(shapely.from_wkb(pyogrio.raw.read(atlas, layer="land", columns=[])[2]))
    near = parts[shapely.intersects(shapely.box(*shapely.bounds(parts).T), shapely.box(*box))]
    return shapely.set_precision(shapely.union_all(shapely.make_valid(shapely.clip_by_rect(near, *box))), GRID)


def geojson(box: tuple[float, float, float, float]) -> dict:
    """The rectangle as sea, and the land that lies on it: beyond the rectangle a map claims neither."""
    shapes = (("sea", shapely.box(*box)), ("land", land(box)))
    features = [
        {"type": "Feature", "properties": {"kind": kind}, "geometry": shapely.geometry.mapping(shape)}
        for kind, shape in shapes
    ]
    return {"type": "FeatureCollection", "features": features}


def main() -> None:
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(geojson(surroundings()), separators=(",", ":")), encoding="utf-8")
    sys.stdout.write(f"{FILE.relative_to(ROOT)}: {FILE.stat().st_size / 1000:.1f} kB\n")


if __name__ == "__main__":
    main()
