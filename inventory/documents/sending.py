"""A document's file as an answer: only ever as the kind that its bytes are, and never as a page of ours."""

from __future__ import annotations

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase

from inventory.documents.models import Document
from inventory.documents.types import MEDIA


def whole(document: Document) -> HttpResponseBase:
    """The bytes as they were brought, to be saved."""
    return sent(document, document.stored.file.name if document.stored else "", MEDIA.get(document.extension, ""))


def sent(document: Document, name: str | None, media: str, *, is_shown: bool = False) -> HttpResponseBase:
    """One of the document's files."""
    if document.stored is None or not name:
        raise Http404
    storage = document.stored.file.storage
    try:
        file = storage.open(name, "rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, as_attachment=not is_shown, filename=document.file_name, content_type=media)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
