"""Pages of one register with a thousand and with a million rows: queries, time, and how they grow.

    BENCH_SIZES=1000,10000,100000 scripts/bench lists

Beside the devices stand a tenth as many parcels. Every page is looked at by an administrator, who sees all. The goals
of the fifth issue: p95 at the most rows at most 3 times p95 at 10,000, and as many queries. The last column is the
slope of the medians on a double logarithmic scale: 0 for what does not grow, 1 for what grows with the rows.
"""

from __future__ import annotations

import math
import os
import statistics
import sys

from tests.bench import located, world

# As many as an installation on that database is meant for (docs/operating.md).
SIZES = {"sqlite": "1000,10000,100000", "postgresql": "1000,10000,100000,1000000"}
COMPARED = 10_000
PAGES = {
    "list": "/equipment/",
    "list, next page": "/equipment/?page=2-after-{row}",
    "list, deep, by number": "/equipment/?page={far}",
    "list, deep, by the row": "/equipment/?page={deep}-after-{late}",
    "list, one kind": "/equipment/?kind={kind}",
    "list, filter on a text": "/equipment/?model=m42",
    "list, searched": "/equipment/?q=isik+77",
    "list, sorted by make": "/equipment/?sort=make",
    "list, sorted by day": "/equipment/?sort=-acquired_on",
    "count and sums": "/equipment/totals/",
    "detail": "/equipment/{row}/",
    "detail, from the list": "/equipment/{row}/?sort=make&at=list",
    "search everywhere": "/search/?q=sn00000",
    "choices of a select": "/equipment/options/responsible_unit/?q=is",
    "home": "/",
    "report": "/reports/physical-resources/",
    "report: ages, after it": "/reports/physical-resources/ages/",
    "tile of the map": "/equipment/tiles/12/{x}/{y}.mvt",
}
Figures = tuple[int, float, float]


def measure(size: int) -> dict[str, Figures]:
    """(queries, median, 95th percentile) of every page, and of the reference under ""."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from geo.cells import tile_of
    from inventory import registers, writes
    from inventory.assets.equipment.models import Equipment
    from inventory.assets.property.models import Property
    from inventory.listing.paging import FARTHEST
    from inventory.organization.models import User

    located.fill(size)
    there = Property.objects.count()
    for first in range(there, size // 10, 5_000):
        made = world.parcels(first, min(5_000, size // 10 - first))
        writes.create_many(registers.get("property"), made, writes.Author())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    client = Client()
    client.force_login(User.objects.get_or_create(username="bench", defaults={"is_superuser": True})[0])
    rows = Equipment.objects.order_by("inventory_no").select_related("location")
    row, late = rows[size // 2], rows[size - size // 10]
    x, y = tile_of(row.location.cell, 12)
    names = {
        "row": row.pk,
        "late": late.pk,
        "kind": row.kind_id,
        "deep": size * 9 // 500,
        "far": min(size, FARTHEST) * 9 // 500,
        "x": x,
        "y": y,
    }
    found = {"": (1, *world.timed(lambda: list(Equipment.objects.order_by("pk")[:50])))}
    for name, url in PAGES.items():
        url = url.format(**names)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200, url
        found[name] = (len(captured), *world.timed(lambda url=url: client.get(url)))
    return found


def slope(figures: dict[int, Figures]) -> float:
    """Of the medians against the rows, both as logarithms (least squares)."""
    rows = [math.log(size) for size in figures]
    return statistics.linear_regression(rows, [math.log(figure[1]) for figure in figures.values()]).slope


def main() -> None:
    world.start()
    from django.conf import settings
    from django.db import connection
    from django.test import override_settings

    sizes = [int(size) for size in os.environ.get("BENCH_SIZES", SIZES[connection.vendor]).split(",")]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = settings.STORAGES | {"staticfiles": plain}
    free = {"RATE_LIMITS": {}, "SECURE_SSL_REDIRECT": False, "ALLOWED_HOSTS": ["testserver"], "STORAGES": storages}
    with override_settings(**free):
        found = {size: measure(size) for size in sizes}
    against = COMPARED if COMPARED in sizes else sizes[0]
    world.say(f"Lists on {connection.vendor}: milliseconds (median, p95), queries")
    world.say(f"last: p95 at {sizes[-1]} against {against}, and the slope of the medians")
    grown = []
    for name in found[sizes[0]]:
        figures = {size: found[size][name] for size in sizes}
        cells = [f"{name or 'reference: 50 bare rows':24}"]
        cells += [f"{size:>7}: {q:2} q {m * 1000:6.1f} {late * 1000:6.1f}" for size, (q, m, late) in figures.items()]
        cells.append(f"× {figures[sizes[-1]][2] / figures[against][2]:4.1f}  slope {slope(figures):5.2f}")
        world.say("  ".join(cells))
        if figures[sizes[-1]][0] > figures[against][0]:
            grown.append(name)
    if grown:
        world.say(f"The number of queries grows with the rows: {', '.join(grown)}")
        sys.exit(1)


if __name__ == "__main__":
    main()
