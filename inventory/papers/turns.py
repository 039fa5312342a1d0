"""Who waits for whom on this machine: locks on files of VAR_DIR, which end with the process that holds them."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from inventory.refusals import Refused

_PATIENCE, _PAUSE = 30, 0.1
_OFFICES = 2


@contextmanager
def office() -> Iterator[None]:
    """At most two of LibreOffice at once. Raises Refused for who waits too long."""
    late = _("Şu anda çok PDF hazırlanıyor; Word ya da Excel dosyasını alınız.")
    with _one_of([f"office-{number}" for number in range(_OFFICES)], late):
        yield


@contextmanager
def printing(user_id: int) -> Iterator[None]:
    """One print of a user at once: the second of a double click finds what the first made."""
    with _one_of([f"print-{user_id}"], _("Önceki çıktınız hâlâ hazırlanıyor; bitince yeniden deneyiniz.")):
        yield


@contextmanager
def _one_of(names: list[str], late: str) -> Iterator[None]:
    folder = Path(settings.VAR_DIR) / "turns"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as opened:
        files = [opened.enter_context((folder / name).open("a")) for name in names]
        end = time.monotonic() + _PATIENCE
        while not any(_is_taken(file.fileno()) for file in files):
            if time.monotonic() > end:
                raise Refused(late)
            time.sleep(_PAUSE)
        yield


def _is_taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
