"""What is hardly right is said, and saved all the same by who says so."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory import registers, writes
from inventory.columns import Type
from inventory.editing.doubts import Case, Limits, doubts, rules_of, stored
from inventory.lifecycle.fleet.leasing.models import LAST_DAY
from inventory.lifecycle.fleet.odometer.log import A_DAY
from inventory.models import Limit
from inventory.reference import load_limits
from tests.pages import EVERY, posted, sample, signed_in
from tests.rows import SYSTEM, kind, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES, LIMITS = registers.get("vehicles"), registers.get("limits")
THIS_YEAR = dt.date.today().year


@pytest.fixture
def here():
    load_limits()
    return unit("Destek Hizmetleri Deneme Birimi")


@pytest.fixture
def clerk(here):
    return signed_in(user("ayse", here, (here, "", 2)))


def of(register, made, **values) -> list[str]:
    """The sentences about a row that gets these values."""
    before = stored(made)
    for name, value in values.items():
        setattr(made, name, value)
    return [found.sentence for found in doubts(register, [Case(made, before, set(values))])]


LEFT = {"status": "retired", "status_on": dt.date(2020, 5, 1)}


@pytest.mark.parametrize(
    ("before", "values", "said"),
    [
        ({}, {"model_year": THIS_YEAR + 6}, "Model yılı"),
        ({}, {"model_year": THIS_YEAR + 1}, ""),
        ({}, {"model_year": 1949}, "olağan dışı eski"),
        ({"meter": 131_950}, {"meter": 90_000}, "Sayaç geri gidiyor: 131.950 → 90.000."),
        ({"meter": 131_950}, {"meter": 131_950}, ""),
        ({"meter": 131_950}, {"meter": 132_000}, ""),
        ({"meter": 131_950}, {"meter": None}, ""),
        ({"meter": 131_950, "meter_unit": "km"}, {"meter": 4_000, "meter_unit": "hours"}, ""),
        ({}, {"meter": 9_000_000}, "olağan sınırının üstünde"),
        (
            {"status": "retired", "status_on": dt.date(2020, 5, 1)},
            {"first_registered_on": dt.date(2021, 5, 1)},
            "sonra",
        ),
        (LEFT, {"first_registered_on": dt.date(2019, 5, 1)}, ""),
        (
            {"status": "retired", "status_on": dt.date(2020, 5, 1)},
            {"acquired_on": dt.date(2021, 5, 1)},
            "Edinme tarihi",
        ),
        ({"model_year": 2019}, {"first_registered_on": dt.date(2010, 5, 1)}, "model yılından"),
        ({}, {"acquired_on": dt.date(THIS_YEAR + 2, 1, 1)}, "henüz gelmedi"),
        ({}, {"acquired_on": dt.date(1204, 1, 1)}, "yıl olağan dışı"),
        ({}, {"notes": "Yeni"}, ""),
    ],
)
def test_of_a_vehicle(before, values, said, here):
    start = {"meter": None, "first_registered_on": None, "acquired_on": None, "model_year": None, "status_reason": "x"}
    made = row(VEHICLES, here, **start | before)
    found = of(VEHICLES, made, **values)
    assert len(found) == bool(said) and all(said in sentence for sentence in found), found


def test_a_leased_car_has_at_most_so_many_cc_as_the_table_says(here):
    car = kind(VEHICLES, "27", "Binek Oto")
    made = row(VEHICLES, here, kind=car, ownership="leased", engine_cc=1600)
    assert of(VEHICLES, made, engine_cc=1600) == []
    assert len(of(VEHICLES, made, engine_cc=1601)) == 1
    assert of(VEHICLES, made, engine_cc=1601, ownership="owned") == []
    limit = Limit.objects.get(code="leased-car-cc")
    limit.value = 2000
    writes.save(LIMITS, limit, SYSTEM)
    assert of(VEHICLES, made, engine_cc=1601, ownership="leased") == []
    writes.delete(LIMITS, limit, SYSTEM)
    assert of(VEHICLES, made, engine_cc=9_000) == []


@pytest.mark.parametrize(
    ("slug", "values"),
    [
        ("inspections", {"done_on": dt.date(2024, 1, 1), "valid_until": dt.date(2034, 1, 1)}),
        ("insurances", {"starts_on": dt.date(2024, 1, 1), "ends_on": dt.date(2034, 1, 1)}),
        ("lease-contracts", {"starts_on": dt.date(2024, 1, 1), "ends_on": dt.date(2034, 1, 1)}),
        ("leased-vehicles", {"starts_on": dt.date(2024, 1, 1), "ends_on": dt.date(2034, 1, 1)}),
    ],
)
def test_of_records(slug, values, here):
    register = registers.get(slug)
    made, last = row(register, here), list(values)[1]
    assert len(of(register, made, **values)) == 1
    assert of(register, made, **values | {last: dt.date(2025, 1, 1)}) == []


@pytest.mark.parametrize("register", EVERY)
def test_every_date_is_looked_at_and_a_usual_row_is_not_doubted(register, here):
    dates = {column.name for column in register.all_columns() if column.type == Type.DATE}
    assert dates <= {name for rule in rules_of(register) for name in rule.columns}
    made = sample(register, here)
    for name in dates:
        assert any("yıl olağan dışı" in said for said in of(register, made, **{name: dt.date(204, 1, 1)})), name


def test_rules_and_limits_belong_together(here):
    """A limit that no rule asks for, or a rule whose limit nobody loads, would be a promise not kept."""
    codes = set(Limit.objects.values_list("code", flat=True))
    asked = set()

    class Asked(Limits):
        def get(self, code, otherwise=None):
            asked.add(code)
            return otherwise

    for register in registers.every():
        for unit_of_meter in ("km", "hours"):
            made = sample(register, here)
            for name, value in (("meter_unit", unit_of_meter), ("ownership", "leased"), ("meter", 1)):
                if name in register.columns:
                    setattr(made, name, value)
            for rule in rules_of(register):
                list(rule.look([Case(made, {}, set(register.columns))], Asked()))
    # By these the log of meters judges its entries, and a lease's payment is in time.
    assert asked | {*A_DAY.values(), LAST_DAY} == codes


# Forms ----------------------------------------------------------------------------------------------------


def test_a_form_asks_once_and_saves_all_the_same(here, clerk):
    made = row(VEHICLES, here, meter=131_950, first_registered_on=None)
    url = reverse("register-edit", args=[VEHICLES, made.pk])
    data = posted(clerk.get(url).context["form"]) | {"meter": "90000"}
    asked = clerk.post(url, data)
    page = asked.content.decode()
    assert asked.status_code == 200 and "Sayaç geri gidiyor" in page and "Yine de kaydet" in page
    assert VEHICLES.model.objects.get(pk=made.pk).meter == 131_950
    # What was accepted is what was read: another doubt is asked about anew.
    accepted = {"accepted": asked.context["form"].stamp}
    more = clerk.post(url, data | accepted | {"model_year": str(THIS_YEAR + 6)})
    assert more.status_code == 200 and len(more.context["form"].doubts) == 2
    assert clerk.post(url, data | accepted).status_code == 302
    assert VEHICLES.model.objects.get(pk=made.pk).meter == 90_000
    # And never again, as long as nobody changes it.
    data = posted(clerk.get(url).context["form"]) | {"notes": "Başka bir şey"}
    assert clerk.post(url, data).status_code == 302


def test_a_new_row_is_asked_about_too_and_its_errors_are_said_with_it(here, clerk):
    url = reverse("register-new", args=[VEHICLES])
    made = row(VEHICLES, here)
    data = posted(clerk.get(reverse("register-edit", args=[VEHICLES, made.pk])).context["form"])
    data |= {"model_year": str(THIS_YEAR + 6)}
    asked = clerk.post(url, data)
    # The plate is another vehicle's.
    assert asked.context["form"].doubts and asked.context["form"].errors
    writes.delete(VEHICLES, made, SYSTEM)
    asked = clerk.post(url, data)
    assert not asked.context["form"].errors
    assert clerk.post(url, data | {"accepted": asked.context["form"].stamp}).status_code == 302
    assert VEHICLES.model.objects.get().model_year == THIS_YEAR + 6


def test_taking_out_of_service_asks_too(here, clerk):
    made = row(VEHICLES, here, first_registered_on=dt.date(2022, 1, 1), acquired_on=None)
    url = reverse("register-retire", args=[VEHICLES, made.pk])
    data = {"status": "retired", "status_on": "01.05.2020", "status_reason": "Hurda"}
    asked = clerk.post(url, data)
    assert asked.status_code == 200 and asked.context["form"].doubts
    assert clerk.post(url, data | {"accepted": asked.context["form"].stamp}).status_code == 302


def test_bulk_edit_says_which_rows_before_it_writes(here, clerk):
    rows = [row(VEHICLES, here, meter=meter) for meter in (131_950, 50_000)]
    data = {"selected": [r.pk for r in rows], "change_meter": "on", "meter": "90000", "reason": "x"}
    shown = clerk.post(reverse("register-bulk", args=[VEHICLES]), data | {"step": "preview"})
    assert shown.context["doubts"] == [("Sayaç geri gidiyor: 131.950 → 90.000.", [str(rows[0])], 0)]
    assert "2 kaydı yine de değiştir" in shown.content.decode()
    assert [r.meter for r in VEHICLES.model.objects.order_by("pk")] == [131_950, 50_000]
    write = data | {"step": "write", "count": 2}
    unread = clerk.post(reverse("register-bulk", args=[VEHICLES]), write)
    assert unread.context["step"] == "confirm"
    assert [r.meter for r in VEHICLES.model.objects.order_by("pk")] == [131_950, 50_000]
    clerk.post(reverse("register-bulk", args=[VEHICLES]), write | {"accepted": shown.context["stamp"]})
    assert [r.meter for r in VEHICLES.model.objects.order_by("pk")] == [90_000, 90_000]


@pytest.mark.parametrize("register", registers.every(), ids=str)
def test_every_rule_takes_rows_that_name_nothing(register, db):
    """Two lines of a sheet whose references could not be read, or are blank."""
    everything = {field.name for field in register.model._meta.concrete_fields}
    cases = [Case(register.model(), {}, everything) for _each in range(2)]
    assert isinstance(doubts(register, cases), list)


def test_bulk_edit_asks_the_same_for_few_and_many_doubted_rows(here, clerk):
    """Each sentence holds its row's own values."""

    def queries(count: int) -> int:
        rows = [row(VEHICLES, here, meter=100_000 + number) for number in range(count)]
        data = {"selected": [r.pk for r in rows], "change_meter": "on", "meter": "90000", "reason": "x"}
        with CaptureQueriesContext(connection) as captured:
            shown = clerk.post(reverse("register-bulk", args=[VEHICLES]), data | {"step": "preview"})
        assert len(shown.context["doubts"]) == count
        return len(captured)

    queries(1)
    assert queries(2) == queries(12)


def test_bulk_edit_shows_the_first_of_many_doubts_and_asks_about_all(here, clerk, monkeypatch):
    monkeypatch.setattr("imports.pages.many._SENTENCES", 3)
    rows = [row(VEHICLES, here, meter=100_000 + number) for number in range(5)]
    data = {"selected": [r.pk for r in rows], "change_meter": "on", "meter": "90000", "reason": "x"}
    url = reverse("register-bulk", args=[VEHICLES])
    shown = clerk.post(url, data | {"step": "preview"})
    assert len(shown.context["doubts"]) == 3 and "ve benzeri 2 uyarı daha" in shown.content.decode()
    VEHICLES.model.objects.filter(pk=rows[-1].pk).update(meter=200_000)
    write = data | {"step": "write", "count": 5, "accepted": shown.context["stamp"]}
    assert clerk.post(url, write).context["step"] == "confirm", "one that is not shown became another"
    assert clerk.post(url, write | {"accepted": clerk.post(url, write).context["stamp"]}).status_code == 302
