"""Geographic files out: GeoJSON, KML, GeoPackage and shapefile, of what a list shows."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo import shapes
from geo.features import Feature, features, lies_somewhere, text
from geo.files.ours import AREA, LABELS, POINT
from geo.systems import SYSTEMS
from imports.exporting import CannotExport, Form
from imports.exporting.parts import Part
from inventory.columns import Column, Type
from inventory.search import fold

OnProgress = Callable[[int], None]

# The systems that offices here ask for, besides degrees.
LOCAL = (5254, 2320)
_SHAPEFILE = "ESRI Shapefile"
# Of a text in a dBase file.
_MOST_BYTES = 254
# What XML cannot hold at all.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def forms() -> Iterator[Form]:
    """Those that stand among the forms of an export."""
    yield _form("geojson", gettext_lazy("GeoJSON (.geojson)"), "geojson", write_geojson)
    yield _form("kml", gettext_lazy("KML, Google Earth için (.kml)"), "kml", write_kml)
    for code in (shapes.WGS84, *LOCAL):
        key = "" if code == shapes.WGS84 else f"-{code}"
        gpkg = _label(gettext_lazy("GeoPackage (.gpkg)"), code)
        yield _form(f"gpkg{key}", gpkg, "gpkg", partial(write_geopackage, code=code))
        shp = _label(gettext_lazy("Shapefile (.zip)"), code)
        yield _form(f"shp{key}", shp, "zip", partial(write_shapefile, code=code))


def _label(name, code: int):
    return format_lazy("{name} · {system}", name=name, system=SYSTEMS[code])


def _form(key: str, label: object, ending: str, write: Callable[[Part, IO[bytes], OnProgress], int]) -> Form:
    def written(parts: list[Part], target: IO[bytes], on_progress: OnProgress) -> int:
        if len(parts) > 1:
            raise CannotExport(_("Coğrafi dosyaya tek liste sığar; yalnızca birini işaretleyiniz."))
        return write(parts[0], target, on_progress)

    return Form(key, label, ending, lies_somewhere, written)


# GeoJSON and KML --------------------------------------------------------------------------------------------


def as_geojson(feature: Feature, columns: list[Column]) -> dict[str, object]:
    """One feature as RFC 7946 has it."""
    values = zip(columns, feature.values, strict=True)
    return {
        "type": "Feature",
        "id": feature.id,
        "properties": {column.label: text(value) for column, value in values},
        "geometry": feature.shape and shapely.geometry.mapping(feature.shape),
    }


def write_geojson(part: Part, target: IO[bytes], on_progress: OnProgress) -> int:
    """WGS 84, since RFC 7946 knows nothing else."""
    target.write(b'{"type": "FeatureCollection", "features": [\n')
    written = 0
    for chunk in features(part):
        lines = [json.dumps(as_geojson(each, part.columns), ensure_ascii=False) for each in chunk]
        target.write((",\n" if written else "").encode() + ",\n".join(lines).encode())
        written += len(lines)
        on_progress(written)
    target.write(b"\n]}\n")
    return written


def write_kml(part: Part, target: IO[bytes], on_progress: OnProgress) -> int:
    target.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{_xml(part.register.title)}</name>\n".encode()
    )
    labels = [column.label for column in part.columns]
    written = 0
    for chunk in features(part):
        target.write("".join(_placemark(each, labels) for each in chunk).encode())
        written += len(chunk)
        on_progress(written)
    target.write(b"</Document></kml>\n")
    return written


def _xml(value: object) -> str:
    return escape(_UNWRITABLE.sub("", str(text(value))))


def _placemark(feature: Feature, labels: list[str]) -> str:
    data = "".join(
        f"<Data name={quoteattr(label)}><value>{_xml(value)}</value></Data>"
        for label, value in zip(labels, feature.values, strict=True)
        if value is not None
    )
    name = _xml(feature.values[0] or feature.id)
    shape = _kml(feature.shape) if feature.shape is not None else ""
    return f"<Placemark><name>{name}</name><ExtendedData>{data}</ExtendedData>{shape}</Placemark>\n"


def _kml(shape: BaseGeometry) -> str:
    if isinstance(shape, MultiPolygon):
        return f"<MultiGeometry>{''.join(_kml(part) for part in shape.geoms)}</MultiGeometry>"
    if isinstance(shape, Polygon):
        rings = [("outerBoundaryIs", shape.exterior), *(("innerBoundaryIs", ring) for ring in shape.interiors)]
        made = (f"<{tag}><LinearRing>{_corners(ring)}</LinearRing></{tag}>" for tag, ring in rings)
        return f"<Polygon>{''.join(made)}</Polygon>"
    return f"<Point>{_corners(shape)}</Point>"


def _corners(shape: BaseGeometry) -> str:
    return f"<coordinates>{' '.join(f'{x!r},{y!r}' for x, y in shapely.get_coordinates(shape).tolist())}</coordinates>"


# GeoPackage and shapefile -----------------------------------------------------------------------------------


def write_geopackage(part: Part, target: IO[bytes], on_progress: OnProgress, code: int = shapes.WGS84) -> int:
    """Areas and points in a layer each, since most programs want one kind of shape in a layer."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.gpkg"
        labels = [column.label for column in part.columns]
        written = _write(
            part, code, labels, on_progress, lambda kind: (path, f"{part.register.title} ({kind})", "GPKG")
        )
        with path.open("rb") as made:
            shutil.copyfileobj(made, target)
    return written


