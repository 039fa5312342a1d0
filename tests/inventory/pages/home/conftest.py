import pytest

from inventory.organization.models import Unit, User
from tests.rows import unit, user


@pytest.fixture
def city() -> Unit:
    return unit("Belediye", kind=Unit.Kind.MUNICIPALITY)


@pytest.fixture
def parks(city) -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı", city)


@pytest.fixture
def police(city) -> Unit:
    return unit("Zabıta Dairesi Başkanlığı", city)


@pytest.fixture
def admin(city) -> User:
    return user("yonetici", city, is_superuser=True)
