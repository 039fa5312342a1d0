from types import SimpleNamespace

import pytest

from inventory.accounts.signing_in import second_factor
from inventory.organization.models import User
from tests.phones import Clock
from tests.rows import unit, user


@pytest.fixture
def clock(monkeypatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(second_factor, "time", SimpleNamespace(time=lambda: made.now))
    return made


@pytest.fixture
def account(db) -> User:
    here = unit("Zabıta Dairesi Başkanlığı")
    return user("ayse", here, (here, "", 1))
