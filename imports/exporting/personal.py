"""Identity numbers in a file that goes out: only when asked for, only of rows that one may change, never unrecorded."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from imports.exporting.parts import Part, records_of
from inventory import access
from inventory.columns import Column
from inventory.listing.address import Listing
from inventory.trail.keeping import record
from inventory.trail.models import Event

#: The parameter of an export's query that asks for them.
ASKED = "personal"


def offered(listing: Listing) -> list[Column]:
    """The columns that the user may ask for: those of registers in which she may change some row."""
    exportable = [listing.register, *(child for child, _name in records_of(listing))]
    return [column for each in exportable if access.may_change(each, listing.user) for column in each.personal]


def personal_columns(parts: list[Part]) -> list[Column]:
    return [column for part in parts for column in part.columns if column.is_personal]


def refusal(parts: list[Part]) -> str:
    """Why the parts may not go out as they are; "" when they may."""
    for part in parts:
        if not any(column.is_personal for column in part.columns):
            continue
        own = access.personal_of(part.register, part.listing.user)
        if part.listing.matching.exclude(id__in=own.values("pk")).exists():
            labels = ", ".join(column.label for column in personal_columns([part]))
            message = _(
                "%(columns)s yalnızca değiştirebildiğiniz kayıtlar için verilir, bu listede başkaları da var. Listeyi "
                "daraltınız ya da kutunun işaretini kaldırınız."
            )
            return message % {"columns": labels}
    return ""


def keep_trail(parts: list[Part], request: HttpRequest) -> None:
    """One entry for each part that has them; before the file is made, so that none goes out without."""
    for part in parts:
        if columns := [column.name for column in part.columns if column.is_personal]:
            record(
                Event.Kind.PERSONAL_OUT,
                request=request,
                user=request.user,
                register=part.register.slug,
                text=_("%(count)d kayıt: %(columns)s")
                % {"count": part.totals[0], "columns": ", ".join(c.label for c in personal_columns([part]))},
                columns=columns,
                rows=part.totals[0],
                query=part.listing.params.urlencode()[:2_000],
            )
