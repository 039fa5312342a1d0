"""The units and people of the tests of flows."""

from __future__ import annotations

import pytest

from inventory.organization.models import Unit
from tests.rows import unit, user


@pytest.fixture
def here() -> Unit:
    return unit("Destek Hizmetleri Dairesi Başkanlığı")


@pytest.fixture
def there() -> Unit:
    return unit("Zabıta Dairesi Başkanlığı")


@pytest.fixture
def steward(here):
    return user("sorumlu", here, (here, "", 3))


@pytest.fixture
def admin(here):
    return user("yonetici", here, is_superuser=True)
