import pytest
from django.utils import timezone

from inventory.trail import keeping
from inventory.trail.models import Event
from tests.rows import unit, user


@pytest.fixture(autouse=True)
def waiting(tmp_path, monkeypatch):
    """The file in which entries wait."""
    monkeypatch.setattr(keeping, "_place", lambda: tmp_path / "trail.jsonl")
    return tmp_path / "trail.jsonl"


@pytest.fixture
def here():
    return unit("Destek Hizmetleri Dairesi Başkanlığı")


@pytest.fixture
def admin(here):
    made = user("yonetici", here, is_superuser=True)
    # That the account was opened is an entry itself.
    Event.objects.forget_before(timezone.now())
    return made
