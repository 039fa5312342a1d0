"""What pages cost the processor and the line, beside a reference of the same run; fails where a goal is missed.

    BENCH_SIZES=100000,1000000 scripts/bench pages

The goals of the thirteenth issue. The reference, fifty bare rows, took a millisecond of the processor where the goals
were set, so that a goal in milliseconds is as many times the reference on any machine. Other than in `lists` the
database's own work counts on SQLite alone, where it runs in this process.
"""

from __future__ import annotations

import gzip
import os
import re
import statistics
import sys
import time
from collections.abc import Callable
from itertools import count

from tests.bench import located, world

SIZES = {"sqlite": "100000", "postgresql": "100000,1000000"}
#: Times the reference.
GOALS = {
    "list": 20,
    "list, one kind": 20,
    "detail": 12,
    "edit form": 20,
    "save": 30,
    "home": 60,
    "last changes": 60,
    "search everywhere": 25,
}
PAGE, PAGE_SENT, FIRST_VISIT = 60_000, 12_000, 200_000
# At the most rows, against the fewest.
GROWTH = 1.5
# So many of the newest changes are of one row each, as people make them.
EDITED = 20


def processor(work: Callable[[], object], times: int = 15) -> float:
    """Median of the seconds of the processor that the work takes in this process."""
    work()
    spent = []
    for _ in range(times):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return statistics.median(spent)


def filled(size: int) -> None:
    from inventory import registers, writes
    from inventory.assets.equipment.models import Equipment

    located.fill(size)
    for row in Equipment.objects.order_by("-pk")[:EDITED]:
        row.room = f"{row.room} A"
        writes.save(registers.get("equipment"), row, writes.Author())


def measure(size: int) -> tuple[dict[str, float], int, int]:
    """(each page in times of the reference, bytes of the list's page, bytes of it that are sent)."""
    from django.test import Client

    from inventory import registers
    from inventory.assets.equipment.models import Equipment
    from inventory.organization.models import User
    from inventory.pages.forms import row_form
    from tests.pages import posted

    filled(size)
    client, user = Client(), User.objects.get_or_create(username="bench", defaults={"is_superuser": True})[0]
    client.force_login(user)
    row = Equipment.objects.order_by("pk")[size // 2]
    form = f"/equipment/{row.pk}/edit/"
    saved = count()
    ways: dict[str, Callable[[], object]] = {
        name: lambda url=url: client.get(url)
        for name, url in {
            "list": "/equipment/",
            "list, one kind": f"/equipment/?kind={row.kind_id}",
            "detail": f"/equipment/{row.pk}/",
            "edit form": form,
            "home": "/",
            "search everywhere": "/search/?q=sn00000",
            "last changes": "/home/card/changes/",
        }.items()
    }
    typed = posted(row_form(registers.get("equipment"), user, instance=row))
    version = Equipment.objects.filter(pk=row.pk).values_list("version", flat=True)
    ways["save"] = lambda: client.post(form, typed | {"room": f"S{next(saved)}", "version": version.get()})
    sent = client.get("/equipment/", headers={"accept-encoding": "gzip"}).content
    found = {}
    for name, way in ways.items():
        assert way().status_code == (302 if name == "save" else 200), name
        reference = processor(lambda: list(Equipment.objects.order_by("pk")[:50]))
        found[name] = processor(way) / reference
    return found, len(gzip.decompress(sent)), len(sent)


def files() -> int:
    """Bytes of the files that every page wants, compressed as they are served."""
    from django.conf import settings
    from django.contrib.staticfiles import finders

    base = (settings.BASE_DIR / "templates/base.html").read_text()
    names, found = {*re.findall(r"{% static '([^']+)' %}", base), "icons.svg"}, 0
    todo = list(names)
    while todo:
        with open(finders.find(todo.pop()), "rb") as file:
            content = file.read()
        found += len(gzip.compress(content))
        # Modules of ours name each other.
        further = set(re.findall(r'import\s*(?:[^"\']*from\s*)?"\./([\w.-]+\.js)"', content.decode())) - names
        names |= further
        todo += further
    return found


def main() -> None:
    world.start()
    from django.conf import settings
    from django.db import connection
    from django.test import override_settings

    sizes = [int(size) for size in os.environ.get("BENCH_SIZES", SIZES[connection.vendor]).split(",")]
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    free = {"RATE_LIMITS": {}, "SECURE_SSL_REDIRECT": False, "ALLOWED_HOSTS": ["testserver"], "STORAGES": storages}
    with override_settings(**free):
        found = {size: measure(size) for size in sizes}
    missed = []
    world.say(f"Pages on {connection.vendor}: the processor's time as times of fifty bare rows, with {sizes} devices")
    for name, goal in GOALS.items():
        figures = [found[size][0][name] for size in sizes]
        world.say(f"{name:24} " + "  ".join(f"{figure:6.1f}" for figure in figures) + f"  goal {goal}")
        if max(figures) > goal or figures[-1] > GROWTH * figures[0]:
            missed.append(name)
    _, page, sent = found[sizes[-1]]
    for name, figure, goal in (
        ("list, bytes", page, PAGE),
        ("list, bytes sent", sent, PAGE_SENT),
        ("first visit, bytes sent", sent + files(), FIRST_VISIT),
    ):
        world.say(f"{name:24} {figure:6}  goal {goal}")
        if figure > goal:
            missed.append(name)
    if missed:
        world.say(f"Missed: {', '.join(missed)}")
        sys.exit(1)


if __name__ == "__main__":
    main()
