import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook

from imports import batches, tasks
from imports.models import Batch
from inventory import registers, writes
from inventory.assets.vehicles.models import Vehicle
from tests.pages import signed_in
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")
HEADINGS = ["Plaka", "Tür", "Marka", "Sorumlu birim"]
CHOICES = {"mode": "upsert", "blank": "leave", "locale": ""}


def vehicles(parks, *numbers: int, make="Ford") -> list[list]:
    return [[f"41 ABC {n}", "Kamyonet", make, parks.name] for n in numbers]


def upload(client: Client, path, **choices):
    with path.open("rb") as file:
        return client.post(
            reverse("register-import", args=["vehicles"]), CHOICES | choices | {"file": file}, follow=True
        )


def seen(batch: Batch) -> dict:
    """What the form of the apply sends: the numbers that were on the page."""
    return {name: batch.counts[name] for name in ("new", "changed", "retiring", "refused")}


def status(client: Client, url: str) -> int:
    answer = client.get(url)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer.status_code


def test_upload_check_and_apply(parks, fleet, sheet_file):
    old = row(VEHICLES, parks, plate="41 ABC 101", make="Fiat")
    client = signed_in(fleet)
    page = upload(client, sheet_file(HEADINGS, *vehicles(parks, 101, 102, 103)))
    text = " ".join(page.content.decode().split())
    assert "2 kayıt eklenecek, 1 kayıt değişecek." in text
    assert re.search(r"Marka: <del[^>]*>Fiat</del> → <ins[^>]*>Ford</ins>", text)
    assert Vehicle.objects.count() == 1
    batch = page.context["batch"]
    done = client.post(reverse("import-apply", args=[batch.pk]), seen(batch), follow=True)
    assert "3 kayıt yazıldı" in done.content.decode()
    old.refresh_from_db()
    assert (old.make, Vehicle.objects.count()) == ("Ford", 3)
    batch.refresh_from_db()
    assert (batch.state, batch.user) == ("applied", fleet)
    assert (
        reverse("import-batch", args=[batch.pk])
        in client.get(reverse("register-history", args=["vehicles", old.pk])).content.decode()
    )
    again = upload(client, sheet_file(HEADINGS, *vehicles(parks, 101, 102, 103)))
    assert "Yazılacak bir şey yok" in again.content.decode()
    assert "form" in again.context and "Uygula</button>" not in again.content.decode()


def test_errors_are_shown_in_a_table_and_nothing_is_applied_unasked(parks, fleet, sheet_file):
    client = signed_in(fleet)
    page = upload(client, sheet_file(HEADINGS, *vehicles(parks, 101), ["41 Q 1", "Uçak", "Ford", parks.name]))
    text = page.content.decode()
    assert page.context["batch"].state == "refused"
    assert [len(shown.findings) for shown in page.context["preview"]["lines"]] == [0, 2]
    assert "41 Q 1" in text and "Uçak" in text
    client.post(reverse("import-apply", args=[page.context["batch"].pk]), seen(page.context["batch"]))
    assert not Vehicle.objects.exists()


def test_the_preview_is_narrowed_by_verdict_and_comes_in_pages(parks, fleet, sheet_file):
    client = signed_in(fleet)
    wrong = [[f"x{n}", "Uçak", "", parks.name] for n in range(60)]
    page = upload(client, sheet_file(HEADINGS, *wrong, *vehicles(parks, 101)))
    batch, url = page.context["batch"], reverse("import-batch", args=[page.context["batch"].pk])
    counts = {tab.shown: tab.count for tab in page.context["preview"]["tabs"]}
    assert counts == {"": 61, "new": 1, "changed": 0, "unchanged": 0, "error": 60}
    assert len(page.context["preview"]["lines"]) == 50 and batch.counts["errors"] == 120
    last = client.get(url, {"show": "error", "page": 2}).context["preview"]
    assert [shown.line.row for shown in last["lines"]] == list(range(52, 62))
    (new,) = client.get(url, {"show": "new"}).context["preview"]["lines"]
    assert ("Tür", "", "Kamyonet") in new.facts and ("Plaka", "", "41 ABC 101") in new.facts
    for odd in ({"page": "0"}, {"page": "x"}, {"page": "99999999"}, {"show": "x"}):
        assert client.get(url, odd).status_code == 200
    with CaptureQueriesContext(connection) as few:
        client.get(url, {"show": "new"})
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few) + 1


