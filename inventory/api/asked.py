"""What a request's address asks for: the list's own filters, and how much of it at a time.

Numbers have a point before their decimals, whatever the language; the list's own forms are typed as its reader writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet

from inventory.api.problems import Problem
from inventory.columns import Type
from inventory.computed.columns import find
from inventory.listing.address import Listing
from inventory.listing.filters import filter_class
from inventory.listing.paging import FARTHEST
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.server.asked import whole

#: Beside the filters, with what each does.
PARAMETERS = {
    "limit": _("Bir yanıttaki en çok kayıt: 1–5000, verilmezse 100."),
    "offset": _("Baştan atlanacak kayıt sayısı; en çok 100000, ötesi için cursor."),
    "cursor": _("Bütün listeyi sırayla almak için: boş gönderilirse baştan başlar, sonra yanıttaki next izlenir."),
    "order": _("Sıralanacak sütun; başında - varsa tersten."),
    "columns": _("Virgülle ayrılmış sütunlar; all hepsi. Verilmezse hepsi."),
    "as_of": _("Geçmiş bir günün sonundaki durum: 2025-12-31."),
    "format": _("json (verilmezse), csv ya da ndjson; son ikisi bütün listeyi tek yanıtta verir."),
}
FORMATS = ("json", "csv", "ndjson")
MOST, USUAL = 5_000, 100
_MACHINE = re.compile(r"-?\d+\.\d+", re.ASCII)
# Ten thousand as Turkish has it, or ten with three decimals.
_EITHER = re.compile(r"-?\d{1,3}(?:\.\d{3})+", re.ASCII)


@dataclass(frozen=True)
class Asked:
    listing: Listing
    limit: int
    offset: int
    #: The id behind which the next rows begin; None where the list's own order is asked for.
    cursor: int | None
    form: str


def read(register: Register, user: Asker, given: QueryDict, only: Q | None = None) -> Asked:
    """Raises Problem with what cannot be understood: nothing misspelt is left out of account."""
    errors: dict[str, list[object]] = {}
    params = given.copy()
    own = {name: params.pop(name) for name in PARAMETERS if name in params}
    filters = filter_class(register)
    known = ", ".join([*PARAMETERS, *filters.base_filters])
    for name in params:
        if name not in filters.base_filters:
            errors[name] = [_("Böyle bir parametre yok; olanlar: %(known)s.") % {"known": known}]
    _read_numbers(register, filters, params, errors)
    chosen = ",".join(own.get("columns", ())) or "all"
    names = [*own.get("order", ())[-1:], *([] if chosen == "all" else chosen.split(","))]
    columns = {name: find(register, name.removeprefix("-")) for name in names}
    if wrong := [name for name, column in columns.items() if column is None and name.removeprefix("-") != "id"]:
        errors["columns"] = [_("Böyle bir sütun yok: %(names)s.") % {"names": ", ".join(wrong)}]
    order = (own.get("order") or [""])[-1]
    if (sorting := columns.get(order)) is not None and sorting.is_personal:
        errors["order"] = [_("Bu sütuna göre sıralanamaz.")]
    params["columns"] = chosen
    if order and "columns" not in errors:
        params["sort"] = order
    if day := (own.get("as_of") or [""])[-1]:
        params["as_of"] = day
    limit = _number(own, "limit", USUAL, errors, 1, MOST)
    offset = _number(own, "offset", 0, errors, 0, FARTHEST)
    cursor = _number(own, "cursor", 0, errors, 0, 10**18) if "cursor" in own else None
    if cursor is not None and (order or "offset" in own):
        errors["cursor"] = [_("cursor, order ve offset ile birlikte kullanılmaz.")]
    form = (own.get("format") or ["json"])[-1]
    if form in FORMATS[1:]:
        whole_list = _("%(form)s bütün listeyi verir; bu parametre yalnızca json ile kullanılır.") % {"form": form}
        errors.update({name: [whole_list] for name in ("limit", "offset", "cursor") if name in own})
    if form not in FORMATS:
        errors["format"] = [_("Şunlardan biri olabilir: %(known)s.") % {"known": ", ".join(FORMATS)}]
    listing = Listing(register, user, params, only)
    errors.update({name: list(some) for name, some in listing.errors.items()})
    if errors:
        raise Problem(400, _("Adresteki bazı parametreler anlaşılmadı."), errors)
    return Asked(listing, limit, offset, cursor, form)


def _number(own: dict, name: str, otherwise: int, errors: dict, least: int, most: int) -> int:
    text = (own.get(name) or [""])[-1]
    number = whole(text) if text else otherwise
    if number is None or not least <= number <= most:
        sentence = _("%(least)d ile %(most)d arasında bir tam sayı yazınız.")
        errors[name] = [sentence % {"least": least, "most": most}]
        return otherwise
    return number


def _read_numbers(register: Register, filters: type[FilterSet], params: QueryDict, errors: dict) -> None:
    """Numbers as programs write them become what the filters' fields read."""
    for name in params:
        if name not in filters.base_filters:
            continue
        column = find(register, filters.base_filters[name].field_name)
        if column is None or not column.type.is_number or name.endswith("_blank"):
            continue
        if column.type != Type.DEGREE and any(_EITHER.fullmatch(text) for text in params.getlist(name)):
            errors[name] = [_("Binlik ayracı koymayınız; ondalıkları noktayla yazınız: 10000 ya da 10000.50.")]
        params.setlist(name, [typed(text) for text in params.getlist(name)])


def typed(text: str) -> str:
    """A number as the reader's language has it."""
    is_turkish = not (get_language() or "").startswith("en")
    return text.replace(".", ",") if is_turkish and _MACHINE.fullmatch(text) else text
