"""The worker of django-tasks-db, with signs of life, and with patience where the database is busy."""

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import OperationalError
from django.utils.translation import gettext as _
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from inventory.management.command import RegisterCommand
from inventory.server import faults
from inventory.server.heartbeat import beating

logger = logging.getLogger("register.worker")


class Worker(db_worker.Worker):
    """SQLite's one writer may be somebody else for long; when the worker tries again she may be done.

    It stays one worker meanwhile: another would not know of a stop that reached this one.
    """

    def run(self) -> None:
        while self.running:
            try:
                super().run()
                return
            except OperationalError as error:
                if not faults.is_lock(error):
                    raise
            logger.warning("The database is busy; looking for work again.")
            self.startup_delay = False
            time.sleep(self.interval)

    def run_task(self, db_task_result: DBTaskResult) -> None:
        # Not a subclass: as a model it would want a migration of its own.
        for name in ("set_successful", "set_failed"):
            write = getattr(db_task_result, name)
            setattr(db_task_result, name, partial(self._until_written, db_task_result, write))
        super().run_task(db_task_result)

    def _until_written(self, job: DBTaskResult, write: Callable[[Any], None], end: Any) -> None:
        """Write the end of a job, which would otherwise run for ever, or fail though it was done; until a stop."""
        while True:
            try:
                write(end)
                return
            except OperationalError as error:
                # The error itself: the job whose failure is written may have failed for a lock, too.
                if not faults.is_lock(error):
                    raise
            if not self.running:
                # To raise would begin to write it down as failed. It is shown as one whose worker is gone.
                logger.error("Stopped before the end of job %s (%s) could be written.", job.id, job.status)
                return
            logger.warning("The database is busy; writing the end of job %s again.", job.id)
            time.sleep(self.interval)


# The library's command makes its worker by this name.
db_worker.Worker = Worker  # type: ignore[misc]  # there is no other way to give it ours


class Command(RegisterCommand, db_worker.Command):
    help = _("Arka plandaki işleri yapar: aktarımlar, karşılaştırmalar ve uzun dökümler.")

    def handle(self, *, worker_id: str, **options):
        with beating(worker_id):
            super().handle(worker_id=worker_id, **options)
