"""`{% icon "truck" %}`: an outline icon of Tabler's set, drawn into the page so that it takes the text's colour."""

from __future__ import annotations

import re
from functools import cache

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

FOLDER = settings.NODE_MODULES / "@tabler/icons/icons/outline"
_NAME = re.compile(r"[a-z0-9-]+")
_DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def exists(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and (FOLDER / f"{name}.svg").is_file()


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """The icon as SVG, hidden from screen readers: the text beside it, or the control's label, says it all.

    Raises ValueError for a name that is not in the set.
    """
    if not exists(name):
        raise ValueError(f"no icon {name!r} in {FOLDER}; run make setup if the folder is missing")
    drawing = _DRAWING.search((FOLDER / f"{name}.svg").read_text()).group(1)
    lines = "".join(line.strip() for line in drawing.splitlines())
    return mark_safe(  # noqa: S308 - the file of a set that we install, found by a checked name
        '<svg class="icon" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f"{lines}</svg>"
    )
