"""Shapefiles, GeoPackages and drawings, through GDAL (pyogrio)."""

from __future__ import annotations

import datetime as dt
import sqlite3
import warnings
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from django.utils.translation import gettext as _
from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError
from shapely.geometry import LineString, Point, Polygon

from geo.files.layer import Attributes, Layer, flattened
from imports.workbooks.limits import Limits, UnreadableFile

_ERRORS = (CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError, ValueError)


def read_shapefile(path: Path, name: str, limits: Limits, encoding: str | None) -> Layer:
    """Raises UnreadableFile."""
    return _read(path, name, limits, encoding)[0]


def read_geopackage(path: Path, name: str, limits: Limits) -> list[Layer]:
    """The layers that are tables: a view is a program, which may never end. Raises UnreadableFile."""
    views = _views(path)
    if any(view.startswith(("gpkg_", "rtree_", "sqlite_")) for view in views):
        # What the format keeps in tables is a program here, whoever made it.
        raise _broken(name)
    layers = _read(path, name, limits, without=views)
    if views and layers:
        layers[0].notes.append(
            _("GeoPackage’daki görünümler (view) okunmadı: %(views)s. Gerekiyorsa tablo olarak kaydediniz.")
            % {"views": ", ".join(sorted(views)[:12])}
        )
    if views and not layers:
        raise UnreadableFile(
            _("GeoPackage’da yalnızca görünüm (view) var; katmanı tablo olarak kaydedip yeniden yükleyiniz.")
        )
    return layers


def _views(path: Path) -> set[str]:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
            return {name.lower() for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}
    except sqlite3.Error as error:
        raise _broken(path.stem) from error


def _read(
    path: Path, name: str, limits: Limits, encoding: str | None = None, without: Collection[str] = ()
) -> list[Layer]:
    """All layers that have shapes."""
    try:
        with warnings.catch_warnings():
            # What GDAL finds odd in a file is for its maker; what it cannot read, it raises.
            warnings.simplefilter("ignore", RuntimeWarning)
            layers = [str(layer) for layer, kind in pyogrio.list_layers(path) if kind is not None]
            made = [_layer(path, layer, limits, encoding) for layer in layers if layer.lower() not in without]
    except _ERRORS as error:
        raise _broken(name) from error
    if len(made) == 1 and path.suffix != ".gpkg":
        made[0].name = name
    return made


def _broken(name: str) -> UnreadableFile:
    return UnreadableFile(
        _("“%(name)s” okunamıyor: dosya bozuk ya da eksik. Aldığınız programdan yeniden kaydediniz.") % {"name": name}
    )


def _layer(path: Path, name: str, limits: Limits, encoding: str | None) -> Layer:
    # One more than may be read, so that the layer itself says that there are too many.
    meta, _ids, shapes, columns = pyogrio.raw.read(
        path, layer=name, encoding=encoding, force_2d=True, max_features=limits.max_rows + 1
    )
    layer = Layer(name, meta["crs"], limits)
    fields = [str(field) for field in meta["fields"]]
    lost = 0
    for number, packed in enumerate(shapes):
        shape = shapely.from_wkb(packed, on_invalid="ignore") if packed is not None else None
        lost += packed is not None and shape is None
        attributes = {field: _plain(column[number]) for field, column in zip(fields, columns, strict=True)}
        layer.add(attributes, flattened(shape))
    if lost:
        layer.notes.append(
            _("%(count)d nesnenin geometrisi okunamadı; bunlar sınırsız sayıldı. Dosyayı yeniden kaydediniz.")
            % {"count": lost}
        )
    return layer


def _plain(value: object) -> object:
    """numpy's scalars as Python's; what is not a number or not a time is None."""
    if isinstance(value, np.datetime64):
        moment = value.astype("datetime64[ms]").item()
        return moment.date() if isinstance(moment, dt.datetime) and moment.time() == dt.time() else moment
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and np.isnan(value):
        return None
    return value


# Drawings ---------------------------------------------------------------------------------------------------


def read_drawing(path: Path, name: str, limits: Limits) -> Layer:
    """A DXF: its closed lines as areas, each with the texts that stand in it. Raises UnreadableFile."""
    layer = _read(path, name, limits)[0]
    texts, areas, others = [], [], 0
    for attributes, shape in layer.features:
        if isinstance(shape, Point) and attributes.get("Text"):
            texts.append((shape, str(attributes["Text"])))
        elif isinstance(shape, Polygon):
            areas.append((attributes, shape))
        elif isinstance(shape, LineString) and shape.is_ring:
            areas.append((attributes, Polygon(shape)))
        else:
            others += 1
    tree = shapely.STRtree([point for point, _text in texts])
    drawn = Layer(name, layer.crs, limits, notes=layer.notes)
    for attributes, shape in areas:
        inside = [texts[i][1] for i in sorted(tree.query(shape, predicate="contains"))]
        values: Attributes = {_("Katman"): attributes.get("Layer"), _("Yazı"): " ".join(inside) or None}
        drawn.add(values, shape)
    if others:
        drawn.notes.append(
            _("Çizimdeki %(count)d açık çizgi, nokta ve yazı alan değildir; okunmadı.") % {"count": others}
        )
    return drawn
