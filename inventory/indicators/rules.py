"""How an indicator is computed: lists of the register, named as their addresses, for a period.

`vehicles?kind=Tramvay&acquired_on_from={ilk}` is the list of vehicles with these filters; a reference or a choice is
named as a person writes it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory import access, naming, registers
from inventory.columns import Type
from inventory.computed.columns import find, source
from inventory.indicators.measures import Measure
from inventory.listing.address import SHOWN_BY, Listing
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.server.asked import whole

if TYPE_CHECKING:
    from inventory.indicators.models import Indicator

FIRST, LAST = "{ilk}", "{son}"


class Unreadable(ValueError):
    """The rule names no list, or no rows of one; str() is a sentence for whoever wrote it."""


@dataclass(frozen=True)
class Period:
    first: dt.date
    last: dt.date
    #: The day whose end is looked at; None is now.
    as_of: dt.date | None = None


def register_of(text: str) -> Register:
    """The register that the address names, whether it is typed or copied whole from a browser."""
    slug = re.sub(r"^https?://[^/]*", "", text.strip()).partition("?")[0].strip("/ ")
    try:
        return registers.get(slug)
    except KeyError:
        raise Unreadable(_("“%(slug)s” adında bir liste yok; adresindeki adını yazınız.") % {"slug": slug}) from None


def listing(text: str, user: Asker, period: Period) -> Listing:
    """The list that a rule names; raises Unreadable."""
    register = register_of(text)
    for mark, day in ((FIRST, period.first), (LAST, period.last)):
        text = text.replace(mark, f"{day:%d.%m.%Y}")
    texts: dict[str, list[str]] = {}
    for name, value in parse_qsl(text.strip().partition("?")[2], keep_blank_values=True):
        if name not in SHOWN_BY:
            texts.setdefault(name, []).append(value)
    query = QueryDict(mutable=True)
    for name, values in texts.items():
        query.setlist(name, [_meant(register, name, value, user) for value in values])
    if period.as_of:
        query["as_of"] = f"{period.as_of:%d.%m.%Y}"
    found = Listing(register, user, query)
    if unknown := set(texts) - set(found.filters.filters):
        raise Unreadable(_("“%(list)s” listesinin “%(name)s” süzgeci yok.") % {
            "list": register.title, "name": sorted(unknown)[0]
        })  # fmt: skip
    if found.errors:
        what, why = found.faults()[0]
        raise Unreadable(f"{what}: {' '.join(why)}")
    return found


def _meant(register: Register, name: str, value: str, user: Asker) -> str:
    try:
        return naming.query_from_texts(register, {name: value}, user)[name]
    except ValueError as error:
        raise Unreadable(_by_name(register, name, value, user) or str(error)) from error


def _by_name(register: Register, name: str, value: str, user: Asker) -> str:
    """What to write in place of the number that a browser's address has; "" where it is none of a row."""
    column, pk = find(register, name), whole(value)
    if column is None or column.type != Type.REFERENCE or pk is None:
        return ""
    row = naming.candidates(*source(register, column), user).filter(pk=pk).first()
    message = _("“%(name)s=%(value)s” yerine “%(name)s=%(text)s” yazınız: kurallarda kayıtlar adıyla anılır.")
    return message % {"name": name, "value": value, "text": naming.text_of(row)} if row else ""


def address(found: Listing) -> str:
    return f"{reverse('register-list', args=[found.register])}?{found.query()}"


def faults(indicator: Indicator) -> dict[str, str]:
    """What is wrong in the rule, by column. Filters are tried on this year."""
    year = timezone.localdate().year
    period = Period(dt.date(year, 1, 1), dt.date(year, 12, 31))
    wrong: dict[str, str] = {}
    for name in ("counted", "base"):
        try:
            if text := getattr(indicator, name):
                listing(text, None, period)
        except Unreadable as error:
            wrong[name] = str(error)
    if indicator.counted and not wrong:
        wrong |= _lacking(indicator)
    return wrong


def _lacking(indicator: Indicator) -> dict[str, str]:
    if indicator.measure == Measure.RATE and not indicator.base:
        return {"base": _("Oranın paydasını yazınız.")}
    if indicator.measure not in (Measure.WITHIN, Measure.DAYS):
        return {}
    columns = {c.name for c in register_of(indicator.counted).all_columns() if c.type.is_dated}
    message = _("Bu listenin bir tarih sütununu yazınız: %(names)s.") % {"names": ", ".join(sorted(columns))}
    if wrong := [name for name in ("begins", "ends") if getattr(indicator, name) not in columns]:
        return dict.fromkeys(wrong, message)
    if indicator.measure == Measure.WITHIN and indicator.within is None:
        return {"within": _("Kaç iş günü içinde olması gerektiğini yazınız.")}
    return {}


def _registers(indicator: Indicator) -> list[Register]:
    return [register_of(text) for text in (indicator.counted, indicator.base) if text]


def may_see(indicator: Indicator, user: Asker) -> bool:
    """Whether the lists of its rule are open to the user at all."""
    return all(access.may_see(register, user) for register in _registers(indicator))


def sees_everything(indicator: Indicator, user: Asker) -> bool:
    return all(access.sees_everything(register, user) for register in _registers(indicator))
