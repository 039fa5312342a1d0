"""Which rows a document belongs to: written with it and beside it, in the history of both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory import access, history, many, registers
from inventory.documents.models import Document, Link
from inventory.history import CHANGED, CREATED, Author
from inventory.hooks import Write
from inventory.models import Row
from inventory.organization.models import Asker
from inventory.refusals import Refused
from inventory.registers import Register

Rows = Sequence[tuple[Register, Row]]
#: Rows as (slug, id).
Named = tuple[tuple[str, int], ...]


def documents() -> Register:
    return registers.serving(Document)


def of_rows(register: Register, ids: Iterable[int], user: Asker) -> QuerySet[Document]:
    """The documents of these rows that the user may see, the newest first."""
    links = Link.objects.filter(until=None, register=register.slug, row__in=list(ids))
    rows = access.visible_to(documents(), user).filter(pk__in=links.values("document"))
    return rows.select_related("kind", "stored").order_by("-pk")


def rows_of(document: Document, user: Asker) -> list[tuple[Register, Row]]:
    """The rows to which a document belongs, as far as the user may see them; a query for each register."""
    by_slug: dict[str, list[int]] = defaultdict(list)
    for slug, row in Link.objects.filter(until=None, document=document).values_list("register", "row"):
        by_slug[slug].append(row)
    found = []
    for register in access.followed(documents()):
        if ids := by_slug.get(register.slug):
            seen = access.visible_to(register, user).filter(pk__in=ids).select_related(*register.joined)
            found += [(register, row) for row in seen.order_by("pk")]
    return found


def permitted(rows: Rows, user: Asker) -> None:
    """Refuses unless the user may change every row."""
    for register, ids in _by_register(rows).items():
        if register not in access.followed(documents()):
            raise Refused(_("%(register)s kayıtlarına belge eklenmez.") % {"register": register.title})
        if access.editable_by(register, user).filter(pk__in=ids).count() != len(ids):
            raise Refused(_("Bu kayıtların bir kısmını değiştirme yetkiniz yok; onlara belge ekleyemezsiniz."))


def refuse_full(rows: Rows) -> None:
    """Refuses where a row has as many documents as it may; older versions do not count."""
    for register, ids in _by_register(rows).items():
        if max(_counts(register, ids, replaced_by=None).values(), default=0) >= settings.DOCUMENT_MAX_FILES:
            message = _("Bir kayda en çok %(count)d belge eklenir; eskilerini siliniz veya birleştiriniz.")
            raise Refused(message % {"count": settings.DOCUMENT_MAX_FILES})


def hold(rows: Iterable[tuple[str, int]]) -> None:
    """Nobody else adds to these rows, or deletes them, until the caller's transaction ends; in one order for all."""
    ids: dict[str, list[int]] = defaultdict(list)
    for slug, row in rows:
        ids[slug].append(row)
    for slug in sorted(ids):
        many.hold(registers.get(slug).model, ids[slug])


def hold_document(document: Document) -> int | None:
    """The version of a document that nobody else changes now; None of one that is gone. Held before its rows."""
    return many.hold(Document, [document.pk]).get(document.pk)


def held_of(document: Document) -> Named:
    """All rows to which a held document belongs, whoever sees them; held, too."""
    links = Link.objects.filter(until=None, document=document).order_by("pk")
    hold(rows := tuple(links.values_list("register", "row")))
    return rows


def of_all(rows: Named) -> QuerySet[Any]:
    """The ids of the documents that belong to all of these rows."""
    ids: dict[str, list[int]] = defaultdict(list)
    for slug, row in rows:
        ids[slug].append(row)
    named = Q(*(Q(register=slug, row__in=some) for slug, some in ids.items()), _connector=Q.OR)
    links = Link.objects.filter(named, until=None).values("document").annotate(count=Count("pk"))
    return links.filter(count=len(rows)).values("document")


def _by_register(rows: Rows) -> dict[Register, set[int]]:
    ids: dict[Register, set[int]] = defaultdict(set)
    for register, row in rows:
        ids[register].add(row.pk)
    return ids


