"""All that a person holds, or that stands at a place, is given to another in one step, and taken back in one."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.urls import reverse

from imports.models import Batch
from imports.plans import undoing
from inventory import registers, writes
from inventory.organization.models import Grant
from tests.pages import signed_in
from tests.rows import SYSTEM, person, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES, EQUIPMENT, PEOPLE, LOCATIONS = (
    registers.get(slug) for slug in ("vehicles", "equipment", "people", "locations")
)
HELD = [(register, column.name) for register, column in registers.naming(PEOPLE.model, "asset")]


@pytest.fixture
def here():
    return unit("Bilgi İşlem Dairesi Başkanlığı")


@pytest.fixture
def there():
    return unit("Zabıta Dairesi Başkanlığı")


@pytest.fixture
def manager(here):
    return user("mudur", here, (None, "", Grant.Level.MANAGE))


@pytest.fixture
def ayse(here):
    return person("Ayşe Gidiyor", here)


@pytest.fixture
def mehmet(here):
    return person("Mehmet Geliyor", here)


def url(of, register=PEOPLE) -> str:
    return reverse("register-hand-over", args=[register, of.pk])


def given(client, of, to, register=PEOPLE, **changes):
    """The form's answer, with what the page said; doubts are accepted where it has any."""
    page = client.get(url(of, register))
    data = {"to": to.pk, "reason": "emekli", "count": page.context["count"]} | changes
    answer = client.post(url(of, register), data)
    if answer.status_code == 200 and answer.context.get("doubts"):
        answer = client.post(url(of, register), data | {"accepted": answer.context["stamp"]})
    return answer


def holders() -> set[tuple[str, int | None]]:
    return {
        (register.slug, pk) for register, name in HELD for pk in register.model.objects.values_list(name, flat=True)
    }


def test_all_registers_go_at_once_and_come_back_at_once(here, manager, ayse, mehmet):
    rows = {register: [row(register, here, **{name: ayse}) for _ in range(2)] for register, name in HELD}
    other = row(EQUIPMENT, here, **{dict(HELD)[EQUIPMENT]: manager.person})
    client = signed_in(manager)
    assert f'href="{url(ayse)}"' in client.get(reverse("register-detail", args=[PEOPLE, ayse.pk])).content.decode()
    answer = given(client, ayse, mehmet)
    assert answer.status_code == 302, answer.context["form"].errors
    assert holders() == {(r.slug, mehmet.pk) for r in rows} | {(EQUIPMENT.slug, manager.person.pk)}
    whole = Batch.objects.get(whole=None)
    assert (whole.counts["changed"], whole.parts.count()) == (2 * len(rows), len(rows) - 1)
    assert {
        b
        for r in rows
        for b in r.model.history.filter(history_change_reason="emekli").values_list("batch_id", flat=True)
    } == {part.pk for part in whole.all_parts}
    moments = {m for r in rows for m in r.model.history.filter(batch_id__gt=0).values_list("history_date", flat=True)}
    assert len(moments) == 1
    listed = client.get(reverse("batches")).content.decode()
    assert listed.count("Devir: Ayşe Gidiyor") == 1
    part = whole.parts.first()
    assert client.get(reverse("import-batch", args=[part.pk])).url == reverse("import-batch", args=[whole.pk])
    undo = reverse("import-undo", args=[whole.pk])
    page = " ".join(client.get(undo).content.decode().split())
    assert f"Eski hâline dönecek ({2 * len(rows)})" in page
    client.post(undo, {"reason": "yanlış kişi"})
    assert holders() == {(r.slug, ayse.pk) for r in rows} | {(EQUIPMENT.slug, manager.person.pk)}
    assert set(Batch.objects.values_list("state", flat=True)) == {Batch.State.UNDONE}
    assert other.pk


def test_what_was_changed_since_stays_and_is_named_with_its_register(here, manager, ayse, mehmet):
    rows = {register: row(register, here, **{name: ayse}) for register, name in HELD}
    client = signed_in(manager)
    assert given(client, ayse, mehmet).status_code == 302
    last, name = HELD[-1]
    later = last.model.objects.get(pk=rows[last].pk)
    setattr(later, name, manager.person)
    writes.save(last, later, SYSTEM)
    whole = Batch.objects.get(whole=None)
    page = client.get(reverse("import-undo", args=[whole.pk])).content.decode()
    assert reverse("register-detail", args=[last, later.pk]) in page
    client.post(reverse("import-undo", args=[whole.pk]))
    assert (last.slug, manager.person.pk) in holders()
    page = client.get(reverse("import-batch", args=[whole.pk])).content.decode()
    assert reverse("register-detail", args=[last, later.pk]) in page and later.inventory_no in page


