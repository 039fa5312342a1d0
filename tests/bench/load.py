"""Fifty people at once: two web processes, a worker, and locust in their place; then every write is looked for.

    LOAD_SECONDS=300 LOAD_PEOPLE=50 scripts/bench load

Clerks browse, search, open and change a few rows that all of them share; one imports 20,000 rows, one orders two long
exports. The goals of the fifth issue: no error, no lost update, p95 of the pages at most a second, and on SQLite no
"database is locked". locust is installed for this alone (requirements-load.txt).
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.bench import world

SECONDS, PEOPLE = int(os.environ.get("LOAD_SECONDS", "300")), int(os.environ.get("LOAD_PEOPLE", "50"))
ROWS, IMPORTED, CONTESTED = 25_000, 20_000, 40
PAGES_P95 = 1_000
# What is waited for in any case: files that are sent and made.
NOT_PAGES = {"upload", "export", "apply", "all"}
BIN = Path(sys.executable).parent


def people() -> list[tuple[str, str]]:
    """(name, session) of as many clerks, each with an account and a grant of her own."""
    from django.test import Client

    from inventory import registers, writes
    from inventory.organization.models import Grant, Person, Unit, User
    from inventory.writes import Author

    unit, found = Unit.objects.filter(kind="directorate").first(), []
    for number in range(PEOPLE):
        holder = Person(staff_no=f"Y{number}", name=f"Yük {number}", unit=unit)
        holder = writes.save(registers.get("people"), holder, Author())
        writes.save(registers.get("grants"), Grant(person=holder, register="equipment", level=2), Author())
        client = Client()
        client.force_login(User.objects.create(username=f"yuk{number}", person=holder))
        found.append((f"yuk{number}", client.cookies["sessionid"].value))
    return found


def plan(place: Path) -> dict:
    """What `load_users` is to do, as JSON in the place."""
    from inventory.assets.equipment.models import Equipment
    from tests.bench.sheets import write_sheet

    world.fill(ROWS)
    write_sheet(place / "yeni.xlsx", world.devices(10**6, IMPORTED))
    rows = Equipment.objects.order_by("pk")
    made = {
        "sessions": people(),
        "rows": list(rows.values_list("pk", flat=True)[:: ROWS // 500]),
        "contested": list(rows.values_list("pk", flat=True)[:CONTESTED]),
        "kinds": list(rows.order_by().values_list("kind", flat=True).distinct()[:8]),
        "sheet": str(place / "yeni.xlsx"),
        "report": str(place / "report.json"),
    }
    (place / "plan.json").write_text(json.dumps(made))
    return made


@contextlib.contextmanager
def service(place: Path, port: int) -> Iterator[None]:
    """Two web processes and a worker, as in production but without TLS; ended by their own pids."""
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "HTTPS": "0",
        "ALLOWED_HOSTS": "127.0.0.1",
        "STATIC_ROOT": str(place / "static"),
        "LOGIN_FAILURE_LIMIT": "1000",
    }
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], check=True, env=env)
    # As long as a proxy keeps a connection: a server that lets go first resets what is being sent.
    web = [BIN / "gunicorn", "config.wsgi", "--workers", "2", "--threads", "4", "--keep-alive", "75"]
    web += ["--bind", f"127.0.0.1:{port}"]
    worker = [sys.executable, "manage.py", "db_worker", "--no-reload"]
    with (place / "service.log").open("w") as log:
        started = [subprocess.Popen(each, env=env, stdout=log, stderr=log) for each in (web, worker)]
        try:
            wait_for(port)
            yield
        finally:
            for process in started:
                process.send_signal(signal.SIGTERM)
            for process in started:
                process.wait(60)


def wait_for(port: int) -> None:
    for _ in range(150):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/account/login/", timeout=5).read()
            return
        time.sleep(0.2)
    raise SystemExit("The web processes did not start.")


def run_people(place: Path, port: int) -> dict:
    locust = [place / "locust/bin/locust", "-f", "tests/bench/load_users.py", "--headless", "--only-summary"]
    subprocess.run([sys.executable, "-m", "venv", place / "locust"], check=True)
    pip = [place / "locust/bin/pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([*pip, "-r", "requirements-load.txt"], check=True)
    asked = ["-u", str(PEOPLE), "-r", "5", "-t", f"{SECONDS}s", "--host", f"http://127.0.0.1:{port}"]
    # What is under way at the end is answered: else a write would be there that nobody was answered.
    asked += ["--stop-timeout", "30"]
    env = os.environ | {"LOAD": str(place / "plan.json"), "PYTHONPATH": "."}
    with (place / "locust.log").open("w") as log:
        subprocess.run([*locust, *asked], env=env, stdout=log, stderr=log, check=False)
    if not (place / "report.json").exists():
        raise SystemExit((place / "locust.log").read_text())
    return json.loads((place / "report.json").read_text())


def lost(written: list[tuple[int, str, str]]) -> list[str]:
    """What the server said it saved and the register does not show: an entry for each write, in one order."""
    from inventory import registers
    from inventory.assets.equipment.models import Equipment

    entries = Equipment.history.filter(room__startswith="R-").order_by("history_id")
    kept = Counter((e.id, e.room, e.history_user.username) for e in entries.select_related("history_user"))
    found = [
        f"{row}: {value} by {who} is not in the history" for row, value, who in written if kept[row, value, who] != 1
    ]
    found += [f"{each}: in the history, but nobody was told" for each in kept.keys() - set(map(tuple, written))]
    last = dict(entries.values_list("id", "room"))
    for row in Equipment.objects.filter(pk__in=list(last)):
        if row.room != last[row.pk]:
            found.append(f"{row}: shows {row.room}, its last entry says {last[row.pk]}")
        changes = registers.get("equipment").model.history.filter(id=row.pk, history_type="~").count()
        if row.version != 1 + changes:
            found.append(f"{row}: version {row.version} after {changes} changes")
    return found


def judge(made: dict, log: str) -> list[str]:
    """What went wrong, in sentences."""
    from imports.exporting.models import Export
    from inventory.assets.equipment.models import Equipment

    wrong = [*made["failures"], *lost(made["written"])]
    if (there := Equipment.objects.count()) != ROWS + IMPORTED:
        wrong.append(f"{there} rows instead of {ROWS + IMPORTED}; the import: {made['outcome']['imported']}")
    states = list(Export.objects.values_list("state", flat=True))
    if states != [Export.State.DONE] * 2:
        wrong.append(f"exports: {states}")
    for word in ("database is locked", "Traceback"):
        if word in log:
            wrong.append(f"the log says {word!r} {log.count(word)} times")
    slow = [n for n, f in made["figures"].items() if n not in NOT_PAGES and f["p95"] > PAGES_P95]
    return wrong + [f"{name}: p95 {made['figures'][name]['p95']:.0f} ms" for name in slow]


def main() -> None:
    world.start()
    from django.db import connection

    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        place = Path(folder)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        plan(place)
        with service(place, port):
            made = run_people(place, port)
        world.say(f"{PEOPLE} people for {SECONDS} s on {connection.vendor}: milliseconds")
        for name, f in made["figures"].items():
            p = "  ".join(f"p{n} {f[f'p{n}']:6.0f}" for n in (50, 95, 99))
            world.say(f"  {name:24} {f['requests']:6} requests {f['failures']:3} failed  {p}")
        outcome = made["outcome"]
        world.say(
            f"  {len(made['written'])} changes saved, {outcome['conflicts']} conflicts shown, "
            f"import {outcome['imported']}"
        )
        wrong = judge(made, (place / "service.log").read_text())
    world.say("\n".join(f"  ! {each}" for each in wrong[:40]) or "  Every write was found; nothing failed.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
