"""What leaves an entry in the trail, and that no entry is lost or changed."""

from __future__ import annotations

import csv
import io

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from inventory import registers, writes
from inventory.organization.models import Grant, User
from inventory.trail import keeping
from inventory.trail.models import Event, Unchangeable
from tests.pages import EVERY, sample, signed_in
from tests.processes import database, finish, start  # noqa: F401 - a fixture
from tests.rows import SYSTEM, person, row, user

pytestmark = pytest.mark.django_db
VEHICLES, GRANTS = registers.get("vehicles"), registers.get("grants")


WAITING = '{"at": "2026-01-01T00:00:00+00:00", "kind": "login", "username": "eski"}\n'


def events(*kinds: str) -> list[tuple]:
    found = Event.objects.filter(kind__in=kinds).order_by("id")
    return list(found.values_list("username", "register", "row_id", "text"))


def test_who_comes_and_goes_and_who_is_not_let_in(admin):
    browser = Client(REMOTE_ADDR="10.1.2.3")
    browser.post(reverse("login"), {"username": "yonetici", "password": "yanlış"})
    browser.post(reverse("login"), {"username": "yonetici", "password": "uzun-ve-gizli-1"})
    browser.post(reverse("logout"))
    result = list(Event.objects.order_by("id").values_list("kind", "username", "address"))
    assert result == [
        ("login_failed", "yonetici", "10.1.2.3"),
        ("login", "yonetici", "10.1.2.3"),
        ("logout", "yonetici", "10.1.2.3"),
    ]


@pytest.mark.parametrize("register", EVERY)
def test_every_file_that_goes_out_leaves_an_entry(register, here, admin):
    sample(register, here)
    client = signed_in(admin)
    Event.objects.forget_before(timezone.now())
    asked = [(reverse("register-export", args=[register]), form) for form in ("xlsx", "ods", "csv", "plain")]
    for address, form in asked:
        answer = client.get(address, {"format": form})
        assert answer.headers["Content-Disposition"].startswith("attachment")
        answer.getvalue()
    assert events("went_out") == [("yonetici", register.slug, None, f"GET {address}") for address, _form in asked]
    assert Event.objects.last().details == {"query": "format=plain", "rows": register.model._default_manager.count()}


def test_a_template_and_a_layer_for_qgis_leave_one_too(here, admin):
    client = signed_in(admin)
    client.get(reverse("register-template", args=[VEHICLES])).getvalue()
    client.get(reverse("features-items", args=[registers.get("property")]))
    assert [each[1] for each in events("went_out")] == ["vehicles", "property"]


def test_a_page_that_is_only_looked_at_leaves_none(here, admin):
    client = signed_in(admin)
    before = Event.objects.count()
    for name in ("home", "search", "users", "trail"):
        assert client.get(reverse(name)).status_code == 200
    assert Event.objects.count() == before


def test_a_change_leaves_an_entry_and_a_refused_one_none(here, admin):
    car = row(VEHICLES, here)
    address = reverse("register-retire", args=[VEHICLES, car.pk])
    client = signed_in(admin)
    client.post(address, {"status": "retired"})
    assert events("change") == []
    client.post(address, {"status": "retired", "status_on": "01.01.2026", "status_reason": "Hurda"})
    assert events("change") == [("yonetici", "vehicles", car.pk, f"POST {address}")]


def test_a_list_that_a_command_writes_leaves_an_entry(here, tmp_path):
    row(VEHICLES, here)
    call_command("export_register", "vehicles", str(tmp_path / "araclar.xlsx"), stdout=io.StringIO())
    (entry,) = Event.objects.filter(kind="went_out")
    assert (entry.register, entry.address) == ("vehicles", keeping.COMMAND)
    assert str(tmp_path / "araclar.xlsx") in entry.text


def test_an_entry_stays_as_it_is(admin):
    keeping.record("login", user=admin)
    entry = Event.objects.get()
    for change in (entry.save, entry.delete, Event.objects.all().delete, lambda: Event.objects.update(text="")):
        with pytest.raises(Unchangeable):
            change()


def test_old_entries_are_counted_first_and_their_going_is_an_entry(settings, admin):
    settings.TRAIL_KEEP_DAYS = 365
    keeping.record("login", user=admin)
    Event(at="2001-01-01T00:00:00+00:00", kind="login", username="eski").save()
    result = io.StringIO()
    call_command("forget_trail", stdout=result)
    assert "1 satır silinecek" in result.getvalue() and Event.objects.count() == 2
    call_command("forget_trail", "--apply", stdout=result)
    assert list(Event.objects.order_by("id").values_list("kind", flat=True)) == ["login", "forgotten"]
    assert Event.objects.last().text.endswith("öncesinden 1 satır silindi.")


