"""Colleagues at the same rows at the same moment: real processes with real pages, on the database under test."""

from __future__ import annotations

import time

import pytest

from tests.processes import end_all, finish, shared_database, start, wait_for  # noqa: F401 - a fixture

# A browser of the administrator's, and a way to begin at the same moment as others.
PEOPLE = """
import io, json, pathlib, time
from django.core.files.base import ContentFile
from django.test import Client
from django.test.utils import setup_test_environment
from imports.plans import applying
from imports import batches
from imports.models import Batch
from inventory import registers, writes
from inventory.models import Kind
from inventory.organization.models import Person, Unit, User
from inventory.assets.vehicles.models import Inspection, Vehicle
from inventory.writes import Author
from tests.web.browsers import encoded, sent
from tests.web.forms import Page
setup_test_environment(debug=True)
by, vehicles = Author(), registers.get("vehicles")

def meet(what, count=2):
    pathlib.Path(place, f"{what}-{who}").touch()
    until = time.monotonic() + 60
    while len(list(pathlib.Path(place).glob(f"{what}-*"))) < count:
        assert time.monotonic() < until, what
        time.sleep(0.002)

def browser():
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="yonetici"))
    return client

def form_of(answer, url, has):
    forms = Page(url, answer.content.decode()).forms
    return dict(sent(next(form for form in forms if form.method == "POST" and has in form.values)))

def vehicle(number):
    return Vehicle(kind=Kind.objects.first(), responsible_unit=Unit.objects.first(), plate=f"41 ABC {number}")
"""

SEED = """
unit = writes.save(registers.get("units"), Unit(name="Destek", kind="directorate"), by)
writes.save(registers.get("kinds"), Kind(register="vehicles", code="01", name="Kamyon"), by)
User.objects.create_user("yonetici", is_superuser=True)
for number in range(100, 120):
    writes.save(vehicles, vehicle(number), by)
"""


@pytest.fixture(scope="module")
def town(shared_database):  # noqa: F811
    finish(start(shared_database, PEOPLE + SEED))
    return shared_database


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    yield str(tmp_path)
    end_all()


EDIT = """
client, pk = browser(), Vehicle.objects.get(plate="41 ABC 100").pk
url, saved, shown = f"/vehicles/{pk}/edit/", 0, 0
for number in range(rounds):
    form = form_of(client.get(url), url, "version")
    meet(f"read{number}")
    mine, theirs = f"{who} yazdı {number}", f"{'B' if who == 'A' else 'A'} yazdı {number}"
    answer = client.post(url, form | {"notes": mine})
    if answer.status_code == 200:
        text = answer.content.decode()
        (both,) = answer.context["conflict"].conflicts
        shown += (both.old, both.new) == (theirs, mine) and mine in text and theirs in text
        answer = client.post(url, form_of(answer, url, "version") | {"notes": mine})
    else:
        saved += 1
    assert answer.status_code == 302, str(answer.context["form"].errors)
    meet(f"done{number}")
print(json.dumps([saved, shown]))
"""


def test_of_two_on_one_row_the_second_sees_both_values_side_by_side(town, place):
    rounds = 8
    both = [start(town, PEOPLE + EDIT, who=who, place=place, rounds=rounds) for who in "AB"]
    (saved_a, shown_a), (saved_b, shown_b) = (finish(process) for process in both)
    assert saved_a + saved_b == rounds and shown_a + shown_b == rounds
    message = "row = Vehicle.objects.get(plate='41 ABC 100'); print(json.dumps([row.version, row.history.count()]))"
    # Whoever was second saved again, having seen the other's: nothing was overwritten unseen, nothing was lost.
    assert finish(start(town, PEOPLE + message)) == [1 + 2 * rounds, 1 + 2 * rounds]


