"""Files that go out: made for the answer (small ones wait in memory, large ones on disk), or kept since an upload."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import BinaryIO

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

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


def kept_file(file: FieldFile, name: str) -> FileResponse:
    """A kept file as a download, under the name that its user knows; a 404 that says so where the disk has lost it."""
    try:
        # As bytes: what somebody called her file is no promise of what it is.
        kind = "application/octet-stream"
        return FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=kind)
    except FileNotFoundError as error:
        raise Http404(_("Dosya sunucuda bulunamadı; sistem yöneticisine bildiriniz.")) from error
