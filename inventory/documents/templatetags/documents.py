"""What templates ask of documents."""

from __future__ import annotations

from typing import Any

from django import template

from inventory import access
from inventory.documents import links
from inventory.registers import Register

register = template.Library()


@register.filter
def takes_documents(of: Register) -> bool:
    return of in access.followed(links.documents())


@register.inclusion_tag("documents/_belongs.html", takes_context=True)
def rows_of_document(context: template.Context, document: Any) -> dict[str, Any]:
    rows = links.rows_of(document, context["request"].user)
    return {
        "document": document,
        "rows": [(of, row) for of, row in rows],
        "may_change": context["may_change"],
        "csrf_token": context.get("csrf_token"),
    }
