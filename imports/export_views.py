"""The list that is shown, as a file."""

import logging
import tempfile

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from imports.exporting import ENDINGS, FORMATS, TooLarge, write
from imports.exporting.parts import parts_of
from inventory.listing import Listing
from inventory.registers import Register
from inventory.search import fold
from inventory.views import shown

log = logging.getLogger(__name__)
# Below this size the file waits in memory, above it on disk.
IN_MEMORY = 5_000_000


@require_GET
def as_file(request: HttpRequest, register: Register) -> HttpResponse:
    """The current filter, order and columns as xlsx or csv. A filter that is not understood gives no file."""
    shown(register, request.user)
    listing = Listing(register, request.user, request.GET)
    form = request.GET.get("format", "xlsx")
    back = f"{reverse('register-list', args=[register])}?{listing.query(format=None)}"
    if form not in FORMATS:
        raise Http404
    if listing.errors:
        messages.error(request, _("Dosya hazırlanmadı: süzgeçlerden biri anlaşılamadı."))
        return redirect(back)
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    try:
        rows = write(parts_of(register, request.user, request.GET), target, form)
    except TooLarge as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    log.info("export register=%s rows=%d format=%s user=%s", register.slug, rows, form, request.user.pk)
    target.seek(0)
    name = f"{fold(register.title).replace(' ', '-')}-{timezone.localdate():%Y-%m-%d}.{ENDINGS[form]}"
    return FileResponse(target, as_attachment=True, filename=name)
