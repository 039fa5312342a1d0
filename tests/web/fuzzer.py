"""Requests that nobody should send, to every address, from every kind of user; what comes of them is judged.

Nothing is listed beforehand: addresses come from the URL configuration, forms and links from the pages themselves, and
the names of parameters from what the views ask a request for. The same seed in the same town sends the same requests.
Each request is undone, so that none depends on what another one wrote.
"""

from __future__ import annotations

import random
import sys
import traceback
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.http import QueryDict

from inventory import registers
from inventory.server.heartbeat import beating
from tests.web import addresses, hostile
from tests.web.addresses import Address, raw
from tests.web.browsers import Asked, Browsers, Pairs, encoded, sent, text_of
from tests.web.forms import Form, Page
from tests.web.town import SECRET, Town

_OTHER_METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "FOO")
_BOUNDARY = "----sinir"
_LOOKS = 3
_ODD_FORMS = (
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=ğ",
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7",
)  # fmt: skip


@dataclass
class Known:
    """What is known of one address: names that its view asks for, forms that lead to it, methods that it answers."""

    names: dict[str, None] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)
    methods: dict[str, None] = field(default_factory=dict)


class Fuzzer:
    def __init__(self, town: Town, seed: int):
        self.town, self.chance = town, random.Random(seed)
        self.addresses = addresses.every()
        self.known = {address.route: Known() for address in self.addresses}
        #: Arguments that pages name, by the part of the route that they fill: a batch's pages share its number.
        self.named: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
        self._registers = {register.slug: register for register in registers.every()}
        self.findings: list[str] = []
        self.statuses: Counter[int] = Counter()
        #: How many requests each address took for good ones.
        self.reached: Counter[str] = Counter({address.route: 0 for address in self.addresses})
        self._browsers = Browsers(town)
        self._learned: Counter[str] = Counter()
        self._raised: list[str] = []

    def run(self, requests: int) -> None:
        # A worker lives, or the service would rightly say that it is not ready.
        with self._listening(), beating("fuzzer"):
            for address in self.addresses:
                if not address.parts:
                    self._learn(address, {})
            for _number in range(requests):
                address = self.chance.choice(self.addresses)
                arguments = self._arguments(address)
                self._learn(address, arguments)
                self.judge(self._drawn(address, arguments))

    # Drawing --------------------------------------------------------------------------------------------------

    def _arguments(self, address: Address) -> dict[str, str]:
        """Arguments that exist, of the one directorate or the other; sometimes one of them is anything."""
        chance, found = self.chance, self.named[_stem(address.route)]
        if found and chance.random() < 0.6:
            made = dict(chance.choice(found))
        else:
            made = {name: self._argument(converter) for converter, name in address.parts}
        of = self._registers.get(made.get("register") or address.route.split("/")[0])
        if of and "pk" in made and chance.random() < 0.8:
            made["pk"] = str(chance.choice(self.town.ids(of)))
            if "entry" in made:
                entries = of.model.history.filter(id=made["pk"]).order_by("history_id")
                made["entry"] = str(chance.choice(entries.values_list("history_id", flat=True)))
        if of and of.flow and "step" in made:
            made["step"] = chance.choice(of.flow.steps).name
        return made

    def _argument(self, converter: str) -> str:
        chance = self.chance
        if converter == "register":
            return chance.choice(registers.every()).slug
        if converter == "int":
            return str(chance.randint(1, 40))
        words = [column.name for register in registers.every() for column in register.all_columns()]
        return chance.choice(words)

    def _drawn(self, address: Address, arguments: dict[str, hostile.Value]) -> Asked:
        chance, known = self.chance, self.known[address.route]
        if arguments and chance.random() < 0.12:
            arguments = arguments | {chance.choice(list(arguments)): hostile.value(chance)}
        who = chance.choice((*self.town.people, *["administrator"] * 6, *["editor"] * 2))
        answered = list(known.methods) if known.methods and chance.random() < 0.95 else ["GET", "POST", *_OTHER_METHODS]
        method = chance.choice(answered)
        query = self._query(known) if method != "POST" or chance.random() < 0.25 else []
        headers = tuple(hostile.header(chance) for _ in range(chance.choice((0, 0, 0, 0, 1, 2))))
        url, body, of_type = address.at(arguments), b"", ""
        if method in ("POST", "PUT", "PATCH"):
            offered = [form for form in known.forms if form.method == "POST"]
            form = chance.choice(offered) if offered and chance.random() < 0.9 else None
            body, of_type = self._body(known, offered, form)
            if form and chance.random() < 0.8:
                # Where the form itself leads, so that what it holds fits.
                url = form.action.split("#")[0]
        if query:
            url += f"{'&' if '?' in url else '?'}{encoded(query)}"
        if who in self.town.local:
            # A form that was learned as an administrator may hold it; what she sends herself is no secret to her.
            url, body = url.replace(SECRET, "baska"), body.replace(SECRET.encode(), b"baska")
        return Asked(address.route, who, method, url, body, of_type, headers)

    def _query(self, known: Known) -> Pairs:
        chance = self.chance
        offered = [form for form in known.forms if form.method == "GET"]
        pairs = sent(chance.choice(offered)) if offered and chance.random() < 0.3 else []
        return self._bent(pairs, known, offered)

    def _body(self, known: Known, offered: list[Form], form: Form | None) -> tuple[bytes, str]:
        chance = self.chance
        pairs = self._bent(sent(form) if form else [], known, offered)
        kind = chance.random()
        if form and form.files and kind < 0.9:
            return _multipart(pairs, [(name, *hostile.file(chance)) for name in form.files]), _multipart_type()
        if kind < 0.75:
            return encoded(pairs).encode(), "application/x-www-form-urlencoded"
        if kind < 0.9:
            files = [(hostile.name(chance, "file"), *hostile.file(chance))] if chance.random() < 0.4 else []
            whole = _multipart(pairs, files)
            return (whole if chance.random() < 0.6 else whole[: chance.randrange(len(whole) + 1)]), _multipart_type()
        return raw(hostile.value(chance)), chance.choice((*hostile.TYPES, *_ODD_FORMS))

    def _bent(self, pairs: Pairs, known: Known, offered: list[Form]) -> Pairs:
        """The pairs with some of them changed, left out, doubled or renamed, and others added."""
        chance, pairs = self.chance, list(pairs)
        names = list(known.names) or ["q"]
        for _change in range(chance.choice((0, 1, 1, 2, 3, 5))):
            kind = chance.random()
            at = chance.randrange(len(pairs)) if pairs else None
            if at is None or kind < 0.35:
                key = chance.choice(names)
                choices = [value for form in offered for value in form.choices.get(key, ())]
                good = choices and chance.random() < 0.4
                pairs.append((key, chance.choice(choices) if good else hostile.value(chance)))
            elif kind < 0.75:
                pairs[at] = (pairs[at][0], hostile.value(chance))
            elif kind < 0.85:
                pairs.append(pairs[at])
            elif kind < 0.93:
                del pairs[at]
            else:
                pairs[at] = (hostile.name(chance, pairs[at][0]), pairs[at][1])
        return pairs

    # Sending and judging --------------------------------------------------------------------------------------

    def judge(self, asked: Asked) -> None:
        """Send it, and keep what it showed that it must not: a fault, another's text, a write by a reader."""
        writing = asked.method != "GET"
        with transaction.atomic():
            answer, content = self._browsers.answer(asked)
            status = answer.status_code
            message = self._raised.pop(0) if self._raised else ""
            self._raised.clear()
            if status < 500:
                if asked.who in self.town.local and SECRET in (shown := text_of(content)):
                    message = f"shows another directorate's text\n{_around(shown)}"
                elif writing and self._browsers.has_trespassed(asked.who):
                    message = "wrote what its sender may not write"
                else:
                    message = ""
                connection.check_constraints()
            elif not message:
                message = content[:500].decode("utf-8", "replace")
            transaction.set_rollback(True)
        self.statuses[status] += 1
        if status < 400:
            self.reached[asked.route] += 1
        if status >= 500 or message:
            self.findings.append(f"{message}\n  {status} {asked.route}\n  {asked}")

    # Learning -------------------------------------------------------------------------------------------------

    def _learn(self, address: Address, arguments: dict[str, str]) -> None:
        """Look at the page as an administrator would, and post nothing to it; a few times for each register."""
        key = f"{address.route} {arguments.get('register', '')}"
        if self._learned[key] >= (_LOOKS if "pk" in arguments else 1):
            return
        self._learned[key] += 1
        url = address.at(arguments)
        for method in ("GET", "POST"):
            asked = Asked(address.route, "administrator", method, url, type="application/x-www-form-urlencoded")
            self._asking = address.route
            with transaction.atomic():
                answer, content = self._browsers.answer(asked)
                status = answer.status_code
                transaction.set_rollback(True)
            self._asking = ""
            if status != 405:
                self.known[address.route].methods.setdefault(method)
            if status == 200 and content.lstrip().startswith(b"<"):
                self._read(Page(url, content.decode("utf-8", "replace")))
            if status >= 500:
                self.judge(asked)

    def _read(self, page: Page) -> None:
        for link in page.links:
            if found := addresses.of(link):
                self._keep(self.named[_stem(found[0])], found[1])
                for name, _value in parse_qsl(urlsplit(link).query):
                    self.known[found[0]].names.setdefault(name)
        for form in page.forms:
            if found := addresses.of(form.action.split("#")[0]):
                self.known[found[0]].forms.append(form)
                self.known[found[0]].names |= dict.fromkeys(form.choices)

    def _keep(self, pool: list, arguments: dict[str, str]) -> None:
        if arguments and arguments not in pool and len(pool) < 60:
            pool.append(arguments)

    @contextmanager
    def _listening(self):
        """Note which parameters a view asks for while it is learned, and what is raised."""
        self._asking = ""
        read, listed = QueryDict.__getitem__, QueryDict._getlist

        def note(key):
            if self._asking and isinstance(key, str):
                self.known[self._asking].names.setdefault(key)

        def get_item(query, key):
            note(key)
            return read(query, key)

        def get_list(query, key, *arguments, **more):
            note(key)
            return listed(query, key, *arguments, **more)

        def contains(query, key):
            note(key)
            return dict.__contains__(query, key)

        def raised(**_shown):
            self._raised.append(_fault())

        got_request_exception.connect(raised, weak=False)
        try:
            with (
                patch.object(QueryDict, "__getitem__", get_item),
                patch.object(QueryDict, "_getlist", get_list),
                patch.object(QueryDict, "__contains__", contains, create=True),
                # A row that is back again wants its file again.
                patch.object(FileSystemStorage, "delete"),
            ):
                yield
        finally:
            got_request_exception.disconnect(raised)


