"""Pages of one register with 100 and with 100,000 rows: queries, time, and the ratio to a bare query of the run.

scripts/bench lists
"""

from __future__ import annotations

import sys

from tests.bench import world

SIZES = (100, 10_000, 100_000)
PAGES = {
    "list": "/equipment/",
    "list, page 100": "/equipment/?page=100",
    "list, one kind": "/equipment/?kind={kind}",
    "list, searched": "/equipment/?q=isik+77",
    "list, sorted by make": "/equipment/?sort=make",
    "count and sums": "/equipment/totals/",
    "detail": "/equipment/{row}/",
    "search everywhere": "/search/?q=sn00000",
    "choices of a select": "/equipment/options/responsible_unit/?q=is",
    "home": "/",
    "report": "/reports/physical-resources/",
}


def measure(size: int) -> dict[str, tuple[int, float, float]]:
    """(queries, median, 95th percentile) of every page, and of the reference under ""."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from inventory.equipment.models import Equipment
    from inventory.organization.models import User

    world.fill(size)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(User.objects.get_or_create(username="bench", defaults={"is_superuser": True})[0])
    row = Equipment.objects.order_by("pk")[size // 2]
    found = {"": (1, *world.timed(lambda: list(Equipment.objects.order_by("pk")[:50])))}
    for name, url in PAGES.items():
        url = url.format(row=row.pk, kind=row.kind_id)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code in (200, 302), url
        found[name] = (len(captured), *world.timed(lambda url=url: client.get(url)))
    return found


def main() -> None:
    world.start()
    from django.conf import settings
    from django.db import connection
    from django.test import override_settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = settings.STORAGES | {"staticfiles": plain}
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"], STORAGES=storages):
        found = {size: measure(size) for size in SIZES}
    world.say(f"Lists on {connection.vendor}: milliseconds (median, p95), queries; last: p95 against the smallest")
    for name in found[SIZES[0]]:
        cells = [f"{name or 'reference: 50 bare rows':24}"]
        for size in SIZES:
            queries, median, late = found[size][name]
            cells.append(f"{size:>7} rows: {queries:3} q {median * 1000:7.1f} {late * 1000:7.1f}")
        cells.append(f"× {found[SIZES[-1]][name][2] / found[SIZES[0]][name][2]:.1f}")
        world.say("  ".join(cells))
    if any(found[SIZES[0]][name][0] != found[SIZES[-1]][name][0] for name in PAGES):
        world.say("The number of queries grows with the rows.")
        sys.exit(1)


if __name__ == "__main__":
    main()
