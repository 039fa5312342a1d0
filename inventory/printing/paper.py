"""What a printed copy says of itself on every sheet of paper, and on how many sheets side by side a table lies."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from inventory.listing.address import Listing
from inventory.organization.models import Asker

#: An A4 sheet lying on its side, in centimetres; the head has room for three lines.
WIDE, HIGH = 29.7, 21.0
SIDE, TOP, BOTTOM, HEAD = 1.0, 2.1, 1.4, 0.7
# Excel's letters of 11 points at this scale are a newspaper's, 6.6 points.
_LEGIBLE = 0.6
# Lines and letters of a head: at 8 points 160 of them fit beside each other, and Excel keeps 255 in all.
_LINES, _LINE, _LETTERS = 2, 150, 200


@dataclass(frozen=True)
class Paper:
    """What it is, under which filters, for whom and when: (what, value) as `Listing.described` says them."""

    title: str
    filters: Sequence[tuple[str, str]] = ()
    user: Asker = None
    moment: dt.datetime = field(default_factory=timezone.localtime)

    @classmethod
    def of(cls, listing: Listing) -> Paper:
        return cls(listing.register.title, filters_of(listing), listing.user)

    @property
    def asked(self) -> list[str]:
        """The filters in the few lines that a head has; what does not fit ends in three dots."""
        text = textwrap.shorten(
            "; ".join(f"{what}: {value}" for what, value in self.filters), _LETTERS, placeholder=" …"
        )
        return textwrap.wrap(text, _LINE)[:_LINES]

    @property
    def made(self) -> str:
        """By whom and when."""
        when = formats.date_format(self.moment, "SHORT_DATETIME_FORMAT")
        return f"{self.by} · {when}"

    @property
    def by(self) -> str:
        return str(self.user) if self.user else _("Sistem")


def filters_of(listing: Listing) -> list[tuple[str, str]]:
    """What narrows the list, or that nothing does."""
    if described := listing.described():
        return described
    everything = _("yok; görebildiğiniz bütün kayıtlar")
    return [(_("Süzgeç"), _("seçilen kayıtlara bağlı olanlar") if listing.only else everything)]


def across(widths: Sequence[float], keys: int) -> int:
    """On how many sheets side by side columns so wide lie: on one as long as its letters stay legible, else on as few
    as can be, each beginning with the key columns."""
    room = (WIDE - 2 * SIDE) / _LEGIBLE
    wide = [in_centimetres(width) for width in widths]
    key = sum(wide[:keys])
    sheets, used = 1, key
    for each in wide[keys:]:
        if used + each > room and used > key:
            sheets, used = sheets + 1, key
        used += each
    return sheets


def in_centimetres(width: float) -> float:
    """Of a column so many digits wide, as Excel counts."""
    return (int(width * 7 + 0.5) + 5) * 2.54 / 96
