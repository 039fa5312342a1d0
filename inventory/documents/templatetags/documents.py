"""A row's documents, on its page."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from inventory import access
from inventory.documents import links
from inventory.documents.filters import kinds_for
from inventory.documents.forms import Limits
from inventory.documents.missing import lacking
from inventory.registers import Register

register = template.Library()

_MOST = 20


@register.filter
def takes_documents(of: Register) -> bool:
    return of in access.followed(links.documents())


@register.inclusion_tag("documents/_card.html", takes_context=True)
def documents_of(context: template.Context, of: Register, row: Any) -> dict[str, Any]:
    """Nothing for a register whose rows have none."""
    if of not in access.followed(links.documents()):
        return {}
    user = context["request"].user
    found = list(links.of_rows(of, [row.pk], user)[: _MOST + 1])
    return {
        "of": of,
        "row": row,
        "documents": found[:_MOST],
        "more": len(found) > _MOST,
        "lacking": lacking(of, row, user),
        "may_add": context["may_change"],
        "kinds": _options(of) if context["may_change"] else "",
        "limits": Limits(settings.DOCUMENT_MAX_FILES),
        "csrf_token": context.get("csrf_token"),
    }


def _options(of: Register) -> SafeString:
    """Of the kinds, joined in Python: a template takes as long for them as for the rest of the card."""
    return format_html_join("", '<option value="{}">{}</option>', ((kind.pk, kind.name) for kind in kinds_for(of)))


@register.inclusion_tag("documents/_belongs.html", takes_context=True)
def rows_of_document(context: template.Context, document: Any) -> dict[str, Any]:
    rows = links.rows_of(document, context["request"].user)
    return {
        "document": document,
        "rows": [(of, row) for of, row in rows],
        "may_change": context["may_change"],
        "csrf_token": context.get("csrf_token"),
    }
