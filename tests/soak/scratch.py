"""A scratch database for a soak of the web side, and the pages as production serves them."""

from __future__ import annotations

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django


def start() -> None:
    """Empty tables in the database that DATABASE_URL names; it must be a scratch one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    warnings.simplefilter("ignore")
    for name in ("django", "imports", "inventory", "geo", "axes"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


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
        with (
            override_settings(
                RATE_LIMITS={}, SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"], STORAGES=storages
            ),
            transaction.atomic(),
        ):
            yield built()
            transaction.set_rollback(True)
