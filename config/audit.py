"""Known weaknesses of what we build on, from pip-audit and npm audit: `scripts/audit`, and a step of `.ci/run`.

A weakness fails the step. One that cannot be helped yet is an exception in `.ci/advisories.toml`, with a reason and a
last day; after that day it fails again, and so does an exception that nothing needs any more. Where no source of
advisories answers (a machine without the internet), that is said and nothing fails.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTED = ROOT / ".ci" / "advisories.toml"
Weaknesses = dict[str, str]


class Unanswered(Exception):
    """No source of advisories could be asked; the message says what came instead."""


def of_pip(answer: str) -> Weaknesses:
    """Advisory → package, of `pip-audit --format=json`."""
    packages = _json(answer)["dependencies"]
    asked = [package for package in packages if "vulns" in package]
    if not asked:
        raise Unanswered(next((each["skip_reason"] for each in packages if "skip_reason" in each), "no package"))
    return {known["id"]: f"{each['name']} {each['version']}" for each in asked for known in each["vulns"]}


def of_npm(answer: str) -> Weaknesses:
    """Advisory → package, of `npm audit --json`."""
    report = _json(answer)
    if "vulnerabilities" not in report:
        raise Unanswered(str(report.get("message") or report)[:200])
    causes = [(name, cause) for name, each in report["vulnerabilities"].items() for cause in each["via"]]
    # A text is the name of another package whose weakness it is.
    return {cause["url"].rpartition("/")[2]: name for name, cause in causes if isinstance(cause, dict)}


def _json(answer: str) -> dict:
    try:
        return json.loads(answer)
    except ValueError as error:
        raise Unanswered(answer.strip()[-200:] or "nothing") from error


def judged(weaknesses: Weaknesses, listed: list[dict], today: dt.date, *, whole: bool) -> list[str]:
    """What is wrong, in words. `whole`: all sources answered, so that an exception without its weakness is stale."""
    wrong = []
    excused = {}
    for each in listed:
        if not (each.get("id") and str(each.get("reason", "")).strip() and isinstance(each.get("until"), dt.date)):
            wrong.append(f"exception {each}: it needs an id, a reason and a last day (until = 2027-01-31)")
        elif each["until"] < today:
            wrong.append(f"exception {each['id']} ended on {each['until']}: {each['reason']}")
        else:
            excused[each["id"]] = each
    wrong += [f"{name} in {package}" for name, package in weaknesses.items() if name not in excused]
    if whole:
        wrong += [f"exception {name} is needed no more" for name in excused if name not in weaknesses]
    return wrong


SOURCES: dict[str, tuple[list[str], Callable[[str], Weaknesses]]] = {
    "pip-audit": (
        [str(Path(sys.executable).with_name("pip-audit")), "-r", "requirements.txt", "-r", "requirements-sso.txt",
         "--no-deps", "--disable-pip", "--format=json", "--progress-spinner=off"], of_pip,
    ),
    "npm audit": (["npm", "audit", "--json"], of_npm),
}  # fmt: skip


def main() -> int:
    weaknesses: Weaknesses = {}
    whole, today = True, dt.datetime.now(dt.UTC).date()
    for name, (command, read) in SOURCES.items():
        # The commands stand above.
        answer = subprocess.run(  # noqa: S603
            command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
        )
        try:
            here = read(answer.stdout or answer.stderr)
        except Unanswered as error:
            whole = False
            sys.stdout.write(f"{name}: NOT AUDITED, no source of advisories answers here: {error}\n")
        else:
            sys.stdout.write(f"{name}: {len(here)} known weaknesses\n")
            weaknesses |= here
    wrong = judged(weaknesses, tomllib.loads(LISTED.read_text()).get("exception", []), today, whole=whole)
    sys.stdout.write("".join(f"  {line}\n" for line in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
