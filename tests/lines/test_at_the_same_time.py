"""Two clerks who save one contract with its lines at the same moment: real processes, on the database under test."""

from __future__ import annotations

from tests.processes import database, end_all, finish, start  # noqa: F401 - a fixture

SEED = """
import datetime as dt, json
from inventory import registers, writes
from inventory.assets.vehicles.models import LeaseContract, LeasedVehicle, Vehicle
from inventory.history import Author
from inventory.models import Kind
from inventory.organization.models import Unit, User
of, by, day = registers.get, Author(), dt.date(2026, 1, 1)
unit = writes.save(of("units"), Unit(name="Destek", kind="directorate"), by)
kind = writes.save(of("kinds"), Kind(register="vehicles", code="1", name="Binek"), by)
for name in "AB":
    User.objects.create_user(name, is_superuser=True)
lease = writes.save(of("lease-contracts"), LeaseContract(
    number="K-1", contractor="Filo", responsible_unit=unit, starts_on=day, ends_on=day), by)
for number in range(2):
    vehicle = writes.save(of("vehicles"), Vehicle(
        plate=f"41 AB {number}11", kind=kind, responsible_unit=unit, ownership="leased", status="in_use"), by)
    line = LeasedVehicle(contract=lease, vehicle=vehicle)
    line.fill()
    writes.save(of("leased-vehicles"), line, by)
"""
SAVE = """
import json, pathlib, time
from django.test import Client
from django.urls import reverse
from inventory import writes
from inventory.assets.vehicles.models import LeaseContract, LeasedVehicle
from inventory.organization.models import User
from tests.lines.test_in_the_form import LEASES, edit, of, posted
from django.test.utils import setup_test_environment
setup_test_environment()
client, lease = Client(), LeaseContract.objects.get()
client.force_login(User.objects.get(username=who))
going, kept = sorted(LeasedVehicle.objects.all(), key=lambda line: line.pk, reverse=who == "A")
data = posted(client, edit(LEASES, lease), reason=who) | of(going, remove="on") | of(kept, monthly_price="5,00")
delete = writes.delete

def slowly(*arguments):
    delete(*arguments)
    time.sleep(0.5)

writes.delete = slowly
pathlib.Path(place, who).touch()
until = time.monotonic() + 60
while len(list(pathlib.Path(place).iterdir())) < 2:
    assert time.monotonic() < until
    time.sleep(0.001)
answer = client.post(edit(LEASES, lease), data)
said = [] if answer.status_code == 302 else [str(form.errors) for form in answer.context["lines"][0].forms]
print(json.dumps([answer.status_code, said]))
"""


def test_two_who_take_out_what_the_other_changes_wait_for_each_other(database, tmp_path):  # noqa: F811
    place = tmp_path / "ready"
    place.mkdir()
    try:
        finish(start(database, SEED))
        both = [start(database, SAVE, who=who, place=str(place)) for who in "AB"]
        found = sorted(finish(process) for process in both)
    finally:
        end_all()
    # The second is told what the first did to the line that she takes out, and nobody waits in vain.
    assert [status for status, _said in found] == [200, 302], found
    assert "Yine de çıkarmak isterseniz" in found[0][1][0], found
