"""The calendar's two lists: loaded once, edited by users, read in two queries."""

import datetime as dt
import io
import subprocess
import sys

import openpyxl
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse

from imports import batches
from inventory import registers, writes
from inventory.calendar import reference, working_time
from inventory.calendar.models import Day, WorkingHours
from tests.inventory.calendar.naive import at
from tests.pages import signed_in
from tests.rows import SYSTEM, unit, user

pytestmark = pytest.mark.django_db
DAYS, HOURS = registers.get("calendar-days"), registers.get("working-hours")
D = dt.date


@pytest.fixture
def loaded():
    return reference.load()


@pytest.fixture
def clerk(loaded):
    return user("ayse", unit("İnsan Kaynakları Deneme Birimi"), (None, "calendar-days", 2), (None, "working-hours", 2))


def test_a_new_installation_counts_and_loads_nothing_twice(loaded):
    assert loaded["calendar-days"] > 300 and loaded["working-hours"] == 10
    assert reference.load() == {"calendar-days": 0, "working-hours": 0}
    calendar = working_time.load()
    assert calendar.add_working_days(D(2026, 10, 27), 2) == D(2026, 10, 30)
    assert calendar.working_hours_between(at(D(2026, 10, 28), 0), at(D(2026, 10, 31), 0)) == dt.timedelta(hours=12)


def test_what_users_changed_or_deleted_does_not_return(loaded):
    labour = Day.objects.get(day=D(2009, 5, 1))
    writes.delete(DAYS, labour, SYSTEM)
    eve = Day.objects.get(day=D(2031, 1, 23))
    eve.day = D(2031, 1, 22)
    writes.save(DAYS, eve, SYSTEM)
    assert reference.load()["calendar-days"] == 0
    calendar = working_time.load()
    assert calendar.is_working_day(D(2026, 5, 1))
    # The feast now lacks a day before it.
    with pytest.raises(working_time.Unknown, match="Ramazan Bayramı"):
        calendar.is_working_day(D(2031, 1, 23))


def test_a_feast_that_users_entered_is_not_loaded_beside_theirs(loaded, monkeypatch):
    """A later package knows more years, perhaps otherwise."""
    first = D(2033, 1, 1)
    theirs = [Day(day=first + dt.timedelta(days=n), name="Ramazan Bayramı", kind="holiday") for n in range(-1, 3)]
    writes.create_many(DAYS, theirs, SYSTEM)
    package = [Day(day=day, name="Bayram", kind="holiday") for day in (D(2033, 1, 3), D(2033, 3, 12))]
    monkeypatch.setattr(reference, "official", lambda: iter(package))
    assert reference.load()["calendar-days"] == 1
    assert not Day.objects.filter(day=D(2033, 1, 3), name="Bayram").exists()


def test_two_queries_however_long_the_time(loaded, django_assert_num_queries):
    with django_assert_num_queries(2):
        calendar = working_time.load()
        for year in range(2001, 2032):
            calendar.working_days_between(D(2000, 5, 1), D(year, 5, 1))
            calendar.working_hours_between(at(D(2000, 5, 1), 0), at(D(year, 5, 1), 0))
            calendar.add_working_days(D(year, 1, 1), 100)


