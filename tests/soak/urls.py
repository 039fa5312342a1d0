"""Hostile requests to every address, from every kind of user, on the database that DATABASE_URL names.

    FUZZ_REQUESTS=20000 FUZZ_SEED=0 scripts/soak urls

Ends with 1 if any of them makes a page fail (500), shows one directorate's text to another, or writes what its sender
may not write. A town is built, and its pages looked at, for every 5,000 requests, each with a seed of its own.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import NamedTuple

from tests.bench import world
from tests.soak import scratch

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "20000"))
SEED = int(os.environ.get("FUZZ_SEED", "0"))
_AT_ONCE = 5_000
# So many kinds of findings are reported in full.
_TOLD = 15


class Found(NamedTuple):
    statuses: Counter[int]
    reached: Counter[str]
    names: set[tuple[str, str]]
    findings: list[str]


def main() -> None:
    database = os.environ["DATABASE_URL"].split(":")[0]
    world.say(f"{REQUESTS} hostile requests on {database}, seed {SEED}")
    parts = [(SEED + first // _AT_ONCE, min(_AT_ONCE, REQUESTS - first)) for first in range(0, REQUESTS, _AT_ONCE)]
    results, spent = scratch.shared(_sent, parts)
    statuses = sum((found.statuses for found in results), Counter())
    reached: Counter[str] = Counter()
    for found in results:
        # Counter's own sum would leave out the addresses that none reached.
        reached.update(found.reached)
    names = set().union(*(found.names for found in results))
    findings = [finding for found in results for finding in found.findings]
    # One of each kind; the first line says what and where.
    kinds = Counter(finding.splitlines()[0].split(": ")[0] for finding in findings)
    for kind, count in kinds.most_common(_TOLD):
        world.say(f"{count} × {next(finding for finding in findings if finding.startswith(kind))}")
    never = [route for route, count in reached.items() if not count]
    message = ", ".join(f"{status} {count}" for status, count in sorted(statuses.items()))
    world.say(f"  {len(reached)} addresses, {len(names)} parameters, answered with {message}")
    world.say(f"  {len(reached) - len(never)} addresses found something to do; not {never}")
    world.say(f"  {sum(statuses.values())} requests, {len(findings)} findings ({spent})")
    if findings:
        sys.exit(1)


def _sent(part: tuple[int, int]) -> Found:
    from tests.web.fuzzer import Fuzzer

    seed, requests = part
    with scratch.town() as town:
        fuzzer = Fuzzer(town, seed)
        fuzzer.run(requests)
    world.say(f"  seed {seed}: {requests} requests, {len(fuzzer.findings)} findings")
    names = {(route, name) for route, known in fuzzer.known.items() for name in known.names}
    return Found(fuzzer.statuses, fuzzer.reached, names, fuzzer.findings)


if __name__ == "__main__":
    main()
