"""The programme's figures: counted from lists, with their rows; nothing said is not 0."""

import datetime as dt
import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse

from inventory import registers, writes
from inventory.calendar.reference import load as load_calendar
from inventory.indicators import figures, reference
from inventory.indicators.measures import Measure
from inventory.indicators.models import Indicator, YearFigure
from inventory.reference import load as load_kinds
from tests.pages import signed_in
from tests.rows import SYSTEM, kind, row, unit, user

INDICATORS, YEARS, VEHICLES, INSPECTIONS = (
    registers.get(slug) for slug in ("indicators", "indicator-years", "vehicles", "inspections")
)
pytestmark = pytest.mark.django_db
BOUGHT = "vehicles?acquired_on_from={ilk}&acquired_on_to={son}"


@pytest.fixture
def here():
    return unit("Destek Hizmetleri Dairesi Başkanlığı")


@pytest.fixture
def there():
    return unit("Fen İşleri Dairesi Başkanlığı")


def indicator(**values) -> Indicator:
    given = {"goal": "KU/PH.9.9.9", "number": 1, "responsible": "Destek", "name": "Deneme", "unit": "Adet/Yıl"}
    return writes.save(INDICATORS, Indicator(**given | values), SYSTEM)


def figure(made: Indicator, year=2024, who=None, as_of=None):
    return next(figures.figures([made], year, who, as_of))


def vehicle(of, bought: dt.date, **values):
    return row(VEHICLES, of, acquired_on=bought, **values)


def test_a_count_is_of_the_rows_that_its_address_shows(here):
    for day in (dt.date(2023, 12, 31), dt.date(2024, 1, 1), dt.date(2024, 12, 31), dt.date(2025, 1, 1)):
        vehicle(here, day)
    found = figure(indicator(counted=BOUGHT))
    assert (found.value, found.numerator, found.denominator) == (2, 2, None)
    listed = signed_in(user("bakan", here, (None, "", 3))).get(found.rows_url)
    assert len(listed.context["page"].lines) == 2


def test_a_rate_of_nothing_is_no_figure(here):
    made = indicator(measure=Measure.RATE, counted=BOUGHT + "&ownership=leased", base=BOUGHT)
    assert figure(made).value is None
    vehicle(here, dt.date(2024, 5, 1), ownership="leased")
    vehicle(here, dt.date(2024, 5, 1))
    vehicle(here, dt.date(2024, 6, 1))
    found = figure(made)
    assert (str(found.value), found.numerator, found.denominator) == ("33.33", 1, 3)


def test_months_have_their_mean_and_the_pooled_rate_beside_it(here):
    made = indicator(measure=Measure.RATE, monthly=True, counted=BOUGHT + "&ownership=leased", base=BOUGHT)
    vehicle(here, dt.date(2024, 1, 31), ownership="leased")
    for _ in range(3):
        vehicle(here, dt.date(2024, 2, 1))
    found = figure(made)
    # 100 % in January, 0 % in February; the other months say nothing.
    assert (str(found.value), str(found.pooled)) == ("50.00", "25.00")
    assert [part.of for part in found.parts] == [1, 3] + [0] * 10


def test_days_are_working_days_and_rows_without_a_date_are_said(here):
    load_calendar()
    listed = "inspections?done_on_from={ilk}&done_on_to={son}"
    for done, until in (("2024-03-01", "2024-03-04"), ("2024-03-01", "2024-03-08")):  # Friday → Monday; → Friday
        made = row(VEHICLES, here)
        row(
            INSPECTIONS,
            here,
            vehicle=made,
            done_on=dt.date.fromisoformat(done),
            valid_until=dt.date.fromisoformat(until),
        )
    both = {"begins": "done_on", "ends": "valid_until", "counted": listed}
    assert str(figure(indicator(measure=Measure.DAYS, **both)).value) == "3.00"
    within = figure(indicator(measure=Measure.WITHIN, within=2, number=2, **both))
    assert (str(within.value), within.numerator, within.denominator) == ("50.00", 1, 2)


def test_a_past_day_knows_what_was_there_then(here):
    made = indicator(counted=BOUGHT)
    vehicle(here, dt.date(2024, 5, 1))
    assert (
        figure(made, as_of=dt.date(2024, 12, 31)).value is None or figure(made, as_of=dt.date(2024, 12, 31)).value == 0
    )
    assert figure(made).value == 1


