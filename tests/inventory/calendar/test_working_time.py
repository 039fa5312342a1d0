"""Working days and hours: equal to naive counts for any calendar, refused where the calendar knows too little."""

import contextlib
import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.calendar.feasts import ODD, feasts
from inventory.calendar.reference import official, usual_hours
from inventory.calendar.working_time import Calendar, DayRule, HoursRule, Unknown
from tests.inventory.calendar import naive
from tests.inventory.calendar.naive import ZONE, at

pytestmark = pytest.mark.once
OFFICIAL = list(official())
DAYS = [DayRule.of(row.day, row.kind, row.works_until, row.yearly, row.yearly_until) for row in OFFICIAL]
HOURS = [HoursRule.of(row.weekday, row.starts_at, row.ends_at, None, None) for row in usual_hours()]
USUAL = Calendar(DAYS, HOURS)
D = dt.date

# The years of the naive counts: clocks changed until 2016, and have not since.
FIRST, LAST = D(2014, 6, 1), D(2018, 6, 1)
NEAR = [rule for rule in DAYS if rule.yearly or 2012 <= rule.day.year <= 2021]

when = st.dates(FIRST, LAST)
# Between 3 and 4 clocks are put on and back: no such half hour is worth an answer.
clock = st.integers(0, 48).map(lambda n: n * naive.STEP).filter(lambda minute: minute != 3 * 60 + 30)
day_rules = st.builds(
    DayRule,
    day=when,
    kind=st.sampled_from(["holiday", "half_day", "leave", "working"]),
    closes=st.none() | clock,
    yearly=st.booleans(),
    until=st.none() | when,
)
hours_rules = st.builds(
    HoursRule, weekday=st.integers(1, 7), starts=clock, ends=clock, since=st.none() | when, until=st.none() | when
).filter(lambda rule: rule.starts < rule.ends)
# Official days with others on top; any hours, of which one holds always, so that they are known on every day.
calendars = st.tuples(
    st.lists(day_rules, max_size=8).map(lambda more: NEAR + more),
    st.one_of(
        st.just(HOURS),
        st.builds(
            lambda more, one: [*more, one._replace(since=None, until=None)],
            st.lists(hours_rules, max_size=8),
            hours_rules,
        ),
    ),
)
moments = st.builds(at, when, clock.filter(lambda minute: minute < 24 * 60))


@given(calendars, when, st.integers(-25, 25))
def test_adding_working_days_is_counting_them_one_by_one(rules, day, n):
    calendar = Calendar(*rules)
    found = calendar.add_working_days(day, n)
    assert found == naive.added(rules, day, n)
    if n:
        assert calendar.working_days_between(day, found) == n


@given(calendars, when, st.integers(-500, 500))
def test_working_days_between_are_those_met_on_the_way(rules, start, days):
    end = start + dt.timedelta(days=days)
    assert Calendar(*rules).working_days_between(start, end) == naive.days_between(rules, start, end)


@given(calendars, moments, st.integers(0, 48 * 40))
def test_working_hours_between_are_the_half_hours_worked(rules, start, half_hours):
    end = (start.astimezone(dt.UTC) + dt.timedelta(minutes=naive.STEP * half_hours)).astimezone(ZONE)
    counted = Calendar(*rules).working_hours_between(start, end)
    assert counted == naive.hours_between(rules, start, end)
    assert Calendar(*rules).working_hours_between(end, start) == -counted


@given(st.dates(D(2000, 1, 1), D(2032, 12, 1)), st.dates(D(2000, 1, 1), D(2032, 12, 1)))
def test_over_decades_the_official_calendar_is_counted_right(start, end):
    # Day by day with the calendar's own answer for each: the naive rules are too slow here.
    first, last = sorted((start, end))
    between = [first + n * naive.ONE for n in range(1, (last - first).days + 1)]
    assert USUAL.working_days_between(first, last) == sum(USUAL.is_working_day(day) for day in between)


