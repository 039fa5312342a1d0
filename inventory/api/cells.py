"""The values of objects that programs send, as rows hold them.

What is read can be sent back: a mask, and a reference to what the sender may not see, leave what there is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.access import Unseen
from inventory.columns import Column, Type
from inventory.naming import choosable, named
from inventory.normal import is_masked
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.server.asked import whole

#: Stands for "as it is".
KEPT = object()
# What an object may carry beside its columns.
_BESIDE = ("id", "version")
_FORMS = {
    Type.DATE: gettext_lazy("“2025-12-31” biçiminde bir gün"),
    Type.MOMENT: gettext_lazy("“2025-12-31T14:30:00+03:00” biçiminde bir gün ve saat"),
    Type.BOOLEAN: gettext_lazy("true ya da false"),
    Type.INTEGER: gettext_lazy("bir tam sayı"),
    Type.DEGREE: gettext_lazy("bir sayı"),
}


class Unread(Exception):
    """The value cannot be what its column holds; the message says why."""


@dataclass
class Reader:
    """Reads the objects of one request: rows that many of them name are looked up together."""

    register: Register
    user: Asker
    #: The columns that may be written.
    columns: Sequence[Column]
    errors: dict[str, list[object]] = field(default_factory=dict)
    _named: dict[tuple[str, object], Any] = field(default_factory=dict)

    def read(
        self, objects: Sequence[Mapping[str, Any]], rows: Sequence[Model], places: Sequence[str]
    ) -> list[dict[str, Any]]:
        """The values by column of each row's object; what is wrong stands in `errors`, by place and column."""
        by_name = {column.name: column for column in self.columns}
        self._look_up(objects, by_name)
        found = []
        for each, row, place in zip(objects, rows, places, strict=True):
            values = {}
            for name, given in each.items():
                if name in _BESIDE:
                    continue
                try:
                    if name not in by_name:
                        raise Unread(self._unknown(name))
                    if (value := self._value(by_name[name], given, row)) is not KEPT:
                        values[name] = value
                except Unread as error:
                    self.errors.setdefault(f"{place}{name}", []).append(str(error))
            found.append(values)
        return found

    def _unknown(self, name: str) -> str:
        return _("Bu sütun yazılamaz.") if name in self.register.columns else _("Böyle bir sütun yok.")

    def _value(self, column: Column, given: Any, row: Model) -> Any:
        if column.type == Type.REFERENCE:
            return self._reference(column, given, getattr(row, column.field.attname))
        if given is None or given == "":
            return None if column.field.null else column.field.get_default() if column.type == Type.BOOLEAN else ""
        if column.is_personal and isinstance(given, str) and is_masked(given):
            return KEPT
        value = _typed(column, given)
        try:
            return column.field.to_python(value)
        except ValidationError as error:
            raise Unread(" ".join(error.messages)) from error

    def _reference(self, column: Column, given: Any, current: int | None) -> Any:
        if given is None or given == "":
            return None
        if isinstance(given, Mapping) and given.get("id") is None and _is_veil(given.get("text")):
            return KEPT
        key = _key(given)
        if key is None:
            raise Unread(_("Bir kaydın numarasını, kodunu ya da adını yazınız."))
        if key == current:
            # It may be one that is no longer chosen.
            return KEPT
        if (row := self._named.get((column.name, key))) is None:
            message = _("“%(text)s” tek bir kayda karşılık gelmiyor.")
            raise Unread(message % {"text": str(key)[:100]})
        return row

    def _look_up(self, objects: Sequence[Mapping[str, Any]], by_name: Mapping[str, Column]) -> None:
        for name, column in by_name.items():
            if column.type != Type.REFERENCE:
                continue
            keys = {_key(each.get(name)) for each in objects} - {None}
            rows = choosable(self.register, column, self.user)
            ids = [key for key in keys if isinstance(key, int)]
            self._named |= {(name, row.pk): row for row in (rows.filter(pk__in=ids) if ids else ())}
            for text in (key for key in keys if isinstance(key, str)):
                if len(matches := named(rows, text)) == 1:
                    self._named[name, text] = matches[0]


def _is_veil(text: Any) -> bool:
    return isinstance(text, str) and text in Unseen.texts()


def _key(given: Any) -> int | str | None:
    """The id or the text by which a reference is named."""
    if isinstance(given, Mapping):
        given = given.get("id") if given.get("id") is not None else given.get("code") or given.get("text")
    if isinstance(given, bool):
        return None
    if isinstance(given, int):
        return whole(given)
    return given.strip() or None if isinstance(given, str) else None


def _typed(column: Column, given: Any) -> Any:
    """Refuses what is of another type: nothing is guessed."""
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    match column.type:
        case Type.CHOICE:
            if given not in list(column.choices):
                known = ", ".join(str(value) for value in column.choices)
                raise Unread(_("Şunlardan biri olabilir: %(known)s.") % {"known": known})
            return given
        case Type.DECIMAL | Type.MONEY | Type.AREA:
            try:
                number = Decimal(str(given)) if is_number or isinstance(given, str) else None
            except InvalidOperation:
                number = None
            if number is None or not number.is_finite():
                raise Unread(_("“1250.50” biçiminde bir sayı yazınız."))
            return number
        case Type.DATE | Type.MOMENT:
            kind = dt.date if column.type == Type.DATE else dt.datetime
            try:
                return kind.fromisoformat(given) if isinstance(given, str) else _refuse(column)
            except ValueError:
                _refuse(column)
        case Type.BOOLEAN:
            return given if isinstance(given, bool) else _refuse(column)
        case Type.INTEGER:
            return given if is_number and isinstance(given, int) else _refuse(column)
        case Type.DEGREE:
            return given if is_number else _refuse(column)
    if not isinstance(given, str):
        raise Unread(_("Bir metin yazınız."))
    return given.strip()


def _refuse(column: Column) -> Any:
    raise Unread(_("Şunu yazınız: %(form)s.") % {"form": _FORMS[column.type]})
