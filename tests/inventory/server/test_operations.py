"""What watches the service gets the truth, and administrators see what the workers do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from imports.exporting.models import Export
from imports.exporting.tasks import make_export
from imports.models import Batch
from imports.tasks import apply_batch, check_batch
from inventory.server import health, heartbeat, jobs
from tests.pages import signed_in
from tests.processes import database, surroundings  # noqa: F401 - a fixture
from tests.rows import unit, user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uploads(tmp_path, monkeypatch):
    monkeypatch.setattr(heartbeat, "EVERY_SECONDS", 0.2)
    monkeypatch.setattr(heartbeat, "_folder", lambda: tmp_path / "workers")
    return tmp_path / "workers"


@pytest.fixture
def admin():
    return signed_in(user("yonetici", unit("Bilgi İşlem Dairesi Başkanlığı"), is_superuser=True))


def wait_for_sign(worker: str) -> None:
    until = time.monotonic() + 30
    while worker not in heartbeat.alive():
        assert time.monotonic() < until
        time.sleep(0.02)


def ready() -> tuple[int, dict]:
    answer = Client().get(reverse("ready"))
    return answer.status_code, answer.json()


def failed() -> DBTaskResult:
    check_batch.enqueue(10**6, "tr")
    result = DBTaskResult.objects.latest("enqueued_at")
    DBTaskResult.objects.filter(pk=result.pk).update(
        status=jobs.FAILED, exception_class_path="imports.models.Batch.DoesNotExist", traceback="Traceback …"
    )
    return result


def test_it_is_ready_when_every_part_is(uploads):
    with heartbeat.beating("w1"):
        wait_for_sign("w1")
        assert ready() == (200, {"ready": True, "database": "ok", "migrations": "ok", "worker": "ok", "disk": "ok"})
    status, result = ready()
    assert (status, result["worker"]) == (503, "no worker runs")


def test_a_full_disk_is_stored_before_it_is_full(uploads, settings):
    settings.DISK_FREE_BYTES = 10**18
    assert ready()[1]["disk"] == "nearly full"


def test_a_database_that_is_away_is_message_and_nothing_else_is_asked_of_it(monkeypatch):
    monkeypatch.setattr(health, "_database", lambda: "does not answer")
    status, result = ready()
    assert (status, result["database"], result["migrations"]) == (503, "does not answer", "unknown")
    assert Client().get(reverse("live")).json()["live"] is True


def test_migrations_that_wait_are_reported(monkeypatch):
    def some():
        raise LookupError

    monkeypatch.setattr(health, "_are_applied", some)
    assert ready()[1]["migrations"] == "not applied"


def test_a_worker_that_fell_silent_is_not_alive(uploads):
    with heartbeat.beating("w1"):
        wait_for_sign("w1")
        (uploads / "w2.alive").touch()
        os.utime(uploads / "w2.alive", (time.time() - 120,) * 2)
        os.utime(uploads / "w1.alive", None)
        assert (heartbeat.alive(), len(heartbeat.ages())) == ({"w1"}, 2)
        os.utime(uploads / "w2.alive", (time.time() - 100_000,) * 2)
        assert len(heartbeat.ages()) == 1 and not (uploads / "w2.alive").exists()
    assert heartbeat.ages() == {}


def test_the_real_worker_gives_signs_of_life_and_ends_them(database, tmp_path):  # noqa: F811
    around = surroundings(database)
    around["env"] |= {"VAR_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "db_worker", "--no-reload", "--no-startup-delay", "--worker-id", "w9"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **around)
    file = tmp_path / "files" / ".workers" / "w9.alive"
    until = time.monotonic() + 60
    while not file.exists():
        assert process.poll() is None and time.monotonic() < until, process.communicate()[1]
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=300)
    assert not file.exists()


def test_administrators_see_what_failed_and_where_it_is_asked_for_again(admin):
    failed()
    shown = admin.get(reverse("jobs")).content.decode()
    assert "Dosyanın denetlenmesi" in shown and "Traceback …" in shown and "İşleyici çalışmıyor" in shown
    assert reverse("import-batch", args=[10**6]) in shown
    assert jobs.counted() == {jobs.READY: 0, jobs.RUNNING: 0, jobs.FAILED: 1, jobs.DONE: 0}


def test_a_job_whose_worker_is_gone_is_reported(admin):
    check_batch.enqueue(10**6, "tr")
    DBTaskResult.objects.update(status=jobs.RUNNING, worker_ids=["w1"])
    assert "işleyicisi durdu" in admin.get(reverse("jobs")).content.decode()
    with heartbeat.beating("w1"):
        wait_for_sign("w1")
        assert "işleyicisi durdu" not in admin.get(reverse("jobs")).content.decode()


def test_a_disk_without_space_is_no_death(uploads):
    uploads.parent.joinpath("workers").write_text("in the way")
    with heartbeat.beating("w1/ç"):
        assert heartbeat.alive() == set()
        uploads.unlink()
        wait_for_sign("w1/ç")
    assert heartbeat.alive() == set()


def test_metrics_show_a_database_that_is_away(settings, monkeypatch):
    settings.METRICS_TOKEN = "gizli"
    monkeypatch.setattr(health, "_database", lambda: "does not answer")
    message = Client(headers={"authorization": "Bearer gizli"}).get(reverse("metrics")).content.decode()
    assert 'register_ready{part="database"} 0.0' in message and "register_jobs" not in message


def test_for_others_the_pages_are_not_there():
    clerk = signed_in(user("memur", unit("Park ve Bahçeler Dairesi Başkanlığı"), (None, "vehicles", 3)))
    assert clerk.get(reverse("jobs")).status_code == 404


def test_metrics_are_for_who_has_the_token(settings):
    assert Client().get(reverse("metrics")).status_code == 404
    settings.METRICS_TOKEN = "gizli"
    assert Client(headers={"authorization": "Bearer yanlış"}).get(reverse("metrics")).status_code == 404
    failed()
    message = Client(headers={"authorization": "Bearer gizli"}).get(reverse("metrics")).content.decode()
    assert 'register_jobs{state="failed"} 1.0' in message and "register_workers 0.0" in message


@pytest.mark.parametrize("waits", [True, False])
def test_what_waits_says_when_no_worker_lives(waits, uploads):
    message = "{% load workers %}{% no_worker waits %}"
    page = Template(message).render(Context({"waits": waits}))
    assert ("çalışmıyor" in page) is waits
    with heartbeat.beating("here"):
        wait_for_sign("here")
        assert "çalışmıyor" not in Template(message).render(Context({"waits": waits}))


def test_a_waiting_import_and_export_say_so(uploads, tmp_path):
    here = unit("Destek Hizmetleri Dairesi Başkanlığı")
    account = user("ayse", here, (here, "vehicles", 2))
    client = signed_in(account)
    batch = Batch.objects.create(
        register="vehicles", user=account, size=1, state=Batch.State.APPLYING, counts={"errors": 0}
    )
    assert "çalışmıyor" in client.get(reverse("import-batch", args=[batch.pk])).content.decode()
    assert "çalışmıyor" not in client.get(reverse("exports")).content.decode()
    Export.objects.create(register="vehicles", user=account, form="xlsx")
    assert "çalışmıyor" in client.get(reverse("exports")).content.decode()


def failed_job(task, *args) -> DBTaskResult:
    job = DBTaskResult.objects.get(pk=task.enqueue(*args).id)
    job.status, job.finished_at, job.exception_class_path = jobs.FAILED, timezone.now(), "builtins.OSError"
    job.save()
    return job


def test_a_failed_job_is_done_once_more_from_the_page(admin):
    here = unit("Destek Hizmetleri Dairesi Başkanlığı")
    account = user("ayse", here, (here, "vehicles", 2))
    export = Export.objects.create(register="vehicles", user=account, form="csv", state=Export.State.FAILED)
    job = failed_job(make_export, export.pk)
    assert "Yeniden dene" in admin.get(reverse("jobs")).content.decode()
    result = [admin.post(reverse("job-again"), {"job": job.id}, follow=True).content.decode() for _ in range(2)]
    assert "yeniden sıraya alındı" in result[0] and "artık başarısız durumda değil" in result[1]
    export.refresh_from_db()
    assert export.state == Export.State.WAITING
    assert DBTaskResult.objects.ready().filter(task_path=job.task_path).count() == 1
    # The one that was asked for is done as the first would have been.
    make_export.func(export.pk)
    export.refresh_from_db()
    assert export.state == Export.State.DONE


def test_an_import_that_writes_is_begun_again_by_its_own_user_alone(admin):
    here = unit("Destek Hizmetleri Dairesi Başkanlığı")
    account = user("ayse", here, (here, "vehicles", 2))
    batch = Batch.objects.create(register="vehicles", user=account, size=1, state=Batch.State.CHECKED)
    job = failed_job(apply_batch, batch.pk, "tr")
    assert "Yeniden dene" not in admin.get(reverse("jobs")).content.decode()
    admin.post(reverse("job-again"), {"job": job.id})
    batch.refresh_from_db()
    assert batch.state == Batch.State.CHECKED


@pytest.mark.parametrize("job", ["", "x", "9" * 40])
def test_a_job_that_there_is_not_is_not_found(admin, job):
    assert admin.post(reverse("job-again"), {"job": job}).status_code == 404
