"""Changes small things in the engine and asks whether its tests notice: scripts/mutate [all | N] [module …].

mutmut makes the mutants (one operator, constant, argument or call each, inside functions without a decorator) in a
copy of the checkout, and runs for each the tests of the mirror that reach the function. A figure is of a sample.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.stats import status_by_exit_code
from mutmut.utils.format_utils import get_mutant_name

_CHECKING = "tests/imports/checking/"
_SIGNING_IN = "tests/inventory/accounts/signing_in/"
# Which tests must notice a change in which file. A mirror that does not finish in a minute is too large.
MIRRORS = {
    "inventory/cells/number.py": ["tests/imports/cells"],
    "inventory/cells/day.py": ["tests/imports/cells"],
    "inventory/access.py": [
        "tests/inventory/test_access.py",
        "tests/inventory/accounts/signing_in/test_sleeping_grants.py",
    ],
    "inventory/stock.py": ["tests/inventory/test_stock.py"],
    "inventory/history.py": ["tests/inventory/test_history.py", "tests/inventory/test_writes.py"],
    "inventory/writes.py": ["tests/inventory/test_writes.py", "tests/inventory/test_ways_of_writing.py"],
    "geo/counts.py": ["tests/geo/test_counts.py"],
    "imports/checking/checker.py": [
        _CHECKING + name
        for name in (
            "test_checking.py",
            "test_later_edits.py",
            "test_meanings.py",
            "test_missing.py",
            "test_unseen_cells.py",
        )
    ],
    "imports/checking/matching.py": ["tests/imports/checking/test_matching.py"],
    "imports/checking/identity.py": ["tests/imports/checking/test_checking.py"],
    "imports/checking/references.py": [_CHECKING + "test_references.py", _CHECKING + "test_checking.py"],
    "imports/plans/undoing.py": [
        "tests/imports/plans/test_undoing.py",
        "tests/flows/test_many_steps.py",
        "tests/flows/test_ways_in.py",
    ],
}
SAMPLE = 12
SEED = 0
# A mutant that takes too long or ends the process is noticed, too.
NOTICED = ("killed", "timeout", "segfault")
# Seconds in which one module must end; within it each mutant has 15 times what its tests take.
LIMIT = 3600
_APPS = ("config", "geo", "imports", "inventory")
_ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> None:
    """Prints a line for each module, and the survivors' diffs. Which modules: those whose path holds an argument."""
    number = SAMPLE
    if arguments and (arguments[0] == "all" or arguments[0].isdigit()):
        number = sys.maxsize if arguments[0] == "all" else int(arguments[0])
        arguments = arguments[1:]
    # Ended from outside, it ends what it started.
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda *_: sys.exit(1))
    chosen = [file for file in MIRRORS if not arguments or any(part in file for part in arguments)]
    with tempfile.TemporaryDirectory(prefix="mutate-") as place:
        os.chdir(_copy(Path(place) / "checkout"))
        total = sum((_module(file, number) for file in chosen), Counter())
    print(_line("together", total))


def _copy(place: Path) -> Path:
    """The checkout as it stands, without what is not the project's."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(asked, cwd=_ROOT, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and (_ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(_ROOT / name, place / name)
    shutil.copytree(_ROOT / "locale", place / "locale", dirs_exist_ok=True)
    return place


def _module(file: str, number: int) -> Counter[str]:
    """How many mutants of the file ended how."""
    shutil.rmtree("mutants", ignore_errors=True)
    Path("mutants").mkdir()
    Path("mutants/node_modules").symlink_to(_ROOT / "node_modules")
    _configure(file)
    names = [
        get_mutant_name(Path(file), name) for name in mutate_file_contents(file, Path(file).read_text()).mutant_names
    ]
    sample = sorted(random.Random(SEED).sample(names, min(number, len(names))))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = _run(sample)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    results = SourceFileMutationData(path=file)
    results.load()
    ends = {name: status_by_exit_code[results.exit_code_by_key.get(name)] for name in sample}
    counted = Counter(ends.values())
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(_line(file, counted), f"of {len(names)}, {seconds:.0f} s of CPU{ended}", flush=True)
    for name, end in ends.items():
        if end not in (*NOTICED, "not checked"):
            print(f"── {name}: {end}\n{get_diff_for_mutant(name, path=file)}", flush=True)
    return counted


def _configure(file: str) -> None:
    others = sorted(path.name for path in Path().iterdir() if path.name not in (*_APPS, "mutants"))
    settings = {
        "source_paths": list(_APPS),
        "only_mutate": [file],
        "also_copy": others,
        "pytest_add_cli_args_test_selection": MIRRORS[file],
        # Mutants run one after the other, since they share one database.
        "pytest_add_cli_args": ["-p", "no:xdist"],
    }
    lines = "\n".join(f"{key} = {value!r}" for key, value in settings.items())
    plain = (_ROOT / "pyproject.toml").read_text()
    Path("pyproject.toml").write_text(f"{plain}\n[tool.mutmut]\ntrack_dependencies = false\n{lines}\n")


def _run(sample: list[str]) -> str:
    """Runs mutmut; what went wrong, or nothing."""
    command = [str(_ROOT / ".venv/bin/mutmut"), "run", "--max-children", "1", *sample]
    with tempfile.TemporaryFile("w+", errors="replace") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        try:
            process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            return f"; not finished after {LIMIT} s"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        log.seek(0)
        return f"; mutmut ended with {process.returncode}:\n{log.read()[-3000:]}" if process.returncode else ""


def _line(name: str, counted: Counter[str]) -> str:
    tried = counted.total() - counted["not checked"]
    share = sum(counted[end] for end in NOTICED) / max(tried, 1)
    parts = ", ".join(f"{number} {end}" for end, number in sorted(counted.items()))
    return f"{name}: {share:.0%} of {tried} ({parts})"


if __name__ == "__main__":
    main(sys.argv[1:])
