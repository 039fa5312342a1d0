"""Each entry of the trail as one sentence, with the way to what it speaks of. What is kept stays as it was written: the
address, its query, and what the page reported (`keeping.detail`), all by numbers; the names are looked up when an
entry is shown, as far as its reader may see them."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import QueryDict
from django.urls import Resolver404, get_script_prefix, resolve, reverse
from django.utils.translation import gettext as _

from inventory import hooks, registers
from inventory.columns import Type
from inventory.many import chunked
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.trail.asked import described, identifies, short
from inventory.trail.models import Event
from inventory.trail.names import Names
from inventory.trail.sentences import Sentence

_REQUEST = re.compile(r"(?:GET|HEAD|POST|PATCH|DELETE) (/.*)", re.DOTALL)
_log = logging.getLogger("register.trail")
_WHAT = "\0"
# So many entries of a file are put into words at once.
_CHUNK = 500

#: (name of the page, the arguments in its address); ("", {}) of an address that no page has any more.
Match = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class InWords:
    """An entry in words; `url` leads to `what`, and `more` says in lines what was asked for and what became what."""

    event: Event
    kind: str
    before: str
    what: str
    url: str
    after: str
    more: list[str]

    @property
    def sentence(self) -> str:
        return self.before + self.what + self.after


def in_words(events: Iterable[Event], user: Asker) -> list[InWords]:
    """The entries for a reader: one query for each model that they name, and two of its past where rows are gone."""
    names, events = Names(user), list(events)
    for event in events:
        _shown(event, names)
    names.look_up()
    return [_shown(event, names) for event in events]


def _shown(event: Event, names: Names) -> InWords:
    """An entry stays, so one that cannot be put into words is shown as it was kept: it must not take the page away."""
    try:
        return _worded(event, names)
    except Exception:
        _log.exception("entry %s of the trail", event.pk)
        return InWords(event, str(event.get_kind_display()), "", event.text, "", "", [])


def in_words_in_turn(events: Iterable[Event], user: Asker) -> Iterator[InWords]:
    """The same of any number of entries."""
    for some in chunked(events, _CHUNK):
        yield from in_words(some, user)


def sentence_of(page: str) -> Sentence | None:
    return next((some[page] for some in hooks.sentences if page in some), None)


@lru_cache(maxsize=2_000)
def _match(path: str) -> Match:
    try:
        found = resolve("/" + path.removeprefix(get_script_prefix()))
    except Resolver404:
        return "", {}
    return found.url_name or "", found.kwargs


def _worded(event: Event, names: Names) -> InWords:
    request = _REQUEST.fullmatch(event.text)
    if not request:
        return _in_its_words(event)
    page, arguments = _match(request[1])
    sentence, register = sentence_of(page), _register(event.register)
    what, url, is_counted = _what(event, sentence, arguments, register, names)
    text = _text(event, sentence).replace("%(what)s", _WHAT)
    if "%(step)s" in text:
        text = text.replace("%(step)s", _step(register, arguments.get("step", "")))
    before, _sign, after = text.rpartition(_WHAT)
    if (rows := event.details.get("rows")) and not is_counted:
        after += ": " + _("%(count)s kayıt") % {"count": intcomma(rows)}
    if sentence and sentence.by and (pk := event.details.get(sentence.by)):
        after += f" · {names.of_thing(sentence.by, pk)[0]}"
    if _WHAT not in text:
        what, url = "", ""
    if event.details.get("refused"):
        before = _("Reddedildi: %(what)s") % {"what": before}
    more = [*_asked(event, sentence, register, names), *_changes(event, names)]
    return InWords(event, str(event.get_kind_display()), before, what, url, after, more)


def _in_its_words(event: Event) -> InWords:
    """An entry that was written as a sentence, or of something that its kind says alone."""
    register, kind, rows = _register(event.register), str(event.get_kind_display()), event.details.get("rows")
    more = [_("Sicil no: %(numbers)s") % {"numbers": ", ".join(p)}] if (p := event.details.get("people")) else []
    if event.kind == Event.Kind.WENT_OUT and register:  # by a command
        return InWords(event, kind, "", _counted(register, rows), _list(register), f": {event.text}", more)
    before = f"{register.title}: " if register and not event.row_id else ""
    return InWords(event, kind, before, event.text, event.history_url, "", more)


def _text(event: Event, sentence: Sentence | None) -> str:
    is_file = event.kind == Event.Kind.WENT_OUT
    if text := sentence and (sentence.file if is_file else sentence.text):
        return str(text)
    return _("Artık olmayan bir sayfadan dosya verildi") if is_file else _("Artık olmayan bir sayfada işlem yapıldı")


def _what(
    event: Event, sentence: Sentence | None, arguments: Mapping[str, Any], register: Register | None, names: Names
) -> tuple[str, str, bool]:
    """(what it was done to, its page, whether that says how many rows)."""
    about = sentence.about if sentence else ""
    if about in names.things:
        # An address that names a register has the number of a row.
        own = None if "register" in arguments else arguments.get("pk")
        pk = event.details.get(about) or own or _then(event, names.things[about].page).get("pk")
        what, url = names.of_thing(about, pk) if pk else (str(names.things[about].one), "")
        # Who may not open it reads at least what it is about.
        return (what if url or not register else f"{register.title} · {what}", url, False)
    led = _then(event, "register-detail")
    # A record that was begun on its parent's page led back to that page.
    pk = event.row_id or (led.get("pk") if led.get("register") == register else None)
    if (other := _register(about)) and arguments.get("pk"):
        return (*names.of_item(other, arguments["pk"]), False)
    if register and pk and about != "register":
        return (*names.of_item(register, pk), False)
    if register is None:
        return "", "", False
    return _counted(register, event.details.get("rows")), _page(event, sentence, register, names), True


def _page(event: Event, sentence: Sentence | None, register: Register, names: Names) -> str:
    """Where rows are shown that were written together, or the list as it was asked for."""
    through = sentence.through if sentence else ""
    if through and (pk := event.details.get(through)):
        return names.of_thing(through, pk)[1]
    asked = QueryDict(event.details.get("query", "")).copy()
    for name in ("format", "personal", "parts", "rows", "limit", "offset"):
        asked.pop(name, None)
    is_open = (
        sentence and sentence.of_list and not any(identifies(text) for _name, texts in asked.lists() for text in texts)
    )
    return _list(register, asked.urlencode() if is_open else "")


def _list(register: Register, query: str = "") -> str:
    return reverse("register-list", args=[register]) + (f"?{query}" if query else "")


def _then(event: Event, page: str) -> Mapping[str, Any]:
    """What stands in the address to which the page led, if it is one of these."""
    led, arguments = _match(unquote(urlsplit(event.details.get("then", "")).path))
    return arguments if page and led == page else {}


def _counted(register: Register, rows: int | None) -> str:
    return register.title if rows is None else f"{intcomma(rows)} {register.model._meta.verbose_name}"


def _register(slug: str) -> Register | None:
    return next((register for register in registers.every() if register.slug == slug), None)


def _step(register: Register | None, name: str) -> str:
    steps = register.flow.steps if register and register.flow else ()
    return next((str(step.label) for step in steps if step.name == name), name)


def _asked(event: Event, sentence: Sentence | None, register: Register | None, names: Names) -> list[str]:
    """What was asked for, on one line."""
    if sentence is None:
        return []
    query = QueryDict(event.details.get("query", ""))
    parts = sentence.more(register, query) if sentence.more else []
    if register and sentence.of_list:
        parts += described(register, query, names)
    return [" · ".join(f"{what}: {value}" for what, value in parts)] if parts else []


def _changes(event: Event, names: Names) -> list[str]:
    """What became what, each on a line of its own."""
    lines = []
    for slug, name, old, new, count in event.details.get("changes", ()):
        register = _register(slug)
        if register and name in register.columns:
            before, after = (_value(register, name, value, names) for value in (old, new))
            number = " (" + _("%(count)s kayıt") % {"count": intcomma(count)} + ")" if count > 1 else ""
            lines.append(f"{register.column(name).label}: {before} → {after}{number}")
    if (more := event.details.get("more_changes")) == "many":
        lines.append(_("ve başka değişiklikler"))
    elif more:
        lines.append(_("ve %(count)s başka değişiklik") % {"count": intcomma(more)})
    return lines


def _value(register: Register, name: str, value: int | str | None, names: Names) -> str:
    column = register.column(name)
    if value in (None, ""):
        return str(register.blanks.get(name, _("(boş)")))
    if column.type == Type.REFERENCE and isinstance(value, int):
        return names.named(column.target, value)
    if column.type == Type.CHOICE:
        return str(column.choices.get(str(value), value))
    return short(str(value))
