"""The bytes of documents: kept once, under their hash, outside the web root.

A file is on the disk before a row names it; what no row names, since its writer died or its document was deleted, is
swept a day later. No file is read or written within a transaction.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db.models import ProtectedError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory import hooks
from inventory.documents import scanning, types
from inventory.documents.models import Stored
from inventory.refusals import Refused

FOLDER = "documents"
_KEEP = dt.timedelta(days=1)
_PIECE = 1 << 20


def store(file: File, name: str) -> Stored:
    """Judge the file and keep its bytes; the same bytes are kept once. Raises Refused."""
    size, limit = file.size or 0, settings.DOCUMENT_MAX_BYTES
    if not size:
        raise Refused(_("Dosya boş."))
    if size > limit:
        raise Refused(_("Dosya çok büyük; en çok %(size)s olabilir.") % {"size": filesizeformat(limit)})
    extension = types.extension(file)
    digest = _digest(file)
    # Known bytes as well: they may have come before the scanner did, or before it knew what is in them.
    scanning.refuse_infected(file)
    # Brought again: swept no sooner than a day from now.
    if Stored.objects.filter(sha256=digest).update(brought_at=timezone.now()):
        return _healed(Stored.objects.get(sha256=digest), file, name)
    kept = _written(file, f"{FOLDER}/{digest[:2]}/{digest}")
    picture = _picture(kept, name) if extension in types.PICTURES else ""
    values = {"size": size, "extension": extension, "file": kept, "picture": picture, "brought_at": timezone.now()}
    stored, is_new = Stored.objects.get_or_create(sha256=digest, defaults=values)
    if not is_new:
        # Somebody brought the same at the same moment.
        _remove(kept, picture)
    return stored


def _healed(stored: Stored, file: File, name: str) -> Stored:
    """The same, with its bytes on the disk again where they were lost or cut short."""
    kept, picture = stored.file.name or "", stored.picture.name or ""
    if not default_storage.exists(kept) or default_storage.size(kept) != stored.size:
        _remove(kept)
        stored.file.name = _written(file, kept)
    if picture and not default_storage.exists(picture):
        stored.picture.name = _picture(stored.file.name or "", name)
    if (stored.file.name, stored.picture.name) != (kept, picture):
        stored.save(update_fields=["file", "picture"])
    return stored


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _written(file: File, name: str) -> str:
    file.seek(0)
    return default_storage.save(name, File(file.file if isinstance(file, File) else file))


def _picture(kept: str, name: str) -> str:
    """The name of a picture's small copy; "" for one that the child cannot read."""
    for in_child in hooks.in_child:
        with open(default_storage.path(kept), "rb") as file:
            made = in_child(file, name, "inventory.documents.pictures", "shown")
        if made:
            return default_storage.save(f"{kept}.jpg", ContentFile(made[0]))
    return ""


def _remove(*names: str | None) -> None:
    for name in filter(None, names):
        default_storage.delete(name)


def sweep(now: dt.datetime) -> int:
    """Throw away what no document names since a day; returns how many files went."""
    swept, old = 0, now - _KEEP
    for stored in Stored.objects.filter(documents=None, brought_at__lt=old):
        # One that a document names since, or that was just brought again, stays.
        with suppress(ProtectedError):
            if Stored.objects.filter(pk=stored.pk, brought_at__lt=old).delete()[0]:
                _remove(stored.file.name, stored.picture.name)
                swept += 1
    for name in list(_lying(old)):
        if not Stored.objects.filter(file=name).exists() and not Stored.objects.filter(picture=name).exists():
            _remove(name)
            swept += 1
    return swept


def _lying(before: dt.datetime) -> Iterator[str]:
    """The names of files in our folder that were written before."""
    top = Path(default_storage.path(FOLDER))
    for folder, _folders, names in os.walk(top):
        for name in names:
            place = Path(folder) / name
            if place.stat().st_mtime < before.timestamp():
                yield f"{FOLDER}/{place.relative_to(top)}"
