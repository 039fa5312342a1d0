"""GeoJSON (RFC 7946, and the "crs" member of its 2008 draft, which many programs still write)."""

from __future__ import annotations

import json

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import shape

from geo.files.layer import Attributes, Layer, flattened
from imports.workbooks.limits import Limits, UnreadableFile

_SIMPLE = (str, int, float, bool, type(None))


def read_geojson(content: bytes, name: str, limits: Limits) -> Layer:
    """Attributes as they stand: TKGM writes every number as a text. Raises UnreadableFile."""
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise UnreadableFile(_("GeoJSON dosyası bozuk ya da yarım; aldığınız yerden yeniden indiriniz.")) from error
    if not isinstance(document, dict) or not isinstance(document.get("type"), str):
        raise _no_features()
    layer = Layer(name, _crs(document.get("crs")), limits)
    features = document.get("features") if document["type"] == "FeatureCollection" else [document]
    if not isinstance(features, list):
        raise _no_features()
    for number, feature in enumerate(features, 1):
        if not isinstance(feature, dict):
            raise _no_features()
        is_feature = feature.get("type") == "Feature"
        attributes = (feature.get("properties") or {}) if is_feature else {}
        if not isinstance(attributes, dict):
            raise _no_features()
        plain: Attributes = {
            key: value if isinstance(value, _SIMPLE) else json.dumps(value) for key, value in attributes.items()
        }
        layer.add(plain, _shape(feature.get("geometry") if is_feature else feature, number))
    return layer


def _crs(value: object) -> str | None:
    """RFC 7946 knows longitude and latitude only; the old member names another system."""
    if isinstance(value, dict) and isinstance(value.get("properties"), dict):
        named = value["properties"].get("name")
        if isinstance(named, str) and named:
            return "EPSG:4326" if named.endswith("CRS84") else named
    return None


def _shape(geometry: object, number: int):
    if geometry is None:
        return None
    try:
        return flattened(shapely.force_2d(shape(geometry)))
    except Exception as error:  # shapely raises whatever the wrong structure leads to
        raise UnreadableFile(
            _("%(number)d. nesnenin geometrisi okunamıyor; dosyayı aldığınız yerden yeniden indiriniz.")
            % {"number": number}
        ) from error


def _no_features() -> UnreadableFile:
    return UnreadableFile(_("Bu JSON dosyası GeoJSON değil; parselleri GeoJSON, KML veya shapefile olarak alınız."))