def _stem(route: str) -> str:
    return route[: route.rfind(">") + 1]


def _fault() -> str:
    """The exception under way, with the lines of ours that led to it, the last one first."""
    kind, error, frames = sys.exc_info()
    home = f"{settings.BASE_DIR}/"
    ours = [f for f in traceback.extract_tb(frames) if f.filename.startswith(home) and ".venv" not in f.filename]
    where = " < ".join(f"{f.filename.removeprefix(home)}:{f.lineno}" for f in ours[::-1])
    return f"{kind.__name__} at {where or traceback.extract_tb(frames)[-1]}: {str(error)[:300]}"


def _multipart_type() -> str:
    return f"multipart/form-data; boundary={_BOUNDARY}"


def _multipart(pairs: Pairs, files: list[tuple[str, str, bytes, str]]) -> bytes:
    start = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; name=".encode()
    parts = [start + b'"' + raw(name) + b'"\r\n\r\n' + raw(value) for name, value in pairs]
    parts += [
        start
        + b'"'
        + raw(name)
        + b'"; filename="'
        + raw(filename)
        + b'"\r\nContent-Type: '
        + raw(of_type)
        + b"\r\n\r\n"
        + content
        for name, filename, content, of_type in files
    ]
    return b"\r\n".join([*parts, f"--{_BOUNDARY}--\r\n".encode()])


def _around(text: str) -> str:
    at = text.index(SECRET)
    return text[max(0, at - 300) : at + 100]
