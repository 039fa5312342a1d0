"""Who is where when: vehicles or drivers of a day or a week, each with its task orders; clashes and free times."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from inventory import access, registers
from inventory.columns import moment_text
from inventory.editing.fields import DayField
from inventory.hooks import Panel
from inventory.lifecycle.fleet.dispatch.models import Driver, OrderState, RequestState, TaskOrder, VehicleRequest
from inventory.models import STILL_HERE, Kind
from inventory.organization.models import Asker, Unit
from inventory.registers import Register
from inventory.server.asked import whole
from inventory.trees import below

SIZE = 40
# The night is a slot of its own at either end of the day; a free one offers the hours of work.
_DAWN, _DUSK = 6, 22
_BEGIN, _END = 8, 17
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Slot:
    """A column of the calendar, and what a new order begun in it starts with."""

    text: str
    first: dt.datetime
    last: dt.datetime
    leave_at: dt.datetime
    return_at: dt.datetime


@dataclass(frozen=True)
class Entry:
    """A task order as it stands in a slot; of one that the reader may not see it says only that there is one."""

    order: TaskOrder | None
    text: str
    goes_on: bool
    clashes: bool
    #: The person beside a vehicle, the vehicle beside a person.
    other: str = ""


@dataclass(frozen=True)
class Cell:
    slot: Slot
    entries: Sequence[Entry]
    #: Where a new order for this time is begun, "" where the reader may write none.
    new_url: str


@dataclass(frozen=True)
class Line:
    text: str
    url: str
    beside: str
    cells: Sequence[Cell]


@dataclass
class Asked:
    """What the address asks for; whatever is not understood is as if it were not said."""

    params: Any
    by: str = field(init=False)
    span: str = field(init=False)
    day: dt.date = field(init=False)

    def __post_init__(self) -> None:
        self.by = "driver" if self.params.get("by") == "driver" else "vehicle"
        self.span = "day" if self.params.get("span") == "day" else "week"
        try:
            self.day = DayField(required=False).clean(self.params.get("day", "")) or timezone.localdate()
        except ValidationError:
            self.day = timezone.localdate()
        # So that there are weeks before and after.
        self.day = min(max(self.day, dt.date(1900, 1, 8)), dt.date(2999, 12, 1))

    @property
    def first(self) -> dt.date:
        return self.day if self.span == "day" else self.day - _DAY * self.day.weekday()

    def number(self, name: str) -> int | None:
        return whole(self.params.get(name, ""))

    def query(self, **changes: object) -> str:
        """The address with other values; a blank leaves one out, and another list begins on its first page."""
        asked: dict[str, Any] = {"by": self.by, "span": self.span, "day": _typed(self.day)}
        asked |= {name: self.params[name] for name in ("unit", "kind", "busy", "request") if self.params.get(name)}
        return urlencode({name: value for name, value in (asked | changes).items() if value})

    def moved(self, by: int) -> str:
        return self.query(day=_typed(self.day + by * (_DAY if self.span == "day" else 7 * _DAY)))


def _typed(day: dt.date) -> str:
    return f"{day:%d.%m.%Y}"


def slots(asked: Asked) -> list[Slot]:
    if asked.span == "week":
        days = (asked.first + _DAY * number for number in range(7))
        return [
            _slot(formats.date_format(day, "D j M"), _at(day, 0), _at(day, 24), _at(day, _BEGIN), _at(day, _END))
            for day in days
        ]
    hours = [(0, _DAWN), *((hour, hour + 1) for hour in range(_DAWN, _DUSK)), (_DUSK, 24)]
    return [_slot(f"{a:02d}–{b:02d}", _at(asked.day, a), _at(asked.day, b)) for a, b in hours]


def _at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time()) + dt.timedelta(hours=hour)


def _slot(text: str, first: dt.datetime, last: dt.datetime, *begun: dt.datetime) -> Slot:
    return Slot(text, first, last, *(begun or (first, last)))


def page_of(asked: Asked, user: Asker) -> Page[Any]:
    """The vehicles or drivers that the reader sees, under the filters."""
    register = registers.serving(Driver) if asked.by == "driver" else registers.get("vehicles")
    rows: QuerySet[Any] = access.visible_to(register, user)
    rows = rows.filter(Q(active=True) if asked.by == "driver" else STILL_HERE)
    if unit := Unit.objects.filter(pk=asked.number("unit") or 0).first():
        rows = rows.filter(below([unit], "responsible_unit__"))
    if asked.by == "vehicle" and (kind := Kind.objects.filter(pk=asked.number("kind") or 0).first()):
        rows = rows.filter(below([kind], "kind__"))
    if asked.params.get("busy"):
        busy = _orders(asked)
        rows = rows.filter(
            Q(person__in=busy.values("driver")) | Q(person__in=busy.exclude(second_driver=None).values("second_driver"))
            if asked.by == "driver"
            else Q(pk__in=busy.values("vehicle"))
        )
    named = ("person", "responsible_unit") if asked.by == "driver" else ("kind", "responsible_unit")
    order = ("person__name", "pk") if asked.by == "driver" else ("plate", "fleet_no", "pk")
    return Paginator(rows.select_related(*named).order_by(*order), SIZE).get_page(asked.params.get("page"))


def _orders(asked: Asked) -> QuerySet[TaskOrder]:
    """Those that are under way in the days that are shown, whoever may see them."""
    columns = slots(asked)
    orders = TaskOrder.objects.exclude(state=OrderState.CANCELLED)
    return orders.filter(leave_at__lt=columns[-1].last, return_at__gt=columns[0].first)


def lines(asked: Asked, rows: Sequence[Any], user: Asker) -> Iterator[Line]:
    """A line for each vehicle or driver: three queries however many they are."""
    register, columns = registers.serving(TaskOrder), slots(asked)
    keys = [_key(asked, row) for row in rows]
    of_these = Q(driver__in=keys) | Q(second_driver__in=keys) if asked.by == "driver" else Q(vehicle__in=keys)
    orders = list(_orders(asked).filter(of_these).select_related("vehicle", "driver").order_by("leave_at", "pk"))
    hidden = access.hidden(register, user, [order.pk for order in orders])
    may_write = access.may_change(register, user)
    by_key: dict[int, list[TaskOrder]] = defaultdict(list)
    for order in orders:
        for key in {order.driver_id, order.second_driver_id} if asked.by == "driver" else {order.vehicle_id}:
            by_key[key or 0].append(order)
    for row, key in zip(rows, keys, strict=True):
        clashing = _clashing(by_key[key], asked)
        cells = [
            Cell(
                slot,
                [_entry(each, slot, asked, each.pk in hidden, each.pk in clashing) for each in _in(by_key[key], slot)],
                _new_url(register, asked, key, slot) if may_write else "",
            )
            for slot in columns
        ]
        beside = str(row.responsible_unit) if asked.by == "driver" else f"{row.kind} · {row.responsible_unit}"
        of = registers.serving(type(row))
        yield Line(str(row), reverse("register-detail", args=[of, row.pk]), beside, cells)


def _key(asked: Asked, row: Any) -> int:
    return int(row.person_id if asked.by == "driver" else row.pk)


def _in(orders: Iterable[TaskOrder], slot: Slot) -> list[Any]:
    found: Iterable[Any] = orders
    return [each for each in found if each.leave_at < slot.last and slot.first < each.return_at]


def _clashing(orders: Sequence[Any], asked: Asked) -> set[int]:
    """Those that overlap with another; who drives with a standing order says the log."""
    if asked.by == "driver":
        orders = [each for each in orders if each.kind == TaskOrder.Kind.SINGLE]
    clashing: set[int] = set()
    last: Any = None
    for each in orders:
        if last is not None and each.leave_at < last.return_at:
            clashing |= {each.pk, last.pk}
        last = each if last is None or each.return_at > last.return_at else last
    return clashing


def _entry(order: Any, slot: Slot, asked: Asked, is_hidden: bool, clashes: bool) -> Entry:
    goes_on = order.leave_at < slot.first
    if is_hidden:
        return Entry(None, "", goes_on, clashes)
    ends_that_day = order.return_at <= _at(slot.first.date(), 24)
    end = f"{order.return_at:%H:%M}" if ends_that_day else "…"
    text = f"{'…' if goes_on else f'{order.leave_at:%H:%M}'}–{end}"
    other = order.vehicle if asked.by == "driver" else (order.driver and order.driver.name) or ""
    return Entry(order, text, goes_on, clashes, str(other))


def _new_url(register: Register, asked: Asked, key: int, slot: Slot) -> str:
    begun: dict[str, Any] = {asked.by: key}
    if request := asked.number("request"):
        begun["request"] = request  # Which says when.
    else:
        begun |= {"leave_at": moment_text(slot.leave_at), "return_at": moment_text(slot.return_at)}
    return f"{reverse('register-new', args=[register])}?{urlencode(begun)}"


def context(request: HttpRequest) -> dict[str, Any]:
    """What the page shows."""
    asked = Asked(request.GET)
    page, columns = page_of(asked, request.user), slots(asked)
    return {
        "asked": asked,
        "page": page,
        "slots": columns,
        "lines": list(lines(asked, list(page), request.user)),
        "first": columns[0].first,
        "last": columns[-1].first,
        "is_week": asked.span == "week",
        "choices": [
            [
                (text, asked.query(span=span), asked.span == span)
                for span, text in (("week", _("Hafta")), ("day", _("Gün")))
            ],
            [
                (text, asked.query(by=by), asked.by == by)
                for by, text in (("vehicle", _("Araçlar")), ("driver", _("Sürücüler")))
            ],
        ],
        "before": asked.moved(-1),
        "after": asked.moved(1),
        "here": asked.query(),
        "today": asked.query(day=_typed(timezone.localdate())),
        "units": Unit.objects.filter(valid_until=None).order_by("path"),
        "kinds": Kind.objects.filter(register="vehicles").order_by("path") if asked.by == "vehicle" else (),
        "unit": asked.number("unit"),
        "kind": asked.number("kind"),
        "orders": registers.serving(TaskOrder),
    }


def panel(register: Register, row: Any, user: Asker) -> Panel | None:
    """Beside a request that waits for a vehicle: the calendar of its day, for who writes task orders."""
    if not isinstance(row, VehicleRequest) or row.state not in (RequestState.APPROVED, RequestState.PLANNED):
        return None
    if not access.may_change(registers.serving(TaskOrder), user):
        return None
    query = {"span": "day", "day": _typed(row.from_at), "kind": row.kind_wanted_id or "", "request": row.pk}
    return Panel("fleet/_planning.html", {"query": urlencode({name: each for name, each in query.items() if each})})
