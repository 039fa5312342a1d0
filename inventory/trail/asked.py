"""What the query of a list's address asked for, in words: without the list, and without a query for each filter."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from inventory import normal
from inventory.computed.columns import source, the
from inventory.listing.address import shown_value
from inventory.listing.filters import ReferenceFilter, asked, end_of, filter_class
from inventory.registers import Register
from inventory.search import capital
from inventory.server.asked import wholes
from inventory.trail.names import Names

# So many rows of one filter are named, and so many letters of a text.
_NAMED, _LETTERS = 10, 80
# Also with blanks between its digits.
_NUMBER = re.compile(r"(?<!\d)\d(?:[ \u00a0]?\d){10}(?![ \u00a0]?\d)")


def described(register: Register, query: QueryDict, names: Names) -> list[tuple[str, str]]:
    """The filters: (what, value). Of what is asked for wrongly, the text as it was typed."""
    every = filter_class(register).base_filters
    parts = [(_("Tarihteki durum"), short(day))] if (day := query.get("as_of")) else []
    for name in asked(every, query):
        each = every[name]
        label = capital(str(each.label))
        if end := end_of(name, each.field_name):
            label = f"{label} ({end})"
        parts.append((label, _value(register, each, name, query, names)))
    return parts


def _value(register: Register, each, name: str, query: QueryDict, names: Names) -> str:
    texts = query.getlist(name)
    if isinstance(each, ReferenceFilter):
        of, column = source(register, the(register, each.field_name))
        ids = wholes(texts)
        more = f" (+{len(ids) - _NAMED})" if len(ids) > _NAMED else ""
        return ", ".join(names.named(of.column(column.name).target, pk) for pk in ids[:_NAMED]) + more
    field = each.field
    try:
        return short(shown_value(field, field.clean(field.widget.value_from_datadict(query, {}, name))))
    except ValidationError:
        return short(", ".join(texts))


def identifies(text: str) -> bool:
    """Whether it may hold what identifies a person."""
    return bool(_NUMBER.search(text))


def masked(text: str) -> str:
    """Without what identifies a person."""
    return _NUMBER.sub(lambda number: normal.masked(re.sub(r"\D", "", number[0])), text)


def short(text: str) -> str:
    """No longer than a line, and masked: somebody may have searched for a number."""
    text = masked(text)
    return text if len(text) <= _LETTERS else text[: _LETTERS - 1] + "…"
