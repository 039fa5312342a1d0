"""A whole pull of devices by the API beside a bare reading of the same columns: objects a second, memory.

    BENCH_API_ROWS=100000 scripts/bench api

With BENCH_API_LOCATED each is in a place of its own, as parcels are. The tables are filled by another process, so that
the memory is that of the pulls.

The goals of the fifteenth issue: at least 0.6 of `values` + orjson, and 4,230 objects a second.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable

from tests.bench import located, world

GOAL, SHARE = 4_230, 0.6


def rate(work: Callable[[], int], times: int = 5) -> float:
    """The most objects a second of some rounds: others use the machine, too."""
    best = 0.0
    for _ in range(times):
        began = time.perf_counter()
        rows = work()
        best = max(best, rows / (time.perf_counter() - began))
    return best


def main() -> None:
    rows = int(os.environ.get("BENCH_API_ROWS", "100000"))
    if sys.argv[1:] == ["fill"]:
        world.start()
        located.fill(rows) if os.environ.get("BENCH_API_LOCATED") else world.fill(rows)
        return
    subprocess.run([sys.executable, "-m", "tests.bench.api", "fill"], check=True)
    world.start()
    from django.conf import settings
    from django.db import connection
    from django.test import override_settings

    free = {"RATE_LIMITS": settings.RATE_LIMITS | {"api": None}, "SECURE_SSL_REDIRECT": False}
    with override_settings(ALLOWED_HOSTS=["testserver"], **free):
        bare, found = _bare(), _pulls()
    goal = "".join(" MISSED" for each in found.values() if each < GOAL or each < SHARE * bare)
    world.say(f"API on {connection.vendor}: {rows} devices, objects/s; goals {GOAL} and {SHARE} of bare{goal}")
    world.say(f"{'values + orjson, bare':32} {bare:8.0f}")
    for name, each in found.items():
        world.say(f"{name:32} {each:8.0f}  × {each / bare:.2f}")
    world.say(f"memory of the process at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    if goal:
        sys.exit(1)


def _bare() -> float:
    """Pages of a thousand rows, as a program without names, scope and masks would pack them."""
    import orjson

    from inventory import registers
    from inventory.assets.equipment.models import Equipment

    names = ["id", "version", *(column.field.attname for column in registers.get("equipment").all_columns())]

    def pull() -> int:
        last = count = 0
        while page := list(Equipment.objects.filter(id__gt=last).order_by("id").values(*names)[:1_000]):
            orjson.dumps(page, default=str)
            last, count = page[-1]["id"], count + len(page)
        return count

    return rate(pull)


def _pulls() -> dict[str, float]:
    import datetime as dt

    from django.test import Client
    from django.utils import timezone

    from inventory.api import tokens
    from inventory.api.models import Token
    from inventory.organization.models import User

    owner = User.objects.get_or_create(username="bench", defaults={"is_superuser": True})[0]
    token = Token(owner=owner, name="bench", expires_on=timezone.localdate() + dt.timedelta(days=1))
    client = Client(headers={"Authorization": f"Bearer {tokens.give(token)}"})
    own = ",".join(_own())

    def pages(first: str) -> Callable[[], int]:
        def pull() -> int:
            url = f"/api/v1/equipment/?limit=5000&{first}"
            while url:
                link = client.get(url).get("Link", "")
                url = link[1 : link.index(">")] if link else ""
            return _there()

        return pull

    def stream(form: str) -> Callable[[], int]:
        def pull() -> int:
            for _piece in client.get(f"/api/v1/equipment/?format={form}&columns={own}").streaming_content:
                pass
            return _there()

        return pull

    return {
        "pages by cursor, held columns": rate(pages(f"cursor=&columns={own}")),
        "ndjson, one answer": rate(stream("ndjson")),
    }


def _own() -> list[str]:
    from inventory import registers

    return list(registers.get("equipment").columns)


def _there() -> int:
    from inventory.assets.equipment.models import Equipment

    return Equipment.objects.count()


if __name__ == "__main__":
    main()
