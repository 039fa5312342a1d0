"""Files that are made to keep whoever reads them busy for ever, or to take all memory; each is small."""

from __future__ import annotations

import io
import json
import sqlite3
import tempfile
import zipfile
from pathlib import Path

from tests.geo.files import square, written

_FOREVER = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
_ENDLESS_LAYER = (
    f"CREATE VIEW endless AS {_FOREVER} SELECT x AS fid, NULL AS geom FROM n",
    "INSERT INTO gpkg_contents(table_name, data_type, identifier, srs_id) VALUES ('endless', 'features', 'e', 5254)",
    "INSERT INTO gpkg_geometry_columns VALUES ('endless', 'geom', 'POLYGON', 5254, 0, 0)",
)
_ONLY = ("DELETE FROM gpkg_contents WHERE table_name <> 'endless'",
         "DELETE FROM gpkg_geometry_columns WHERE table_name <> 'endless'")  # fmt: skip
_ENDLESS_CONTENTS = (
    "ALTER TABLE gpkg_contents RENAME TO kept",
    f"CREATE VIEW gpkg_contents AS {_FOREVER} SELECT kept.* FROM kept, n",
)
_POINT = "<Point><coordinates>29,40</coordinates></Point>"
_PLACE = f"<Placemark>{_POINT}</Placemark>"
_VRT = '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'


def geopackage(*statements: str) -> bytes:
    """One layer of one parcel, and what the statements make of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        path.write_bytes(written([({"ada": "1"}, square(493_000, 4_514_000))], 5254, "gpkg"))
        with sqlite3.connect(path) as database:
            for statement in statements:
                database.execute(statement)
        database.close()
        return path.read_bytes()


def balloon(text: str) -> bytes:
    place = f"<Placemark><name>a</name><description><![CDATA[{text}]]></description>{_POINT}</Placemark>"
    return f"<kml>{place}</kml>".encode()


def zipped(name: str, content: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
        archive.writestr("a.dbf", "x" * 100)
    return packed.getvalue()


def many_names() -> bytes:
    """Each feature with an attribute of its own: as a table it would have 10¹⁰ cells."""
    features = [{"type": "Feature", "properties": {f"n{n}": 1}, "geometry": None} for n in range(100_000)]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def foreign_file(path: str) -> bytes:
    """A "shapefile" that names a file of the server as its content."""
    return zipped("a.shp", _VRT.format(path))


#: (what it is, the file, what is answered: a piece of the sentence, or the number of the rows that are read)
ATTACKS = [
    ("an endless view beside a layer", lambda: geopackage(*_ENDLESS_LAYER), 1),
    ("an endless view alone", lambda: geopackage(*_ENDLESS_LAYER, *_ONLY), "tablo olarak kaydedip"),
    ("endless contents", lambda: geopackage(*_ENDLESS_CONTENTS), "bozuk ya da eksik"),
    ("a table without an end", lambda: balloon("<tr><td></td><td></td>" * 8_000), 1),
    ("tags without an end", lambda: balloon("<" * 170_000), 1),
    ("places that grow", lambda: zipped("doc.kml", f"<kml>{_PLACE * 4_000_000}"), "açıldığında"),
    ("names without an end", many_names, "300 ayrı özniteliği"),
    ("lists in lists", lambda: b'{"type": "FeatureCollection", "features": [' + b"[" * 100_000, "bozuk ya da yarım"),
    ("cells without an end", lambda: b"a;" * 20_000_000, "sütun var, en çok 300"),
    ("a foreign file", lambda: foreign_file("/etc/passwd"), "bozuk ya da eksik"),
]  # fmt: skip
