"""Files that people bring are read by a child process with limited memory and time (`imports.workbooks`)."""

import errno
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from django.utils.translation import get_language

from imports.workbooks.limits import Limits, UnreadableFile, damaged, too_big
from imports.workbooks.raw import Ending, unpacked

_PROJECT = Path(__file__).resolve().parents[2]
# Seconds of the clock beside those of work: on a busy machine a child waits for its turn.
_PATIENCE = 60
# Of what a child may have in memory, so much may come out of it, packed.
_PACKED = 0.3


def in_child(
    file: IO[bytes], name: str, readers: Sequence[str], limits: Limits, function: str = "read", encoding: str = ""
) -> list[Any]:
    """What the function of the first of these modules that knows the file's kind makes of it. Raises UnreadableFile;
    its subclass TookTooMuch when the child came to its limits; OSError where the disk is full."""
    file.seek(0)
    what = {"readers": readers, "function": function, "name": name, "encoding": encoding}
    asked = what | {"language": get_language() or "tr", "limits": asdict(limits)}
    # What a child leaves lying when it is ended goes with the folder.
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(  # noqa: S603 - our own module, our own words
                [sys.executable, "-m", "imports.workbooks", json.dumps(asked)],
                cwd=_PROJECT,
                env=_surroundings(folder),
                stdin=file,
                stdout=output,
                stderr=subprocess.DEVNULL,
                timeout=limits.max_seconds + _PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise too_big() from None
        if done.returncode == errno.ENOSPC:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if output.seek(0, 2) > _PACKED * limits.max_memory:
            raise too_big()
        output.seek(0)
        return _received(output)


def tried(file: IO[bytes], name: str, reader: str, function: str) -> list[Any]:
    """The same while somebody waits; nothing, where the child cannot."""
    try:
        return in_child(file, name, [reader], Limits.from_settings().at_once(), function)
    except UnreadableFile:
        return []


def _surroundings(folder: str) -> dict[str, str]:
    """No secret of ours; one thread, since each of a library's own takes room of the memory's limit."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT", "PYTHONPATH") if name in os.environ}
    return kept | {"TMPDIR": folder, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def _received(output: IO[bytes]) -> list[Any]:
    parts = []
    try:
        while not isinstance(received := unpacked(output), Ending | str):
            parts.append(received)
    except Exception:  # the child died at a limit, or what it read made it write what it likes
        received = Ending.TOO_BIG
    if received is Ending.DONE:
        return parts
    raise UnreadableFile(received) if isinstance(received, str) else _ENDINGS[received]()


_ENDINGS = {Ending.DAMAGED: damaged, Ending.TOO_BIG: too_big}
