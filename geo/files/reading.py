"""What a geographic file is, told by its content, and how each kind is unpacked."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from itertools import pairwise
from pathlib import Path, PurePath
from typing import BinaryIO

from django.utils.translation import gettext as _

from geo.files.gdal import read_drawing, read_source
from geo.files.geojson import read_geojson
from geo.files.kml import read_kml
from geo.files.layer import Layer
from imports.reading import Limits, UnreadableFile

_HEAD = 4_096
_ZIP = b"PK\x03\x04"
_SQLITE = b"SQLite format 3\x00"
# The files that make a shapefile; the others (indexes, metadata) are not needed.
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def is_geographic(file: BinaryIO) -> bool:
    """Whether the content is that of a geographic file; a workbook is a zip as well, and says so by what is in it."""
    return _kind(file) is not None


def read_layers(file: BinaryIO, filename: str, limits: Limits | None = None) -> list[Layer]:
    """The file's layers that have features. Raises UnreadableFile."""
    name, limits = PurePath(filename).stem, limits or Limits.from_settings()
    kind = _kind(file)
    if file.seek(0, 2) > limits.max_bytes:
        raise UnreadableFile(_("Dosya en çok %(most)d MB olabilir.") % {"most": limits.max_bytes // 1_000_000})
    with tempfile.TemporaryDirectory() as folder:
        file.seek(0)
        layers = _read(file, kind, name, Path(folder), limits)
    layers = [layer for layer in layers if layer.features]
    if not layers:
        raise UnreadableFile(_("Dosyada hiç nesne yok; parselleri ya da noktaları olan bir dosya yükleyiniz."))
    if any(len(layer.features) > limits.max_rows for layer in layers):
        raise UnreadableFile(
            _("Bir katmanda %(most)d nesneden çok var; dosyayı bölüp parça parça yükleyiniz.")
            % {"most": limits.max_rows}
        )
    return layers


def _kind(file: BinaryIO) -> str | None:
    file.seek(0)
    head = file.read(_HEAD)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(_ZIP):
        return _zipped(file)
    if head.startswith(_SQLITE):
        return "gpkg"
    if text.startswith(b"{"):
        return "geojson"
    if b"<kml" in text:
        return "kml"
    lines = [line.strip() for line in text.splitlines()[:40]]
    if (b"0", b"SECTION") in pairwise(lines):
        return "dxf"
    return None


def _zipped(file: BinaryIO) -> str | None:
    try:
        with zipfile.ZipFile(file) as archive:
            endings = {PurePath(name).suffix.lower() for name in archive.namelist()}
    except zipfile.BadZipFile:
        return None
    return "shp" if ".shp" in endings else "kmz" if ".kml" in endings else None


def _read(file: BinaryIO, kind: str | None, name: str, folder: Path, limits: Limits) -> list[Layer]:
    match kind:
        case "geojson":
            return [read_geojson(file.read(), name)]
        case "kml":
            return [read_kml(file.read(), name)]
        case "kmz":
            return [read_kml(part.read_bytes(), stem) for stem, part in _unpacked(file, folder, (".kml",), limits)]
        case "shp":
            unpacked = _unpacked(file, folder, _PARTS, limits)
            return [_shapefile(stem, part) for stem, part in unpacked if part.suffix == ".shp"]
        case "gpkg" | "dxf":
            # GDAL wants the ending; whoever uploaded the file may have named it otherwise.
            named = folder / f"file.{kind}"
            with named.open("wb") as copy:
                shutil.copyfileobj(file, copy)
            return read_source(named, name) if kind == "gpkg" else [read_drawing(named, name)]
    raise UnreadableFile(
        _("Bu bir coğrafi dosya değil. GeoJSON, KML, KMZ, GeoPackage, DXF ya da zip içinde shapefile yükleyiniz.")
    )


def _unpacked(file: BinaryIO, folder: Path, endings: tuple[str, ...], limits: Limits) -> list[tuple[str, Path]]:
    """The archive's files of these endings: (name without ending, the file under a name of our own in the folder)."""
    made, stems, room = [], {}, limits.max_unpacked
    try:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                inside = PurePath(member.filename)
                # What macOS puts beside each file has the same ending.
                if inside.suffix.lower() not in endings or "__MACOSX" in inside.parts:
                    continue
                room -= member.file_size
                if room < 0:
                    raise UnreadableFile(_("Arşiv açılınca çok büyüyor; dosyayı bölüp parça parça yükleyiniz."))
                number = stems.setdefault(str(inside.with_suffix("")).lower(), len(stems))
                target = folder / str(number) / f"layer{inside.suffix.lower()}"
                target.parent.mkdir(exist_ok=True)
                with archive.open(member) as source, target.open("wb") as copy:
                    _copy(source, copy, member.file_size)
                made.append((inside.stem, target))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise UnreadableFile(_("Arşiv açılamıyor; bozuk ya da parolalı. Yeniden sıkıştırıp yükleyiniz.")) from error
    return made


def _copy(source, target, most: int) -> None:
    """No more than the archive says that there is."""
    while most > 0 and (piece := source.read(min(most, 1 << 20))):
        target.write(piece)
        most -= len(piece)


def _shapefile(name: str, path: Path) -> Layer:
    if not path.with_suffix(".dbf").exists():
        raise UnreadableFile(
            _("Arşivde “%(name)s.dbf” yok; shapefile’ın .shp, .shx, .dbf ve .prj dosyalarını birlikte sıkıştırınız.")
            % {"name": name}
        )
    return read_source(path, name, _encoding(path))[0]


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
