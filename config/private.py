"""What the application keeps is read by its own user alone, whatever the umask of the shell that started it.

A folder that is there already keeps what its owner gave to a group; it is only closed to everybody else. VAR_DIR itself
is not touched where it is there, since a machine may have named a folder of many.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

OTHERS = 0o007
FOLDER, FILE = 0o700, 0o600


def folder(place: Path) -> None:
    """Make the folder, open to its owner alone, if it is not there."""
    if not place.exists():
        place.mkdir(mode=FOLDER, parents=True, exist_ok=True)


def close(*places: Path) -> None:
    """Take from everybody but owner and group what stands there; what is another user's, or not there, is left."""
    for place in places:
        with suppress(OSError):
            mode = place.stat().st_mode
            if mode & OTHERS:
                place.chmod(mode & ~OTHERS & 0o7777)


def database(file: Path) -> None:
    """A SQLite file with what lies beside it; new ones beside it are given its mode by SQLite."""
    close(file, *(file.with_name(f"{file.name}-{part}") for part in ("wal", "shm", "journal")))