def test_what_the_database_cannot_take_waits_in_a_file(admin, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(Event, "save", busy)
        keeping.record("went_out", user=admin, text="GET /vehicles/export/")
        keeping.record("went_out", user=admin, text="GET /property/export/")
    assert Event.objects.count() == 0
    keeping.fold()
    assert [each[3] for each in events("went_out")] == ["GET /vehicles/export/", "GET /property/export/"]
    keeping.fold()
    assert Event.objects.count() == 2


def busy(*_args, **_more):
    raise OperationalError("database is locked")


def test_entries_that_wait_stop_neither_the_page_nor_a_new_entry(admin, waiting, monkeypatch):
    waiting.write_text(WAITING)
    real = Event.save
    monkeypatch.setattr(
        Event, "save", lambda entry, **more: busy() if entry.username == "eski" else real(entry, **more)
    )
    keeping.record("login", username="yeni")
    assert list(Event.objects.values_list("username", flat=True)) == ["yeni"] and waiting.read_text() == WAITING
    assert signed_in(admin).get(reverse("trail")).status_code == 200


def test_a_half_line_is_put_aside_and_stops_nothing(admin, waiting):
    waiting.write_text(WAITING + '{"at": "2026-01-')
    keeping.record("login", username="yeni")
    assert set(Event.objects.values_list("username", flat=True)) == {"yeni", "eski"}
    assert waiting.read_text() == ""
    assert waiting.with_name("trail-unreadable.jsonl").read_text() == '{"at": "2026-01-'


@pytest.mark.django_db(transaction=True)
def test_entries_wait_until_they_are_committed(waiting, monkeypatch):
    waiting.write_text(WAITING)
    with monkeypatch.context() as patched:
        patched.setattr(connection, "_commit", busy)
        keeping.fold()
    assert waiting.read_text() == WAITING and not Event.objects.exists()
    keeping.fold()
    assert waiting.read_text() == "" and Event.objects.count() == 1


WRITER = """
import pathlib, time
from django.db import connection, transaction
with transaction.atomic():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE inventory_counter SET last = last")
    print("1", flush=True)
    while not pathlib.Path(end).exists():
        time.sleep(0.05)
"""
TAKER = """
import json, time
from inventory.trail import keeping
from inventory.trail.models import Event
began = time.monotonic()
keeping.record("went_out", text="GET /vehicles/export/")
spent, at_once = time.monotonic() - began, Event.objects.count()
print(json.dumps([spent, at_once]))
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has as many writers as there are")
@pytest.mark.django_db(transaction=True)
def test_who_takes_a_file_out_does_not_wait_for_an_import(database, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    writer = start(database, WRITER, end=str(tmp_path / "end"))
    assert writer.stdout.readline() == "1\n"
    spent, at_once = finish(start(database, TAKER))
    assert spent < 10 and at_once == 0, "it waited for the writer, or wrote beside it"
    (tmp_path / "end").touch()
    writer.communicate(timeout=300)
    _spent, together = finish(start(database, TAKER))
    assert together == 2


def test_the_page_finds_by_day_person_kind_and_register(here, admin):
    client = signed_in(admin)
    row(VEHICLES, here)
    client.get(reverse("register-export", args=[VEHICLES]), {"format": "csv"}).getvalue()
    keeping.record("login_failed", username="birisi")

    def shown(**query) -> set[str]:
        return {line.event.username for line in client.get(reverse("trail"), query).context["lines"]}

    assert shown(kind="login_failed") == {"birisi"}
    assert shown(register="vehicles") == {"yonetici"}
    assert shown(who="birisi") == {"birisi"}
    assert shown(last="01.01.2020") == set()
    assert shown(first="dün") == set()
    assert client.get(reverse("trail"), {"first": "dün"}).context["form"].errors


def test_its_pages_go_on_where_the_last_ended(admin, monkeypatch):
    monkeypatch.setattr("inventory.trail.views.PAGE", 3)
    for number in range(7):
        keeping.record("login", username=f"k{number}")
    client, before, seen = signed_in(admin), "", []
    while before is not None:
        page = client.get(reverse("trail"), {"kind": "login", "who": "", "before": before}).context
        seen += [line.event.username for line in page["lines"] if line.event.username.startswith("k")]
        before = page["next"]
    assert seen == [f"k{number}" for number in reversed(range(7))]


def test_the_file_holds_what_the_page_shows_as_text(admin):
    keeping.record("login_failed", username="=1+1")
    answer = signed_in(admin).get(reverse("trail-file"), {"kind": "login_failed"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [line[2] for line in rows[1:]] == ["=1+1"]
    assert sheet.cell(2, 3).data_type == "s"
    assert Event.objects.latest("id").kind == "went_out"


def test_auditors_read_it_and_nobody_else(here):
    auditor, clerk = user("denetci", here, (None, "", 1)), user("memur", here, (here, "", 3))
    for name in ("trail", "trail-file"):
        answer = signed_in(auditor).get(reverse(name))
        assert answer.status_code == 200 and answer.getvalue()
        assert signed_in(clerk).get(reverse(name)).status_code == 404


def logged(kind: str) -> list[tuple[str, str, str]]:
    return list(Event.objects.filter(kind=kind).order_by("id").values_list("username", "address", "text"))


def test_whoever_gives_changes_or_takes_a_grant_is_reported_in_words(here, admin):
    clerk = user("ayse", here)
    browser = Client(REMOTE_ADDR="10.1.2.3")
    browser.force_login(admin)
    form = {"person": clerk.person_id, "unit": here.pk, "register": "vehicles", "level": "1"}
    browser.post(reverse("register-new", args=["grants"]), form)
    grant = clerk.person.grants.get()
    sent = form | {"level": "2", "version": grant.version}
    browser.post(reverse("register-edit", args=["grants", grant.pk]), sent)
    browser.post(reverse("register-delete", args=["grants", grant.pk]), {"version": grant.version + 1})
    held = f"{clerk.person} · Araçlar · {here}"
    assert logged("grant") == [
        ("yonetici", "10.1.2.3", f"Verildi: {held} · Görür"),
        ("yonetici", "10.1.2.3", f"Değişti: {held} · Değiştirir (önce: Araçlar · {here} · Görür)"),
        ("yonetici", "10.1.2.3", f"Alındı: {held} · Değiştirir"),
    ]


def test_a_grant_by_a_command_is_reported_too_and_one_rolled_back_is_not(here):
    clerk, by = user("ayse", here), writes.Author()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        writes.create_many(GRANTS, [Grant(person=clerk.person, register="vehicles", level=1)], by)
        raise ZeroDivisionError
    assert logged("grant") == []
    writes.create_many(GRANTS, [Grant(person=clerk.person, register="vehicles", level=1)], by)
    assert logged("grant") == [("", "komut", f"Verildi: {clerk.person} · Araçlar · her yer · Görür")]


def test_what_becomes_of_an_account_is_reported(here, admin):
    someone = person("Ayşe Yılmaz", here)
    browser = signed_in(admin)
    Event.objects.forget_before(timezone.now())
    browser.post(reverse("user-new"), {"person": someone.pk, "username": "ayse"})
    account = User.objects.get(username="ayse")
    browser.post(reverse("user-active", args=[account.pk]))
    browser.post(reverse("user-active", args=[account.pk]))
    browser.post(reverse("group-new"), {"name": "Filo", "members": [account.pk]})
    group = Group.objects.get()
    browser.post(reverse("user", args=[account.pk]), {"save": "1"})
    browser.post(reverse("group-delete", args=[group.pk]))
    account.set_password("baska-uzun-parola-2")
    account.save()
    texts = [text for _who, _where, text in logged("account")]
    for part in (
        f"ayse: hesap açıldı ({someone})",
        "ayse: parola bağlantısı verildi",
        "ayse: hesap kapatıldı",
        "ayse: hesap yeniden açıldı",
        "“Filo” grubu açıldı",
        "ayse: “Filo” grubuna alındı",
        "ayse: “Filo” grubundan çıkarıldı",
        "“Filo” grubu silindi",
        "ayse: parolası değişti",
    ):
        assert part in texts, part
    assert {who for who, _where, text in logged("account")[:-1]} == {"yonetici"}
    # A login writes the account, too, and is no change of it.
    before = len(texts)
    browser.force_login(account)
    assert len(logged("account")) == before


def test_the_trail_as_csv_opens_in_excel_and_holds_no_formula(admin):
    keeping.record(Event.Kind.LOGIN_FAILED, username="=cmd|'/c calc'!A1", text='ığüşöç;"x"')
    answer = signed_in(admin).get(reverse("trail-file"), {"format": "csv", "kind": "login_failed"})
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert [line[2] for line in lines] == ["Kim", "'=cmd|'/c calc'!A1"]
    assert lines[1][6] == 'ığüşöç;"x"'
    assert "format=csv" in Event.objects.filter(kind="went_out").last().details["query"]
    assert signed_in(admin).get(reverse("trail-file"), {"format": "exe"}).status_code == 404


def test_a_filter_that_is_not_understood_gives_no_empty_file(admin):
    asked = {"first": "bugün", "format": "csv"}
    answer = signed_in(admin).get(reverse("trail-file"), asked, follow=True)
    assert answer.redirect_chain and "Süzgeç anlaşılamadı" in answer.content.decode()


@pytest.mark.parametrize("who", ["YONET", "yonetici", "Yönet"])
def test_who_is_found_by_a_part_of_either_name(admin, who):
    person_of = admin.person
    person_of.name = "Yönet Kaya"
    writes.save(registers.get("people"), person_of, SYSTEM)
    keeping.record(Event.Kind.LOGIN, user=admin)
    keeping.record(Event.Kind.LOGIN, username="baskasi")
    page = signed_in(admin).get(reverse("trail"), {"who": who, "kind": "login"})
    assert {line.event.username for line in page.context["lines"]} == {"yonetici"}
