"""What is valid on a day, by SQL, against the same in plain Python: random records, kinds, results and days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory import history, registers
from inventory.columns import Type, field_of
from inventory.computed.columns import check, computed, shown
from inventory.computed.declared import Through, Until, Validity
from inventory.listing.address import Listing
from inventory.models import GONE, Status
from inventory.pages.tables import cells, page
from inventory.registers import Register
from tests.pages import EVERY
from tests.rows import row, unit

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
SOON, LONG_AGO = 30, 2_000
OF_ITEMS = [pytest.param(r, id=r.slug) for r in registers.every() if r.validity and r.validity.of]
# What the declarations say of the items, once more and in Python.
MISSING = {
    "inspection": lambda v: v.plate != "",
    "liability": lambda v: v.plate != "",
    "lease": lambda v: v.ownership == "leased",
}
OVERDUE = {"lease": lambda v: v.ownership == "leased"}


@dataclass
class Made:
    """A record as the test made it; days count from today."""

    begins: int
    ends: int
    series: str
    counts: bool
    written: int
    deleted: int | None

    def known(self, day: int) -> bool:
        return self.written <= day and (self.deleted is None or self.deleted > day)


def until(records: list[Made], day: int) -> int | None:
    """The day until which one of the records holds without a gap, or the day on which the last ended."""
    held = [r.ends for r in records if r.begins <= day <= r.ends]
    if not held:
        return max((r.ends for r in records if r.ends < day), default=None)
    end = max(held)
    while further := [r.ends for r in records if r.begins <= end + 1 and r.ends > end]:
        end = max(further)
    return end


def due(name: str, item, records: list[Made], day: int) -> str:
    end = until(records, day)
    holds = end is not None and end >= day
    if item.status in GONE:
        return ""
    if holds:
        return "soon" if end <= day + SOON and OVERDUE.get(name, bool)(item) else "valid"
    if end is not None and OVERDUE.get(name, bool)(item):
        return "overdue"
    if MISSING.get(name, lambda _: False)(item):
        return "missing"
    return "ended" if end is not None else ""


def state(register: Register, item, one: Made, records: list[Made], day: int) -> str:
    if not one.counts:
        return "no_result"
    rivals = [r for r in records if r.counts and (not register.validity.series or r.series == one.series)]
    names = [u.name for u in register.validity.beside if not u.kinds or one.series in u.kinds]
    last = until(rivals, day) == one.ends and item.status not in GONE and all(OVERDUE.get(n, bool)(item) for n in names)
    if last and day <= one.ends <= day + SOON:
        return "soon"
    if one.begins > day:
        return "future"
    if one.ends >= day:
        return "valid"
    return "overdue" if last else "ended"


def keep(register: Register, sample, item, records: list[Made]) -> dict[int, Made]:
    """Write the records and their history; {id: record}, also of those deleted since."""
    validity, kept = register.validity, {}
    for number, one in enumerate(records):
        values = {f.attname: getattr(sample, f.attname) for f in sample._meta.concrete_fields if not f.primary_key}
        values |= {validity.begins: TODAY + dt.timedelta(one.begins), validity.ends: TODAY + dt.timedelta(one.ends)}
        values |= {f"{validity.of}_id": item.pk} | (
            {field_of(register.model, validity.series).attname: one.series} if validity.series else {}
        )
        # Also in the form in which it is compared.
        values |= {name: f"P{number}" for name in ("policy_no", "policy_no_same") if name in values}
        for name, good in validity.counts.items():
            values[name] = good[0] if one.counts else next(v for v in register.column(name).choices if v not in good)
        made = register.model.objects.create(**values)
        history.record(register.model, [made.pk], history.CREATED, at(one.written))
        kept[made.pk] = one
        if one.deleted is not None:
            history.record(register.model, [made.pk], history.DELETED, at(one.deleted))
            made.delete()
    return kept


def at(day: int) -> history.Author:
    noon = dt.datetime.combine(TODAY + dt.timedelta(day), dt.time(12))
    return history.Author(at=timezone.make_aware(noon) if day else timezone.now())


def series_of(register: Register, here) -> list:
    """Values by which records do not replace each other: choices, or rows that they name."""
    if not register.validity.series:
        return [""]
    column = register.column(register.validity.series)
    if column.type != Type.REFERENCE:
        return list(column.choices)
    return [row(registers.of(column.related_model), here).pk for _ in range(3)]


def records_of(register: Register, series: list):
    # One vehicle is in one plan once.
    once = {register.validity.of, register.validity.series} == set(register.identity[0])
    counts = st.booleans() if register.validity.counts else st.just(True)
    begins, length = st.integers(-90, 60), st.integers(0, 80)
    written, deleted = st.integers(-60, 0), st.one_of(st.none(), st.integers(-60, 0))
    made = st.builds(
        lambda b, n, *rest: Made(b, b + n, *rest), begins, length, st.sampled_from(series[:3]), counts, written, deleted
    ).filter(lambda r: r.deleted is None or r.deleted > r.written)
    return st.lists(made, max_size=5, unique_by=lambda r: r.series if once else r.begins)


@pytest.mark.parametrize("register", OF_ITEMS)
def test_what_is_valid_is_what_python_finds(register):
    here = unit("Park ve Bahçeler Dairesi Başkanlığı")
    items = registers.of(register.column(register.validity.of).related_model)
    sample, series = row(register, here), series_of(register, here)
    choices = st.tuples(st.sampled_from(["", "41 AA 111"]), st.sampled_from(["owned", "leased"]),
                        st.sampled_from([Status.IN_USE, Status.IN_USE, Status.RETIRED]))  # fmt: skip

    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(choices, records_of(register, series), st.integers(-40, 0))
    def judged(values, records, day):
        plate, ownership, status = values
        more = {"plate": plate, "ownership": ownership, "status": status, "status_reason": "eski"}
        item = row(items, here, **more)
        history.record(items.model, [item.pk], history.CREATED, at(-LONG_AGO))
        kept = keep(register, sample, item, records)
        asked = {"as_of": f"{TODAY + dt.timedelta(day):%d.%m.%Y}"} if day else {}
        names = ",".join(f"{one.name}_{what}" for one in register.validity.beside for what in ("until", "due"))
        known = {pk: r for pk, r in kept.items() if (r.known(day) if day else r.deleted is None)}

        (shown_item,) = Listing(items, None, asked | {"columns": names}).rows.filter(id=item.pk)
        for one in register.validity.beside:
            counted = [r for r in known.values() if r.counts and (not one.kinds or r.series in one.kinds)]
            end = until(counted, day)
            assert getattr(shown_item, f"{one.name}_until") == (None if end is None else TODAY + dt.timedelta(end))
            expected = due(one.name, item, counted, day)
            assert getattr(shown_item, f"{one.name}_due") == expected
            found = Listing(items, None, asked | {f"{one.name}_due": expected} if expected else asked).matching
            assert found.filter(id=item.pk).exists()

        rows = {
            r.id: r.due
            for r in Listing(register, None, asked | {"columns": "due"}).rows.filter(**{register.validity.of: item.pk})
        }
        assert rows == {pk: state(register, item, r, list(known.values()), day) for pk, r in known.items()}
        items.model.objects.filter(pk=item.pk).update(plate="", chassis_no=f"X{item.pk}", fleet_no="")

    judged()


@pytest.mark.parametrize("register", EVERY)
def test_each_computed_column_costs_the_same_for_one_row_and_for_many(register):
    here = unit("Park ve Bahçeler Dairesi Başkanlığı")
    counts = []
    for _number in range(2):
        for _more in range(1 if not counts else 6):
            if register.slug not in ("grants", "units"):
                row(register, here)
        day = f"{TODAY:%d.%m.%Y}"
        columns = [(c.name, ",".join((*register.listed, c.name))) for c in computed(register).values()]
        asked = [{"columns": names, "sort": name} for name, names in columns]
        asked += [query | {"as_of": day} for query in asked]
        spent = []
        for query in asked:
            listing = Listing(register, None, query)
            with CaptureQueriesContext(connection) as caught:
                rows = listing.name(list(listing.rows))
                assert all(cells(register, listing.columns, each) for each in rows)
            spent.append(len(caught))
        counts.append(spent)
    assert counts[0] == counts[1]


def test_a_vehicle_of_another_day_is_seen_through_its_record_as_it_was():
    old, new = unit("Zabıta Dairesi Başkanlığı"), unit("Fen İşleri Dairesi Başkanlığı")
    inspections, vehicles = registers.get("inspections"), registers.get("vehicles")
    made = row(inspections, old)
    for register, pk in ((vehicles, made.vehicle_id), (inspections, made.pk)):
        history.record(register.model, [pk], history.CREATED, at(-10))
    vehicles.model.objects.filter(pk=made.vehicle_id).update(responsible_unit=new)
    history.record(vehicles.model, [made.vehicle_id], history.CHANGED, at(-2))
    shows = {"columns": "vehicle_responsible_unit"}
    past = shows | {"as_of": f"{TODAY - dt.timedelta(5):%d.%m.%Y}"}
    assert [line.cells[0].text for line in page(Listing(inspections, None, shows)).lines] == [str(new)]
    assert [line.cells[0].text for line in page(Listing(inspections, None, past)).lines] == [str(old)]
    for asked, here, there in ((shows, new, old), (past, old, new)):
        for where, number in ((here, 1), (there, 0)):
            query = asked | {"vehicle_responsible_unit": str(where.pk)}
            assert Listing(inspections, None, query).matching.count() == number


@pytest.mark.parametrize(
    ("slug", "declared"),
    [
        ("inspections", Validity(ends="valid_untli")),
        ("inspections", Validity(ends="valid_until", of="vehicle", counts={"result": ("pased",)})),
        ("inspections", Validity(ends="valid_until", beside=(Until(name="x", label="x", due_label="y"),))),
        ("insurances", Validity(ends="ends_on", of="vehicle", series="kind",
                                beside=(Until(name="x", label="x", due_label="y", kinds=("kasko",)),))),
        ("insurances", Validity(ends="ends_on", of="vehicle",
                                beside=(Until(name="x", label="x", due_label="y", missing=Q(platte="")),))),
        ("inspections", Through(of="vehicle", column="plaet", label="x")),
        ("inspections", Through(of="place", column="plate", label="x")),
    ],
)  # fmt: skip
def test_a_declaration_that_names_what_is_not_there_stops_the_start(slug, declared):
    with pytest.raises(ImproperlyConfigured):
        declared.check(slug, registers.get(slug).model)


def test_two_columns_of_one_name_stop_the_start():
    vehicles = registers.get("vehicles")
    twice = Register(
        slug="x", model=registers.get("inspections").model, columns=("vehicle", "done_on"), listed=("vehicle",),
        identity=(("vehicle",),), order="done_on", scope="vehicle__responsible_unit",
        through=(Through(of="vehicle", column="plate", label="a"), Through(of="vehicle", column="plate", label="b")),
    )  # fmt: skip
    with pytest.raises(ImproperlyConfigured, match="vehicle_plate"):
        check(twice)
    assert {"inspection_until", "liability_due"} <= {column.name for column in shown(vehicles)}


def test_an_expression_is_made_once_for_each_day(monkeypatch):
    column = computed(registers.get("vehicles"))["inspection_due"]
    now, past = column.expression(None), column.expression(TODAY - dt.timedelta(1))
    assert column.expression(None) is now and past is not now
    monkeypatch.setattr(timezone, "localdate", lambda: TODAY + dt.timedelta(1))
    assert column.expression(None) is not now
