"""What a page of ours asks for: its forms with the values that a browser would send, and the addresses it names."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_LINKS = ("href", "action", "formaction", "hx-get", "hx-post", "data-url", "data-options", "data-tiles", "src")


@dataclass
class Form:
    """Where it goes, and its controls: name → the values that it would send; `choices` are those it offers."""

    method: str
    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def add(self, name: str, value: str, *, sent: bool) -> None:
        self.choices.setdefault(name, []).append(value)
        values = self.values.setdefault(name, [])
        if sent:
            values.append(value)


class Page(HTMLParser):
    """`forms` and `links` of a page that stands at `url`."""

    def __init__(self, url: str, text: str):
        super().__init__()
        self.url, self.forms, self.links = url, [], []
        self._form: Form | None = None
        self._select, self._area = "", ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in _LINKS if given.get(name)]
        if tag == "form":
            action = given.get("action") or given.get("hx-post") or self.url
            self._form = Form(given.get("method", "get").upper(), action)
            self.forms.append(self._form)
        elif self._form:
            self._control(tag, given)

    def _control(self, tag, given):
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self._form.add(self._select, value, sent="selected" in given)
        elif tag == "textarea" and name:
            self._area = name
            self._form.add(name, "", sent=False)
        elif tag in ("input", "button") and name:
            if given.get("type") == "file":
                self._form.files.append(name)
            else:
                is_box = given.get("type") in ("checkbox", "radio")
                sent = tag == "input" and (not is_box or "checked" in given)
                self._form.add(name, value or ("on" if is_box else ""), sent=sent)

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data):
        if self._form and self._area:
            self._form.values[self._area] = [data]
