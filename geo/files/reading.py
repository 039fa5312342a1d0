"""What a geographic file is, known by its content, and how each kind is unpacked."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import IO

import shapely
from django.utils.translation import gettext as _

from geo.files.gdal import read_drawing, read_geopackage, read_shapefile
from geo.files.geojson import read_geojson
from geo.files.kml import read_kml
from geo.files.layer import Layer
from geo.files.ours import LABELS, joined, labelled, labels
from imports.workbooks.limits import Limits, UnreadableFile
from imports.workbooks.packed import refuse_bomb

# The files that make a shapefile; the others (indexes, metadata) are not needed.
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_BATCH = 1_000


def packed(file: IO[bytes], kind: str, name: str, limits: Limits) -> Iterator:
    """Of each layer (name, crs, notes), then its features in lists of (attributes, WKB or None)."""
    for layer in read_layers(file, kind, name, limits):
        yield layer.name, layer.crs, layer.notes
        for first in range(0, len(layer.features), _BATCH):
            part = layer.features[first : first + _BATCH]
            yield [(attributes, shape and shapely.to_wkb(shape)) for attributes, shape in part]


def read_layers(file: IO[bytes], kind: str | None, filename: str, limits: Limits) -> list[Layer]:
    """The file's layers that have features; its kind is as `kinds.kind_of` says. Raises UnreadableFile."""
    name = PurePath(filename).stem
    with tempfile.TemporaryDirectory() as folder:
        file.seek(0)
        layers = _read(file, kind, name, Path(folder), limits)
    layers = [layer for layer in layers if layer.features]
    if not layers:
        raise UnreadableFile(_("Dosyada hiç nesne yok; parselleri ya da noktaları olan bir dosya yükleyiniz."))
    return layers


def _read(file: IO[bytes], kind: str | None, name: str, folder: Path, limits: Limits) -> list[Layer]:
    match kind:
        case "geojson":
            return [read_geojson(file.read(), name, limits)]
        case "kml":
            return [read_kml(file.read(), name, limits)]
        case "kmz":
            parts = _unpacked(file, folder, (".kml",), limits)
            return [read_kml(part.read_bytes(), stem, limits) for stem, part in parts]
        case "shp":
            unpacked = _unpacked(file, folder, (*_PARTS, ".txt"), limits)
            layers = [_shapefile(stem, part, limits) for stem, part in unpacked if part.suffix == ".shp"]
            texts = [part for stem, part in unpacked if f"{stem}{part.suffix}" == LABELS]
            names = labels(texts[0].read_text(encoding="utf-8", errors="replace")) if texts else {}
            return joined([labelled(layer, names) for layer in layers] if names else layers)
        case "shp-alone":
            raise UnreadableFile(
                _("Shapefile tek başına .shp ile okunamaz; .shp, .shx, .dbf ve .prj dosyalarını birlikte sıkıştırıp "
                  "(zip) yükleyiniz.")
            )  # fmt: skip
        case "gpkg" | "dxf":
            # GDAL wants the ending; whoever uploaded the file may have named it otherwise.
            named = folder / f"file.{kind}"
            with named.open("wb") as copy:
                shutil.copyfileobj(file, copy)
            return (
                joined(read_geopackage(named, name, limits)) if kind == "gpkg" else [read_drawing(named, name, limits)]
            )
    raise UnreadableFile(
        _("Bu bir coğrafi dosya değil. GeoJSON, KML, KMZ, GeoPackage, DXF ya da zip içinde shapefile yükleyiniz.")
    )


def _unpacked(file: IO[bytes], folder: Path, endings: tuple[str, ...], limits: Limits) -> list[tuple[str, Path]]:
    """The archive's files of these endings: (name without ending, the file under a name of our own in the folder)."""
    made: list[tuple[str, Path]] = []
    stems: dict[str, int] = {}
    try:
        with zipfile.ZipFile(file) as archive:
            refuse_bomb(archive.infolist(), limits)
            for member in archive.infolist():
                inside = PurePath(member.filename)
                # What macOS puts beside each file has the same ending.
                if inside.suffix.lower() not in endings or "__MACOSX" in inside.parts:
                    continue
                number = stems.setdefault(str(inside.with_suffix("")).lower(), len(stems))
                target = folder / str(number) / f"layer{inside.suffix.lower()}"
                target.parent.mkdir(exist_ok=True)
                with archive.open(member) as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
                made.append((inside.stem, target))
    # zipfile raises NotImplementedError for a way of packing that it does not know, RuntimeError for a password.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise UnreadableFile(_("Arşiv açılamıyor; bozuk ya da parolalı. Yeniden sıkıştırıp yükleyiniz.")) from error
    return made


def _shapefile(name: str, path: Path, limits: Limits) -> Layer:
    if not path.with_suffix(".dbf").exists():
        raise UnreadableFile(
            _("Arşivde “%(name)s.dbf” yok; shapefile’ın .shp, .shx, .dbf ve .prj dosyalarını birlikte sıkıştırınız.")
            % {"name": name}
        )
    return read_shapefile(path, name, limits, _encoding(path))


def _encoding(path: Path) -> str | None:
    """What GDAL cannot know: without a .cpg file, old programs wrote Turkish in cp1254 and new ones in UTF-8."""
    if path.with_suffix(".cpg").exists():
        return None
    try:
        # Past the head, whose bytes are numbers.
        path.with_suffix(".dbf").read_bytes()[32:].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1254"
    return "UTF-8"
