"""The English catalogue follows the Turkish texts of the sources: `python -m config.catalogue` brings it up to date.

Babel does it in Python, since GNU gettext is not everywhere. A new text gets an empty translation, which a test
refuses; one that is no longer used goes.
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "locale/en/LC_MESSAGES/django.po"
PACKAGES = ("config", "geo", "imports", "inventory")
# (1, 2): singular and plural stand in the first and second argument; "c" is a context.
KEYWORDS = {
    "_": None,
    # `gettext`, beside a lazy `_`.
    "now": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def sources() -> list[tuple[Path, bytes]]:
    """The Python modules, and the templates as Django shows them to gettext."""
    from django.utils.translation.template import templatize

    modules = sorted(f for package in PACKAGES for f in (ROOT / package).rglob("*.py") if "migrations" not in f.parts)
    templates = sorted((ROOT / "templates").rglob("*.html"))
    files = [(f, f.read_bytes()) for f in modules]
    for f in templates:
        # What is left of a template between the calls is no Python, but without its indentation it can be read so.
        calls = templatize(f.read_text(encoding="utf-8"), origin=str(f)).splitlines()
        files.append((f, "\n".join(line.strip() for line in calls).encode()))
    return files


def used() -> Catalog:
    """Every text that is marked for translation, with the files that use it."""
    catalogue = Catalog(locale="en", fuzzy=False)
    for file, text in sources():
        for _line, message, _comments, context in extract("python", io.BytesIO(text), keywords=KEYWORDS):
            catalogue.add(message, locations=[(str(file.relative_to(ROOT)), 0)], context=context)
    return catalogue


def translated() -> Catalog:
    if not FILE.exists():
        return Catalog(locale="en")
    with FILE.open("rb") as file:
        return read_po(file, locale="en")


def update() -> list[str]:
    """Write the catalogue anew; returns the texts that have no English yet."""
    old, new = translated(), used()
    # A file in which nothing else is new stays as it is.
    new.creation_date = old.creation_date
    for message in new:
        known = old.get(message.id, message.context) if message.id else None
        # A text that has got a plural since is translated anew.
        if known and isinstance(known.string, str) == isinstance(message.id, str):
            message.string = known.string
    FILE.parent.mkdir(parents=True, exist_ok=True)
    with FILE.open("wb") as file:
        write_po(file, new, width=110, sort_output=True, omit_header=False, include_lineno=False)
    return [str(m.id) for m in new if m.id and not (all(m.string) if isinstance(m.string, tuple) else m.string)]


if __name__ == "__main__":
    missing = update()
    for text in missing:
        sys.stdout.write(f"no English yet: {text}\n")
    sys.exit(1 if missing else 0)