def test_whoever_sees_less_is_told_so(here, there):
    made = indicator(counted=BOUGHT)
    vehicle(here, dt.date(2024, 5, 1))
    vehicle(there, dt.date(2024, 5, 1))
    clerk = user("katip", here, (here, "vehicles", 1))
    found = figure(made, who=clerk)
    assert (found.value, found.partial) == (1, True)
    assert not figure(made, who=user("hepsi", here, (None, "", 1))).partial
    stranger = user("agci", here, (here, "network", 1))
    assert "yetkiniz yok" in figure(made, who=stranger).missing


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"counted": "yok-boyle?x=1"}, "counted"),
        ({"counted": "vehicles?boyle_bir_suzgec=1"}, "counted"),
        ({"counted": "vehicles?kind=Uzay+mekiği"}, "counted"),
        ({"counted": "vehicles?acquired_on_from=yarın"}, "counted"),
        ({"counted": BOUGHT, "measure": Measure.RATE}, "base"),
        ({"counted": BOUGHT, "measure": Measure.DAYS, "begins": "acquired_on", "ends": "plate"}, "ends"),
        ({"counted": BOUGHT, "measure": Measure.WITHIN, "begins": "acquired_on", "ends": "status_on"}, "within"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_with_its_column(values, column, db):
    with pytest.raises(ValidationError) as refused:
        indicator(**values)
    assert column in refused.value.message_dict


def test_a_rule_may_be_the_address_that_a_browser_shows(here):
    for ownership in ("leased", "owned"):
        vehicle(here, dt.date(2024, 5, 1), ownership=ownership)
    made = indicator(counted="http://127.0.0.1:8000/vehicles/?ownership=leased&sort=-plate&size=50&page=2&at=list")
    assert figure(made).value == 1


def test_a_number_in_an_address_is_answered_with_its_name(here):
    tram = kind(VEHICLES, "41", "Tramvay")
    with pytest.raises(ValidationError) as refused:
        indicator(counted=f"/vehicles/?kind={tram.pk}")
    (sentence,) = refused.value.message_dict["counted"]
    assert f"“kind={tram.pk}” yerine “kind=" in sentence
    named = sentence.split("yerine “kind=")[1].partition("”")[0]
    assert indicator(counted=f"vehicles?kind={named}").pk
    with pytest.raises(ValidationError):
        indicator(counted=f"vehicles?kind={tram.pk + 1_000}")


def test_a_missing_target_is_entered_from_the_page_by_whoever_may(here):
    made = indicator(counted=BOUGHT)
    address = f"{reverse('register-new', args=[YEARS])}?indicator={made.pk}&amp;year=2024"
    writer, reader = signed_in(user("yazan", here, (None, "", 3))), signed_in(user("bakan", here, (None, "", 1)))

    def page(client):
        return client.get(reverse("indicators-overview"), {"year": "2024"}).content.decode()

    assert address in page(writer) and address not in page(reader)
    writes.save(YEARS, YearFigure(indicator=made, year=2024, target=5), SYSTEM)
    assert address not in page(writer)


def test_the_programmes_indicators_come_once_and_keep_what_users_changed(db):
    load_kinds()
    reference.load()
    assert Indicator.objects.count() == 48
    assert YearFigure.objects.filter(year=2024).count() == 48
    tram = Indicator.objects.get(goal="KE/PH.1.3.1", number=4)
    assert tram.counted.startswith("vehicles?")
    tram.counted = ""
    writes.save(INDICATORS, tram, SYSTEM)
    assert set(reference.load().values()) == {0}
    tram.refresh_from_db()
    assert tram.counted == ""


def test_a_rule_that_could_not_be_read_at_first_comes_later(db):
    reference.load()  # without the kinds of vehicles
    assert Indicator.objects.get(goal="KE/PH.1.3.1", number=4).counted == ""
    load_kinds()
    reference.load()
    assert Indicator.objects.get(goal="KE/PH.1.3.1", number=4).counted.startswith("vehicles?")


def test_the_page_and_the_command_say_the_same(here, capsys):
    made = indicator(counted=BOUGHT)
    writes.save(YEARS, YearFigure(indicator=made, year=2024, target=5), SYSTEM)
    vehicle(here, dt.date(2024, 5, 1))
    call_command("indicators", "--year", "2024", "--json")
    (said,) = json.loads(capsys.readouterr().out)
    assert (said["goal"], said["no"], said["target"], said["value"], said["numerator"]) == (
        "KU/PH.9.9.9", 1, "5.00", "1.00", 1,
    )  # fmt: skip
    reader = signed_in(user("bakan", here, (None, "", 1)))
    page = reader.get(reverse("indicators-overview"), {"year": "2024"})
    assert (
        "hedefin gerisinde" in page.content.decode() and said["rows_url"].replace("&", "&amp;") in page.content.decode()
    )
    own = reader.get(reverse("register-detail", args=[INDICATORS, made.pk]))
    assert "Kütükten hesaplanan" in own.content.decode()


@pytest.mark.parametrize("query", [{"year": "3000"}, {"year": "abc"}, {"as_of": "31.02.2024"}, {"as_of": "01.01.2190"}])
def test_a_year_that_is_not_understood_gives_no_figures(query, here):
    page = signed_in(user("bakan", here, (None, "", 1))).get(reverse("indicators-overview"), query)
    assert page.status_code == 200 and "computed" not in page.context


def test_a_finding_without_a_letter_is_late_once_its_days_are_over(here):
    """KU/PH.5.1.1-1 as it comes with the register."""
    load_calendar()
    reference.load()
    rule = Indicator.objects.get(goal="KU/PH.5.1.1", number=1)
    audit = row(registers.get("tracking-audits"), here, done_on=dt.date(2024, 3, 1))
    for letter in (dt.date(2024, 3, 5), dt.date(2024, 3, 6), None):  # Friday → Tuesday is two, Wednesday three
        finding = {"letter_on": letter, "answered_on": None, "found_on": dt.date(2024, 3, 1), "audit": audit}
        row(registers.get("tracking-findings"), here, **finding)
    found = figure(rule)
    assert (str(found.value), found.numerator, found.denominator, found.excluded) == ("33.33", 1, 3, 0)
    counted = figure(Indicator.objects.get(goal="KU/PH.5.1.1", number=2))
    assert counted.numerator == 1 and len(counted.parts) == 12
