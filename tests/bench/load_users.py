"""Who works at the same time in `load`, as locust runs them: clerks, one who imports, one who exports.

Run by `tests.bench.load` alone, which says in LOAD where the sessions, the sheet and the report lie.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import re
from pathlib import Path

import gevent
from locust import HttpUser, between, events, task

from tests.web.forms import Page

PLAN = json.loads(Path(os.environ["LOAD"]).read_text())
WORDS = ("dell", "lenovo", "isik 77", "sn0000012", "pc-1500", "m42")
_sessions = itertools.cycle(PLAN["sessions"])
# (row, what was written, who) for every edit that the server said it saved; conflicts and refusals beside.
written: list[tuple[int, str, str]] = []
outcome = {"conflicts": 0, "imported": "", "exported": 0}


def fields(page: str, address: str, action: str = "") -> dict[str, str]:
    """What a browser would send of the form that the page at the address posts to the action (none: to itself)."""
    forms = [form for form in Page(address, page).forms if form.method == "POST" and form.action == (action or address)]
    return {name: values[-1] for form in forms for name, values in form.values.items() if values}


class Colleague(HttpUser):
    abstract = True

    def on_start(self):
        self.name, session = next(_sessions)
        self.client.cookies.set("sessionid", session)

    def page(self, address: str, name: str):
        return self.client.get(address, name=name)

    def send(self, address: str, name: str, values: dict, **more):
        values = {"csrfmiddlewaretoken": self.client.cookies.get("csrftoken", ""), **values}
        return self.client.post(address, values, name=name, allow_redirects=False, **more)


class Clerk(Colleague):
    """Looks through lists, searches, opens and changes rows: one thing every five seconds."""

    weight = 1
    wait_time = between(2, 8)
    _edits = itertools.count(1)

    @task(5)
    def browse(self):
        query = random.choice(
            ("", "?sort=make", "?sort=-acquired_on", f"?kind={random.choice(PLAN['kinds'])}", "?status=in_use")
        )
        shown = self.page(f"/equipment/{query}", "list").text
        self.page(f"/equipment/totals/{query}", "count and sums")
        if found := re.search(r'rel="next" href="([^"]+)"', shown):
            self.page("/equipment/" + found[1].replace("&amp;", "&"), "next page")

    @task(3)
    def search(self):
        self.page(f"/equipment/?q={random.choice(WORDS)}", "list, searched")
        self.page(f"/search/?q={random.choice(WORDS)}", "search everywhere")

    @task(4)
    def look(self):
        self.page(f"/equipment/{random.choice(PLAN['rows'])}/", "detail")

    @task(1)
    def overview(self):
        self.page("/", "home")
        self.page("/reports/physical-resources/", "report")

    @task(4)
    def change(self):
        """A few rows for all, so that two meet on one."""
        row = random.choice(PLAN["contested"])
        address = f"/equipment/{row}/edit/"
        form = fields(self.page(address, "form").text, address)
        value = f"R-{self.name}-{next(self._edits)}"
        with self.send(address, "save", form | {"room": value}, catch_response=True) as answer:
            if answer.status_code == 302:
                written.append((row, value, self.name))
            elif answer.status_code == 200 and 'id="conflict"' in answer.text:
                outcome["conflicts"] += 1
                answer.success()
            else:
                answer.failure(f"{answer.status_code} instead of saved or a conflict")


class Importer(Colleague):
    """One sheet of 20,000 new devices, checked and applied while the others work."""

    fixed_count = 1
    wait_time = between(1, 2)

    @task
    def work(self):
        if outcome["imported"]:
            return
        address = "/equipment/import/"
        form = fields(self.page(address, "upload form").text, address)
        with open(PLAN["sheet"], "rb") as file:
            sent = self.send(address, "upload", form, files={"file": ("yeni.xlsx", file)})
        if "Location" not in sent.headers:
            outcome["imported"] = f"the upload was answered with {sent.status_code}"
            return
        self.batch = sent.headers["Location"]
        if self.waited("checked"):
            shown = self.page(self.batch, "checked import").text
            self.send(f"{self.batch}apply/", "apply", fields(shown, self.batch, f"{self.batch}apply/"))
            self.waited("applied")
        outcome["imported"] = outcome["imported"] or self.batch

    def waited(self, state: str) -> bool:
        """Ask for the progress as the page does; the batch is done when it says so."""
        for _ in range(300):
            answer = self.page(f"{self.batch}progress/", "progress of the import")
            if answer.headers.get("HX-Refresh"):
                return True
            gevent.sleep(2)
        outcome["imported"] = f"not {state} in ten minutes"
        return False


class Exporter(Colleague):
    """Two long lists, made in the background."""

    fixed_count = 1
    wait_time = between(10, 20)

    @task
    def work(self):
        if outcome["exported"] < 2:
            address = "/equipment/export/choose/?columns=all"
            form = fields(self.page(address, "export form").text, address)
            if (
                self.send(
                    address, "export", form | {"format": "xlsx", "columns": "all", "parts": "equipment"}
                ).status_code
                == 302
            ):
                outcome["exported"] += 1
        self.page("/exports/", "exports")


@events.quitting.add_listener
def report(environment, **_):
    figures = {
        name: {
            "requests": entry.num_requests,
            "failures": entry.num_failures,
            **{f"p{n}": entry.get_response_time_percentile(n / 100) for n in (50, 95, 99)},
        }
        for (name, _method), entry in environment.stats.entries.items()
    }
    failures = [f"{error.name}: {error.error} ({error.occurrences})" for error in environment.stats.errors.values()]
    whole = environment.stats.total
    figures["all"] = {
        "requests": whole.num_requests,
        "failures": whole.num_failures,
        **{f"p{n}": whole.get_response_time_percentile(n / 100) for n in (50, 95, 99)},
    }
    made = {"figures": figures, "failures": failures, "written": written, "outcome": outcome}
    Path(PLAN["report"]).write_text(json.dumps(made))
