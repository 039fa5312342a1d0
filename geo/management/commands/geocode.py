"""Place the locations without position by their addresses, offline; without --apply it only lists what it would do."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _

from geo.place_views import located, write
from inventory import registers
from inventory.history import Author
from inventory.listing.address import Listing
from inventory.management.command import RegisterCommand


class Command(RegisterCommand):
    help = _("Konumu olmayan yerleri adreslerinden yerleştirir (bir seferde en çok 500).")

    def add_arguments(self, parser):
        parser.add_argument("--apply", action="store_true", help=_("bulunanları yazar"))
        parser.add_argument("--reason", default="", help=_("her yerin geçmişinde saklanır"))

    def handle(self, *, apply, reason, **options):
        placed, lost, rest = located(Listing(registers.get("locations"), None, QueryDict()))
        for row, place in placed:
            off = "?" if place.precision_m is None else place.precision_m
            self.stdout.write(f"  {row}: {place.how} (± {off} m)")
        for row, why in lost:
            self.stdout.write(f"  {row}: {why}")
        if apply:
            write(placed, Author(reason=reason))
        counts = {"found": len(placed), "lost": len(lost), "rest": rest}
        self.stdout.write(_("Bulunan: %(found)d, bulunamayan: %(lost)d, sırada: %(rest)d.") % counts)
