"""The browsers of a town's people: what each of them sends, and what comes back."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from urllib.parse import quote

from django.db import connection
from django.http import HttpResponse
from django.test import Client, TestCase

from tests.web.addresses import raw
from tests.web.forms import Form
from tests.web.town import Town, last_writes, versions

Pairs = list[tuple[str, str | bytes]]


@dataclass(frozen=True)
class Asked:
    """One request, as it is sent."""

    route: str
    who: str
    method: str
    url: str
    body: bytes = b""
    type: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    def __str__(self):
        shown = f" {self.body[:600]!r} ({len(self.body)} B, {self.type})" if self.body else ""
        return f"{self.who}: {self.method} {self.url[:600]}{shown} {dict(self.headers) or ''}"


class Browsers:
    def __init__(self, town: Town):
        self.town = town
        self._protecting = {who: _protecting(town, who) for who in town.people}
        # Every request is undone, so this holds for all of them.
        self._at_first = {who: self._protected(who) for who in town.people}
        self._cookies = {who: _signed_in(account) for who, account in town.people.items()}

    def answer(self, asked: Asked) -> tuple[HttpResponse, bytes]:
        """The answer and its whole content; every request comes with the cookies of the login, whatever came before."""
        client = Client(raise_request_exception=False)
        client.cookies.load(self._cookies[asked.who])
        headers = dict(asked.headers)
        if "HTTP_COOKIE" in headers:
            headers["HTTP_COOKIE"] += "".join(f"; {name}={cookie}" for name, cookie in self._cookies[asked.who].items())
        with TestCase.captureOnCommitCallbacks(execute=True):
            answer = client.generic(asked.method, asked.url, asked.body, asked.type, **headers)
            return answer, b"".join(answer.streaming_content) if answer.streaming else answer.content

    def has_trespassed(self, who: str) -> bool:
        """Whether the request before wrote what its sender may not write; asked before it is undone."""
        return self._protected(who) != self._at_first[who]

    def _protected(self, who: str) -> list[tuple]:
        if not (query := self._protecting[who]):
            return []
        with connection.cursor() as cursor:
            cursor.execute(query)
            return sorted(cursor.fetchall())


def _protecting(town: Town, who: str) -> str:
    """Asks for what no request of theirs may change: every row for a reader, else those of the other directorate."""
    if who in town.readers:
        return last_writes()
    return versions(town, "there") if who in town.local else ""


def _signed_in(account) -> dict[str, str]:
    client = Client()
    if account:
        client.force_login(account)
    return {name: morsel.value for name, morsel in client.cookies.items()}


def sent(form: Form) -> Pairs:
    return [(name, value) for name, values in form.values.items() for value in values]


def encoded(pairs: Pairs) -> str:
    return "&".join(f"{quote(raw(name), safe='')}={quote(raw(value), safe='')}" for name, value in pairs)


def text_of(content: bytes) -> str:
    """What stands in an answer; that of a packed file is unpacked first."""
    if content.startswith(b"PK\x03\x04") and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"".join(packed.read(name) for name in packed.namelist())
    return content.decode("utf-8", "replace")