UPLOAD = """
lines = ["Plaka;Marka", *(f"41 ABC {number};{make}" for number in (101, 102))]
batch = batches.upload(vehicles, User.objects.get(), ContentFile("\\n".join(lines).encode()), "liste.csv")
batches.run_check(batch)
assert batch.state == "checked", (batch.state, batch.message)
print(json.dumps(batch.pk))
"""
# An apply that has written its rows and waits, before its transaction ends, until it is let go.
APPLY = """
write = applying.change
def written(*arguments):
    write(*arguments)
    pathlib.Path(place, "written").touch()
    until = time.monotonic() + 30
    while not pathlib.Path(place, "go").exists() and time.monotonic() < until:
        time.sleep(0.01)
applying.change = written
batch = Batch.objects.get(pk=number)
batches.run_apply(batch)
print(json.dumps([batch.state, batch.message]))
"""
EDIT_ONE = """
client, pk = browser(), Vehicle.objects.get(plate="41 ABC 101").pk
url = f"/vehicles/{pk}/edit/"
form = form_of(client.get(url), url, "version")
pathlib.Path(place, "read").touch()
while wait and not pathlib.Path(place, "written").exists():
    time.sleep(0.01)
pathlib.Path(place, "posting").touch()
answer = client.post(url, form | {"make": "Isuzu"})
assert answer.status_code == 302 or not answer.context["form"].errors, str(answer.context["form"].errors)
text = answer.content.decode()
row = Vehicle.objects.get(pk=pk)
print(json.dumps([answer.status_code, "Isuzu" in text and "Ford" in text, row.make, row.history.count()]))
"""


def test_an_edit_that_comes_while_an_import_writes_sees_what_the_import_wrote(town, place, tmp_path):
    number = finish(start(town, PEOPLE + UPLOAD, make="Ford"))
    editing = start(town, PEOPLE + EDIT_ONE, place=place, wait=True)
    wait_for(tmp_path / "read", editing)
    applying = start(town, PEOPLE + APPLY, place=place, number=number)
    wait_for(tmp_path / "posting", editing)
    time.sleep(0.3)
    (tmp_path / "go").touch()
    assert finish(applying) == ["applied", ""]
    # Her page shows both values; the import's stands until she saves again.
    assert finish(editing) == [200, True, "Ford", 2]


def test_an_import_that_was_checked_before_an_edit_writes_nothing_and_names_the_row(town, place, tmp_path):
    number = finish(start(town, PEOPLE + UPLOAD, make="Fiat"))
    edited = finish(start(town, PEOPLE + EDIT_ONE, place=place, wait=False))
    assert edited[0] == 302 and edited[2] == "Isuzu"
    (tmp_path / "go").touch()
    state, message = finish(start(town, PEOPLE + APPLY, place=place, number=number))
    assert state == "refused" and "2. satır (yonetici değiştirdi" in message


# The page's own bulk edit of all twenty, time after time.
BULK = """
client, done = browser(), 0
while not pathlib.Path(place, "enough").exists():
    done += 1
    given = {"all": 1, "query": "", "count": 20, "reason": "deneme", "change_cost": "on", "cost": done}
    answer = client.post("/vehicles/bulk/", given | {"change_notes": "on", "notes": f"tur {done}", "step": "write"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    pathlib.Path(place, "begun").touch()
print(json.dumps(done))
"""
EXPORT = """
from openpyxl import load_workbook
from imports.exporting import jobs
torn, seen = [], set()
while not pathlib.Path(place, "begun").exists():
    time.sleep(0.01)
for number in range(files):
    export = jobs.ask(vehicles, User.objects.get(), f"columns=notes,cost,plate&n={number}", "xlsx")
    jobs.run(export)
    assert export.state == "done", export.message
    head, *rows = load_workbook(export.file.open("rb"), data_only=True).worksheets[0].iter_rows(values_only=True)
    at = {name: head.index(vehicles.column(name).label) for name in ("plate", "notes", "cost")}
    rows, total = [row for row in rows if row[at["plate"]]], rows[-1]
    notes, costs = {row[at["notes"]] for row in rows}, [row[at["cost"]] for row in rows]
    seen |= notes
    if len(rows) != 20 or len(notes) != 1 or total[at["cost"]] != sum(costs):
        torn.append([len(rows), sorted(notes), total[at["cost"]], float(sum(costs))])
pathlib.Path(place, "enough").touch()
print(json.dumps([torn, len(seen)]))
"""


def test_files_that_are_made_during_bulk_edits_hold_one_moment_each(town, place):
    changing = start(town, PEOPLE + BULK, place=place)
    torn, seen = finish(start(town, PEOPLE + EXPORT, place=place, files=8))
    assert finish(changing) >= 2
    assert torn == [] and seen >= 2