def test_a_heading_that_is_not_known_is_matched_on_the_page(parks, fleet, sheet_file):
    client = signed_in(fleet)
    headings = ["Plaka", "Cinsi nedir", "Markasi", "Sorumlu birim"]
    page = upload(client, sheet_file(headings, *vehicles(parks, 101)))
    batch, form = page.context["batch"], page.context["form"]
    assert batch.state == "refused" and "tanınmadı" in page.content.decode()
    data = {field.html_name: field.value() or "" for field in form} | {"column-1": "kind"}
    checked = client.post(reverse("import-check", args=[batch.pk]), data, follow=True)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"]) == ("checked", 1)
    assert batch.mapping["Cinsi nedir"] == "kind"
    assert "Kamyonet" in str(checked.context["batch"].headings[1]["samples"])


def test_another_sheet_is_matched_anew(parks, fleet, tmp_path):
    book = Workbook()
    book.active.title = "Kapak"
    book.active.append(["Araç listesi"])
    book.active.append(["2026"])
    second = book.create_sheet("Liste")
    for line in (HEADINGS, *vehicles(parks, 101)):
        second.append(line)
    book.save(tmp_path / "iki.xlsx")
    client = signed_in(fleet)
    page = upload(client, tmp_path / "iki.xlsx")
    batch, form = page.context["batch"], page.context["form"]
    assert batch.state == "refused" and batch.read["sheets"] == ["Kapak", "Liste"]
    data = {field.html_name: field.value() or "" for field in form} | {"sheet": "Liste"}
    client.post(reverse("import-check", args=[batch.pk]), data)
    batch.refresh_from_db()
    assert (batch.state, batch.read["sheet"], batch.counts["new"]) == ("checked", "Liste", 1)


def test_a_large_file_is_checked_and_written_by_the_worker(parks, fleet, sheet_file, monkeypatch):
    monkeypatch.setattr("imports.pages.views.AT_ONCE_ROWS", 2)
    client = signed_in(fleet)
    page = upload(client, sheet_file(HEADINGS, *vehicles(parks, *range(101, 106))))
    batch = page.context["batch"]
    assert batch.state == "uploaded"
    waiting = client.get(reverse("import-progress", args=[batch.pk]))
    assert "HX-Refresh" not in waiting and "every 2s" in waiting.content.decode()
    tasks.check_batch.func(batch.pk, "tr")
    finished = client.get(reverse("import-progress", args=[batch.pk]))
    assert finished["HX-Refresh"] == "true"
    batch.refresh_from_db()
    client.post(reverse("import-apply", args=[batch.pk]), seen(batch))
    assert not Vehicle.objects.exists()
    tasks.apply_batch.func(batch.pk, "tr")
    tasks.apply_batch.func(batch.pk, "tr")
    assert Vehicle.objects.count() == 5 and Vehicle.history.count() == 5


def test_a_number_that_is_no_longer_true_is_asked_again(parks, fleet, sheet_file):
    client = signed_in(fleet)
    batch = upload(client, sheet_file(HEADINGS, *vehicles(parks, 101))).context["batch"]
    page = client.post(reverse("import-apply", args=[batch.pk]), seen(batch) | {"new": 7}, follow=True)
    assert "yeniden onaylayınız" in page.content.decode()
    assert not Vehicle.objects.exists()


