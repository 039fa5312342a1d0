"""What a row holds, joined in Python, as the rows of lists are (`tables`): a page may show some fifty facts."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django import template
from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from inventory.pages.facts import Fact

register = template.Library()


@register.simple_tag(takes_context=True)
def fact_list(context: Context, facts: Iterable[Fact]) -> SafeString:
    made = []
    for fact in facts:
        number = ' class="number"' if fact.column.type.is_number else ""
        made.append(
            f'<div class="fact"><dt>{escape(fact.column.label)}</dt>\n<dd{number}>{_drawn(context, fact)}</dd></div>\n'
        )
    return mark_safe(f'<dl class="facts">{"".join(made)}</dl>')  # noqa: S308 - every text in it is escaped


def _drawn(context: Context, fact: Fact) -> str:
    text = escape(fact.text)
    if fact.url:
        return f'<a href="{escape(fact.url)}">{text}</a>'
    if not text:
        return '<span class="text-secondary">—</span>'
    if fact.column.is_personal and context.get("may_change"):
        values = {name: context[name] for name in ("register", "row")} | {"column": fact.column, "text": fact.text}
        return get_template("personal/_masked.html").render(values, context.get("request"))
    return "<br>".join(text.splitlines())
