"""Whether a sheet, and each of its rows, says which record it is about."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from imports.checking.drafts import Draft
from imports.checking.matching import Matching
from imports.reading import Sheet
from inventory.cells import Cell, is_blank

_RUNNING = re.compile(r"\d{1,7}[.)-]?|0[.,]0+")


def why_not(sheet: Sheet, matching: Matching) -> str:
    """Why no row of the sheet can be judged, and what to do; "" where they can."""
    if not len(sheet.rows):
        return _("Başlıktan sonra satır yok; dosyaya kayıt yazınız veya başka bir sayfa seçiniz.")
    if matching.read or matching.errors:
        return ""
    if matching.beside and not matching.key:
        return _(
            "Dosyada konumdan başka bir şey anlaşılmadı, satırların hangi kayıtlar olduğu bilinmiyor. Kaydı gösteren "
            "bir sütun (envanter no, plaka, ada ve parsel gibi) ekleyiniz veya başlıkları sütunlarla eşleştiriniz."
        )
    if not matching.beside:
        return _(
            "Hiçbir başlık tanınmadı. Başlık satırını ve kütüğü denetleyiniz veya başlıkları sütunlarla eşleştiriniz."
        )
    return ""


def is_unfilled(draft: Draft, read: set[int]) -> bool:
    """Whether a form numbered the row beforehand and nobody filled it in: none of the places that are read has
    anything, and the others only running numbers or the 0 of a formula."""
    if draft.says_something or any(not is_blank(draft.cells[place]) for place in read):
        return False
    return all(_is_number(cell) for cell in draft.cells if not is_blank(cell))


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) or (isinstance(cell, str) and bool(_RUNNING.fullmatch(cell.strip())))
