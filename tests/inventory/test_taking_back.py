"""Who undoes an import takes back her own doing, and all of it or nothing."""

from __future__ import annotations

import pytest

from inventory import registers, writes
from inventory.history import CREATED, Author
from inventory.organization.models import Grant, Unit
from inventory.refusals import Refused
from tests.pages import sample
from tests.rows import SYSTEM, unit, user

pytestmark = pytest.mark.django_db
VEHICLES, CHANGE = registers.get("vehicles"), Grant.Level.CHANGE


@pytest.fixture
def here() -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.mark.parametrize("chunk", [1, 500])
@pytest.mark.parametrize("foreign", ["moved away", "of another import", "added by somebody else", "by hand"])
def test_taking_back_refuses_all_when_a_part_is_not_ones_own(chunk, foreign, here, monkeypatch):
    monkeypatch.setattr(writes, "CHUNK", chunk)
    there = unit("Zabıta Dairesi Başkanlığı")
    fleet = user("filo", here, (here, "vehicles", CHANGE))
    other = user("baska", here, (here, "vehicles", CHANGE))
    by, batch = Author(user=fleet, batch_id=7), 7
    made = [sample(VEHICLES, here) for _ in range(3)]
    entries = VEHICLES.model.history.filter(id__in=[each.pk for each in made], history_type=CREATED)
    with writes.past.opened():
        entries.update(batch_id=batch, history_user=fleet)
        last = entries.filter(id=made[-1].pk)
        if foreign == "of another import":
            last.update(batch_id=8)
        elif foreign == "added by somebody else":
            last.update(history_user=other)
        elif foreign == "by hand":
            last.update(batch_id=None)
    if foreign == "moved away":
        made[-1].responsible_unit = there
        writes.save(VEHICLES, made[-1], SYSTEM)
    with pytest.raises(Refused, match="bir kısmını geri alma yetkiniz yok"):
        writes.take_back(VEHICLES, made, by, batch)
    assert VEHICLES.model.objects.filter(pk__in=[each.pk for each in made]).count() == 3
    writes.take_back(VEHICLES, VEHICLES.model.objects.filter(pk__in=[made[0].pk, made[1].pk]), by, batch)
    assert VEHICLES.model.objects.filter(pk__in=[each.pk for each in made]).count() == 1
