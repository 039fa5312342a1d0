"""Hostile requests to every address, from every kind of user, on the database that DATABASE_URL names.

    FUZZ_REQUESTS=20000 FUZZ_SEED=0 scripts/soak urls

Ends with 1 if any of them makes a page fail (500), shows one directorate's text to another, or writes what its sender
may not write. A town is built for every 2,000 requests, each with a seed of its own.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter

from tests.bench import world
from tests.soak import scratch

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "20000"))
SEED = int(os.environ.get("FUZZ_SEED", "0"))
_AT_ONCE = 2_000
# So many kinds of findings are told in full.
_TOLD = 15


def main() -> None:
    scratch.start()
    from django.db import connection

    from tests.web.fuzzer import Fuzzer

    statuses: Counter[int] = Counter()
    reached: Counter[str] = Counter()
    names: set[tuple[str, str]] = set()
    findings: list[str] = []
    began = time.perf_counter()
    world.say(f"{REQUESTS} hostile requests on {connection.vendor}, seed {SEED}")
    for number, first in enumerate(range(0, REQUESTS, _AT_ONCE)):
        with scratch.town() as town:
            fuzzer = Fuzzer(town, SEED + number)
            fuzzer.run(min(_AT_ONCE, REQUESTS - first))
        statuses += fuzzer.statuses
        reached.update(fuzzer.reached)
        names |= {(route, name) for route, known in fuzzer.known.items() for name in known.names}
        findings += fuzzer.findings
    # One of each kind; the first line says what and where.
    kinds = Counter(finding.splitlines()[0].split(": ")[0] for finding in findings)
    for kind, count in kinds.most_common(_TOLD):
        world.say(f"{count} × {next(finding for finding in findings if finding.startswith(kind))}")
    never = [route for route, count in reached.items() if not count]
    told = ", ".join(f"{status} {count}" for status, count in sorted(statuses.items()))
    world.say(f"  {len(reached)} addresses, {len(names)} parameters, answered with {told}")
    world.say(f"  {len(reached) - len(never)} addresses found something to do; not {never}")
    world.say(f"  {sum(statuses.values())} requests, {len(findings)} findings ({time.perf_counter() - began:.0f} s)")
    if findings:
        sys.exit(1)


if __name__ == "__main__":
    main()
