import pytest

from inventory.organization.models import Grant, Unit, User
from tests.rows import unit, user

CHANGE, MANAGE = Grant.Level.CHANGE, Grant.Level.MANAGE


@pytest.fixture
def here() -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def steward(here) -> User:
    """Manages everything of the unit, and nothing beyond it."""
    return user("sorumlu", here, (here, "", MANAGE))


@pytest.fixture
def clerk(here) -> User:
    """Keeps the staff list of the whole municipality."""
    return user("ozluk", here, (None, "people", CHANGE))


@pytest.fixture
def root(here) -> User:
    return user("kok", here, is_superuser=True)
