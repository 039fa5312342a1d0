"""Every address of the project, read from the URL configuration: nothing is named here, so nothing is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from django.urls import Resolver404, URLPattern, get_resolver, resolve

_PART = re.compile(r"<(?:(\w+):)?(\w+)>")


def raw(value: object) -> bytes:
    """The value as a browser would send it, or as none would: half a surrogate, broken UTF-8."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Address:
    """One pattern of the URL configuration; `parts` are its arguments: (converter, name)."""

    name: str
    route: str
    view: object = field(compare=False)

    @property
    def parts(self) -> list[tuple[str, str]]:
        return [(found[1] or "str", found[2]) for found in _PART.finditer(self.route)]

    def at(self, arguments: Mapping[str, object]) -> str:
        """The address with these arguments, whatever they hold: none is judged by its converter."""
        return "/" + _PART.sub(lambda found: quote(raw(arguments[found[2]]), safe=""), self.route)

    @property
    def is_open(self) -> bool:
        """Whether its view says that it asks for no login."""
        return not getattr(self.view, "login_required", True)


def every() -> list[Address]:
    """All patterns, in the order in which they are tried."""
    return list(_flat(get_resolver().url_patterns, ""))


def _flat(patterns, before: str):
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield Address(pattern.name or route, route, pattern.callback)
        else:
            yield from _flat(pattern.url_patterns, route)


def of(url: str) -> tuple[str, dict[str, str]] | None:
    """(route, arguments) of an address of ours that a page names; None for any other."""
    parts = urlsplit(url)
    if parts.netloc or not parts.path.startswith("/"):
        return None
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    return match.route, {name: str(getattr(value, "slug", value)) for name, value in match.captured_kwargs.items()}
