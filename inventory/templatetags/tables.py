"""Rows of lists, joined in Python: the template language takes ten times as long for some five hundred cells."""

from __future__ import annotations

import datetime as dt
from html import escape

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from inventory.pages.tables import Cell, Page
from inventory.registers import Register

register = template.Library()

# A text shorter than this stays on one line.
_SHORT = 12


@register.simple_tag
def table_rows(page: Page, of: Register, query: str, may_change: bool, as_of: dt.date | None) -> SafeString:
    """The lines of a list. The first cell leads to the row's page, which knows nothing of a past day."""
    before, after = reverse("register-detail", args=[of, 0]).rsplit("0", 1)
    after = escape(f"{after}?{query}&at=list" if query else f"{after}?at=list")
    select = _("%(title)s kaydını seç")
    made = []
    for line in page.lines:
        made.append("<tr>")
        if may_change:
            made.append(
                '<td><input class="form-check-input" type="checkbox" '
                f'name="selected" value="{line.id}" aria-label="{escape(select % {"title": line.title})}"></td>'
            )
        for number, each in enumerate(line.cells):
            shown = _drawn(each, each.spared)
            if number == 0 and not as_of:
                shown = f'<a href="{before}{line.id}{after}">{escape(each.text or line.title)}</a>'
            made.append(_laid(each, shown))
        made.append("</tr>\n")
    return mark_safe("".join(made))  # noqa: S308 - every text in it is escaped


@register.simple_tag
def cell(cell: Cell) -> SafeString:
    """What stands in a cell: a state of validity as a badge, beside the value whose state it is."""
    return mark_safe(_drawn(cell))  # noqa: S308 - every text in it is escaped


def _drawn(cell: Cell, spared: str = "") -> str:
    if spared:
        before, _spared, after = cell.text.partition(spared)
        return f"{escape(before)}<i>{escape(spared)}</i>{escape(after)}"
    if cell.state and not cell.said:
        return _badge(cell.state, cell.text)
    if cell.said and cell.state != "valid":
        return f'<span class="text-nowrap">{escape(cell.text)}</span> {_badge(cell.state, cell.said)}'
    return escape(cell.text)


def _badge(state: str, text: str) -> str:
    return f'<span class="badge due-{state} text-nowrap">{escape(text)}</span>'


def _laid(cell: Cell, shown: str) -> str:
    """A paragraph is cut after its second line and shown without what it spares (app.css), but whole where it is
    pointed at (lists.js) or printed (print.css)."""
    if cell.column.type.is_number:
        return f'<td class="text-end number">{shown}</td>'
    return f"<td>{shown}</td>" if len(cell.text) < _SHORT else f"<td><p>{shown}</p></td>"