def write_shapefile(part: Part, target: IO[bytes], on_progress: OnProgress, code: int = shapes.WGS84) -> int:
    """A zip with a shapefile for each kind of shape, and the names that ten letters had to be cut from."""
    labels = [column.label for column in part.columns]
    names = short_names(labels)
    with tempfile.TemporaryDirectory() as folder:
        stem = fold(part.register.title).replace(" ", "-")
        written = _write(
            part, code, names, on_progress, lambda kind: (Path(folder) / f"{stem}-{fold(kind)}.shp", None, _SHAPEFILE)
        )
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(folder).iterdir()):
                archive.write(path, path.name)
            archive.writestr(LABELS, "".join(f"{pair[0]}\t{pair[1]}\r\n" for pair in zip(names, labels, strict=True)))
    return written


def short_names(labels: list[str]) -> list[str]:
    """Field names as a dBase file can hold them: ten capital letters and digits, none twice.

    >>> short_names(["Envanter No", "Envanter notu", "m²"])
    ['ENVANTERNO', 'ENVANTERN2', 'M2']
    """
    taken: list[str] = []
    for label in labels:
        name = stem = re.sub(r"[^a-z0-9]", "", fold(label)).upper()[:10] or "ALAN"
        number = 2
        while name in taken:
            name = f"{stem[: 10 - len(str(number))]}{number}"
            number += 1
        taken.append(name)
    return taken


def _write(part: Part, code: int, names: list[str], on_progress: OnProgress, where: Callable) -> int:
    """Chunk by chunk into the file and layer that `where` names for a kind of shape."""
    begun: set[str] = set()
    written = 0
    for chunk in features(part):
        for kind, geometry, mine in (
            (_(AREA), "MultiPolygon", [each for each in chunk if isinstance(each.shape, Polygon | MultiPolygon)]),
            (_(POINT), "Point", [each for each in chunk if not isinstance(each.shape, Polygon | MultiPolygon)]),
        ):
            if mine:
                _append(part.columns, mine, names, geometry, code, where(kind), kind in begun)
                begun.add(kind)
        written += len(chunk)
        on_progress(written)
    if not begun:
        _append(part.columns, [], names, "Point", code, where(_(POINT)), False)
    return written


def _append(columns: list[Column], chunk: list[Feature], names, geometry: str, code: int, where, more: bool) -> None:
    path, layer, driver = where
    shaped = [_as(each.shape, geometry) for each in chunk]
    shaped = [each and shapes.reproject(each, shapes.WGS84, code) for each in shaped]
    if driver == _SHAPEFILE:
        _refuse_long(columns, chunk)
    data, masks = zip(*(_array(c, [each.values[n] for each in chunk]) for n, c in enumerate(columns)), strict=True)
    # It brings pandas and GeoPandas: half a second and 50 MB, which only those pay who write such a file.
    import pyogrio

    options = {"ENCODING": "UTF-8"} if driver == _SHAPEFILE else {}
    pyogrio.raw.write(
        path,
        np.array([each and shapely.to_wkb(each) for each in shaped], dtype=object),
        list(data),
        names,
        field_mask=list(masks),
        layer=layer,
        driver=driver,
        geometry_type=geometry,
        crs=f"EPSG:{code}",
        append=more,
        layer_options=options,
    )


def _refuse_long(columns: list[Column], chunk: list[Feature]) -> None:
    """A text that is cut would come back cut."""
    for place, column in enumerate(columns):
        for each in chunk:
            value = each.values[place]
            if isinstance(value, str) and len(value.encode()) > _MOST_BYTES:
                raise CannotExport(
                    _("“%(column)s” sütununda shapefile’a sığmayan bir metin var (%(count)d karakter; en çok %(most)d "
                      "bayt). GeoPackage alınız ya da bu sütunu çıkarınız.")
                    % {"column": column.label, "count": len(value), "most": _MOST_BYTES}
                )  # fmt: skip


def _as(shape: BaseGeometry | None, geometry: str) -> BaseGeometry | None:
    return MultiPolygon([shape]) if geometry == "MultiPolygon" and isinstance(shape, Polygon) else shape


def _array(column: Column, values: list[object]) -> tuple[np.ndarray, np.ndarray]:
    """(the values, where they are blank) in the one type of the column."""
    blank = np.array([value is None for value in values], dtype=bool)
    if column.type == Type.DATE:
        return np.array(values, dtype="datetime64[D]"), blank
    if column.type == Type.MOMENT:
        return np.array(values, dtype="datetime64[s]"), blank
    if column.type == Type.INTEGER:
        return np.array([value or 0 for value in values], dtype="int64"), blank
    if column.type.is_number:
        return np.array([0.0 if value is None else value for value in values], dtype="float64"), blank
    return np.array([None if value is None else str(value) for value in values], dtype=object), blank
