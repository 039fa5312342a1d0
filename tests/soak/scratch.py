"""Scratch databases for a soak of the web side, one for each core, and the pages as production serves them."""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar
from unittest.mock import patch

import django

Part = TypeVar("Part")
Result = TypeVar("Result")

# What the reading child said of a file: it takes longer than a request, and every town has the same files.
_read: dict[tuple[str, bytes], bytes] = {}
_LONGEST = 1_000_000


def shared(work: Callable[[Part], Result], parts: Sequence[Part]) -> tuple[list[Result], str]:
    """The work's result for each part, and what it took, as a text.

    As many processes as cores take one part after the other; each has a copy of the empty database that DATABASE_URL
    names, since a part is one transaction.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from tests import databases

    began, cores = time.perf_counter(), len(os.sched_getaffinity(0))
    spawn = multiprocessing.get_context("spawn")
    urls = spawn.SimpleQueue()
    with tempfile.TemporaryDirectory() as place:
        for number in range(cores):
            name = f"soak_{number}" if databases.POSTGRESQL else f"{place}/{number}.sqlite3"
            urls.put(databases.copy_of_migrated(name))
        with ProcessPoolExecutor(cores, spawn, _start, (urls,)) as processes:
            results = list(processes.map(work, parts))
    own, system, children, system_of_children, _elapsed = os.times()
    spent = own + system + children + system_of_children
    return results, f"{time.perf_counter() - began:.0f} s, {spent:.0f} s of CPU, {cores} processes"


def _start(urls) -> None:
    os.environ["DATABASE_URL"] = urls.get()
    django.setup()
    warnings.simplefilter("ignore")
    logging.disable()


def _run_once(command: list[str], *, stdin, stdout, **options) -> None:
    key = (command[-1], hashlib.sha256(stdin.read()).digest())
    if key in _read:
        stdout.write(_read[key])
        return
    stdin.seek(0)
    subprocess.run(command, stdin=stdin, stdout=stdout, **options)
    if stdout.seek(0, os.SEEK_END) < _LONGEST:
        stdout.seek(0)
        _read[key] = stdout.read()


@contextmanager
def town() -> Iterator:
    """A town that is gone again afterwards, with its files."""
    from django.conf import settings
    from django.db import transaction
    from django.test import override_settings

    from tests.web.town import built

    with tempfile.TemporaryDirectory() as place:
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        uploads = settings.STORAGES["default"] | {"OPTIONS": {"location": Path(place) / "files"}}
        storages = settings.STORAGES | {"staticfiles": plain, "default": uploads}
        cheap = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
        with (
            override_settings(
                RATE_LIMITS={}, SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"], STORAGES=storages,
                PASSWORD_HASHERS=cheap,
            ),
            patch("imports.reading.child.subprocess", SimpleNamespace(**vars(subprocess) | {"run": _run_once})),
            transaction.atomic(),
        ):  # fmt: skip
            yield built()
            transaction.set_rollback(True)
