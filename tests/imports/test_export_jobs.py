"""Files made in the background: with their user's rights, for her alone, once, until they expire."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from imports import steps
from imports.exporting import jobs, parts, tasks
from imports.exporting.models import Export
from inventory import registers, writes
from inventory.organization.models import Grant
from tests.pages import signed_in
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")
State = Export.State


@pytest.fixture
def here():
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def clerk(here):
    return user("bahceci", here, (here, "vehicles", 1))


def asked(account, query="make=ford&columns=make", form="xlsx") -> Export:
    return jobs.ask(VEHICLES, account, query, form)


def lines(answer) -> list[tuple]:
    book = openpyxl.load_workbook(io.BytesIO(answer.getvalue()))
    return list(book.worksheets[0].iter_rows(values_only=True, min_row=2))


def test_a_long_list_is_ordered_made_and_fetched(here, clerk, settings):
    settings.EXPORT_AT_ONCE_ROWS = 1
    ford, fiat = row(VEHICLES, here, make="Ford"), row(VEHICLES, here, make="Fiat")
    row(VEHICLES, unit("Zabıta Dairesi Başkanlığı"), make="Ford")
    client = signed_in(clerk)
    # One click on a long list leads to the page that says so; nothing is begun by looking.
    answer = client.get(reverse("register-export", args=["vehicles"]), {"columns": "make"})
    assert answer.url == f"{reverse('register-export-choose', args=['vehicles'])}?columns=make&format=xlsx"
    assert "arka planda" in client.get(answer.url).content.decode()
    assert not Export.objects.exists()
    order = {"format": "xlsx", "columns": "shown", "parts": ["vehicles"]}
    assert client.post(answer.url, order).url == reverse("exports")
    assert client.post(answer.url, order).url == reverse("exports")
    export = Export.objects.get()
    assert (export.state, client.get(reverse("exports-progress")).status_code) == (State.WAITING, 200)
    tasks.make_export.call(export.pk)
    tasks.make_export.call(export.pk)
    export.refresh_from_db()
    assert (export.state, export.rows, export.heartbeat) == (State.DONE, 2, None)
    answer = client.get(reverse("export-file", args=[export.pk]))
    assert answer["Content-Disposition"].startswith('attachment; filename="araclar-')
    assert lines(answer)[:2] == [(ford.inventory_no, "Ford"), (fiat.inventory_no, "Fiat")]
    assert "İndir" in client.get(reverse("exports")).content.decode()


def test_a_file_is_its_owners_alone_and_only_while_she_sees_what_she_saw(here, clerk):
    row(VEHICLES, here, make="Ford")
    export = asked(clerk)
    jobs.run(export)
    other = signed_in(user("yonetici", here, (None, "", 3)))
    url = reverse("export-file", args=[export.pk])
    assert other.get(url).status_code == other.post(reverse("export-cancel", args=[export.pk])).status_code == 404
    assert export.name not in other.get(reverse("exports")).content.decode()
    client = signed_in(clerk)
    assert len(lines(client.get(url))) == 1
    grant = clerk.person.grants.get()
    grant.unit = unit("Çim Şube Müdürlüğü", here)
    writes.save(registers.get("grants"), grant, SYSTEM)
    assert client.get(url).url == reverse("exports")
    Grant.objects.all().delete()
    assert client.get(url).url == reverse("exports")


def test_the_worker_sees_with_the_users_rights_of_that_moment(here, clerk):
    row(VEHICLES, here, make="Ford")
    export = asked(clerk)
    Grant.objects.all().delete()
    tasks.make_export.call(export.pk)
    export.refresh_from_db()
    assert (export.state, export.file.name) == (State.FAILED, "")
    assert "yetkiniz" in export.message


def test_a_cancelled_one_is_not_made_and_a_removed_one_takes_its_file_along(here, clerk):
    row(VEHICLES, here, make="Ford")
    client = signed_in(clerk)
    waiting, done = asked(clerk), asked(clerk, form="ods")
    client.post(reverse("export-cancel", args=[waiting.pk]))
    tasks.make_export.call(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.file.name) == (State.CANCELLED, "")
    jobs.run(done)
    storage, name = done.file.storage, done.file.name
    assert storage.exists(name)
    client.post(reverse("export-cancel", args=[done.pk]))
    assert not Export.objects.filter(pk=done.pk).exists() and not storage.exists(name)
    tasks.make_export.call(done.pk)


def test_what_is_cancelled_while_it_is_written_stops_and_leaves_no_file(here, clerk, monkeypatch):
    """Every row a chunk of its own: the worker hears of it between two of them."""
    monkeypatch.setattr(parts, "CHUNK", 1)
    row(VEHICLES, here, make="Ford"), row(VEHICLES, here, make="Ford")
    export, other = asked(clerk), signed_in(clerk)
    chunks, given = parts.Part.chunks, []

    def cancelled(part):
        for chunk in chunks(part):
            given.append(chunk)
            yield chunk
            if len(given) == 1:
                other.post(reverse("export-cancel", args=[export.pk]))

    monkeypatch.setattr(parts.Part, "chunks", cancelled)
    jobs.run(export)
    export.refresh_from_db()
    assert (export.state, export.file.name, len(given)) == (State.CANCELLED, "", 2)
    assert not steps.is_asked_to_stop(export) and steps.progress(export) is None


def test_a_silent_worker_is_replaced_and_its_late_file_thrown_away(here, clerk, monkeypatch):
    ford = row(VEHICLES, here, make="Ford")
    export = asked(clerk)
    client, write = signed_in(clerk), jobs.write

    def slow(*args):
        """While the first worker is asleep, a second one finishes."""
        monkeypatch.setattr(jobs, "write", write)
        steps.forget(export)
        Export.objects.update(heartbeat=timezone.now() - steps.STALE - dt.timedelta(seconds=1))
        client.get(reverse("exports-progress"))
        tasks.make_export.call(export.pk)
        return write(*args)

    monkeypatch.setattr(jobs, "write", slow)
    jobs.run(export)
    made = Export.objects.get()
    assert made.state == State.DONE and made.file.storage.exists(made.file.name)
    assert lines(client.get(reverse("export-file", args=[made.pk]))) == [(ford.inventory_no, "Ford")]


def test_a_fault_of_ours_is_said(here, clerk, monkeypatch):
    export = asked(clerk)
    monkeypatch.setattr(jobs, "write", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.make_export.call(export.pk)
    export.refresh_from_db()
    assert export.state == State.FAILED and str(export.pk) in export.message


def test_old_files_are_cleared_away(here, clerk, capsys):
    row(VEHICLES, here, make="Ford")
    old, new = asked(clerk), asked(clerk, form="csv")
    for export in (old, new):
        jobs.run(export)
    storage, name = old.file.storage, old.file.name
    Export.objects.filter(pk=old.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    call_command("clear_exports")
    assert capsys.readouterr().out == "1 dosya silindi.\n"
    assert list(Export.objects.all()) == [new] and not storage.exists(name)