def test_counting_never_reads_the_package_of_holidays():
    """It would cost each web process 10 MB and a fifth of a second."""
    code = """
import django, sys
django.setup()
from config import wsgi
from inventory.calendar import reference, working_time
sys.exit("holidays" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, env={"DJANGO_SETTINGS_MODULE": "config.settings"}
    )
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": "half_day"}, "mesainin kaçta bittiğini yazınız"),
        ({"kind": "holiday", "works_until": "13:00"}, "türü “Yarım gün tatil” seçiniz"),
        ({"kind": "half_day", "works_until": "saat bir"}, "bir saat değil"),
        ({"kind": "half_day", "works_until": "25:00"}, "bir saat değil"),
        ({"kind": "leave", "yearly_until": "01.01.2030"}, "yalnızca her yıl yinelenen günde"),
        ({"kind": "leave", "yearly": "on", "yearly_until": "01.01.2020"}, "yalnızca her yıl yinelenen günde"),
        ({"kind": "holiday", "day": "20.03.2026"}, "takvimde zaten var"),
    ],
)
def test_a_day_that_says_nothing_clear_is_refused(clerk, values, said):
    asked = {"day": "25.03.2026", "name": "Deneme", "works_until": ""} | values
    answer = signed_in(clerk).post(reverse("register-new", args=[DAYS]), asked)
    assert answer.status_code == 200
    assert said in answer.content.decode()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"ends_at": "8.00"}, "Bitiş saati başlangıçtan sonra olmalı"),
        ({"valid_from": "02.03.2026", "valid_until": "01.03.2026"}, "Geçerlilik sonu başından önce olamaz"),
        ({"starts_at": "08:00"}, "zaten var"),
    ],
)
def test_hours_that_cannot_be_are_refused(clerk, values, said):
    asked = {"weekday": 1, "starts_at": "09:00", "ends_at": "17.30", "valid_from": "01.01.2000"} | values
    answer = signed_in(clerk).post(reverse("register-new", args=[HOURS]), asked)
    assert answer.status_code == 200
    assert said in answer.content.decode()


def test_leave_entered_in_the_form_counts_at_once_and_for_days_that_are_over(clerk):
    before = working_time.load().working_days_between(D(2024, 4, 5), D(2024, 4, 15))
    asked = {"day": "08.04.2024", "name": "Ramazan Bayramı idari izni", "kind": "leave", "basis": "Genelge"}
    assert signed_in(clerk).post(reverse("register-new", args=[DAYS]), asked).status_code == 302
    assert working_time.load().working_days_between(D(2024, 4, 5), D(2024, 4, 15)) == before - 1


def test_a_workbook_of_days_and_one_of_hours_come_in_with_times_as_excel_keeps_them(clerk):
    days = [["Gün", "Ad", "Gün türü", "Mesai bitişi"]]
    days += [[dt.datetime(2026, 5, 25), "Kurban Bayramı idari izni", "İdari izin", None]]
    days += [[dt.datetime(2026, 12, 31), "Yılbaşı idari izni", "İdari izin", dt.time(12, 0)]]
    hours = [["Haftanın günü", "Başlangıç saati", "Bitiş saati", "Geçerlilik başı"]]
    hours += [["Cumartesi", dt.time(9, 0), "13.00", dt.datetime(2026, 1, 1)]]
    for register, lines in ((DAYS, days), (HOURS, hours)):
        book, out = openpyxl.Workbook(), io.BytesIO()
        for line in lines:
            book.active.append(line)
        book.save(out)
        batch = batches.upload(register, clerk, ContentFile(out.getvalue()), "liste.xlsx")
        batches.run_check(batch)
        with batch.plan() as plan:
            assert [error.message for error in plan.errors()] == []
        batches.run_apply(batch)
        batch.refresh_from_db()
        assert batch.state == "applied"
    calendar = working_time.load()
    assert calendar.working_hours_between(at(D(2026, 12, 31), 0), at(D(2027, 1, 1), 0)) == dt.timedelta(hours=4)
    assert calendar.is_working_day(D(2026, 12, 5)) and not calendar.is_working_day(D(2026, 5, 25))
    assert WorkingHours.objects.get(weekday=6).ends_at == "13:00"


@pytest.mark.parametrize(
    ("values", "is_doubted"),
    [
        ({"starts_at": "13:00", "ends_at": "16:00", "valid_from": "01.01.2027"}, True),
        ({"starts_at": "08:30", "ends_at": "17:30"}, True),
        ({"starts_at": "12:00", "ends_at": "13:00"}, False),
        ({"starts_at": "17:00", "ends_at": "18:00"}, False),
        ({"weekday": 6}, False),
        ({"starts_at": "13:00", "ends_at": "16:00", "valid_from": "01.01.1999", "valid_until": "31.12.1999"}, False),
    ],
)
def test_hours_that_overlap_others_are_doubted_since_they_would_be_counted_together(clerk, values, is_doubted):
    asked = {"weekday": 1, "starts_at": "09:00", "ends_at": "17:30", "valid_from": "01.01.2027"} | values
    answer = signed_in(clerk).post(reverse("register-new", args=[HOURS]), asked)
    assert answer.status_code == (200 if is_doubted else 302)
    assert not is_doubted or "ile çakışıyor" in answer.content.decode()


def test_a_sheet_that_ends_the_old_hours_and_brings_the_new_ones_is_not_doubted(clerk):
    old = WorkingHours.objects.get(weekday=1, starts_at="13:00")
    headings = "Kayıt no;Haftanın günü;Başlangıç saati;Bitiş saati;Geçerlilik başı;Geçerlilik sonu"
    lines = [f"{old.pk};Pazartesi;13:00;17:00;01.01.2000;31.12.2026", ";Pazartesi;13:00;16:00;01.01.2027;"]
    content = ContentFile("\n".join([headings, *lines]).encode())
    batch = batches.upload(HOURS, clerk, content, "liste.csv")
    batches.run_check(batch)
    with batch.plan() as plan:
        assert ([*plan.errors()], [*plan.warnings()]) == ([], [])


def test_a_day_that_no_longer_returns_shows_its_end_in_the_list(clerk):
    day = Day.objects.get(name__startswith="Demokrasi", yearly=True)
    day.yearly_until = D(2025, 12, 31)
    writes.save(DAYS, day, SYSTEM)
    assert (
        "31.12.2025" in signed_in(clerk).get(reverse("register-list", args=[DAYS]), {"q": "demokrasi"}).content.decode()
    )


def test_midnight_at_the_end_of_the_day_comes_in_as_excel_keeps_it(clerk):
    book, out = openpyxl.Workbook(), io.BytesIO()
    for line in [
        ["Haftanın günü", "Başlangıç saati", "Bitiş saati", "Geçerlilik başı"],
        ["Pazar", dt.timedelta(hours=18), dt.timedelta(days=1), dt.datetime(2026, 1, 1)],
    ]:
        book.active.append(line)
    book.save(out)
    batch = batches.upload(HOURS, clerk, ContentFile(out.getvalue()), "liste.xlsx")
    batches.run_check(batch)
    batches.run_apply(batch)
    assert WorkingHours.objects.get(weekday=7).ends_at == "24:00"