# Published days -----------------------------------------------------------------------------------------------

# Official announcements: eve (half day), first and last day of each feast.
PUBLISHED = {
    2024: [(D(2024, 4, 9), D(2024, 4, 10), D(2024, 4, 12)), (D(2024, 6, 15), D(2024, 6, 16), D(2024, 6, 19))],
    2025: [(D(2025, 3, 29), D(2025, 3, 30), D(2025, 4, 1)), (D(2025, 6, 5), D(2025, 6, 6), D(2025, 6, 9))],
    2026: [(D(2026, 3, 19), D(2026, 3, 20), D(2026, 3, 22)), (D(2026, 5, 26), D(2026, 5, 27), D(2026, 5, 30))],
    2027: [(D(2027, 3, 8), D(2027, 3, 9), D(2027, 3, 11)), (D(2027, 5, 15), D(2027, 5, 16), D(2027, 5, 19))],
}
FIXED = [(1, 1), (4, 23), (5, 1), (5, 19), (7, 15), (8, 30), (10, 29)]


@pytest.mark.parametrize("year", PUBLISHED)
def test_each_day_of_the_year_is_worked_as_published(year):
    closed = {D(year, *day) for day in FIXED}
    half = {D(year, 10, 28)}
    for eve, first, last in PUBLISHED[year]:
        half.add(eve)
        closed |= {first + n * naive.ONE for n in range((last - first).days + 1)}
    for n in range(366 if year % 4 == 0 else 365):
        day = D(year, 1, 1) + n * naive.ONE
        usual = 0 if day in closed or day.isoweekday() > 5 else 4 if day in half else 8
        worked = USUAL.working_hours_between(at(day, 0), at(day + naive.ONE, 0))
        assert worked == dt.timedelta(hours=usual), day
        assert USUAL.is_working_day(day) == bool(usual)


def test_the_half_day_ends_at_one():
    hours = [HoursRule(weekday, 8 * 60, 17 * 60) for weekday in range(1, 6)]
    eve, after = at(D(2026, 10, 28), 0), at(D(2026, 10, 29), 0)
    assert Calendar(DAYS, hours).working_hours_between(eve, after) == dt.timedelta(hours=5)


def test_the_arithmetic_calendar_lies_near_the_official_one():
    # So what is looked for around it is found if it is there, and nothing else is.
    days = {(row.name, row.day) for row in OFFICIAL if not row.yearly and row.kind == "holiday"}
    firsts = [(name, day) for name, day in days if (name, day - naive.ONE) not in days]
    for name, day in firsts:
        near = [
            feast for year in (day.year - 1, day.year, day.year + 1) for feast in feasts(year) if feast.name == name
        ]
        assert min(abs(feast.about - day) for feast in near) < dt.timedelta(days=ODD), (name, day)
    assert Counter(name for name, _day in firsts) == {"Ramazan Bayramı": 34, "Kurban Bayramı": 34}


# What a start may be ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "n", "found"),
    [
        (D(2026, 3, 17), 0, D(2026, 3, 17)),
        (D(2026, 3, 20), 0, D(2026, 3, 23)),  # a feast's first day
        (D(2026, 3, 19), 0, D(2026, 3, 19)),  # a half day is a working day
        (D(2026, 3, 19), 1, D(2026, 3, 23)),
        (D(2026, 3, 20), 1, D(2026, 3, 23)),
        (D(2026, 3, 21), 3, D(2026, 3, 25)),  # a Saturday
        (D(2026, 3, 23), -1, D(2026, 3, 19)),
        (D(2026, 3, 21), -1, D(2026, 3, 19)),
        (D(2025, 12, 31), 1, D(2026, 1, 2)),
        (D(2026, 1, 2), -1, D(2025, 12, 31)),
    ],
)
def test_adding_to_a_holiday_half_day_or_weekend(day, n, found):
    assert USUAL.add_working_days(day, n) == found


