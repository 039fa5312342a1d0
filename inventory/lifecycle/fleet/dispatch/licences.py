"""The classes of a driving licence in one form, "B, C, CE", and which of them a kind of vehicle wants."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from inventory.fields import NormalField
from inventory.normal import capitals

#: The classes of the road traffic rules, those of old licences (E, G, H) included, in their order.
CLASSES = ("M", "A1", "A2", "A", "B1", "B", "BE", "C1", "C1E", "C", "CE", "D1", "D1E", "D", "DE", "E", "F", "G", "H")


def classes(text: str) -> str:
    """Licence classes in the order of the rules, each once.

    >>> classes("ce;b / C")
    'B, C, CE'
    """
    given = {part for part in re.split(r"[\s,;/.-]+", capitals(text).replace("+", "")) if part}
    if unknown := sorted(given - {*CLASSES}):
        message = _(
            "“%(unknown)s” bir sürücü belgesi sınıfı değil. Sınıfları “B, CE” gibi yazınız; bilinenler: %(known)s."
        )
        raise ValueError(message % {"unknown": ", ".join(unknown), "known": ", ".join(CLASSES)})
    return ", ".join(each for each in CLASSES if each in given)


def have_one_of(held: str, wanted: str) -> bool:
    """Whether one of the classes held is wanted; where none is wanted, any will do."""
    return not wanted or not {*held.split(", ")}.isdisjoint(wanted.split(", "))


class LicenceClassesField(NormalField):
    """Licence classes; a filter on it finds each of them."""

    normalise = staticmethod(classes)
