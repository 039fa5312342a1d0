"""A file that is made for the answer: small ones wait in memory, large ones on disk."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import BinaryIO

from django.http import FileResponse

# Below this size the file waits in memory.
_IN_MEMORY = 5_000_000


def made_file(write: Callable[[BinaryIO], object], name: str) -> FileResponse:
    """What `write` puts into the file it is given, as a download; what it raises leaves nothing behind."""
    target = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the response closes it
    try:
        write(target)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=name)
