"""A bulk edit stands in the list of what was done, and is undone as an import is."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from imports.models import Batch
from inventory import registers, writes
from tests.pages import signed_in
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def clerk(here):
    return user("ayse", here, (here, "", 2))


def changed_in_bulk(client, rows, **values):
    data = {"selected": [each.pk for each in rows], "step": "write", "count": len(rows), "reason": "sayım"}
    data |= values | {f"change_{name}": "on" for name in values}
    return client.post(reverse("register-bulk", args=[VEHICLES]), data, follow=True)


def notes() -> list[str]:
    return list(VEHICLES.model.objects.order_by("pk").values_list("notes", flat=True))


def test_it_is_kept_listed_and_undone(here, clerk):
    rows, client = [row(VEHICLES, here, notes=f"eski {n}") for n in range(3)], signed_in(clerk)
    page = changed_in_bulk(client, rows, notes="yeni")
    batch = Batch.objects.get()
    url, undo = reverse("import-batch", args=[batch.pk]), reverse("import-undo", args=[batch.pk])
    assert f'href="{url}"' in page.content.decode() and "3 kayıt değişti." in page.content.decode()
    assert notes() == ["yeni"] * 3
    assert set(VEHICLES.model.history.filter(notes="yeni").values_list("batch_id", flat=True)) == {batch.pk}
    assert "Toplu değişiklik: Açıklama" in client.get(reverse("batches")).content.decode()
    shown = client.get(url).content.decode()
    assert "3 kayıt değişti" in shown and "sayım" in shown and f'href="{undo}"' in shown and "SHA-256" not in shown
    entry = client.get(reverse("register-history", args=[VEHICLES, rows[0].pk])).content.decode()
    assert f'href="{url}"' in entry and f"{batch.pk} no’lu işlem" in entry
    assert "Eski hâline dönecek (3)" in " ".join(client.get(undo).content.decode().split())
    client.post(undo, {"reason": "yanlış"})
    assert notes() == ["eski 0", "eski 1", "eski 2"]
    batch.refresh_from_db()
    assert (batch.state, batch.undo["restored"], batch.undo["reason"]) == (Batch.State.UNDONE, 3, "yanlış")
    assert "eski hâline döndü" in client.get(url).content.decode()


def test_what_was_edited_since_stays(here, clerk):
    rows, client = [row(VEHICLES, here, notes="eski") for _ in range(2)], signed_in(clerk)
    changed_in_bulk(client, rows, notes="yeni")
    later = VEHICLES.model.objects.get(pk=rows[0].pk)
    later.notes = "en yeni"
    writes.save(VEHICLES, later, SYSTEM)
    client.post(reverse("import-undo", args=[Batch.objects.get().pk]))
    assert notes() == ["en yeni", "eski"]


def test_what_changes_nothing_or_is_refused_leaves_none(here, clerk):
    rows, client = [row(VEHICLES, here, notes="eski") for _ in range(2)], signed_in(clerk)
    assert "0 kayıt değişti." in changed_in_bulk(client, rows, notes="eski").content.decode()
    there = unit("Zabıta Dairesi Başkanlığı")
    page = changed_in_bulk(client, rows, responsible_unit=there.pk).content.decode()
    assert "Hiçbir kayıt değişmedi." in page or "Geçerli bir seçenek" in page or "seçiniz" in page
    assert not Batch.objects.exists() and notes() == ["eski"] * 2


def asked(client, rows, **data):
    data |= {"selected": [each.pk for each in rows]}
    return client.post(reverse("register-bulk", args=[VEHICLES]), data)


def test_what_the_rows_hold_is_said_by_count_where_a_column_is_chosen_and_before_it_is_written(here, clerk):
    rows = [row(VEHICLES, here, notes=text) for text in ("b", "b", "<a>", "", *"cdefg")]
    client = signed_in(clerk)
    assert asked(client, rows, holds="notes").content.decode() == (
        "Şu an: b: 2, &lt;a&gt;: 1, c: 1, d: 1, e: 1, başka değerler: 2, boş: 1"
    )
    assert asked(client, rows[:2], holds="responsible_unit").content.decode() == f"Şu an: {here}: 2"
    assert asked(client, rows, holds="status").content.decode() == "Şu an: Kullanımda: 9"
    assert asked(client, rows, holds="search_text").status_code == 404
    preview = asked(client, rows[1:4], step="preview", change_notes="on", notes="yeni", reason="sayım")
    assert [old for _column, old, _new in preview.context["values"]] == ["<a>: 1, b: 1, boş: 1"]
    # Whoever goes back finds what was typed.
    back = asked(client, rows[1:4], step="back", change_notes="on", notes="yeni", reason="sayım")
    assert back.context["step"] == "choose" and ">\nyeni</textarea>" in back.content.decode()


def test_to_say_it_costs_the_same_for_few_rows_and_for_many(here, clerk):
    client = signed_in(clerk)

    def queries(rows) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert asked(client, rows, holds="responsible_unit").status_code == 200
        return len(captured)

    rows = [row(VEHICLES, here) for _ in range(9)]
    queries(rows)
    assert queries(rows[:1]) == queries(rows)


def test_others_neither_see_nor_undo_it(here, clerk):
    changed_in_bulk(signed_in(clerk), [row(VEHICLES, here)], notes="yeni")
    batch = Batch.objects.get()
    for who in (user("fatma", here, (here, "", 2)), user("denetci", here, (None, "", 1))):
        client = signed_in(who)
        for name in ("import-batch", "import-undo", "import-file"):
            assert client.get(reverse(name, args=[batch.pk])).status_code == 404, (who, name)
    steward = signed_in(user("sorumlu", here, (None, "vehicles", 3)))
    assert steward.post(reverse("import-undo", args=[batch.pk])).status_code == 302
    batch.refresh_from_db()
    assert batch.state == Batch.State.UNDONE


def test_there_is_no_file_to_fetch(here, clerk):
    client = signed_in(clerk)
    changed_in_bulk(client, [row(VEHICLES, here)], notes="yeni")
    number = Batch.objects.get().pk
    for name in ("import-file", "import-refused"):
        assert client.get(reverse(name, args=[number])).status_code == 404
    for name in ("import-apply", "import-again", "import-check", "import-drop", "import-cancel"):
        assert client.post(reverse(name, args=[number])).status_code in (302, 404)
    assert Batch.objects.get().state == Batch.State.APPLIED and notes() == ["yeni"]
