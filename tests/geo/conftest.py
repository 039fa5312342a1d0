"""What the tests of the map share: two units, and one who sees everything."""

import pytest

from tests.rows import unit, user


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def there():
    return unit("Zabıta Dairesi Başkanlığı")


@pytest.fixture
def admin(here):
    return user("yonetici", here, is_superuser=True)
