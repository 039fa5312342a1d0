"""Runs a command and adds its peak memory (kB) to a file: python -m tests.soak.child FILE COMMAND…

Between the measuring process and the command, since a process's peak counts that of the one it was made from.
"""

import os
import signal
import sys


def main(record: str, *command: str) -> None:
    pid = os.posix_spawn(command[0], command, os.environ)
    _pid, status, usage = os.wait4(pid, 0)
    with open(record, "a") as file:
        file.write(f"{usage.ru_maxrss}\n")
    if os.WIFSIGNALED(status):
        signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(*sys.argv[1:])