def test_a_day_worked_after_all_and_leave():
    saturday, monday, friday = D(2026, 6, 13), D(2026, 6, 15), D(2026, 10, 30)
    more = [
        DayRule(saturday, "working"),
        DayRule(monday, "leave", 12 * 60),
        DayRule(friday, "leave"),
        DayRule(D(2026, 10, 29), "working", 12 * 60),
    ]
    calendar = Calendar([*DAYS, *more], HOURS)

    def worked(day):
        return calendar.working_hours_between(at(day, 0), at(day + naive.ONE, 0)) / dt.timedelta(hours=1)

    assert [worked(rule.day) for rule in more] == [8, 4, 0, 4]


def test_of_several_rows_for_a_day_the_shortest_counts_but_one_worked_after_all():
    eve = D(2026, 5, 26)
    whole, short, long = DayRule(eve, "leave"), DayRule(eve, "leave", 10 * 60), DayRule(eve, "leave", 16 * 60)
    after_all = DayRule(eve, "working", 11 * 60)
    hours = []
    for more in ([], [long], [long, short], [short, whole], [whole, after_all]):
        calendar = Calendar([*DAYS, *more], HOURS)
        hours.append(calendar.working_hours_between(at(eve, 0), at(eve + naive.ONE, 0)) / dt.timedelta(hours=1))
    assert hours == [4, 4, 2, 0, 3]


def test_a_holiday_abolished_still_was_one():
    days = [rule._replace(until=D(2025, 7, 15)) if rule.day == D(2017, 7, 15) else rule for rule in DAYS]
    calendar = Calendar(days, HOURS)
    worked = [calendar.is_working_day(D(year, 7, 15)) for year in (2016, 2024, 2025, 2026)]
    assert worked == [True, False, False, True]


def test_hours_are_those_of_their_time_and_count_once():
    summer = [HoursRule(day, 7 * 60, 15 * 60, D(2026, 6, 1), D(2026, 8, 31)) for day in range(1, 6)]
    rest = [HoursRule(day, 8 * 60, 17 * 60, None, D(2026, 5, 31)) for day in range(1, 6)]
    rest += [HoursRule(day, 12 * 60, 18 * 60, D(2026, 9, 1)) for day in range(1, 6)]
    rest += [HoursRule(day, 8 * 60, 17 * 60, D(2026, 9, 1)) for day in range(1, 6)]
    calendar = Calendar(DAYS, summer + rest)

    def worked(day):
        return calendar.working_hours_between(at(day, 0), at(day + naive.ONE, 0)) / dt.timedelta(hours=1)

    assert [worked(D(2026, month, 4)) for month in (5, 6, 8, 9)] == [9, 8, 8, 10]


def test_the_clock_is_istanbuls():
    # 21:30 in London is half past midnight, and so of the next day.
    london = dt.datetime(2026, 6, 9, 21, 30, tzinfo=dt.UTC)
    assert USUAL.working_hours_between(london, at(D(2026, 6, 10), 9 * 60)) == dt.timedelta(hours=1)
    with pytest.raises(ValueError, match="time zone"):
        USUAL.working_hours_between(dt.datetime(2026, 6, 9), london)


