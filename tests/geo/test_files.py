"""Geographic files of every kind into layers; hostile ones into one sentence."""

import io
import json

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.files.kinds import kind_of
from imports.reading import Limits, UnreadableFile
from tests.geo.files import DRAWING, geojson, kml, layers_of, square, written, zipped

pytestmark = pytest.mark.once

LOT = square(493_000, 4_514_000)
TKGM = {"ParselNo": "4", "Alan": "900,01", "Mevkii": "", "Nitelik": "Arsa", "Ada": "123", "Il": "Kocaeli",
        "Ilce": "İzmit", "Pafta": "G23-b", "Mahalle": "Yenişehir"}  # fmt: skip


@pytest.fixture
def read():
    return layers_of


def test_tkgms_geojson_keeps_its_texts_and_a_parcel_without_geometry(read):
    (layer,) = read(geojson((TKGM, LOT), (TKGM | {"ParselNo": "5", "Nitelik": "Pasif: 123/6"}, None)), "p.geojson")
    assert layer.crs is None and layer.headers == list(TKGM)
    (first, shape), (_second, nothing) = layer.features
    assert first["Alan"] == "900,01" and first["Ada"] == "123"
    assert shape.equals(LOT) and nothing is None


@pytest.mark.parametrize(
    ("named", "crs"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"),
        ("urn:ogc:def:crs:EPSG::5254", "urn:ogc:def:crs:EPSG::5254"),
        (None, None),
    ],
)
def test_the_old_member_of_geojson_names_the_system(read, named, crs):
    members = {"crs": {"type": "name", "properties": {"name": named}}}
    assert read(geojson((TKGM, LOT), **members))[0].crs == crs


def test_kml_keeps_turkish_attribute_names(read):
    attributes = {"İl": "Kocaeli", "İlçe": "İzmit", "Alan": "1.830,40", "Ada": "123", "Parsel": "4"}
    for content in (kml((attributes, LOT)), zipped(doc_kml=kml((attributes, LOT)))):
        (layer,) = read(content)
        result, shape = layer.features[0]
        assert {name: result[name] for name in attributes} == attributes
        assert shape.equals_exact(LOT, 1e-12)


def test_kml_takes_the_table_of_a_balloon_apart(read):
    table = "<table><tr><td><b>Ada</b></td><td>123</td></tr><tr><th>Parsel</th><td>4 &amp; 5</td></tr></table>"
    data = b"<ExtendedData>"
    content = kml(({}, LOT)).replace(data, f"<description><![CDATA[{table}]]></description>".encode() + data)
    result, _shape = read(content)[0].features[0]
    assert (result["Ada"], result["Parsel"]) == ("123", "4 & 5")


def test_kml_gathers_the_polygons_of_a_place(read):
    polygon = kml(({}, LOT)).partition(b"</ExtendedData>")[2].partition(b"</Placemark>")[0]
    content = kml(({}, LOT)).replace(polygon, b"<MultiGeometry>" + polygon * 2 + b"</MultiGeometry>")
    assert read(content)[0].features[0][1].geom_type == "MultiPolygon"


def test_a_shapefile_tells_its_system_and_its_letters(read):
    (layer,) = read(written([({"ILCE": "Çayırova"}, LOT)], 5254, "shp"), "p.zip")
    assert (layer.name, layer.crs) == ("parseller", "EPSG:5254")
    result, shape = layer.features[0]
    assert result["ILCE"] == "Çayırova"
    assert shape.bounds == pytest.approx((493_000, 4_514_000, 493_100, 4_514_100), abs=1e-3)


def test_a_shapefile_without_prj_and_cpg_is_read_and_says_no_system(read):
    (layer,) = read(written([({"ILCE": "Çayırova"}, LOT)], 5254, "shp", without=(".prj", ".cpg")))
    assert layer.crs is None
    assert layer.features[0][0]["ILCE"] == "Çayırova"


def test_a_geopackage_tells_the_same(read):
    (layer,) = read(written([({"ada": "123", "alan": 900.01, "no": 4}, LOT)], 5254, "gpkg"))
    result, shape = layer.features[0]
    assert (result["ada"], result["alan"], result["no"], layer.crs) == ("123", 900.01, 4, "EPSG:5254")
    assert shape.area == pytest.approx(10_000, abs=0.01)


def test_a_drawing_gives_its_closed_lines_with_the_texts_in_them(read):
    (layer,) = read(DRAWING, "cizim.dxf")
    assert [(result["Yazı"], shape.area) for result, shape in layer.features] == [("123/4", 10_000)]
    assert layer.features[0][0]["Katman"] == "PARSEL"
    assert "1 açık çizgi" in layer.notes[0]


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"{",
        b'{"type": "FeatureCollection", "features": 3}',
        b'{"type": "FeatureCollection", "features": [3]}',
        b'{"type": "Feature", "properties": 3, "geometry": null}',
        b'{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[1]]}}',
        b'{"type": "FeatureCollection", "features": []}',
        b"{" * 200_000,
        b"<kml><Placemark><Point><coordinates>a,b</coordinates></Point></Placemark></kml>",
        b"<kml><Placemark><Polygon></Polygon></Placemark></kml>",
        b"<kml><Placemark>",
        b'<!DOCTYPE kml [<!ENTITY a "aaaa">]><kml><Placemark><name>&a;</name></Placemark></kml>',
        b"SQLite format 3\x00" + b"\x00" * 100,
        b"0\nSECTION\n2\nENTITIES\n",
        b"PK\x03\x04broken",
        zipped(a_shp=b"broken", a_dbf=b"broken"),
        zipped(a_shp=b"broken"),
        b"il;ilce\n1;2",
        b"",
    ],
)
def test_a_broken_file_is_one_sentence(read, content):
    with pytest.raises(UnreadableFile):
        read(content)


NAMES = st.sampled_from(["type", "features", "geometry", "coordinates", "properties", "crs", "name"])
KINDS = st.sampled_from(["Feature", "Polygon", "Point", "GeometryCollection"])
LEAVES = st.none() | st.booleans() | st.floats() | st.text() | KINDS


@given(st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner)))
def test_any_json_is_read_or_refused(value):
    content = json.dumps({"type": "FeatureCollection", "features": [value]}).encode()
    try:
        layers_of(content, "f.geojson")
    except UnreadableFile as error:
        assert str(error)


def test_an_archive_that_grows_too_large_is_refused(read):
    with pytest.raises(UnreadableFile, match="okunamayacak kadar büyük"):
        read(zipped(doc_kml=b"<kml>" + b" " * 100_000), limits=Limits(max_unpacked=50_000))


def test_too_many_features_are_refused(read):
    with pytest.raises(UnreadableFile, match="bölüp"):
        read(geojson((TKGM, LOT), (TKGM, LOT)), limits=Limits(max_rows=1))


def test_spreadsheets_are_not_taken_for_geographic_files():
    for content in (zipped(xl_xml=b""), b"ada;parsel\n1;2", b"\xd0\xcf\x11\xe0"):
        assert not kind_of(io.BytesIO(content))


def test_shapes_without_area_stay_what_they_are(read):
    assert isinstance(read(geojson(({}, shapely.Point(29, 40))))[0].features[0][1], shapely.Point)
