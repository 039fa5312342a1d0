"""What a request names, read without trust."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict

# Every number of at most so many digits fits what a database counts in (64 bits).
_DIGITS = 18


def whole(text: object) -> int | None:
    """The whole number that the text is, such as a row's id or a page; None for anything else.

    >>> whole("42"), whole("²"), whole("-1"), whole("9" * 19)
    (42, None, None, None)
    """
    message = str(text)
    return int(message) if message.isascii() and message.isdigit() and len(message) <= _DIGITS else None


def wholes(texts: list[str]) -> list[int]:
    """The whole numbers among the texts."""
    return [number for text in texts if (number := whole(text)) is not None]


def basic_credentials(request: HttpRequest) -> tuple[str, str] | None:
    """Name and password of HTTP Basic; None without them, and for those that no account has."""
    scheme, _blank, coded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _colon, password = b64decode(coded, validate=True).decode().partition(":")
    except ValueError:
        return None
    # No account is called so, and no database would look for it.
    return None if len(name) > 150 or "\0" in name + password else (name, password)


def without_nul(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: nobody types a NUL, and PostgreSQL keeps none, so a request that holds one is broken (400)."""

    def answer(request: HttpRequest) -> HttpResponse:
        given = (request.GET, request.POST if request.method == "POST" else QueryDict())
        texts = (text for query in given for name in query for text in (name, *query.getlist(name)))
        if "\0" in request.path or any("\0" in text for text in texts):
            raise BadRequest("A parameter holds a NUL character.")
        return get_response(request)

    return answer
