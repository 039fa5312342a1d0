"""One search box over all registers; a single hit is opened at once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from inventory import access, registers, seen
from inventory.search import words

# The first rows of each register; its list shows the rest.
MOST = 10


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Plate, ada/parsel, serial number, name: every word must be in the row's search text."""
    query = request.GET.get("q", "").strip()
    found = []
    if words(query):
        for register in registers.every("asset", "list"):
            if not access.may_see(register, request.user):
                continue
            rows = access.visible_to(register, request.user).select_related(*register.references)
            rows = seen.matching(register, request.user, rows, query)
            hits = list(rows.order_by("pk")[: MOST + 1])
            if hits:
                found.append({"register": register, "rows": hits[:MOST], "more": len(hits) > MOST})
    if len(found) == 1 and len(found[0]["rows"]) == 1:
        return redirect("register-detail", found[0]["register"], found[0]["rows"][0].pk)
    return render(request, "inventory/search.html", {"query": query, "found": found})
