"""The whole access matrix on the database that DATABASE_URL names: every register, method and state of a thing.

    scripts/soak access

Ends with 1 if anybody opens, reads or writes what is none of hers, or if there is an address that nobody opens.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import NamedTuple

import django

from tests.bench import world
from tests.soak import scratch

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# So many parts share the registers. Forms are learned within a part: a person's page leads to what names no register.
_PARTS = 6
_WITH_REST = "people"


class Found(NamedTuple):
    statuses: Counter[int]
    wrong: list[str]
    reached: set[str]
    axes: dict[str, set[str]]
    spared: int


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from inventory import registers
    from tests.web.matrix import known, size

    slugs = [register.slug for register in registers.every() if register.slug != _WITH_REST]
    results, spent = scratch.shared(_judged, [[_WITH_REST], *(slugs[number::_PARTS] for number in range(_PARTS))])
    statuses = sum((found.statuses for found in results), Counter())
    reached = set().union(*(found.reached for found in results))
    axes = {name: set().union(*(found.axes[name] for found in results)) for name in results[0].axes}
    wrong = [each for found in results for each in found.wrong]
    wrong += [f"nobody reaches {address.route}" for address in known() if address.route not in reached]
    for each in wrong[:30]:
        world.say(each)
    shown = size(statuses.total(), sum(found.spared for found in results), axes)
    world.say(f"Access on {os.environ['DATABASE_URL'].split(':')[0]}: {shown}")
    world.say("  " + ", ".join(f"{status} {count}" for status, count in sorted(statuses.items())))
    world.say(f"  {len(wrong)} wrong ({spent})")
    if wrong:
        sys.exit(1)


def _judged(slugs: list[str]) -> Found:
    from inventory import registers
    from tests.web.matrix import Matrix

    with scratch.town() as town:
        matrix = Matrix(town, [registers.get(slug) for slug in slugs], METHODS, has_rest=_WITH_REST in slugs)
        matrix.run()
    world.say(f"  {', '.join(slugs)}: {len(matrix.statuses)} requests, {len(matrix.wrong)} wrong")
    return Found(Counter(matrix.statuses.values()), matrix.wrong, matrix.reached(), matrix.axes(), matrix.spared)


if __name__ == "__main__":
    main()