def test_what_changed_since_the_check_is_checked_again_from_its_message(parks, fleet, sheet_file):
    old, client = row(VEHICLES, parks, plate="41 ABC 101", make="Fiat"), signed_in(fleet)
    batch = upload(client, sheet_file(HEADINGS, *vehicles(parks, 101))).context["batch"]
    page = client.get(reverse("import-batch", args=[batch.pk])).content.decode()
    again = reverse("import-again", args=[batch.pk])
    assert again not in page
    old.colour = "Mavi"
    writes.save(VEHICLES, old, SYSTEM)
    page = client.post(reverse("import-apply", args=[batch.pk]), seen(batch), follow=True).content.decode()
    assert "Denetimden sonra" in page and "Uygulanamadı, yazılmadı" in page and "Hatalı, yazılmadı" not in page
    assert page.index("Denetimden sonra") < page.index(again) < page.index('id="matching"')
    assert "Uygulanamadı, yazılmadı" in client.get(reverse("batches")).content.decode()
    assert signed_in(user("komsu", parks, (parks, "vehicles", 2))).post(again).status_code == 404
    page = client.post(again, follow=True)
    assert page.context["may_apply"] and again not in page.content.decode()
    client.post(reverse("import-apply", args=[batch.pk]), seen(batch))
    old.refresh_from_db()
    assert (old.make, old.colour) == ("Ford", "Mavi")
    assert client.post(again).status_code == 302 and client.get(again).status_code == 405


def test_a_file_that_cannot_be_read_says_why_on_its_page(fleet, tmp_path):
    (tmp_path / "bozuk.xlsx").write_bytes(b"PK\x03\x04 bozuk")
    page = upload(signed_in(fleet), tmp_path / "bozuk.xlsx")
    assert page.context["batch"].state == "failed"
    assert page.context["batch"].message in page.content.decode()


def test_too_large_an_upload_is_refused_in_the_form(fleet, sheet_file, settings):
    settings.IMPORT_MAX_BYTES = 100
    page = upload(signed_in(fleet), sheet_file(HEADINGS))
    assert "bölüp" in page.content.decode() and not Batch.objects.exists()


def test_the_file_is_kept_out_of_the_web_root_and_comes_back_as_it_was(parks, fleet, sheet_file, settings):
    path = sheet_file(HEADINGS, *vehicles(parks, 101), name="tuhaf ad.xlsx")
    client = signed_in(fleet)
    batch = upload(client, path).context["batch"]
    answer = client.get(reverse("import-file", args=[batch.pk]))
    assert b"".join(answer.streaming_content) == path.read_bytes()
    assert "attachment" in answer["Content-Disposition"]
    assert batch.file.path.startswith(str(settings.STORAGES["default"]["OPTIONS"]["location"]))
    assert "tuhaf" not in batch.file.path


def test_who_sees_and_uses_a_batch(parks, fleet, sheet_file):
    batch = upload(signed_in(fleet), sheet_file(HEADINGS, *vehicles(parks, 101))).context["batch"]
    other = user("baska", parks, (parks, "vehicles", 2))
    viewer = user("goren", parks, (parks, "vehicles", 1))
    steward = user("sorumlu", parks, (None, "vehicles", 3))
    local = user("yerel", parks, (parks, "vehicles", 3))
    pages = [reverse(f"import-{name}", args=[batch.pk]) for name in ("batch", "progress", "file", "preview")]
    posts = [reverse(f"import-{name}", args=[batch.pk]) for name in ("check", "apply", "undo")]
    for account, sees in ((fleet, True), (steward, True), (local, False), (other, False), (viewer, False)):
        client = signed_in(account)
        assert {status(client, url) for url in pages} == {200 if sees else 404}, account
        assert (batch in client.get(reverse("batches")).context["page"]) == sees, account
        if account is not fleet:
            assert {client.post(url, CHOICES).status_code for url in posts} == {404}, account
    assert signed_in(viewer).get(reverse("register-import", args=["vehicles"])).status_code == 404
    assert Client().get(pages[0]).status_code == 302


def test_changes_of_rows_that_left_the_users_sight_are_not_shown(parks, fleet, sheet_file):
    old = row(VEHICLES, parks, plate="41 ABC 101", make="Fiat")
    client = signed_in(fleet)
    batch = upload(client, sheet_file(HEADINGS, *vehicles(parks, 101))).context["batch"]
    Vehicle.objects.filter(pk=old.pk).update(responsible_unit=unit("Zabıta Dairesi Başkanlığı"))
    page = client.get(reverse("import-batch", args=[batch.pk]))
    assert "Fiat" not in page.content.decode() and "görme yetkinizin dışında" in page.content.decode()
    batches.run_apply(batch)
    assert batch.state == "refused" and "yetkiniz" in batch.message
    assert Vehicle.objects.get().make == "Fiat"
