"""The worker, while the database is busy with somebody else for longer than a writer waits."""

from __future__ import annotations

import signal

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from imports.tasks import check_batch
from imports.watching import watch
from inventory.management.command import Unusable
from inventory.server import jobs

pytestmark = pytest.mark.django_db
# Of a row that is not there: there is nothing to watch, and nothing that could be checked.
DONE, FAILED = (watch, ("imports.Batch", 10**6, "tr")), (check_batch, (10**6, "tr"))
# More often than the library tries to write one end, and then the other.
LONG = 8


@pytest.fixture
def work(tmp_path, monkeypatch):
    """Runs the command until no job is left."""
    monkeypatch.setattr("inventory.server.heartbeat._folder", lambda: tmp_path / "workers")
    # The test's own connection, with its open transaction.
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)}
    yield lambda: call_command("db_worker", batch=True, interval=0, startup_delay=False, reload=False, verbosity=0)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def busy(monkeypatch):
    """The ends that were tried in vain; each is refused so often as `busy.times` says, after `busy.meanwhile()`."""
    save = DBTaskResult.save

    class Busy(list):
        times, meanwhile = LONG, staticmethod(lambda: None)

    tried = Busy()

    def save_or_not(result, *arguments, **more):
        if result.status in (jobs.DONE, jobs.FAILED) and len(tried) < tried.times:
            tried.append(result.status)
            tried.meanwhile()
            raise OperationalError("database is locked")
        save(result, *arguments, **more)

    monkeypatch.setattr(DBTaskResult, "save", save_or_not)
    return tried


def enqueue(job) -> None:
    task, arguments = job
    task.enqueue(*arguments)


def states() -> list[str]:
    return list(DBTaskResult.objects.order_by("enqueued_at").values_list("status", flat=True))


def test_it_looks_for_work_until_it_finds_some(work, monkeypatch):
    begin, begun = db_worker.exclusive_transaction, []

    def begin_or_not(using):
        begun.append(using)
        if len(begun) < LONG:
            raise OperationalError("database is locked")
        return begin(using)

    monkeypatch.setattr(db_worker, "exclusive_transaction", begin_or_not)
    enqueue(DONE)
    work()
    assert states() == [jobs.DONE]


@pytest.mark.parametrize(("job", "end"), [(DONE, jobs.DONE), (FAILED, jobs.FAILED)])
def test_the_end_of_a_job_is_written_when_it_can_be_and_is_the_true_one(work, busy, job, end):
    enqueue(job)
    work()
    assert (states(), busy) == ([end], [end] * LONG)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_meanwhile_ends_it(work, busy, number):
    def stop():
        if len(busy) == 1:
            signal.raise_signal(number)

    busy.times, busy.meanwhile = 10**6, stop
    enqueue(DONE)
    enqueue(DONE)
    work()
    # The second is another's to do, and the first is not shown as failed.
    assert states() == [jobs.RUNNING, jobs.READY] and set(busy) == {jobs.DONE}


def test_a_stop_between_two_looks_ends_it(work, monkeypatch):
    def begin(_using):
        signal.raise_signal(signal.SIGTERM)
        raise AssertionError("It went on.")

    monkeypatch.setattr(db_worker, "exclusive_transaction", begin)
    with pytest.raises(SystemExit) as ended:
        work()
    assert ended.value.code == 0


def test_another_fault_of_the_database_is_not_waited_out(work, monkeypatch):
    def begin(_using):
        raise OperationalError("no such table: x")

    monkeypatch.setattr(db_worker, "exclusive_transaction", begin)
    with pytest.raises(OperationalError, match="no such table"):
        work()


def test_a_job_that_failed_for_a_lock_is_not_written_for_ever_on_a_broken_disk(work, monkeypatch):
    """The lock stands behind the disk's error, as that which was under way."""
    save, tried = DBTaskResult.save, []

    def locked(*_):
        raise OperationalError("database is locked")

    def save_or_not(result, *arguments, **more):
        if result.status in (jobs.DONE, jobs.FAILED):
            tried.append(result.status)
            assert len(tried) < LONG, "It goes on for ever."
            raise OperationalError("disk I/O error")
        save(result, *arguments, **more)

    monkeypatch.setattr(DBTaskResult, "save", save_or_not)
    monkeypatch.setattr("imports.tasks._run", locked)
    enqueue(FAILED)
    with pytest.raises(Unusable, match="disk"):
        work()
