"""Hostile files of every form: each answered with its rows or a sentence, within the limits of a child."""

import json
import math
import pickle
import subprocess
import sys
import threading
from unittest.mock import patch

import pytest
import shapely

from geo import shapes
from geo.files.kinds import DRIVERS
from geo.sheets import parse
from imports.reading import Limits, TookTooMuch, UnreadableFile, child, open_book, open_in_turn
from imports.workbooks.limits import MEGABYTE
from inventory.server import faults
from tests.geo.attacks import ATTACKS, balloon
from tests.geo.files import geojson, square

pytestmark = pytest.mark.once

LIMITS = Limits(max_seconds=20, max_memory=1_000 * MEGABYTE)


@pytest.fixture
def peaks(tmp_path):
    """The peak memory in kB of every child that is started meanwhile."""
    started, record = subprocess.run, tmp_path / "peaks"
    record.touch()

    def measured(command, **options):
        options["env"] = options["env"] | {"PYTHONPATH": str(options["cwd"])}
        return started([sys.executable, "-m", "tests.soak.child", str(record), *command], **options)

    with patch.object(child.subprocess, "run", measured):
        yield lambda: [int(line) for line in record.read_text().split()]


@pytest.mark.parametrize(("content", "answer"), [case[1:] for case in ATTACKS], ids=[case[0] for case in ATTACKS])
def test_an_attack_is_answered_within_the_limits(content, answer, peaks):
    if isinstance(answer, str):
        with pytest.raises(UnreadableFile, match=answer):
            open_book(content(), "dosya", LIMITS).read()
    else:
        assert len(open_book(content(), "dosya", LIMITS).read().rows) == answer
    assert len(peaks()) == 1 and max(peaks()) * 1024 < LIMITS.max_memory


def test_a_child_that_comes_to_its_limits_is_ended_with_a_sentence(tmp_path):
    """Whatever a reader does: it works for ever, takes all memory, fills the disk, or dies."""
    ways = {
        "for_ever": "while True: pass",
        "memory": "kept = []\n    while True: kept.append(bytearray(10_000_000))",
        "disk": "with open('full', 'wb') as f:\n        while True: f.write(bytes(1_000_000))",
        "output": "yield bytes(90_000_000)\n    yield bytes(90_000_000)",
        "death": "import os; os.abort()",
    }
    body = "\n".join(f"def {name}(file, name, limits, encoding):\n    {way}\n    yield 1" for name, way in ways.items())
    (tmp_path / "hostile_reader.py").write_text(body.replace("open('full'", f"open({str(tmp_path / 'full')!r}"))
    limits = Limits(max_seconds=1, max_memory=400 * MEGABYTE, max_unpacked=200 * MEGABYTE)
    with patch.dict("os.environ", {"PYTHONPATH": str(tmp_path)}), (tmp_path / "hostile_reader.py").open("rb") as file:
        for way in ways:
            with pytest.raises(UnreadableFile, match=r"büyük ya da bozuk|bozuk ya da yarım"):
                child.in_child(file, "x", ["hostile_reader"], limits, way)
    assert (tmp_path / "full").stat().st_size <= limits.max_unpacked


def test_what_a_child_hands_on_makes_nothing_but_cells():
    """A reader that a hostile file has taken over writes what it likes; nothing of it is called here."""
    import io
    import os

    class Taken:
        def __reduce__(self):
            return os.system, ("true",)

    with pytest.raises(UnreadableFile):
        child._received(io.BytesIO(pickle.dumps(Taken())))


