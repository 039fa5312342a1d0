"""The headers that every answer must carry."""

from __future__ import annotations

from django.http import HttpResponse

_EXACT = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def lacking(answer: HttpResponse) -> list[str]:
    """The names of the headers that are not there, or do not say what they must."""
    found = [name for name, value in _EXACT.items() if answer.headers.get(name) != value]
    policy = answer.headers.get("Content-Security-Policy", "")
    if "default-src 'self'" not in policy or "frame-ancestors 'none'" not in policy or "unsafe" in policy:
        found.append("Content-Security-Policy")
    permissions = answer.headers.get("Permissions-Policy", "")
    if not {"camera=()", "microphone=()", "geolocation=()"} <= set(permissions.split(", ")):
        found.append("Permissions-Policy")
    kept = answer.headers.get("Cache-Control", "")
    # What a view lets a browser keep, it lets no proxy keep.
    if "no-store" not in kept and "private" not in kept:
        found.append("Cache-Control")
    if answer.status_code == 200 and "Content-Type" not in answer.headers:
        found.append("Content-Type")
    return found
