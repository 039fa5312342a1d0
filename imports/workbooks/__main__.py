"""The child: a file on stdin, what the first reader that knows its kind makes of it on stdout.

    python -m imports.workbooks '{"readers": ["imports.workbooks.books", …], "function": "read", "name": "liste.xlsx",
                                  "encoding": "", "language": "tr", "limits": {…}}' < FILE

A reader is a module whose function takes (file, name, limits, encoding) and returns None for a file of another kind, or
an iterator of what it hands on: RawSheets, and whatever else is made of Python's own types. Each is pickled, and an
Ending or the sentence of a refusal after the last; a death without one is a crash or a limit that was hit. A full
disk is not the file's fault: the child ends with ENOSPC.
"""

import errno
import json
import os
import pickle
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import IO, Any

from imports.workbooks import said
from imports.workbooks.limits import Limits, UnreadableFile, not_a_spreadsheet
from imports.workbooks.raw import Ending


def _limit(limits: Limits) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.max_seconds, limits.max_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (limits.max_memory, limits.max_memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.max_unpacked, limits.max_unpacked))


def _read(file: IO[bytes], asked: dict[str, Any], limits: Limits) -> Iterator:
    for name in asked["readers"]:
        file.seek(0)
        reader = getattr(import_module(name), asked["function"])
        if (parts := reader(file, asked["name"], limits, asked["encoding"])) is not None:
            return parts
    raise not_a_spreadsheet()


def _is_full_disk(error: BaseException | None) -> bool:
    """Of the error or one that led to it; `inventory.server.faults` would bring half of the application in here."""
    while error and not (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)):
        error = error.__cause__ or error.__context__
    return error is not None


def main(request: str) -> None:
    asked = json.loads(request)
    limits = Limits(**asked["limits"])
    _limit(limits)
    said.keep_silent(asked["language"])
    ending: Ending | str = Ending.DONE
    try:
        for part in _read(sys.stdin.buffer, asked, limits):
            pickle.dump(part, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.flush()
    except BaseException as error:  # a panic in Rust is no Exception
        if _is_full_disk(error):
            # At once: what stdout still holds would not go out either.
            os._exit(errno.ENOSPC)
        match error:
            case UnreadableFile():
                ending = str(error)
            case MemoryError():
                ending = Ending.TOO_BIG
            case _:
                ending = Ending.DAMAGED
    pickle.dump(ending, sys.stdout.buffer)


if __name__ == "__main__":
    main(sys.argv[1])
