"""Two processes with the same codes: each code lets one of them in."""

from __future__ import annotations

from tests.processes import database, finish, start, wait_for  # noqa: F401 - a fixture

SEED = """
import json, pyotp
from inventory.organization.models import User
from inventory.accounts.signing_in import second_factor
user = User.objects.create_user("ayse", password="uzun-ve-gizli-1")
secret = second_factor.begin(user)
phone = pyotp.TOTP(secret)
second_factor.time.time = lambda: 1_800_000_000
codes = second_factor.confirm(user, phone.at(1_800_000_000))
print(json.dumps([codes, [phone.at(1_800_000_000 + 30 * step) for step in range(2, 42)]]))
"""

USE = """
import json, pathlib, time
from inventory.organization.models import User
from inventory.accounts.signing_in import second_factor
user, used = User.objects.get(), []
pathlib.Path(ready).touch()
while not pathlib.Path(go).exists():
    time.sleep(0.001)
for code in recovery:
    used.append(second_factor.take(user, code))
for step, code in enumerate(digits, 2):
    second_factor.time.time = lambda: 1_800_000_000 + 30 * step
    used.append(second_factor.take(user, code))
print(json.dumps([bool(how) for how in used]))
"""


def test_each_code_lets_in_one_of_two(database, tmp_path):  # noqa: F811
    recovery, digits = finish(start(database, SEED))
    names = {"recovery": recovery, "digits": digits, "go": str(tmp_path / "go")}
    places = [tmp_path / "first", tmp_path / "second"]
    both = [start(database, USE, ready=str(place), **names) for place in places]
    for place, process in zip(places, both, strict=True):
        wait_for(place, process)
    (tmp_path / "go").touch()
    first, second = [finish(process) for process in both]
    assert len(first) == len(second) == 50
    assert [a + b for a, b in zip(first, second, strict=True)] == [1] * 50
