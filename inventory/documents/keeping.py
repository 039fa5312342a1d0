"""The one way a document comes in: its file judged and kept, its row and its links written together."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext as _

from inventory import writes
from inventory.documents import files, links
from inventory.documents.models import Document, DocumentKind, Stored
from inventory.documents.types import MEDIA
from inventory.history import Author, dated
from inventory.refusals import Conflict, Refused, refusing


def bring(content: bytes | File, name: str, rows: links.Rows, by: Author) -> Stored:
    """The bytes for these rows, judged and kept before any transaction; nobody else's are, even for a day."""
    links.permitted(rows, by.user)
    links.refuse_full(rows)
    return _stored(content, name)


def keep(
    content: bytes | File | Stored, name: str, kind: str, rows: links.Rows, by: Author, **values: object
) -> Document:
    """The document of a file, of the kind with that code, which belongs to these rows; `values` are further columns.

    The same file of the same kind is there once for a row: brought again with nothing else said, it is found. Raises
    Refused or ValidationError, and then nothing is there.
    """
    of_kind = DocumentKind.objects.filter(code=kind).first()
    if of_kind is None:
        raise Refused(_("“%(code)s” kodlu belge türü yok; listeden seçiniz.") % {"code": kind})
    if not rows:
        raise Refused(_("Belgenin ait olduğu kaydı seçiniz."))
    stored = content if isinstance(content, Stored) else bring(content, name, rows, by)
    belongs = tuple(dict.fromkeys((register.slug, row.pk) for register, row in rows))
    with refusing(links.documents()), transaction.atomic():
        links.hold(belongs)
        links.permitted(rows, by.user)
        if found := _there(stored, of_kind, belongs, values):
            return found
        links.refuse_full(rows)
        return _made(stored, name, of_kind, belongs, by, values)


def replace(old: Document, content: bytes | File, name: str, by: Author, **values: object) -> Document:
    """A new version: it belongs to all that the old one belongs to, also to what its writer does not see.

    Raises Conflict where somebody saved the old one meanwhile, and what `keep` raises; then nothing is there.
    """
    links.changeable(old, by.user)
    stored = _stored(content, name)
    with refusing(links.documents()), transaction.atomic():
        if links.hold_document(old) != old.version:
            raise Conflict([old.pk])
        links.changeable(old, by.user)
        if old.replaced_by_id:
            raise Refused(_("Bu belgenin yerine yenisi geldi; yeni sürümü onun sayfasında ekleyiniz."))
        belongs = links.held_of(old)
        new = _there(stored, old.kind, belongs, values)
        if new == old:
            raise _refused_there(old)
        as_before = {"title": old.title, "confidential": old.confidential}
        new = new or _made(stored, name, old.kind, belongs, by, as_before | values)
        old.replaced_by = new
        writes.save(links.documents(), old, dated(by))
    return new


def _stored(content: bytes | File, name: str) -> Stored:
    return files.store(ContentFile(content) if isinstance(content, bytes) else content, name)


def _made(
    stored: Stored, name: str, kind: DocumentKind, belongs: links.Named, by: Author, values: Mapping[str, object]
) -> Document:
    document = Document(kind=kind, stored=stored, size=stored.size, sha256=stored.sha256, **values)
    document.file_name = _name(name, stored.extension)
    document.belongs = belongs
    writes.check(links.documents(), document, None, by)
    writes.create_many(links.documents(), [document], by, checked=True)
    return document


def _there(stored: Stored, kind: DocumentKind, belongs: links.Named, said: Mapping[str, object]) -> Document | None:
    """The document that is of all these rows already. Refuses where something else is said of it now."""
    same = Document.objects.filter(stored=stored, kind=kind, replaced_by=None, pk__in=links.of_all(belongs))
    found = same.select_related("kind").order_by("pk").first()
    if found and any(value and value != getattr(found, name) for name, value in said.items()):
        raise _refused_there(found)
    return found


def _refused_there(document: Document) -> Refused:
    message = _("Bu dosya “%(title)s” adıyla zaten ekli; bilgilerini o belgenin sayfasında değiştiriniz.")
    return Refused(message % {"title": document.title})


def _name(name: str, extension: str) -> str:
    """The name that it is given out under: as it was called, with the ending of what it is."""
    plain = "".join(" " if not c.isprintable() or c in '\\/:*?"<>|' else c for c in name).strip()
    stem, dot, ending = plain.rpartition(".")
    known = {*MEDIA, "jpeg", "tif", "heif"}
    stem = stem if dot and ending.lower() in known else plain
    return f"{stem[:180].strip() or _('belge')}.{extension}"