def test_the_child_knows_no_secret_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "geheim")
    monkeypatch.setenv("DATABASE_URL", "postgres://x")
    (tmp_path / "curious_reader.py").write_text(
        "import os\ndef read(file, name, limits, encoding):\n    return iter([dict(os.environ)])\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with (tmp_path / "curious_reader.py").open("rb") as file:
        (seen,) = child.in_child(file, "x", ["curious_reader"], Limits())
    assert not {"SECRET_KEY", "DATABASE_URL"} & set(seen)


def test_the_child_has_our_languages_and_none_besides(tmp_path, monkeypatch, settings):
    # A text by itself would be taken for a refusal.
    spoken = "from imports.workbooks import said; said.speak(); from django.conf import settings"
    code = f"{spoken}; return iter([[code] for code, _name in settings.LANGUAGES])"
    (tmp_path / "polyglot_reader.py").write_text(f"def read(file, name, limits, encoding):\n    {code}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with (tmp_path / "polyglot_reader.py").open("rb") as file:
        assert child.in_child(file, "x", ["polyglot_reader"], Limits()) == [[code] for code, _ in settings.LANGUAGES]


@pytest.mark.parametrize("where", ["raise full", "yield [1]; raise full", "raise UnreadableFile('bozuk') from full"])
def test_a_full_disk_is_not_called_a_damaged_file(tmp_path, monkeypatch, where):
    head = "import errno\nfrom imports.workbooks.limits import UnreadableFile\nfull = OSError(errno.ENOSPC, 'full')\n"
    code = f"{head}def read(file, name, limits, encoding):\n    if file is None: yield\n    {where}\n"
    (tmp_path / "unlucky_reader.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with (tmp_path / "unlucky_reader.py").open("rb") as file, pytest.raises(OSError) as refused:
        child.in_child(file, "x", ["unlucky_reader"], Limits())
    assert faults.is_full_disk(refused.value)


def test_gdal_has_three_drivers_in_the_child():
    """One that is new in a later GDAL is named here, and belongs into the list in geo/files/kinds.py."""
    code = (
        "import json, io; from geo.files import kinds; "
        "kinds.read(io.BytesIO(b'{}'), 'x', None, ''); "
        "import pyogrio; print(json.dumps(sorted(pyogrio.list_drivers())))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=child._PROJECT)
    assert json.loads(run.stdout) == sorted(DRIVERS) and not run.stderr


def test_pages_have_two_files_read_at_once_and_no_more(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Ad\nA\n")
    inside, go_on = threading.Barrier(3), threading.Event()

    def stand_still(*_arguments, **_more):
        inside.wait(30)
        go_on.wait(30)

    with patch("imports.reading.book.open_book", stand_still):
        threads = [threading.Thread(target=open_in_turn, args=(path, "a.csv")) for _each in range(2)]
        for thread in threads:
            thread.start()
        inside.wait(30)
        with pytest.raises(TookTooMuch, match="başka dosyalar"):
            open_in_turn(path, "a.csv")
        go_on.set()
        for thread in threads:
            thread.join()
    assert len(open_in_turn(path, "a.csv").read().rows) == 1


def test_a_balloon_of_any_case_and_with_tags_in_its_cells_is_a_table():
    table = (
        "<TABLE border=1><TR bgcolor='#fff'><TD><b>Ada</b></TD>\n<TD>12<i>3</i></TD></TR><tr><td colspan=2>x</td></tr>"
    )
    sheet = open_book(balloon(table), "x.kml").read()
    assert dict(zip(sheet.headers, next(iter(sheet.rows))[1], strict=True))["Ada"] == "123"


def test_shapes_in_shapes_are_refused_before_they_are_read():
    """GEOS reads them by recursion, which ends the whole process."""
    deep = 100_000
    with pytest.raises(ValueError, match="GEOMETRYCOLLECTION"):
        parse("GEOMETRYCOLLECTION(" * deep + "POINT(1 1)" + ")" * deep)
    assert parse("MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))")[1].geom_type == "MultiPolygon"
    nested = "GEOMETRYCOLLECTION(" * 8 + "POINT(1 1)" + ")" * 8
    assert parse(nested)[1].geom_type == "GeometryCollection"


def test_what_the_child_hands_on_as_layers_is_what_the_file_has(tmp_path):
    from geo.sheets import read_layers

    lot = square(493_000, 4_514_000)
    (tmp_path / "a").write_bytes(geojson(({"ad": "İzmit", "no": 4}, lot), ({"ad": None}, None)))
    (layer,) = read_layers(tmp_path / "a", "a.geojson")
    assert layer.headers == ["ad", "no"] and layer.name == "a"
    assert layer.features[0][0] == {"ad": "İzmit", "no": 4} and layer.features[0][1].equals_exact(lot, 0)
    assert layer.features[1] == ({"ad": None}, None)


def star(corners):
    """Each side crosses all others: GEOS would remember a crossing for each pair."""
    turns = [i * (corners // 2) * 2 * math.pi / corners for i in range(corners)]
    return shapely.Polygon([(29 + math.cos(turn) / 10, 40 + math.sin(turn) / 10) for turn in turns])


def coast(corners):
    """A winding outline, as districts at the sea have."""
    turns = [i * 2 * math.pi / corners for i in range(corners)]
    far = [0.1 + 0.001 * math.sin(turn * corners / 7) for turn in turns]
    return shapely.Polygon([(29 + math.cos(t) * r, 40 + math.sin(t) * r) for t, r in zip(turns, far, strict=True)])


def test_an_outline_that_crosses_itself_everywhere_is_refused_before_it_is_repaired():
    with patch.object(shapely, "make_valid") as repair, pytest.raises(ValueError, match="sayısız kez"):
        shapes.repaired(star(4_001))
    assert not repair.called
    with pytest.raises(ValueError, match="kendini kesiyor"):
        shapes.repaired(star(5))
    winding = coast(50_000)
    assert shapes.repaired(winding) == (winding, False)
    apart = shapely.MultiPolygon([square(493_000 + 300 * n, 4_514_000) for n in range(600)])
    assert shapes.repaired(apart) == (apart, False)
