"""`{% icon "truck" %}`: an outline icon of Tabler's set, in the colour of the text.

A page names the icons, and the browser keeps their drawings: `static/icons.svg`, which `python -m config.icons` writes
anew where icons come or go. One that is not in it (of a register that was just added) is drawn into the page.
"""

from __future__ import annotations

import re
from functools import cache

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

FOLDER = settings.NODE_MODULES / "@tabler/icons/icons/outline"
FILE = settings.BASE_DIR / "static/icons.svg"
_NAME = re.compile(r"[a-z0-9-]+")
_DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
# The square around the icon, of no colour.
_AROUND = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


def exists(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and (FOLDER / f"{name}.svg").is_file()


def drawing(name: str) -> str:
    """Raises ValueError for a name that is not in the set."""
    if not exists(name):
        raise ValueError(f"no icon {name!r} in {FOLDER}; run make setup if the folder is missing")
    drawn = _DRAWING.search((FOLDER / f"{name}.svg").read_text())
    assert drawn is not None
    return "".join(line.strip() for line in drawn[1].splitlines()).replace(_AROUND, "")


@cache
def kept() -> frozenset[str]:
    """The icons of the file."""
    return frozenset(re.findall(r'<symbol id="([^"]+)"', FILE.read_text()))


@register.simple_tag
def icon(name: str) -> SafeString:
    """The icon as SVG, hidden from screen readers: the text beside it, or the control's label, says it all.

    Raises ValueError for a name that is not in the set.
    """
    return _shown(name, static(FILE.name))


@cache
def _shown(name: str, file: str) -> SafeString:
    if name in kept():
        inside, around = f'<use href="{file}#{name}"/>', ""
    else:
        inside, around = drawing(name), ' viewBox="0 0 24 24"'
    return mark_safe(f'<svg class="icon"{around} aria-hidden="true">{inside}</svg>')  # noqa: S308 - a checked name
