"""What many rows hold in a column that is about to be changed, by count: "Fen İşleri: 12, Zabıta: 3, boş: 1"."""

from __future__ import annotations

from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Count, Q, QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from inventory import access, registers
from inventory.access import Unseen
from inventory.columns import Column, Type
from inventory.organization.models import Asker
from inventory.registers import Register

# So many values are named, and so many letters of each.
_NAMED, _LETTERS = 5, 40


def counted(register: Register, user: Asker, rows: QuerySet[Any], column: Column) -> str:
    """The commonest values, and how many rows hold others, or what the user may not see, or nothing; three queries at
    most, however many rows."""
    name = column.name
    is_blank = Q(**{name: None}) | (Q(**{name: ""}) if column.field.empty_strings_allowed else Q())
    unseen = access.unseen_by(register, user, column)
    is_veiled = Q(pk__in=[]) if unseen is None else Q(**{f"{name}__in": unseen})
    rows = rows.order_by()
    of_all = rows.aggregate(all=Count("pk"), blank=Count("pk", is_blank), veiled=Count("pk", is_veiled))
    seen = rows.filter(~is_blank & ~is_veiled).values_list(name).annotate(count=Count("pk"))
    named = dict(seen.order_by("-count", name)[:_NAMED])
    others = of_all["all"] - of_all["blank"] - of_all["veiled"] - sum(named.values())
    texts = _texts(column, list(named))
    parts = [(texts[value], count) for value, count in named.items()]
    parts += [(_("başka değerler"), others), (str(Unseen(0)), of_all["veiled"]), (_("boş"), of_all["blank"])]
    return ", ".join(f"{text}: {intcomma(count)}" for text, count in parts if count)


def _texts(column: Column, values: list[Any]) -> dict[Any, str]:
    """Each value as pages show it."""
    if column.type == Type.REFERENCE:
        target = registers.of(column.related_model)
        rows = column.target._default_manager.select_related(*(target.references if target else ())).in_bulk(values)
        return {value: str(rows[value]) for value in values}
    return {value: Truncator(column.show(column.choices.get(value, value))).chars(_LETTERS) for value in values}
