"""An outside list of devices beside the register: compared, looked at, settled, signed, reported.

BENCH_ROWS=100000 scripts/bench comparisons
"""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path

from tests.bench import world
from tests.bench.sheets import ROWS, timed, write_sheet


def main() -> None:
    world.start()
    from django.core.files import File
    from django.db import connection
    from django.db.models import Q
    from django.test.utils import CaptureQueriesContext

    from imports import batches
    from imports.comparing import comparisons
    from imports.comparing.models import Comparison, ComparisonLine
    from inventory import registers
    from inventory.organization.models import User

    world.fill(ROWS)
    user = User.objects.create(username="bench", is_superuser=True)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "theirs.xlsx"
        # A tenth in another room; the last tenth is theirs alone, and as much is ours alone.
        write_sheet(path, world.devices(ROWS // 10, ROWS), changed=True)
        with path.open("rb") as file:
            made = batches.upload(registers.get("equipment"), user, File(file), path.name, into=Comparison, source="x")
    world.say(f"Two lists of {ROWS} on {connection.vendor}")
    timed("compare", lambda: comparisons.run(made))
    world.say(f"  {made.counts}")
    lines = comparisons.lines_for(made, user)
    differing = lines.filter(verdict=ComparisonLine.Verdict.DIFFERS)
    with CaptureQueriesContext(connection) as captured:
        comparisons.tally(lines)
        list(differing[5_000:5_050])
    _median, late = world.timed(lambda: (comparisons.tally(lines), differing.count(), list(differing[5_000:5_050])))
    world.say(f"  numbers and a page of lines: {len(captured)} queries, 95th percentile {late * 1000:.0f} ms")
    timed(
        "settle every line at once",
        lambda: comparisons.settle(made, lines.filter(~Q(verdict="same")), "look", "", user),
    )
    timed("sign and write the report", lambda: (comparisons.sign(made, user), comparisons.keep_report(made)))
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    world.say(f"  report {made.report.size / 1e6:.1f} MB; peak memory of the whole run: {peak:.0f} MB")


if __name__ == "__main__":
    main()