DELETE = """
client, deleted = browser(), 0
for number, (slug, pk) in enumerate(parents):
    meet(f"both{number}")
    answer = client.post(f"/{slug}/{pk}/delete/")
    shown = "".join(str(message) for message in answer.context["messages"]) if answer.status_code == 200 else ""
    # Refused with a sentence, or gone; never a page that fails.
    assert answer.status_code == 302 or "Silinemez" in shown or "yenileyip" in shown, (answer.status_code, shown)
    deleted += answer.status_code == 302
    meet(f"after{number}")
print(json.dumps(deleted))
"""
ADD = """
added = 0
for number, (slug, pk) in enumerate(parents):
    row = vehicle(200 + number)
    if slug == "units":
        row.responsible_unit = Unit.objects.get(pk=pk)
    elif slug == "kinds":
        row.kind = Kind.objects.get(pk=pk)
    else:
        row = Inspection(vehicle=Vehicle.objects.get(pk=pk), done_on="2024-01-01", valid_until="2025-01-01")
    register = registers.of(type(row))
    meet(f"both{number}")
    time.sleep(number % 4 * 0.004)
    try:
        writes.create_many(register, [row], by)
        added += 1
    except writes.Refused as refusal:
        assert "yenileyip" in str(refusal), refusal
    meet(f"after{number}")
print(json.dumps(added))
"""
PARENTS = """
made = []
for number in range(rounds):
    made.append(("units", writes.save(registers.get("units"), Unit(name=f"B{number}", kind="directorate"), by).pk))
    kind = Kind(register="vehicles", code=f"9{number}", name=f"T{number}")
    made.append(("kinds", writes.save(registers.get("kinds"), kind, by).pk))
    made.append(("vehicles", writes.save(vehicles, vehicle(300 + number), by).pk))
print(json.dumps(made))
"""
WHOLE = """
from django.db import connection
connection.check_constraints()
left = sum(registers.get(slug).model.objects.filter(pk=pk).exists() for slug, pk in parents)
print(json.dumps(left))
"""


def test_a_parent_is_deleted_or_gets_a_child_but_never_both(town, place):
    rounds = 5
    parents = [tuple(each) for each in finish(start(town, PEOPLE + PARENTS, rounds=rounds))]
    code = {"D": DELETE, "A": ADD}
    both = [start(town, PEOPLE + code[who], who=who, place=place, parents=parents) for who in "AD"]
    added, deleted = (finish(process) for process in both)
    assert deleted + added == len(parents) == 3 * rounds
    assert finish(start(town, PEOPLE + WHOLE, parents=parents)) == added


HOLD = """
from django.db import transaction
with transaction.atomic():
    if who == "A":
        row = Vehicle.objects.get(plate="41 ABC 110")
        row.make = "Ford"
        writes.save(vehicles, row, by)
    else:
        unit = Vehicle.objects.get(plate="41 ABC 110").responsible_unit
        unit.name = "Isuzu"
        writes.save(registers.get("units"), unit, by)
    pathlib.Path(place, "held").touch()
    until = time.monotonic() + 30
    while not pathlib.Path(place, "renaming").exists() and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(1)
print(json.dumps(True))
"""
RENAME = """
while not pathlib.Path(place, "held").exists():
    time.sleep(0.01)
kind = Vehicle.objects.get(plate="41 ABC 110").kind
kind.name = f"Kamyonet {who}"
pathlib.Path(place, "renaming").touch()
writes.save(registers.get("kinds"), kind, by)
print(json.dumps(Vehicle.objects.get(plate="41 ABC 110").search_text))
"""


@pytest.mark.parametrize("who", ["A", "B"], ids=["the row itself", "another that it names"])
def test_a_new_name_waits_for_what_is_being_changed_and_keeps_it_in_the_texts(town, place, who):
    both = [start(town, PEOPLE + code, place=place, who=who) for code in (HOLD, RENAME)]
    changed, text = (finish(process) for process in both)
    assert changed and {"A": "ford", "B": "isuzu"}[who] in text and f"kamyonet {who.lower()}" in text
