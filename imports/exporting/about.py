"""What a file says of itself, so that a printed or forwarded copy speaks for itself."""

from __future__ import annotations

import datetime as dt
import re

from django.utils import timezone
from django.utils.translation import gettext as _

from imports.exporting.parts import Part
from imports.exporting.personal import personal_columns
from imports.reading.book import AS_OF_FORM
from inventory.history import end_of_day
from inventory.models import DemoMark
from inventory.printing.paper import filters_of

# Characters that XML cannot hold at all.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def about_title() -> str:
    return _("Dosya bilgisi")


def about(parts: list[Part], counts: list[int], cleaned: int) -> list[tuple[str, str]]:
    """(what, value) lines: the register, its filters, order and columns, by whom and when.

    `counts` are the rows of each part as written, `cleaned` the cells in which something could not be written.
    """
    listing, now = parts[0].listing, timezone.localtime()
    lines = [
        (_("Kütük"), listing.register.title),
        (_("Kayıt sayısı"), str(counts[0])),
        *filters_of(listing),
        (_("Sıralama"), listing.sorted_by()),
        (_("Sütunlar"), ", ".join(column.label for column in parts[0].columns)),
        *((part.register.title, str(count)) for part, count in list(zip(parts, counts, strict=True))[1:]),
        (_("Hazırlayan"), str(listing.user) if listing.user else _("Sistem")),
        (_("Hazırlandığı an"), f"{now:%d.%m.%Y %H:%M}"),
        (as_of_label(), as_text(as_of(parts[0]))),
    ]
    if personal := personal_columns(parts):
        message = _("%(columns)s tam olarak yer alır; kimin aldığı denetim izine yazıldı. Yetkisizlere vermeyiniz.")
        lines.append((_("Kişisel veri"), message % {"columns": ", ".join(column.label for column in personal)}))
    if cleaned:
        message = _("%(count)d hücredeki yazdırılamayan karakterler çıkarıldı") % {"count": cleaned}
        lines.append((_("Uyarı"), message))
    if DemoMark.objects.exists():
        lines.append((_("Uyarı"), _("Kayıtların bir bölümü uydurma tanıtım verisidir")))
    return [(what, UNWRITABLE.sub("", value)) for what, value in lines]


def as_of(part: Part) -> dt.datetime:
    """The moment whose values the part has: the end of its past day, else when its reading began."""
    if part.listing.as_of:
        return end_of_day(part.listing.as_of)
    return part.read_from or timezone.now()


def as_of_label() -> str:
    return _("Bilgilerin anı")


def as_text(moment: dt.datetime) -> str:
    """As `imports.reading` understands it, to the microsecond."""
    return timezone.localtime(moment).strftime(AS_OF_FORM)


def sheet_names(parts: list[Part]) -> list[str]:
    """The titles as a sheet may be named: at most 31 characters, none of []:*?/\\ in them."""
    return [re.sub(r"[\[\]:*?/\\]", " ", part.register.title)[:31].strip() for part in parts]
