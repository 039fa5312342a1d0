"""The rules: what may be written in them, and what a new installation begins with."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from inventory import registers, writes
from inventory.reminders import reference, steps
from inventory.reminders.models import Rule
from tests.rows import SYSTEM

RULES = registers.get("reminder-rules")


def saved(**values) -> Rule:
    rule = Rule(**{"name": "Muayene", "date": "vehicles.inspection_until", "days_before": "30, 7"} | values)
    return writes.save(RULES, rule, SYSTEM)


@pytest.mark.django_db
def test_days_are_kept_in_one_form():
    assert saved(days_before=" 7 gün; 30,15 ,7").days_before == "30, 15, 7"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "column", "word"),
    [
        ({"days_before": "ay başında"}, "days_before", "gün sayıları değil"),
        ({"days_before": "-3"}, "days_before", "gün sayıları değil"),
        ({"days_before": "99999"}, "days_before", "en çok"),
        ({"days_before": "١٢"}, "days_before", "gün sayıları değil"),
        ({"date": "vehicles.plate"}, "date", "listeden birini"),
        ({"date": "nowhere.day"}, "date", "listeden birini"),
        ({"overdue_every": 0}, "overdue_every", "en az 1"),
        ({"to_level": None}, "__all__", "kime gideceğini"),
    ],
)
def test_what_is_no_rule_is_refused_with_a_sentence(values, column, word):
    with pytest.raises(ValidationError) as refusal:
        saved(**values)
    assert word in " ".join(refusal.value.message_dict[column])


@pytest.mark.django_db
def test_the_rules_of_a_new_installation_are_loaded_once_and_never_again():
    added = reference.load()["reminder-rules"]
    assert added >= 9 and Rule.objects.filter(name="Araç muayenesi", days_before="30, 15, 7, 1").exists()
    writes.delete(RULES, Rule.objects.get(name="Kasko"), SYSTEM)
    assert reference.load() == {"reminder-rules": 0}


@pytest.mark.once
@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=12),
    st.none() | st.integers(1, 60),
    st.integers(-500, 500),
)
def test_one_step_a_day_and_never_an_earlier_one_again(before, every, left):
    due, day = dt.date(2026, 6, 1), dt.date(2026, 6, 1) - dt.timedelta(left)
    step, later = (steps.step_on(each, due, before, every) for each in (day, day + dt.timedelta(1)))
    if step is not None:
        assert step >= left or step == max(before)
        assert step in before or (every and step % every == 0)
        assert later is None or later <= step
    else:
        assert left > max(before) or not every