def test_a_part_is_listed_under_the_whole_and_not_undone_alone(here, manager, ayse, mehmet):
    for register, name in HELD:
        row(register, here, **{name: ayse})
    client = signed_in(manager)
    assert given(client, ayse, mehmet).status_code == 302
    whole = Batch.objects.get(whole=None)
    for part in whole.parts.all():
        with pytest.raises(writes.Refused, match=f"bütününü geri alınız: {whole.pk}"):
            undoing.undo(part, None)
        listed = client.get(reverse("batches"), {"register": part.register}).content.decode()
        assert reverse("import-batch", args=[whole.pk]) in listed
        # Who manages one of the registers alone finds what was written there, and may not undo the rest.
        user_of = user(f"yoneten-{part.register}", here, (None, part.register, Grant.Level.MANAGE))
        theirs = signed_in(user_of)
        listed = theirs.get(reverse("batches")).content.decode()
        assert reverse("import-batch", args=[part.pk]) in listed
        page = theirs.get(reverse("import-batch", args=[part.pk]))
        assert page.status_code == 200 and not page.context["may_undo"] and "1 kayıt değişti" in page.content.decode()
    call_command("undo_import", str(whole.pk))
    assert {pk for _slug, pk in holders()} == {ayse.pk}


def test_what_is_not_hers_or_out_of_service_stays(here, there, ayse, mehmet):
    name = dict(HELD)[EQUIPMENT]
    near, far = row(EQUIPMENT, here, **{name: ayse}), row(EQUIPMENT, there, **{name: ayse})
    old = row(EQUIPMENT, here, **{name: ayse}, status="disposed", status_on="2024-01-01", status_reason="hurda")
    clerk = user("memur", here, (here, "equipment", Grant.Level.CHANGE), (there, "equipment", Grant.Level.VIEW))
    client = signed_in(clerk)
    page = client.get(url(ayse))
    (held,) = page.context["held"]
    assert (held.count, held.stay) == (1, 1) and "olduğu gibi kalır" in page.content.decode()
    assert given(client, ayse, mehmet).status_code == 302
    found = dict(EQUIPMENT.model.objects.values_list("pk", name))
    assert found == {near.pk: mehmet.pk, far.pk: ayse.pk, old.pk: ayse.pk}


def test_a_number_that_moved_or_nobody_else_is_asked_again(here, manager, ayse, mehmet):
    row(EQUIPMENT, here, **{dict(HELD)[EQUIPMENT]: ayse})
    client = signed_in(manager)
    assert "sayısı bu arada değişti" in given(client, ayse, mehmet, count="2").content.decode()
    assert "başka birini seçiniz" in str(given(client, ayse, ayse).context["form"].errors)
    assert given(client, ayse, mehmet, reason="").context["form"].errors
    assert not Batch.objects.exists()
    empty = client.get(url(mehmet))
    assert empty.context["form"] is None and "Devredilecek varlık yok" in empty.content.decode()
    assert client.post(url(mehmet), {"to": ayse.pk, "reason": "x", "count": "0"}).status_code == 200


def test_a_row_that_may_not_be_changed_keeps_all(here, manager, ayse, mehmet, monkeypatch):
    for register, name in HELD:
        row(register, here, **{name: ayse})
    last = HELD[-1][0]
    update_many = writes.update_many

    def refused(register, *rest, **how):
        if register is last:
            raise writes.Refused("olmaz")
        return update_many(register, *rest, **how)

    monkeypatch.setattr(writes, "update_many", refused)
    answer = given(signed_in(manager), ayse, mehmet)
    assert "Hiçbir kayıt değişmedi. olmaz" in answer.content.decode()
    assert {pk for _slug, pk in holders()} == {ayse.pk} and not Batch.objects.exists()


def test_a_place_is_emptied_alike(here, manager):
    old, new = row(LOCATIONS, here), row(LOCATIONS, here)
    row(VEHICLES, here, location=old)
    row(EQUIPMENT, here, location=old)
    client = signed_in(manager)
    assert given(client, old, new, LOCATIONS).status_code == 302
    assert VEHICLES.model.objects.get().location == EQUIPMENT.model.objects.get().location == new


def test_only_who_changes_items_opens_it(here, ayse):
    viewer = signed_in(user("okur", here, (here, "", Grant.Level.VIEW)))
    assert viewer.get(url(ayse)).status_code == 404
    page = viewer.get(reverse("register-detail", args=[PEOPLE, ayse.pk])).content.decode()
    assert url(ayse) not in page
    clerk = signed_in(user("memur", here, (here, "equipment", Grant.Level.CHANGE)))
    made = row(EQUIPMENT, here)
    assert clerk.get(url(made, EQUIPMENT)).status_code == 404


def test_who_lost_a_register_may_not_undo_a_part(here, manager, ayse, mehmet):
    for register, name in HELD:
        row(register, here, **{name: ayse})
    clerk = user("memur", here, *((here, register.slug, Grant.Level.CHANGE) for register, _name in HELD))
    assert given(signed_in(clerk), ayse, mehmet).status_code == 302
    whole = Batch.objects.get(whole=None)
    assert undoing.may_undo(whole, clerk) and not undoing.may_undo(whole.parts.first(), clerk)
    grant = clerk.person.grants.get(register=HELD[-1][0].granted_as)
    writes.delete(registers.get("grants"), grant, SYSTEM)
    fresh = type(clerk).objects.get(pk=clerk.pk)
    assert not undoing.may_undo(whole, fresh)
