"""Who may open what: every address and method × kind of user × own or another's, from the URL configuration.

What must hold follows from whose a thing is, never from which address it is; so no address is an exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse

from imports.comparing.models import Comparison
from imports.exporting.models import Export
from imports.models import Batch, Meaning, Profile
from inventory import registers
from inventory.api.models import Token
from inventory.documents.models import Link
from inventory.help import places
from inventory.models import SavedView
from inventory.organization.models import Person, User
from inventory.registers import Register
from inventory.reminders import feeds
from inventory.reminders.models import Feed
from inventory.server.heartbeat import beating
from inventory.trail.models import Event
from inventory.trail.words import sentence_of
from inventory.webhooks.models import Delivery, Rule
from tests.pages import once_drawn_404
from tests.web import addresses
from tests.web.addresses import Address
from tests.web.browsers import Asked, Browsers, encoded, sent, text_of
from tests.web.forms import Page
from tests.web.headers import lacking
from tests.web.town import SECRET, Town

# A person's number in full stands in no answer but one that leaves such an entry.
_READINGS = (Event.Kind.PERSONAL_READ, Event.Kind.PERSONAL_OUT, Event.Kind.PERSON_FILE)
FORM = "application/x-www-form-urlencoded"
REFUSED = (404, 405)
_READING = ("GET", "HEAD")
# Where the header's "?" leads on a page that has no part of the guide.
_STUCK = f'href="{places.url_for(None)}"\ntarget='.encode()

# Whose a thing is that a number in an address names, by what stands before the number.
_PERSONAL = {
    "imports/": Batch, "comparisons/": Comparison, "exports/": Export, "imports/remembered/": Meaning,
    "imports/profiles/": Profile, "account/tokens/": Token, "<register:register>/views/": SavedView,
    "reminders/calendars/": Feed, "account/webhooks/": Rule, "account/webhooks/deliveries/": Delivery,
}  # fmt: skip
# What is somebody's own, and open to administrators, too.
_FOR_ADMINISTRATORS = ("token-revoke", "webhook", "webhook-delete", "webhook-delivery")
_OUTSIDE = ("nobody", "half login")
_ADMINISTRATORS = ("account/users/", "account/groups/", "account/groups/directory/", "account/people/")


def _has_words(address: Address, kinds: set[str]) -> bool:
    """Whether the trail has a sentence for what the address did."""
    sentence = sentence_of(address.name)
    return bool(sentence and (sentence.file if Event.Kind.WENT_OUT in kinds else sentence.text))


@dataclass(frozen=True)
class Cell:
    address: Address
    url: str
    register: Register | None
    #: "row", "personal", "account" or "" for a page that names nothing of anybody's
    whose: str
    which: str
    method: str
    who: str

    def __str__(self):
        return f"{self.who}: {self.method} {self.url} ({self.whose} {self.which})"


def known() -> list[Address]:
    """The addresses that somebody must reach: not the one that stands for whatever has no other."""
    return [address for address in addresses.every() if "<path:_" not in address.route]


def size(asked: int, spared: int, axes: Mapping[str, set]) -> str:
    shown = ", ".join(f"{len(values)} {name}" for name, values in axes.items())
    return f"{asked + spared} cells, {spared} of them known by a 405: {shown}"


@dataclass
class Matrix:
    town: Town
    registers: list[Register]
    methods: tuple[str, ...]
    #: How many of a person's imports, comparisons … are tried; None is all, in every state that they can be in.
    each: int | None = None
    #: Whether addresses that name no register are tried, too.
    has_rest: bool = True
    statuses: dict[Cell, int] = field(default_factory=dict)
    #: How many more were not asked, since a method was refused to everybody before.
    spared: int = 0
    wrong: list[str] = field(default_factory=list)

    def run(self) -> None:
        # A worker lives, or the service would rightly say that it is not ready.
        with beating("matrix"), once_drawn_404():
            self._run()

    def _run(self) -> None:
        self._browsers = Browsers(self.town)
        numbers = Person.objects.exclude(identity_no="").values_list("identity_no", flat=True)
        self._numbers = re.compile("|".join(numbers))
        # What a browser would post to a path, from the forms of the pages that lead there.
        self._forms: dict[str, bytes] = {}
        every = {address: [*self._targets(address)] for address in known()}
        # First what is only read: its pages have the forms.
        for method in sorted(self.methods, key=lambda method: method not in _READING):
            for address, targets in every.items():
                is_answered = True
                for target in targets:
                    cells = [Cell(address, *target, method, who) for who in self.town.people]
                    is_answered = self._ask(cells, is_answered)

    def _ask(self, cells: list[Cell], is_answered: bool) -> bool:
        """Judge them, and say whether the address answers the method; that it does not is known before the view runs.

        Where it did not for the thing before, whoever might do most asks first, and a 405 stands for the others.
        """
        first, *others = sorted(cells, key=lambda cell: cell.who != "administrator")
        self._judge(first)
        if not is_answered and self.statuses[first] == 405:
            self.spared += len(others)
            return False
        for cell in others:
            self._judge(cell)
        return any(self.statuses[cell] != 405 for cell in cells if cell.who not in _OUTSIDE)

    def reached(self) -> set[str]:
        """The addresses that somebody opens."""
        return {cell.address.route for cell, status in self.statuses.items() if status < 400}

    def axes(self) -> dict[str, set[str]]:
        """What was tried, by what varies."""
        return {name: {str(get(cell)) for cell in self.statuses} for name, get in _AXES.items()}

    # The axes -------------------------------------------------------------------------------------------------

    def _targets(self, address: Address) -> Iterator[tuple[str, Register | None, str, str]]:
        """(url, register, whose, "own" or "other") of everything that the address may name."""
        names = [name for _converter, name in address.parts]
        for register in self.registers if {"register", "number"} & set(names) else [None] * self.has_rest:
            for arguments, whose, which in self._arguments(address, names, register):
                yield address.at(arguments), register, whose, which

    def _arguments(self, address: Address, names: list[str], register: Register | None):
        if names == ["number"]:
            for which, side in (("own", "here"), ("other", "there")) if register.group == "asset" else ():
                yield {"number": self.town.rows[register.slug, side].inventory_no}, "row", which
            return
        base = {"register": register.slug} if register else {}
        base |= {name: _FIXED.get(name, "") for name in names if name in _FIXED}
        if "column" in names:
            personal = [column.name for column in register.personal]
            base["column"] = next(iter(personal if "reveal" in address.route else register.references), "none")
        if "step" in names:
            base["step"] = register.flow.steps[0].name if register and register.flow else "none"
        if "secret" in names:
            # A key to one calendar, whoever has it.
            feed = Feed.objects.get(owner__username="duzenleyen")
            yield base | {"pk": feed.pk, "secret": feeds.secret(feed)}, "", ""
            return
        if "pk" not in names:
            yield base, "register" if register else "", ""
            return
        before = address.route.split("<int:pk>")[0]
        if before in _PERSONAL:
            for which, owner in (("own", "duzenleyen"), ("other", "yabanci")):
                for pk in _owned(_PERSONAL[before], User.objects.get(username=owner))[: self.each]:
                    yield base | {"pk": pk}, "personal", which
        elif before in _ADMINISTRATORS:
            viewer = self.town.people["viewer"]
            pk = viewer.pk if "users" in before else viewer.person_id if "people" in before else 1
            yield base | {"pk": pk}, "account", ""
        else:
            of = register or {each.slug: each for each in registers.every()}.get(before.split("/")[0])
            assert of, f"{address.route}: say in _PERSONAL whose thing this number names"
            for which, side in (("own", "here"), ("other", "there")):
                row = self.town.rows[of.slug, side]
                entry = of.model.history.filter(id=row.pk).latest("history_id").history_id
                if "document" in names:
                    # By the address of the row to which it belongs.
                    link = Link.objects.filter(document=self.town.rows["documents", side]).latest("pk")
                    yield {"register": link.register, "pk": link.row, "document": link.document_id}, "row", which
                    continue
                yield base | {"pk": row.pk, "entry": entry}, "row" if of.scope and not of.public else "list", which

    def _keep_forms(self, url: str, content: bytes) -> None:
        for form in Page(url, content.decode("utf-8", "replace")).forms:
            if form.method == "POST":
                self._forms.setdefault(urlsplit(form.action).path, encoded(sent(form)).encode())

    # What must hold -------------------------------------------------------------------------------------------

    def _judge(self, cell: Cell) -> None:
        town = self.town
        body = self._forms.get(cell.url, b"") if cell.method not in _READING else b""
        with transaction.atomic():
            asked = Asked(cell.address.route, cell.who, cell.method, cell.url, body, FORM if body else "")
            answer, content = self._browsers.answer(asked)
            has_traced = Event.objects.filter(kind__in=_READINGS).exists()
            wrote = cell.method not in _READING and self._browsers.has_trespassed(cell.who)
            kinds = set(Event.objects.filter(text__startswith=f"{cell.method} /").values_list("kind", flat=True))
            if cell.method not in _READING:
                connection.check_constraints()
            transaction.set_rollback(True)
        status = self.statuses[cell] = answer.status_code
        if status == 200 and cell.method == "GET" and cell.who in ("administrator", "editor"):
            self._keep_forms(cell.url, content)
        result = [f"lacks {name}" for name in lacking(answer)]
        if status >= 500:
            result.append("fails")
        if wrote:
            result.append("writes what she may not")
        if kinds and not _has_words(cell.address, kinds):
            result.append("leaves an entry without words")
        if status == 200 and cell.method == "GET" and _STUCK in content:
            result.append("has no part of the guide (inventory/help/places.py)")
        text = text_of(content)
        if cell.who in town.local and SECRET in text:
            result.append("reads another directorate's text")
        if self._numbers.search(text) and (cell.who in town.readers or not has_traced):
            result.append("reads an identity number")
        if cell.who in _OUTSIDE and not cell.address.is_open:
            if status != 302 or not answer.url.startswith(reverse("login")):
                result.append("is not led to the login")
        elif status not in REFUSED and status != 401 and self._is_closed(cell) and not _names_methods(cell, content):
            result.append("is not refused")
        self.wrong += [f"{what}: {cell}: {status}" for what in result]

    def _is_closed(self, cell: Cell) -> bool:
        """Whether the thing is none of this user's business, whatever the address does with it."""
        if cell.who in _OUTSIDE:
            return bool(cell.whose)
        match cell.whose:
            case "register" | "list":
                return cell.who in ("no grant", "sleeping")
            case "row":
                mine = {"viewer", "editor", "manager", "auditor", "administrator"}
                stewards = {"steward"} if cell.register and cell.register.granted_as == "vehicles" else set()
                reach = mine | stewards if cell.which == "own" else {"auditor", "administrator"} | stewards
                return cell.who not in reach
            case "personal":
                # Of imports and comparisons, whoever manages the register everywhere sees all.
                keepers = {"steward", "administrator"} if "register" not in cell.address.route else set()
                keepers -= {"steward", "administrator"} if _is_private(cell.address) else set()
                keepers |= {"administrator"} if cell.address.name in _FOR_ADMINISTRATORS else set()
                return cell.who not in keepers | ({"editor"} if cell.which == "own" else set())
            case "account":
                return cell.who != "administrator"
        return False


_AXES = {
    "addresses": lambda cell: cell.address.route,
    "methods": lambda cell: cell.method,
    "kinds of user": lambda cell: cell.who,
    "registers": lambda cell: cell.register,
    "things": lambda cell: cell.url,
}
_FIXED = {"shape": "points", "z": 8, "x": 149, "y": 96, "topic": "apart", "name": "due", "uidb64": "MQ", "token": "x-y",
          "version": 1, "code": "P-BCDFGHJK"}  # fmt: skip


def _owned(model, account: User) -> QuerySet:
    names = {field.name for field in model._meta.fields}
    name = next((way for way in ("owner", "user") if way in names), "rule__owner")
    return model._default_manager.filter(**{name: account}).order_by("pk").values_list("pk", flat=True)


def _names_methods(cell: Cell, content: bytes) -> bool:
    """Whether it only says which methods there are, which it says of every number."""
    return cell.method == "OPTIONS" and not content


def _is_private(address: Address) -> bool:
    """What nobody but its owner may see: all but imports and comparisons."""
    return address.route.split("<int:pk>")[0] not in ("imports/", "comparisons/")
