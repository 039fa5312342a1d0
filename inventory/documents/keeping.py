"""The one way a document comes in: its file judged and kept, its row and its links written together."""

from __future__ import annotations

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext as _

from inventory import writes
from inventory.documents import files, links
from inventory.documents.models import Document, DocumentKind, Link
from inventory.documents.types import MEDIA
from inventory.history import Author, dated
from inventory.refusals import Refused


def keep(content: bytes | File, name: str, kind: str, rows: links.Rows, by: Author, **values: object) -> Document:
    """The document of a file, of the kind with that code, which belongs to these rows; `values` are further columns.

    The same file of the same kind is there once for a row: brought again, it is found. Raises Refused or
    ValidationError, and then nothing is there.
    """
    links.refuse_full(rows)
    return _keep(content, name, kind, rows, by, **values)


def _keep(content: bytes | File, name: str, kind: str, rows: links.Rows, by: Author, **values: object) -> Document:
    of_kind = DocumentKind.objects.filter(code=kind).first()
    if of_kind is None:
        raise Refused(_("“%(code)s” kodlu belge türü yok; listeden seçiniz.") % {"code": kind})
    if not rows:
        raise Refused(_("Belgenin ait olduğu kaydı seçiniz."))
    links.permitted(rows, by.user)
    file = ContentFile(content) if isinstance(content, bytes) else content
    stored = files.store(file, name)
    with transaction.atomic():
        if found := _there(stored.pk, of_kind, rows):
            return found
        document = Document(kind=of_kind, stored=stored, size=stored.size, sha256=stored.sha256, **values)
        document.file_name = _name(name, stored.extension)
        document.belongs = tuple(dict.fromkeys((register.slug, row.pk) for register, row in rows))
        writes.check(links.documents(), document, None, by)
        writes.create_many(links.documents(), [document], by, checked=True)
    return document


def replace(old: Document, content: bytes | File, name: str, by: Author, **values: object) -> Document:
    """A new version: it belongs to what the old one belongs to, as far as its writer may change that."""
    rows = [(register, row) for register, row in links.rows_of(old, by.user)]
    as_before = {"title": old.title, "confidential": old.confidential}
    new = _keep(content, name, old.kind.code, rows, by, **(as_before | values))
    if new.pk != old.pk:
        old.replaced_by = new
        writes.save(links.documents(), old, dated(by))
    return new


def _there(stored: int, kind: DocumentKind, rows: links.Rows) -> Document | None:
    """The document that says the same of all these rows already."""
    for document in Document.objects.filter(stored=stored, kind=kind, replaced_by=None).select_related("kind"):
        linked = set(Link.objects.filter(until=None, document=document).values_list("register", "row"))
        if {(register.slug, row.pk) for register, row in rows} <= linked:
            return document
    return None


def _name(name: str, extension: str) -> str:
    """The name that it is given out under: as it was called, with the ending of what it is."""
    plain = "".join(" " if not c.isprintable() or c in '\\/:*?"<>|' else c for c in name).strip()
    stem, dot, ending = plain.rpartition(".")
    known = {*MEDIA, "jpeg", "tif", "heif"}
    stem = stem if dot and ending.lower() in known else plain
    return f"{stem[:180].strip() or _('belge')}.{extension}"
