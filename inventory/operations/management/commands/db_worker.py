"""The worker of django-tasks-db, with signs of life."""

from django_tasks_db.management.commands import db_worker

from inventory.operations.heartbeat import beating


class Command(db_worker.Command):
    help = "Do the background work: imports, comparisons and long exports"

    def handle(self, *, worker_id: str, **options):
        with beating(worker_id):
            super().handle(worker_id=worker_id, **options)