# What is not known --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (lambda c: c.add_working_days(D(2032, 12, 20), 30), "Ramazan Bayramı takvimde yok ya da eksik"),
        (lambda c: c.add_working_days(D(2033, 2, 1), 40), "Kurban Bayramı takvimde yok ya da eksik"),
        (lambda c: c.add_working_days(D(2033, 4, 15), -40), "Kurban Bayramı"),
        (lambda c: c.working_days_between(D(2032, 5, 3), D(2034, 5, 3)), "Ramazan Bayramı"),
        (lambda c: c.working_days_between(D(2034, 5, 3), D(2032, 5, 3)), "Ramazan Bayramı"),
        (lambda c: c.working_hours_between(at(D(2026, 5, 3), 0), at(D(2034, 5, 3), 0)), "Ramazan Bayramı"),
        (lambda c: c.is_working_day(D(2033, 1, 3)), "Ramazan Bayramı"),
        (lambda c: c.add_working_days(D(1999, 12, 30), 1), "1999 yılını bilmiyor"),
        (lambda c: c.add_working_days(D(2000, 1, 5), -10), "1999 yılını bilmiyor"),
        (lambda c: c.add_working_days(D.min, -1), "1 yılını bilmiyor"),
        (lambda c: c.add_working_days(D.max, 1), "9999 yılını bilmiyor"),
        (lambda c: c.is_working_day(D(9990, 6, 1)) and c.is_working_day(D(9991, 6, 1)), "9991 yılını bilmiyor"),
        (lambda c: c.add_working_days(D(2026, 1, 1), 10**9), "Ramazan Bayramı"),
        (lambda c: c.add_working_days(D(2026, 1, 1), -(10**9)), "1999 yılını bilmiyor"),
        (lambda c: Calendar([], HOURS).add_working_days(D(2026, 1, 1), 1), "2026 yılını bilmiyor"),
        (lambda c: Calendar(DAYS, []).add_working_days(D(2026, 1, 1), 1), "01.01.2026 için çalışma saati yazılmamış"),
    ],
)
def test_what_the_calendar_does_not_know_is_refused_with_a_sentence(count, said):
    with pytest.raises(Unknown, match=said):
        count(USUAL)


def test_days_between_feasts_to_come_are_known():
    assert USUAL.add_working_days(D(2033, 6, 1), 3) == D(2033, 6, 6)


@pytest.mark.parametrize("left_out", [None, 0, 2])
def test_a_year_to_come_is_known_once_its_feast_is_entered_whole(left_out):
    # A day before the arithmetic calendar has it, which happens.
    eve = D(2033, 3, 10)
    feast = [DayRule(eve, "half_day", 13 * 60), *(DayRule(eve + n * naive.ONE, "holiday") for n in range(1, 5))]
    if left_out is not None:
        del feast[left_out]
    calendar = Calendar(DAYS + feast, HOURS)
    if left_out is None:
        assert calendar.working_days_between(D(2033, 3, 4), D(2033, 3, 18)) == 10 - 2
    else:
        with pytest.raises(Unknown, match="Kurban Bayramı"):
            calendar.working_days_between(D(2033, 3, 4), D(2033, 3, 18))


def test_before_the_first_hours_nothing_is_counted():
    calendar = Calendar(DAYS, [rule._replace(since=D(2026, 3, 2)) for rule in HOURS])
    assert calendar.working_days_between(D(2026, 3, 2), D(2026, 3, 4)) == 2
    with pytest.raises(Unknown, match=r"27\.02\.2026 için çalışma saati yazılmamış"):
        calendar.working_days_between(D(2026, 2, 27), D(2026, 3, 4))


edges = st.dates() | st.sampled_from([D.min, D.min + dt.timedelta(1), D.max - dt.timedelta(1), D.max])


@given(
    st.lists(st.builds(DayRule, edges, st.just("leave"), yearly=st.booleans(), until=st.none() | edges), max_size=3),
    st.lists(st.builds(HoursRule, st.just(1), st.just(480), st.just(1440), edges, st.none() | edges), max_size=3),
    st.tuples(edges, edges),
    st.integers(-(10**4), 10**4),
)
def test_at_the_edges_of_all_days_it_answers_or_does_not_know(days, hours, pair, n):
    calendar = Calendar(days, hours)
    moments = [dt.datetime.combine(pair[0], dt.time.min, dt.UTC), dt.datetime.combine(pair[1], dt.time.max, dt.UTC)]
    for count, given_days in (
        (calendar.is_working_day, pair[:1]),
        (calendar.add_working_days, (pair[0], n)),
        (calendar.working_days_between, pair),
        (calendar.working_hours_between, moments),
    ):
        with contextlib.suppress(Unknown):
            count(*given_days)
