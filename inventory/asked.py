"""What a request names, read without trust."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

# Every number of at most so many digits fits what a database counts in (64 bits).
_DIGITS = 18


def whole(text: object) -> int | None:
    """The whole number that the text is, such as a row's id or a page; None for anything else.

    >>> whole("42"), whole("²"), whole("-1"), whole("9" * 19)
    (42, None, None, None)
    """
    told = str(text)
    return int(told) if told.isascii() and told.isdigit() and len(told) <= _DIGITS else None


def wholes(texts: list[str]) -> list[int]:
    """The whole numbers among the texts."""
    return [number for text in texts if (number := whole(text)) is not None]


def without_nul(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: nobody types a NUL, and PostgreSQL keeps none, so a request that holds one is broken (400)."""

    def answer(request: HttpRequest) -> HttpResponse:
        given = (request.GET, request.POST if request.method == "POST" else {})
        texts = (text for query in given for name in query for text in (name, *query.getlist(name)))
        if "\0" in request.path or any("\0" in text for text in texts):
            raise BadRequest("A parameter holds a NUL character.")
        return get_response(request)

    return answer
