"""What a paper may say of a row: its columns by their names, its lines, and what a person or a unit holds.

All as texts, as the user's own pages would show them, masked and veiled.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from inventory import access, former, registers
from inventory.columns import Column
from inventory.models import IN_SERVICE, Asset
from inventory.organization.models import Asker, Person, Unit
from inventory.refusals import Refused
from inventory.registers import Register
from inventory.trees import below

#: A template of this subject is for the items of every register.
ITEMS = "items"
MOST_LINES = 2_000
_PRINT = ("title", "register", "today", "printed_by", "print_no", "print_code", "print_url", "institution")
_SHARED = (*Asset.HEAD, *Asset.PLACE, *Asset.ORIGIN)
_HELD = ("no", "inventory_no", "register", "title", "kind", "responsible_unit", "location", "status", "movable_code",
         "make", "model", "serial_no", "acquired_on", "cost")  # fmt: skip

Values = dict[str, str | list[dict[str, str]]]


def names(subject: str) -> dict[str, list[str] | None]:
    """What a template about the subject may name: None for a text, the names of its entries for a list."""
    if subject == ITEMS:
        return dict.fromkeys((*_PRINT, *_SHARED)) | {"fields": ["label", "value"]}
    register = registers.get(subject)
    lists = {_name(child): list(child.columns) for child in register.lines()} | {"fields": ["label", "value"]}
    if register.model in (Person, Unit):
        lists["items"] = list(_HELD)
    return dict.fromkeys((*_PRINT, *register.columns)) | lists


def serves(subject: str, register: Register) -> bool:
    return subject == register.slug or (subject == ITEMS and register.group == "asset")


def values_of(subject: str, register: Register, row: Any, user: Asker) -> Values:
    """Of a row that the user sees; what belongs to a single print is put in by who prints."""
    (row,) = access.veil(register, user, [row])
    columns = register.all_columns()
    texts = {column.name: register.text(column, row) for column in columns}
    values: Values = {name: texts.get(name, "") for name, attributes in names(subject).items() if attributes is None}
    values |= {"title": str(row), "register": register.one}
    values["fields"] = [{"label": str(c.label), "value": texts[c.name]} for c in columns if texts[c.name]]
    if subject != ITEMS:
        for child in register.lines():
            values[_name(child)] = _lines(child, row, user)
    if "items" in names(subject):
        values["items"] = [each | {"no": str(no)} for no, each in enumerate(_held(row, user), 1)]
    return values


def of_print(user: Asker) -> dict[str, str]:
    """What every print says, but for its number and code."""
    person = getattr(user, "person", None)
    name = str(person or getattr(user, "username", ""))
    top = Unit.objects.filter(kind=Unit.Kind.MUNICIPALITY).order_by("pk").first()
    today = formats.date_format(timezone.localdate(), "SHORT_DATE_FORMAT")
    return {"today": today, "printed_by": name, "institution": str(top or "")}


def _name(child: Register) -> str:
    return child.slug.replace("-", "_")


def _lines(child: Register, row: Any, user: Asker) -> list[dict[str, str]]:
    rows = access.visible_to(child, user).filter(**{child.line_of: row.pk}).select_related(*child.joined)
    lines = access.veil(child, user, rows.order_by("pk")[: MOST_LINES + 1])
    if len(lines) > MOST_LINES:
        raise _too_many()
    return [{column.name: child.text(column, line) for column in child.all_columns()} for line in lines]


def _too_many() -> Refused:
    message = _("Bir çıktıya en çok %(most)d kayıt sığar; bunun yerine listeyi süzüp Excel’e veriniz.")
    return Refused(message % {"most": MOST_LINES})


def _held(holder: Any, user: Asker) -> Iterable[dict[str, str]]:
    """The items in service that a person has, or the durable movables of a unit and those below it."""
    left = MOST_LINES
    for register, column in registers.naming(type(holder), "asset"):
        if isinstance(holder, Unit) and "movable_code" not in register.columns:
            continue
        rows = access.visible_to(register, user).filter(status__in=IN_SERVICE)
        if isinstance(holder, Unit):
            rows = rows.filter(**{f"{column.name}__in": Unit.objects.filter(below([holder]))})
        else:
            rows = rows.filter(**{column.name: holder.pk})
        rows = former.with_names(rows).select_related(*register.joined).order_by("inventory_no")
        some = access.veil(register, user, rows[: left + 1])
        if (left := left - len(some)) < 0:
            raise _too_many()
        known: dict[str, Column] = {each.name: each for each in register.all_columns()}
        for row in some:
            own = {name: register.text(known[name], row) if name in known else "" for name in _HELD}
            yield own | {"title": str(row), "register": register.one}
