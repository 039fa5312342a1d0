"""Whether a file is a geographic one; its readers are loaded only then, since GDAL takes half a second to start."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import PurePath
from typing import IO

from imports.workbooks import said
from imports.workbooks.limits import Limits

_HEAD = 4_096
_ZIP = b"PK\x03\x04"
_SQLITE = b"SQLite format 3\x00"
_SHP = b"\x00\x00\x27\x0a\x00"
# GDAL asks all its drivers what a file is, whatever its name, and some fetch what the file names: any file of the
# server, any address. Only three may be among them, so the others are named before it starts; a test proves it.
DRIVERS = ("DXF", "ESRI Shapefile", "GPKG")
_OTHER_DRIVERS = (
    "MEM,PCIDSK,PDS4,VICAR,PDF,MBTiles,EEDA,OGCAPI,GDALG,MapInfo File,LVBAG,S57,DGN,OGR_VRT,CSV,GML,GPX,LIBKML,KML,"
    "GeoJSON,GeoJSONSeq,ESRIJSON,TopoJSON,OGR_GMT,SQLite,WAsP,OpenFileGDB,FlatGeobuf,GeoRSS,VFK,PGDUMP,OSM,GPSBabel,"
    "OGR_PDS,WFS,OAPIF,EDIGEO,Idrisi,ODS,XLSX,Elasticsearch,Carto,AmigoCloud,SXF,Selafin,JML,PLSCENES,CSW,VDV,MVT,NGW,"
    "MapML,GTFS,PMTiles,JSONFG,MiraMonVector,ADBC,AVCBin,AVCE00,AIVector,HTTP"
)


def read(file: IO[bytes], name: str, limits: Limits, _encoding: str) -> Iterator | None:
    """What the child hands on of a geographic file as sheets; None for a file of another kind."""
    if not (kind := kind_of(file)):
        return None
    said.speak()
    os.environ["GDAL_SKIP"] = _OTHER_DRIVERS
    from geo.files.sheets import sheets

    return sheets(file, kind, name, limits)


def layers(file: IO[bytes], name: str, limits: Limits, _encoding: str) -> Iterator | None:
    """The same as layers (`geo.files.reading.packed`)."""
    if not (kind := kind_of(file)):
        return None
    said.speak()
    os.environ["GDAL_SKIP"] = _OTHER_DRIVERS
    from geo.files.reading import packed

    return packed(file, kind, name, limits)


def kind_of(file: IO[bytes]) -> str | None:
    """geojson, kml, kmz, shp, shp-alone, gpkg or dxf; None for a workbook, which is a zip as well, and for all else."""
    file.seek(0)
    head = file.read(_HEAD)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(_ZIP):
        return _zipped(file)
    if head.startswith(_SQLITE):
        return "gpkg"
    if head.startswith(_SHP):
        return "shp-alone"
    if text.startswith(b"{"):
        return "geojson"
    if b"<kml" in text:
        return "kml"
    lines = [line.strip() for line in text.splitlines()[:40]]
    if (b"0", b"SECTION") in pairwise(lines):
        return "dxf"
    return None


def _zipped(file: IO[bytes]) -> str | None:
    try:
        with zipfile.ZipFile(file) as archive:
            endings = {PurePath(name).suffix.lower() for name in archive.namelist()}
    except Exception:  # a hostile zip directory breaks zipfile in many ways; the reader of workbooks words it
        return None
    return "shp" if ".shp" in endings else "kmz" if ".kml" in endings else None
