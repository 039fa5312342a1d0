import pytest

from inventory.organization.models import Unit
from tests.rows import unit, user


@pytest.fixture
def here() -> Unit:
    return unit("Destek Hizmetleri Dairesi Başkanlığı")


@pytest.fixture
def admin(here):
    return user("yonetici", here, is_superuser=True)
