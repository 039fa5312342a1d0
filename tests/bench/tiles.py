"""Map tiles with 10,000, 100,000 and 1,000,000 located items: time and queries, beside PostGIS on the same points.

    BENCH_SIZES=10000,100000 scripts/bench tiles

The goal of the fourth issue: p95 at a million at most 3 times p95 at 10,000, and at most 2 times PostGIS's ST_AsMVT
(only on PostgreSQL, where PostGIS is installed; Debian: postgresql-15-postgis-3). Its tile is served by a bare view
of the same application, so that both pay for the session and the account.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Callable

from tests.bench import located, world

SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "10000,100000,1000000").split(",")]
ZOOMS = (8, 12, 16)
TILES = 20
# Who asks for what; "unit" sees one of 25 directorates.
ASKED = {
    "all": ("admin", ""),
    "all, by unit": ("admin", "?by=unit"),
    "all, by status": ("admin", "?by=status"),
    "one kind": ("admin", "?kind={kind}"),
    "one unit, in use": ("admin", "?responsible_unit={unit}&status=in_use"),
    "a unit's own user": ("unit", ""),
    "model (1 of 97)": ("admin", "?model=M42&make=dell"),
    "searched (1 of 3)": ("admin", "?q=dell"),
}


def tiles(zoom: int) -> list[tuple[int, int, int]]:
    """The tiles of some items, drawn by lot: so the full ones are asked for as often as people look at them."""
    from geo.cells import tile_of
    from geo.models import Location

    first = Location.objects.order_by("pk").values_list("pk", flat=True)[0]
    ids = [first + n for n in random.Random(zoom).sample(range(min(SIZES)), TILES)]
    cells = Location.objects.filter(pk__in=ids).values_list("cell", flat=True)
    found = sorted({(zoom, *tile_of(cell, zoom)) for cell in cells})
    # The province has few wide tiles; each is then asked for several times.
    return found * min(5, TILES // len(found))


def spent(works: list[Callable[[], object]]) -> tuple[float, float]:
    """Median and 95th percentile of the milliseconds of the works, each done once before it is timed."""
    found = []
    for work in works:
        work()
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found), sorted(found)[int(0.95 * (len(found) - 1))]


def clients() -> dict[str, object]:
    from django.test import Client

    from inventory import registers, writes
    from inventory.organization.models import Grant, Person, Unit, User
    from inventory.writes import Author

    if not User.objects.filter(username="bench").exists():
        User.objects.create(username="bench", is_superuser=True)
        unit = Unit.objects.filter(kind="directorate").order_by("pk")[3]
        holder = writes.save(registers.get("people"), Person(staff_no="B1", name="Bench", unit=unit), Author())
        writes.save(registers.get("grants"), Grant(person=holder, unit=unit, register="", level=1), Author())
        User.objects.create(username="bench-unit", person=holder)
    found = {}
    for name, username in (("admin", "bench"), ("unit", "bench-unit")):
        found[name] = Client(headers={"accept-encoding": "gzip"})
        found[name].force_login(User.objects.get(username=username))
    return found


def measure(size: int) -> dict[tuple[str, int], tuple[int, float, float]]:
    """(queries, median, 95th percentile) of every question and zoom."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from inventory.models import Kind
    from inventory.organization.models import Unit

    located.fill(size)
    asking, found = clients(), {}
    kind = Kind.objects.filter(register="equipment", is_group=False).order_by("pk")[2]
    unit = Unit.objects.filter(kind="directorate").order_by("pk")[3]
    for name, (who, query) in ASKED.items():
        for zoom in ZOOMS:
            asked = query.format(kind=kind.pk, unit=unit.pk)
            urls = ["/equipment/tiles/{}/{}/{}.mvt".format(*tile) + asked for tile in tiles(zoom)]
            with CaptureQueriesContext(connection) as captured:
                assert asking[who].get(urls[0]).status_code == 200
            works = [lambda url=url, client=asking[who]: client.get(url) for url in urls]
            found[name, zoom] = (len(captured), *spent(works))
    return found


def beside_postgis() -> None:
    """Our tiles and PostGIS's, as a browser gets them; and the bytes alone, without the web around them."""
    from geo.map_layers import layers
    from geo.vector_tile import Tile, encode
    from inventory import registers
    from inventory.listing.address import Listing
    from tests.bench import postgis

    if not postgis.prepare():
        world.say("PostGIS is not installed here: no reference.")
        return

    def ours(tile: tuple[int, int, int]) -> bytes:
        return encode(Tile(*tile), layers(Listing(registers.get("equipment"), None, {}), Tile(*tile)))

    client = clients()["admin"]
    world.say(
        f"Beside PostGIS on the same {SIZES[-1]} points: milliseconds (median, p95) of the answer; of the bytes alone"
    )
    for zoom in (*ZOOMS[:2], 14, ZOOMS[2]):
        asked = tiles(zoom)
        cells, late = [f"zoom {zoom:2}"], []
        for who, start, make in (("ours", "/equipment/tiles", ours), ("ST_AsMVT", "/postgis", postgis.tile)):
            urls = [f"{start}/{z}/{x}/{y}.mvt" for z, x, y in asked]
            web = spent([lambda url=url: client.get(url) for url in urls])
            bare = spent([lambda tile=tile, make=make: make(tile) for tile in asked])
            size = statistics.median(len(make(tile)) for tile in asked)
            cells.append(f"{who:8} {web[0]:7.1f} {web[1]:7.1f};  {bare[0]:7.1f} {bare[1]:7.1f}  {size:9.0f} bytes")
            late.append((web[1], bare[1]))
        cells.append(f"p95 × {late[0][0] / late[1][0]:.2f}; {late[0][1] / late[1][1]:.2f}")
        world.say("  ".join(cells))


def main() -> None:
    world.start()
    from django.conf import settings
    from django.db import connection
    from django.test import override_settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    changed = {"ALLOWED_HOSTS": ["testserver"], "ROOT_URLCONF": "tests.bench.postgis"}
    world.say(f"Tiles on {connection.vendor}")
    with override_settings(SECURE_SSL_REDIRECT=False, STORAGES=settings.STORAGES | {"staticfiles": plain}, **changed):
        found = {size: measure(size) for size in SIZES}
        world.say("milliseconds (median, p95), queries; last: p95 against the smallest")
        for name, zoom in found[SIZES[0]]:
            cells = [f"{name:18} zoom {zoom:2}"]
            for size in SIZES:
                queries, median, late = found[size][name, zoom]
                cells.append(f"{size:>8}: {queries:2} q {median:6.1f} {late:6.1f}")
            cells.append(f"× {found[SIZES[-1]][name, zoom][2] / found[SIZES[0]][name, zoom][2]:.1f}")
            world.say("  ".join(cells))
        if connection.vendor == "postgresql":
            beside_postgis()


if __name__ == "__main__":
    sys.exit(main())
