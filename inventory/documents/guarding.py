"""What a document may not become, by whatever way it is written: `Register.guard` of documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from inventory.documents.models import Document, DocumentKind, Link
from inventory.organization.models import Asker


def of_documents(
    pairs: Sequence[tuple[Document | None, Document | None]], user: Asker
) -> Iterator[tuple[int, str, str]]:
    """One that belongs to nothing is not made; its kind is one of a register to whose rows it belongs, or of all."""
    chosen = []
    for place, (before, after) in enumerate(pairs):
        if after and before is None and not after.belongs:
            if user is not None:
                yield place, "kind", _("Belgeyi ait olduğu kaydın sayfasından ekleyiniz.")
        elif after and after.kind_id and (before is None or before.kind_id != after.kind_id):
            chosen.append((place, after))
    slugs = _registers_of([document for _place, document in chosen if document.pk])
    for place, document in chosen:
        belongs = {slug for slug, _row in document.belongs} or slugs[document.pk]
        if belongs and document.kind.register and document.kind.register not in belongs:
            kinds = DocumentKind.objects.filter(Q(register="") | Q(register__in=belongs)).order_by("name", "pk")
            message = _("“%(kind)s” bu kaydın belge türlerinden değil; şunlardan birini seçiniz: %(kinds)s.")
            yield place, "kind", message % {"kind": document.kind, "kinds": ", ".join(map(str, kinds))}


def _registers_of(documents: Sequence[Document]) -> dict[int, set[str]]:
    """The registers to whose rows each of the documents belongs."""
    found: dict[int, set[str]] = defaultdict(set)
    if documents:
        links = Link.objects.filter(until=None, document__in=[each.pk for each in documents])
        for pk, slug in links.values_list("document", "register").distinct():
            found[pk].add(slug)
    return found
