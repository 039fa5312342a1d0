"""Rows for tests: a valid one for any register, without knowing it beforehand."""

from __future__ import annotations

import datetime as dt
import itertools

from stdnum.tr import tckimlik

from imports import by_hand
from inventory import registers, writes
from inventory.columns import Column, Type
from inventory.models import Kind
from inventory.organization.models import Grant, Person, Unit, User
from inventory.registers import Register
from inventory.writes import Author

SYSTEM = Author(reason="test")
_numbers = itertools.count(1)

# What a column's type alone does not say.
_SPECIAL = {
    "plate": lambda n: f"41 ABC {n % 900 + 100:03d}",
    "mac_address": lambda n: f"02:00:00:{n >> 16 & 255:02X}:{n >> 8 & 255:02X}:{n & 255:02X}",
    "ip_address": lambda n: f"10.0.{n >> 8 & 255}.{n & 255}",
    "hostname": lambda n: f"pc-{n}",
    "block": lambda n: str(n),
    "parcel": lambda n: str(n),
    "code": lambda n: f"{n}",
    "email": lambda n: f"a{n}@example.org",
    "lon": lambda n: 29.7 + n % 1_000 / 10_000,
    "lat": lambda n: 40.7 + n % 1_000 / 10_000,
    "model_year": lambda n: 2015,
    "parent": lambda n: None,
    "starts_at": lambda n: "08:00",
    "ends_at": lambda n: "17:00",
    # Neither goes with what a new calendar day is: a whole holiday of one year.
    "works_until": lambda n: "",
    "yearly_until": lambda n: None,
    "days_before": lambda n: "30, 7",
    # An indicator's rule names lists.
    **dict.fromkeys(("counted", "base"), lambda n: f"vehicles?model_year_from={1900 + n % 100}"),
    "year": lambda n: 2000 + n % 7_000,
    # A letter follows what it is about, and its answer follows it.
    **dict.fromkeys(("letter_on", "answered_on"), lambda n: dt.date(2025, 1, 1 + n % 28)),
    # A rule reminds somebody.
    "to_unit": lambda n: True,
    "identity_no": lambda n: identity_number(n),
    "classes": lambda n: "B, C",
    # What is masked is like nothing that is shown.
    "licence_no": lambda n: f"L{n + 900_000}",
    # Within what the day that they are asked for, or their order, allows; and as many as any vehicle seats.
    "from_at": lambda n: dt.datetime(2021, 1 + n % 12, 1 + n % 28, n % 24, n % 60),
    "until_at": lambda n: dt.datetime(2029, 1 + n % 12, 1 + n % 28, n % 24, n % 60),
    "people": lambda n: 1,
    # So that a label lies on its page.
    **dict.fromkeys(("page_width", "page_height"), lambda n: "297.25"),
    **dict.fromkeys(("label_width", "label_height"), lambda n: "30.5"),
    **dict.fromkeys(("across", "down"), lambda n: 2),
    **dict.fromkeys(("margin_left", "margin_top", "gap_across", "gap_down"), lambda n: "2.25"),
}

# What would be doubted otherwise, by register and column.
_GOES_WITH = {
    ("service-lines", "quantity"): 1,
    ("service-lines", "unit_price"): "5.25",
    ("service-lines", "amount"): "5.25",
    ("service-plans", "every_months"): 12,
    ("check-kinds", "period_months"): 12,
    ("tyres", "tread_mm"): "7.5",
    ("accidents", "fault_share"): 50,
    # After the offence, and so many days later.
    ("fines", "served_on"): dt.date(2021, 3, 1),
    ("fines", "discount_until"): dt.date(2021, 3, 31),
    ("fines", "last_pay_on"): dt.date(2021, 3, 31),
    # The vehicle is in no plan.
    ("service-orders", "plan"): None,
}


def identity_number(n: int) -> str:
    """The made-up number of a person who is none: 1000… with the digits that check it."""
    first = f"{100_000_000 + n}"
    return first + tckimlik.calc_check_digits(first)


def _saved(slug: str, made):
    """Written as many rows are, which asks the database alone what must be unique."""
    return writes.create_many(registers.get(slug), [made], SYSTEM)[0]


def unit(name: str, parent: Unit | None = None, **values) -> Unit:
    row = Unit(name=name, parent=parent, kind=values.pop("kind", Unit.Kind.DIRECTORATE), **values)
    return _saved("units", row)


def kind(register: Register, code: str = "1", name: str = "Deneme türü") -> Kind:
    found = Kind.objects.filter(register=register.slug, code=code).first()
    row = Kind(register=register.slug, code=code, name=name)
    return found or _saved("kinds", row)


def person(name: str, of: Unit) -> Person:
    row = Person(staff_no=f"S{next(_numbers):05d}", name=name, unit=of)
    return _saved("people", row)


