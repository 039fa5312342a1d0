"""A row's documents, beside it on its page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from inventory import access
from inventory.documents import links
from inventory.documents.filters import kinds_for
from inventory.documents.forms import Limits
from inventory.documents.missing import lacking
from inventory.hooks import Panel
from inventory.organization.models import Asker
from inventory.registers import Register

_MOST = 20


def panel(register: Register, row: Any, user: Asker) -> Panel | None:
    """None for a register whose rows have none."""
    if register not in access.followed(links.documents()):
        return None
    found = list(links.of_rows(register, [row.pk], user)[: _MOST + 1])
    context = {
        "of": register,
        "row": row,
        "documents": found[:_MOST],
        "more": len(found) > _MOST,
        "lacking": lacking(register, row, user),
        # Asked for where the page's reader may add one.
        "kinds": lambda: _options(register),
        "limits": Limits(settings.DOCUMENT_MAX_FILES),
    }
    return Panel("documents/_card.html", context, is_below=True)


def _options(of: Register) -> SafeString:
    """Of the kinds, joined in Python: a template takes as long for them as for the rest of the card."""
    return format_html_join("", '<option value="{}">{}</option>', ((kind.pk, kind.name) for kind in kinds_for(of)))
