"""Pages leave compressed, whatever stands before the application."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class Compressed(GZipMiddleware):
    """Pages and their fragments alone: sheets are compressed already, and a file's length shows that it came whole.

    The length of a compressed answer must not show what stands in it (BREACH): the token of the forms is masked anew
    for each answer, Django adds bytes of a random number, and the session's cookie stays away from what another site
    asks for.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
