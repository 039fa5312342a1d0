"""The uploaded files as one moment of the database names them, while others are written and thrown away.

A file is on the disk before a row names it, and goes after the row that named it. So what is there before that moment
and what is there after it have together every file that a row names, but for one that came and went in
between. Hard links keep those of before, without copying them.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.translation import gettext as _

from inventory.backups import CannotKeep, Damaged

_LINKS, _LOCK, _MOMENT = ".backup", ".backup.lock", ".moment"


def folder() -> Path:
    """Where the uploads lie."""
    return Path(_disk().location)


def _disk() -> FileSystemStorage:
    assert isinstance(default_storage, FileSystemStorage)
    return default_storage


class Links:
    """The files of before and after the moment, linked within the uploads' own folder."""

    def __init__(self, place: Path):
        self._place = place
        place.mkdir()

    def clear(self) -> None:
        """For another moment."""
        shutil.rmtree(self._place)
        self._place.mkdir()

    def gather(self) -> None:
        """Link what is there and was not linked before."""
        moment = self._place / _MOMENT
        at = moment.stat().st_mtime_ns if moment.exists() else None
        for name in _names(folder()):
            file, link = folder() / name, self._place / name
            # It may be gone meanwhile, and then no row of the moment names it that did not name it before.
            with suppress(FileNotFoundError):
                if link.exists():
                    # Written anew under its name: the moment's row means it only when it was there by then.
                    if at is None or file.stat().st_mtime_ns > at or file.samefile(link):
                        continue
                    link.unlink()
                link.parent.mkdir(parents=True, exist_ok=True)
                _link(file, link)

    def mark(self) -> None:
        """The moment itself, by the clock of the machine on which the files lie."""
        (self._place / _MOMENT).touch()

    def __iter__(self) -> Iterator[tuple[str, Path]]:
        """(name, where it lies now) in the order of the names."""
        return ((name, self._place / name) for name in _names(self._place))


def _link(file: Path, link: Path) -> None:
    try:
        os.link(file, link)
    except FileNotFoundError:
        raise
    except OSError:
        # A file system without hard links.
        shutil.copyfile(file, link)


def _names(place: Path) -> Iterator[str]:
    """Names of the files below a folder, sorted; what begins with a dot is ours and no upload."""
    for root, folders, files in os.walk(place):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                yield str((Path(root) / name).relative_to(place))


@contextmanager
def linked() -> Iterator[Links]:
    """Room for the links of one backup; what a killed one left is thrown away. Raises CannotKeep while another runs."""
    _make(folder())
    with open(folder() / _LOCK, "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotKeep(_("Bu kurulumun başka bir yedeği alınıyor; bitmesini bekleyiniz.")) from error
        place = folder() / _LINKS
        shutil.rmtree(place, ignore_errors=True)
        try:
            yield Links(place)
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _make(place: Path) -> None:
    """The folder and those above it, with the mode of uploads."""
    for each in reversed([place, *place.parents]):
        if not each.exists():
            each.mkdir(mode=_disk().directory_permissions_mode or 0o777, exist_ok=True)


@contextmanager
def new(name: str) -> Iterator[IO[bytes]]:
    """An upload to be written under a name that no other has. Raises OSError."""
    place = Path(default_storage.path(name))
    _make(place.parent)
    mode = _disk().file_permissions_mode or 0o666
    with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as target:
        yield target


@contextmanager
def none_left(names: list[str]) -> Iterator[None]:
    """Where there are no uploads yet: when it fails, those of the names go again, with their folders.

    Raises Damaged for a name that leads out of the folder.
    """
    free, top = not any_there(), folder().parent if not folder().exists() else folder()
    try:
        places = [Path(default_storage.path(name)) for name in names]
    except SuspiciousFileOperation as error:
        raise Damaged(_("Yedekteki dosyalar listesiyle aynı değil: %(names)s.") % {"names": error}) from error
    try:
        yield
    except BaseException:
        for place in places if free else ():
            with suppress(OSError):
                place.unlink(missing_ok=True)
                while place.parent != top:
                    place = place.parent
                    place.rmdir()
        raise


def any_there() -> bool:
    return folder().is_dir() and next(_names(folder()), None) is not None
