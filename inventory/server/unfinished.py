"""Files that are made hidden beside their place and put there when they are whole; what is not whole goes again."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

# The folder is the operator's: only files whose whole name fits our pattern are deleted.
_OURS = ".varlik-kutugu-"
_FOLDER = "folder-"
# A file is there for a moment before its maker holds it.
_NEW = 60


@contextmanager
def file(folder: Path, what: str) -> Iterator[IO[bytes]]:
    """A new file in the folder, for its owner alone; thrown away at the end unless it was renamed. Raises OSError.

    `what`: "backup" makes `.varlik-kutugu-backup-ab12cd_3`. What killed processes left so named is thrown away first.
    """
    prefix = f"{_OURS}{what}-"
    _sweep(folder, prefix, stat.S_ISREG, os.unlink)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=prefix, delete=False) as target:
        try:
            with _held(target.name):
                yield target
        finally:
            with suppress(FileNotFoundError):
                os.unlink(target.name)


@contextmanager
def inner_folder(folder: Path, what: str) -> Iterator[Path]:
    """As `file`, a folder: `.varlik-kutugu-folder-backup-ab12cd_3`."""
    prefix = f"{_OURS}{_FOLDER}{what}-"
    _sweep(folder, prefix, stat.S_ISDIR, shutil.rmtree)
    with tempfile.TemporaryDirectory(dir=folder, prefix=prefix) as made, _held(made):
        yield Path(made)


def let_others_read(made: str) -> None:
    """A finished file, which its maker alone could read; where the medium keeps no modes, its mount says who may."""
    with suppress(PermissionError):
        os.chmod(made, 0o644)


def place_new(made: str, place: Path) -> None:
    """Rename the finished file to the place; raises FileExistsError where something is there, which then stays.

    The name is claimed by an empty file, since FAT and some shares have no hard links, and a renaming alone replaces.
    """
    os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        os.replace(made, place)
    except BaseException:
        os.unlink(place)
        raise


@contextmanager
def _held(place: str | Path) -> Iterator[bool]:
    """Whether nobody else holds it. Where the file system has no locks nobody does, and nothing is swept."""
    opened = os.open(place, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        except OSError:
            free = False
        yield free
    finally:
        os.close(opened)


def _sweep(folder: Path, prefix: str, is_kind: Callable[[int], bool], remove: Callable[[Path], None]) -> None:
    # The end is what tempfile makes up.
    made = re.compile(re.escape(prefix) + "[a-z0-9_]{8}")
    # The folder may be closed or not there, which its user reads when she writes; a file another's, or just gone.
    with suppress(OSError):
        for left in filter(lambda each: made.fullmatch(each.name), folder.iterdir()):
            with suppress(OSError):
                _remove_left(left, is_kind, remove)


def _remove_left(left: Path, is_kind: Callable[[int], bool], remove: Callable[[Path], None]) -> None:
    at = left.lstat()
    if is_kind(at.st_mode) and at.st_mtime < time.time() - _NEW:
        with _held(left) as free:
            if free:
                remove(left)
