"""The whole access matrix on the database that DATABASE_URL names: every register, method and state of a thing.

    scripts/soak access

Ends with 1 if anybody opens, reads or writes what is none of hers, or if there is an address that nobody opens.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from tests.bench import world
from tests.soak import scratch

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def main() -> None:
    scratch.start()
    from django.db import connection

    from inventory import registers
    from tests.web.matrix import Matrix

    began = time.perf_counter()
    with scratch.town() as town:
        matrix = Matrix(town, registers.every(), METHODS)
        matrix.run()
    statuses = Counter(matrix.statuses.values())
    for wrong in matrix.wrong[:30]:
        world.say(wrong)
    world.say(f"Access on {connection.vendor}: {matrix.size()}")
    world.say("  " + ", ".join(f"{status} {count}" for status, count in sorted(statuses.items())))
    world.say(f"  {len(matrix.wrong)} wrong ({time.perf_counter() - began:.0f} s)")
    if matrix.wrong:
        sys.exit(1)


if __name__ == "__main__":
    main()
