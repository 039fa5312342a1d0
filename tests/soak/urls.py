"""Hostile requests to every address, from every kind of user, on the database that DATABASE_URL names.

    FUZZ_REQUESTS=20000 FUZZ_SEED=0 scripts/soak urls

Ends with 1 if any of them makes a page fail (500), shows one directorate's text to another, or writes what its sender
may not write. A town is built for every 2,000 requests, each with a seed of its own.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import django
from django.core.management import call_command

from tests.bench import world

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "20000"))
SEED = int(os.environ.get("FUZZ_SEED", "0"))
_AT_ONCE = 2_000
# So many findings are told in full.
_TOLD = 15


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    warnings.simplefilter("ignore")
    from django.conf import settings
    from django.db import connection, transaction
    from django.test import override_settings

    from tests.web.fuzzer import Fuzzer
    from tests.web.town import built

    for name in ("django", "imports", "inventory", "geo", "axes"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    statuses: Counter[int] = Counter()
    reached: Counter[str] = Counter()
    findings: list[str] = []
    began, named = time.perf_counter(), 0
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with tempfile.TemporaryDirectory() as place:
        uploads = settings.STORAGES["default"] | {"OPTIONS": {"location": Path(place) / "files"}}
        storages = settings.STORAGES | {"staticfiles": plain, "default": uploads}
        world.say(f"{REQUESTS} hostile requests on {connection.vendor}, seed {SEED}")
        for number, first in enumerate(range(0, REQUESTS, _AT_ONCE)):
            with (
                override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"], STORAGES=storages),
                transaction.atomic(),
            ):
                fuzzer = Fuzzer(built(), SEED + number)
                fuzzer.run(min(_AT_ONCE, REQUESTS - first))
                transaction.set_rollback(True)
            statuses += fuzzer.statuses
            reached.update(fuzzer.reached)
            named = sum(len(known.names) for known in fuzzer.known.values())
            findings += fuzzer.findings
    # One of each kind; the first line says what and where.
    kinds = Counter(finding.splitlines()[0].split(": ")[0] for finding in findings)
    for kind, count in kinds.most_common(_TOLD):
        world.say(f"{count} × {next(finding for finding in findings if finding.startswith(kind))}")
    told = ", ".join(f"{status} {count}" for status, count in sorted(statuses.items()))
    world.say(f"  {len(fuzzer.addresses)} addresses, {named} parameters: {told}")
    never = [route for route, count in reached.items() if not count]
    world.say(f"  answered with a page, a file or another address: {len(reached) - len(never)}; never: {never}")
    world.say(f"  {sum(statuses.values())} requests, {len(findings)} findings ({time.perf_counter() - began:.0f} s)")
    if findings:
        sys.exit(1)


if __name__ == "__main__":
    main()