def enter(write: Write) -> None:
    """Follows new documents: their links, and a line in the history of each row."""
    if write.register.model is not Document or write.kind != CREATED:
        return
    for document in write.objects:
        if isinstance(document, Document) and document.belongs:
            _add(document, document.belongs, write.author)


def _add(document: Document, rows: Iterable[tuple[str, int]], by: Author) -> None:
    by, said = history.dated(by), defaultdict(list)
    at = by.at or timezone.now()
    for slug, row in rows:
        said[slug].append(row)
    Link.objects.bulk_create(
        Link(document=document, register=slug, row=row, since=at) for slug, ids in said.items() for row in ids
    )
    _tell(said, by, _("Gizli belge eklendi") if document.confidential else _("Belge eklendi: %s") % document.kind)


def _tell(rows: dict[str, list[int]], by: Author, what: str) -> None:
    """A line in the history of each row, which stays as it is. Without a title: a line outlives what is confidential
    later."""
    # Not of a batch: an undo takes back what it wrote, and the row was not.
    by = Author(by.user, f"{what}. {by.reason}".removesuffix(". "), at=by.at)
    for slug, ids in rows.items():
        history.record(registers.get(slug).model, ids, CHANGED, by)


@transaction.atomic
def attach(document: Document, rows: Rows, by: Author) -> int:
    """Let the document belong to these rows too; returns to how many it did not yet."""
    hold_document(document)
    changeable(document, by.user)
    hold((register.slug, row.pk) for register, row in rows)
    permitted(rows, by.user)
    refuse_full(rows)
    there = set(Link.objects.filter(until=None, document=document).values_list("register", "row"))
    new = sorted({(register.slug, row.pk) for register, row in rows} - there)
    if new:
        by = history.dated(by)
        _add(document, new, by)
        history.record(Document, [document.pk], CHANGED, Author(by.user, _("Kayda bağlandı"), at=by.at))
    return len(new)


@transaction.atomic
def detach(document: Document, register: Register, row: Row, by: Author) -> None:
    """Let it belong to this row no longer; the last one it keeps."""
    # Two who attach and detach at once wait for each other.
    hold_document(document)
    changeable(document, by.user)
    if not access.editable_by(register, by.user).filter(pk=row.pk).exists():
        raise Refused(_("Bu kaydı değiştirme yetkiniz yok; belgesini ayıramazsınız."))
    links = Link.objects.filter(until=None, document=document)
    if links.count() < 2:
        message = _("Belge yalnızca bu kayda bağlı; ayırmak yerine belgeyi siliniz veya önce başka kayda bağlayınız.")
        raise Refused(message)
    by = history.dated(by)
    if links.filter(register=register.slug, row=row.pk).update(until=by.at):
        said = _("Gizli belge ayrıldı") if document.confidential else _("Belge ayrıldı: %s") % document.kind
        _tell({register.slug: [row.pk]}, by, said)
        history.record(Document, [document.pk], CHANGED, Author(by.user, _("Kayıttan ayrıldı"), at=by.at))


def changeable(document: Document, user: Asker) -> None:
    """Refuses unless the user may change the document."""
    if not access.editable_by(documents(), user).filter(pk=document.pk).exists():
        raise Refused(_("Bu belgeyi değiştirme yetkiniz yok."))


def hanging(register: Register, ids: Sequence[int]) -> dict[int, tuple[str, int]]:
    """Of the rows that have documents: (what hangs on it, how many). They are not deleted."""
    if register not in access.followed(documents()):
        return {}
    return {row: (documents().title, count) for row, count in _counts(register, ids).items()}


def _counts(register: Register, ids: Iterable[int], **of: object) -> dict[int, int]:
    """{id: how many documents the row has}, of those under the condition; none of a row without."""
    links = Link.objects.filter(until=None, register=register.slug, row__in=list(ids))
    there = links.filter(document__in=Document.objects.filter(**of)).order_by()
    return dict(there.values_list("row").annotate(count=Count("pk")))


def forget(write: Write) -> None:
    """Follows rows, or documents, that went with their history."""
    if write.register.model is Document:
        Link.objects.filter(document__in=write.ids).delete()
    else:
        Link.objects.filter(register=write.register.slug, row__in=write.ids).delete()
