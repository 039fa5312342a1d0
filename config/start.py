"""`make run` in one process: the database is brought up to date and filled, then the server and the worker run.

The worker is a fork of the process that has everything imported already. Either's end is the end of both.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType


def main(port: str) -> None:
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_reference")
    call_command("demo", if_empty=True)
    # A connection is one process's own.
    connections.close_all()
    if (worker := os.fork()) == 0:
        call_command("db_worker", reload=False, verbosity=0)
        os._exit(1)

    def child_ended(_signal: int, _frame: FrameType | None) -> None:
        # The server has other children, too: each file is read by one.
        if os.waitpid(worker, os.WNOHANG) != (0, 0):
            sys.exit("The worker ended by itself; its words are above.")

    signal.signal(signal.SIGCHLD, child_ended)
    signal.signal(signal.SIGTERM, _asked_to_end)
    try:
        call_command("runserver", f"127.0.0.1:{port}", use_reloader=False)
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        try:
            os.kill(worker, signal.SIGTERM)
            os.waitpid(worker, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


def _asked_to_end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main(*sys.argv[1:])
