"""Headers that Django does not send by itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse

# Nothing here asks a browser for any of these but _ALLOWED; a script that got in shall not either.
PERMISSIONS = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
    "gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get",
    "screen-wake-lock", "usb", "xr-spatial-tracking",
)  # fmt: skip
_ALLOWED = ("fullscreen",)
_ENCODED_NAME = re.compile(r"; filename\*=utf-8''([^;]+)")
POLICY = ", ".join(f"{name}=({'self' if name in _ALLOWED else ''})" for name in PERMISSIONS)


def guarded(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: no camera, place or payment is asked for, no other site takes our answers, and no page stays in the
    cache of a computer that the next person uses, unless its view says how it is kept. A file has a name for every
    program."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-store")
        if disposition := response.headers.get("Content-Disposition"):
            response.headers["Content-Disposition"] = _ENCODED_NAME.sub(_with_plain_name, disposition)
        return response

    return answer


def _with_plain_name(encoded: re.Match) -> str:
    """Django gives a name with Turkish letters in one form alone; curl and old programs know only the other, which
    comes first (RFC 6266, appendix D)."""
    letters = unicodedata.normalize("NFKD", unquote(encoded[1]).replace("ı", "i"))
    plain = "".join(c for c in letters if not unicodedata.combining(c)).encode("ascii", "replace").decode()
    plain = re.sub(r"[^\w .()-]", "_", plain, flags=re.ASCII)
    return f'; filename="{plain}"{encoded[0]}'
