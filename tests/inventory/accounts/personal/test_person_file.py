"""All that is kept of a person goes out as one workbook, recorded in the trail; what is past its time is forgotten."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from inventory import registers, writes
from inventory.history import Author
from inventory.organization.models import Person, User
from inventory.trail.models import Event
from tests.inventory.accounts.personal.conftest import NUMBER, traces
from tests.inventory.server.test_unfinished import plain_medium
from tests.pages import signed_in
from tests.rows import SYSTEM, identity_number, row, user

pytestmark = pytest.mark.django_db
PEOPLE, EQUIPMENT, GRANTS = registers.get("people"), registers.get("equipment"), registers.get("grants")
HOLDER = next(column.name for column in EQUIPMENT.all_columns() if column.related_model is Person)


def sheets(content: bytes) -> dict[str, list[tuple]]:
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(io.BytesIO(content))}


def test_an_administrator_hands_out_all_that_is_kept_of_a_person(here, ayse):
    account = User.objects.create_user("ayse", person=ayse, email="ayse@example.org")
    given = row(EQUIPMENT, here, **{HOLDER: ayse})
    passed_on = row(EQUIPMENT, here, **{HOLDER: ayse})
    setattr(passed_on, HOLDER, None)
    writes.save(EQUIPMENT, passed_on, Author(user=None, reason="devredildi"))
    row(EQUIPMENT, here, **{HOLDER: None})
    another = row(PEOPLE, here, staff_no="S901")
    client = signed_in(user("yonetici", here, is_superuser=True))
    for page in (reverse("user", args=[account.pk]), reverse("register-detail", args=[PEOPLE, ayse.pk])):
        assert reverse("person-file", args=[ayse.pk]) in client.get(page).content.decode()
    answer = client.post(reverse("person-file", args=[ayse.pk]))
    found = sheets(answer.getvalue())
    herself = dict(line[:2] for line in found["Kişi"])
    assert herself["T.C. kimlik no"] == NUMBER and herself["Kullanıcı adı"] == "ayse"
    assert NUMBER in found["Kişinin tarihçesi"][1]
    assert [line[1] for line in found[EQUIPMENT.title][1:]] == [given.inventory_no]
    assert {(line[1], line[2]) for line in found["Adının geçtiği geçmiş"][1:]} == {
        (EQUIPMENT.title, str(given.pk)),
        (EQUIPMENT.title, str(passed_on.pk)),
    }
    assert found["Denetim izi"][-1][1] == "Kişinin verileri verildi"
    assert another.identity_no not in str(found)
    assert traces() == [("person_file", "yonetici", "people", ayse.pk)]


def test_nobody_else_gets_it(here, ayse):
    client = signed_in(user("sorumlu", here, (here, "", 3)))
    assert client.post(reverse("person-file", args=[ayse.pk])).status_code == 404
    page = client.get(reverse("register-detail", args=[PEOPLE, ayse.pk])).content.decode()
    assert reverse("person-file", args=[ayse.pk]) not in page
    assert traces() == []


def test_the_command_writes_a_new_file_that_others_cannot_read(here, ayse, tmp_path, monkeypatch):
    plain_medium(monkeypatch)
    file, out = tmp_path / "ayse.xlsx", io.StringIO()
    call_command("export_person", "S900", str(file), stdout=out)
    assert file.stat().st_mode & 0o077 == 0
    assert dict(line[:2] for line in sheets(file.read_bytes())["Kişi"])["Sicil no"] == "S900"
    assert traces() == [("person_file", "", "people", ayse.pk)]
    with pytest.raises(CommandError, match="yazılamıyor"):
        call_command("export_person", "S900", str(file))
    with pytest.raises(CommandError, match="S9999"):
        call_command("export_person", "S9999", str(tmp_path / "x.xlsx"))
    assert not (tmp_path / "x.xlsx").exists() and len(traces()) == 1


# Forgetting --------------------------------------------------------------------------------------------------------


def off_duty(person: Person, days_ago: int) -> Person:
    person.active = False
    at = timezone.now() - dt.timedelta(days=days_ago)
    return writes.save(PEOPLE, person, Author(reason="ayrıldı", at=at))


def forget(*options: str) -> str:
    out = io.StringIO()
    call_command("forget_personal", *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def long_ago(here):
    """Somebody whose row is older than all retention."""
    values = {"identity_no": identity_number(31), "email": "eski@example.org", "active": True, "staff_no": "S031"}
    person = Person(name="Eski Memur", unit=here, **values)
    return writes.save(PEOPLE, person, Author(at=timezone.now() - dt.timedelta(days=4_000)))


def test_who_left_long_ago_is_forgotten_in_row_history_and_account_and_nobody_else(here, ayse, long_ago, settings):
    settings.PERSONAL_KEEP_DAYS = 3_650
    User.objects.create_user("eski", person=long_ago, email="eski@example.org")
    off_duty(long_ago, 3_700)
    off_duty(ayse, 10)
    assert "S031, " in forget("--check-only") and "1 kişi silinecek" in forget("--check-only")
    assert Person.objects.get(pk=long_ago.pk).identity_no and traces() == []
    assert "1 kişi silindi, 0 kişinin zimmeti var" in forget()
    long_ago.refresh_from_db()
    assert (long_ago.identity_no, long_ago.email, long_ago.name) == ("", "", "Eski Memur")
    past = Person.history.filter(id=long_ago.pk)
    assert set(past.values_list("identity_no", "email")) == {("", "")} and past.count() == 3
    assert User.objects.get(username="eski").email == ""
    ayse.refresh_from_db()
    assert ayse.identity_no == NUMBER and Person.history.filter(id=ayse.pk, identity_no=NUMBER).count() == 2
    (event,) = Event.objects.filter(kind="personal_forgotten")
    assert event.details["people"] == ["S031"] and event.username == ""
    assert event.text == "1 kişi: T.C. kimlik no, E-posta"
    assert "0 kişi silindi" in forget() and len(traces()) == 1


def test_who_still_holds_something_or_came_back_is_not_forgotten(here, ayse, long_ago, settings):
    settings.PERSONAL_KEEP_DAYS = 3_650
    off_duty(long_ago, 3_700)
    held = row(EQUIPMENT, here, **{HOLDER: long_ago})
    assert "S031" in (result := forget()) and "üzerinde hâlâ var: equipment 1" in result
    setattr(held, HOLDER, None)
    writes.save(EQUIPMENT, held, SYSTEM)
    long_ago.active = True
    writes.save(PEOPLE, long_ago, Author(at=timezone.now() - dt.timedelta(days=100)))
    assert "0 kişi silindi" in forget()
    # What counts is when she left for the last time.
    off_duty(long_ago, 50)
    assert "0 kişi silindi" in forget()
    settings.PERSONAL_KEEP_DAYS = 40
    assert "1 kişi silindi" in forget()


def test_without_a_retention_plan_everything_is_kept(long_ago, settings):
    assert settings.PERSONAL_KEEP_DAYS == 0
    off_duty(long_ago, 3_700)
    assert "her şey saklanıyor" in forget()
    long_ago.refresh_from_db()
    assert long_ago.identity_no == identity_number(31)
