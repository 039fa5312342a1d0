"""`{% begin_at "register-import" %}`: on an empty page, the ways to where its first line is made."""

from __future__ import annotations

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from inventory import access, registers
from inventory.templatetags.icons import icon

register = template.Library()
# What is taken in is written, which not everybody may who sees the register.
_WRITING = {"register-import"}


@register.simple_tag(takes_context=True)
def begin_at(context: Context, name: str) -> SafeString:
    """A button for each register of items: its page of that name, for those registers whose page the user may open."""
    user = context["request"].user
    allowed = access.may_change if name in _WRITING else access.may_see
    return format_html_join(
        "\n",
        '<a class="btn" href="{}">{} {}</a>',
        (
            (reverse(name, args=[each]), icon(each.icon), each.title)
            for each in registers.every("asset")
            if allowed(each, user)
        ),
    )