def user(name: str, of: Unit, *grants: tuple[Unit | None, str, int], **values) -> User:
    """An account with a person and grants: (unit or None for everywhere, slug or "" for all, level)."""
    holder = person(name, of)
    made = User.objects.create_user(name, password="uzun-ve-gizli-1", person=holder, **values)
    for where, slug, level in grants:
        row = Grant(person=holder, unit=where, register=slug, level=level)
        _saved("grants", row)
    return made


def row(register: Register, of: Unit, /, **values):
    """A saved row of the register in the unit's scope, every column filled."""
    number = next(_numbers)
    made = register.model()
    for column in register.all_columns():
        if column.editable and column.name not in values:
            setattr(made, column.name, _value(register, column, number, of))
    for name, value in values.items():
        setattr(made, name, value)
    if register.slug == "document-kinds" and "register" not in values:
        # One whose rows are of units; the first one's are everybody's.
        made.register = "equipment"
    if register.slug == "documents":
        # A kind is one of its register's.
        holder = made.kind.register or "equipment"
        made.belongs = ((holder, row(registers.get(holder), of).pk),)
    return writes.create_many(register, [made], SYSTEM)[0]


def _value(register: Register, column: Column, number: int, of: Unit):
    if (register.slug, column.name) in _GOES_WITH:
        return _GOES_WITH[register.slug, column.name]
    if column.name in _SPECIAL:
        return _SPECIAL[column.name](number)
    match column.type:
        case _ if column.is_personal:
            return f"GİZLİ{number:05d}"[: column.field.max_length]  # which no other column holds
        case Type.REFERENCE:
            return _reference(register, column, of)
        case Type.CHOICE:
            return column.field.default if column.field.has_default() else next(iter(column.choices))
        case Type.DATE if column.field.blank and not column.field.null:
            return None  # taken from another row, as a lease line's from its contract
        case Type.DATE if register.slug == "lease-contracts":
            # All alike, so that a line may change its contract.
            return dt.date(2030, 12, 31) if column.name == "ends_on" else dt.date(2020, 1, 1)
        case Type.DATE:
            # Ends lie after beginnings, whichever column comes first.
            late = any(part in column.name for part in ("end", "until"))
            return dt.date(2030 if late else 2020, 1 + number % 12, 1 + number % 28)
        case Type.MOMENT:
            late = any(part in column.name for part in ("end", "until", "to_", "return"))
            # Not at midnight: a workbook does not say whether that is a time.
            return dt.datetime(2030 if late else 2020, 1 + number % 12, 1 + number % 28, 1 + number % 23, number % 60)
        case Type.BOOLEAN:
            # Who drives no more is doubted.
            return (register.slug, column.name) == ("drivers", "active")
        case Type.INTEGER:
            return column.field.default if column.field.has_default() else number
        case t if t.is_number:
            return number + 1 if column.field.decimal_places == 0 else f"{number}.{'25'[: column.field.decimal_places]}"
        case _:
            text = f"Çınar İğne {number}"
            return (
                f"X{number:05d}"[: column.field.max_length]
                if column.type == Type.CODE
                else text[: column.field.max_length]
            )


def _reference(register: Register, column: Column, of: Unit):
    model = column.related_model
    if model is Unit:
        return of
    if model is Kind:
        # A rule is one kind's.
        number = next(_numbers)
        own = {"code": f"R{number}", "name": f"Araç türü {number}"} if register.slug == "licence-rules" else {}
        return kind(registers.get(register.kinds_of or register.slug), **own)
    if (register.slug, column.name) == ("drivers", "person"):
        return person("Örnek Sürücü", of)
    if register.slug == "task-orders" and column.related_model is Person:
        return row(registers.get("drivers"), of).person
    if (register.slug, column.name) == ("task-orders", "request"):
        return None  # One that was only asked for would be doubted, and the right to plan it is another.
    if model is register.model or registers.of(model) is None:
        return None
    target = registers.of(model)
    if column.name in ("neighbourhood",):
        district = _shared(registers.get("districts"), of)
        return model.objects.filter(district=district).order_by("pk").first() or row(target, of, district=district)
    if target.group == "list":
        return _shared(target, of)
    # Anything else would be doubted.
    fitting = {
        ("leased-vehicles", "vehicle"): {"ownership": "leased"},
        # What is not on the road lacks no inspection.
        ("task-orders", "vehicle"): {"plate": "", "seats": 9},
    }
    return row(target, of, **fitting.get((register.slug, column.name), {}))


def _shared(target: Register, of: Unit):
    rows = target.model.objects.order_by("pk")
    if target.slug == "people":
        rows = rows.filter(unit=of)
    return rows.first() or row(target, of)


def set_values(register: Register, chosen, values: dict[str, object], by: Author) -> int:
    """A bulk edit; returns how many rows changed."""
    part = by_hand.Part(register, by_hand.in_lists(register, chosen), values)
    batch = by_hand.planned("Toplu değişiklik", by, [part])
    if batch is None:
        return 0
    by_hand.apply(batch)
    return batch.counts["changed"]
