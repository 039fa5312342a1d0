"""Files that go out: made for the answer (small ones wait in memory, large ones on disk), or kept since an upload."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator
from typing import IO

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from imports.models import KeptSheet
from inventory.trail.keeping import record
from inventory.trail.models import Event

# Below this size the file waits in memory.
_IN_MEMORY = 5_000_000


def made_file(write: Callable[[IO[bytes]], object], name: str) -> FileResponse:
    """What `write` puts into the file it is given, as a download; what it raises leaves nothing behind."""
    target = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the response closes it
    try:
        write(target)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=name)


def streamed_file(pieces: Generator[bytes], name: str, kind: str) -> StreamingHttpResponse:
    """A download that begins before the file is whole; `kind` is its content type.

    Nothing is read before the answer is on its way: what is written about it (the trail, the session) would stand in
    the reading's transaction, as long as the download takes, and be lost with one that is broken off.
    """
    answer = StreamingHttpResponse(pieces, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer


def kept_file(file: FieldFile, name: str) -> FileResponse:
    """A kept file as a download, under the name that its user knows; a 404 that says so where the disk has lost it."""
    try:
        # As bytes: what somebody called her file is no promise of what it is.
        kind = "application/octet-stream"
        return FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=kind)
    except FileNotFoundError as error:
        raise Http404(_("Dosya sunucuda bulunamadı; sistem yöneticisine bildiriniz.")) from error


def keep_trail_of_upload(sheet: KeptSheet, request: HttpRequest) -> None:
    """A file as somebody brought it in shows identity numbers in full: who takes it out again reads them."""
    read = {name for heading in sheet.headings for name in heading["columns"].split("+")}
    if columns := [column for column in sheet.of.personal if column.name in read]:
        record(
            Event.Kind.PERSONAL_OUT,
            request=request,
            user=request.user,
            register=sheet.of.slug,
            text=f"{sheet.name}: {', '.join(column.label for column in columns)}",
            columns=[column.name for column in columns],
        )
