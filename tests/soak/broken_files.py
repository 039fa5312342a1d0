"""Thousands of broken files, through the reader and through the page on which they are uploaded.

    FUZZ_FILES=2000 FUZZ_SEED=0 scripts/soak broken_files

Every file is read, or answered with a sentence; nothing may be raised, no page may fail, and neither the reading
child nor this process may take more memory than it is allowed. Ends with 1 if one did.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from tests.bench import world

FILES = int(os.environ.get("FUZZ_FILES", "2000"))
SEED = int(os.environ.get("FUZZ_SEED", "0"))
# What this process may take: a page's share of a small server.
MOST_OWN = 600_000
# So many crashes are reported in full.
_TOLD = 5
_STATES = {"checked": "read", "refused": "read, with errors in rows", "failed": "answered with a sentence"}

Outcome = Callable[[bytes, str, int], str]


def is_sentence(text: str) -> bool:
    return text.endswith(".") and "Traceback" not in text and len(text) < 1_000


def by_reader(content: bytes, name: str, seed: int) -> str:
    from imports.reading import UnreadableFile, open_book

    try:
        sheet = open_book(content, name).read()
    except UnreadableFile as error:
        return "answered with a sentence" if is_sentence(str(error)) else "crashed"
    return "read" if all(len(cells) == len(sheet.headers) for _row, cells in sheet.rows) else "crashed"


def by_page() -> Outcome:
    """Uploads to one register after the other, looks at the batch's page, and lets the worker do what it must."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client
    from django.urls import reverse

    from imports import tasks
    from imports.models import Batch
    from inventory import registers
    from inventory.organization.models import User

    client = Client()
    client.force_login(User.objects.create(username="soak", is_superuser=True))
    every = registers.every()
    choices = {"mode": "upsert", "blank": "leave", "locale": "", "missing": ""}

    def upload(content: bytes, name: str, seed: int) -> str:
        url = reverse("register-import", args=[every[seed % len(every)]])
        answer = client.post(url, choices | {"file": SimpleUploadedFile(name, content)})
        if answer.status_code == 200:
            return "refused in the form" if "invalid-feedback" in answer.content.decode() else "crashed"
        batch = Batch.objects.latest("pk")
        if batch.state == "uploaded":
            tasks.check_batch.func(batch.pk, "tr")
            batch.refresh_from_db()
        shown = client.get(answer.url).status_code
        result = batch.state != "failed" or is_sentence(batch.message)
        return _STATES[batch.state] if shown == 200 and result else "crashed"

    return upload


def run(outcome: Outcome) -> Counter[str]:
    from tests.imports.broken import broken

    found: Counter[str] = Counter()
    for seed in range(SEED, SEED + FILES):
        content, name = broken(seed)
        try:
            result = outcome(content, name, seed)
        except Exception:
            result = "crashed"
            if found[result] < _TOLD:
                traceback.print_exc()
        if result == "crashed":
            world.say(f"  seed {seed}: {name}, {len(content)} bytes")
        found[result] += 1
    return found


def measured(record: Path):
    """Lets every reading child say its peak memory."""
    started = subprocess.run

    def with_peak(command: list[str], **options):
        return started([sys.executable, "-m", "tests.soak.child", str(record), *command], **options)

    return patch("imports.reading.child.subprocess.run", with_peak)


def main() -> None:
    world.start()
    from django.conf import settings
    from django.db import connection
    from django.test import override_settings

    from imports.reading import Limits

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    limit, failed = Limits.from_settings().max_memory // 1024, False
    with tempfile.TemporaryDirectory() as place, measured(Path(place) / "peaks"):
        uploads = settings.STORAGES["default"] | {"OPTIONS": {"location": Path(place) / "files"}}
        storages = settings.STORAGES | {"staticfiles": plain, "default": uploads}
        with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"], STORAGES=storages):
            world.say(f"{FILES} broken files on {connection.vendor}, seeds {SEED} to {SEED + FILES - 1}")
            for name, outcome in (("reader", by_reader), ("upload page", by_page())):
                began = time.perf_counter()
                found = run(outcome)
                counts = ", ".join(
                    f"{result} {count}" for result, count in sorted(found.items()) if result != "crashed"
                )
                spent = time.perf_counter() - began
                world.say(f"  {name:12} {counts}, crashed={found['crashed']}  ({spent:.0f} s)")
                failed |= bool(found["crashed"])
        peaks = sorted(int(line) for line in (Path(place) / "peaks").read_text().split())
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    world.say(f"  reading child: {len(peaks)} runs, median {peaks[len(peaks) // 2] // 1024} MiB, "
              f"peak {peaks[-1] // 1024} MiB of {limit // 1024} allowed; this process: {own // 1024} MiB")  # fmt: skip
    if failed or peaks[-1] > limit or own > MOST_OWN:
        sys.exit(1)


if __name__ == "__main__":
    main()
