"""The user guide as a page: read once from docs/kullanim-kilavuzu.md, a part for each heading, found by words."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from inventory import search

FILE = settings.BASE_DIR / "docs" / "kullanim-kilavuzu.md"
#: Where its pictures lie, as seen from the file; pages load them as static files (STATICFILES_DIRS).
PICTURES = "pictures/guide/"
# The sentences of a part that are shown of what was found.
_MOST_SENTENCES = 2
# Turkish words grow at their end: where whole words lead nowhere, so many first letters of each are looked for.
_STEMS = (6, 5, 4)
_WORD = re.compile(r"\w+")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?…:;”])\s+(?=[A-ZÇĞİÖŞÜÂ“])")

#: A text in pieces, each with whether it is one of the words that were looked for.
Marked = list[tuple[str, bool]]


@dataclass(frozen=True)
class Part:
    """What stands under one heading; a `level` of 3 belongs to the part of level 2 above it."""

    anchor: str
    title: str
    level: int
    html: SafeString
    sentences: tuple[str, ...]
    #: Title and sentences as they are searched.
    folded: str


@dataclass(frozen=True)
class Hit:
    part: Part
    title: Marked
    sentences: list[Marked]


@cache
def parts() -> tuple[Part, ...]:
    """All parts in their order; the lines before the first heading stand in the page's own head (`introduction`)."""
    return tuple(_parts())


@cache
def introduction() -> SafeString:
    return next(html for heading, html, _sentences in _pieces() if heading is None)


def _parts() -> Iterator[Part]:
    for heading, html, sentences in _pieces():
        if heading:
            level, title = heading
            folded = " ".join(_WORD.findall(search.fold(" ".join((title, *sentences)))))
            yield Part(anchor_of(title), title, level, html, sentences, folded)


def anchor_of(title: str) -> str:
    """
    >>> anchor_of("Excel’den almak")
    'excel-den-almak'
    """
    return "-".join(_WORD.findall(search.fold(title)))


def _pieces() -> Iterator[tuple[tuple[int, str] | None, SafeString, tuple[str, ...]]]:
    """(level and title, HTML, sentences) of each heading; the first, before any of level 2, has none."""
    reader = _reader()
    tokens = reader.parse(FILE.read_text(encoding="utf-8"))
    starts = [n for n, token in enumerate(tokens) if token.type == "heading_open" and token.tag in ("h2", "h3")]
    for start, end in zip([None, *starts], [*starts, len(tokens)], strict=True):
        # A heading is three tokens; before the first there is the file's own, which the page has as its title.
        body = tokens[3 if start is None else start + 3 : end]
        heading = None if start is None else (int(tokens[start].tag[1]), _text(tokens[start + 1]))
        # What the Markdown says is escaped: it may hold no HTML.
        html = mark_safe(reader.renderer.render(body, reader.options, {}))  # noqa: S308
        yield heading, html, tuple(_sentences(body))


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False})
    reader.add_render_rule("image", _picture)
    return reader


def _picture(_renderer: object, tokens: Sequence[Token], at: int, _options: object, _env: object) -> SafeString:
    """With its size, so that the text does not move when it comes."""
    source = str(tokens[at].attrs["src"])
    width, height = size_of(source)
    return format_html(
        '<img src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
        static(source.replace(PICTURES, "guide/")),
        tokens[at].content,
        width,
        height,
    )


def size_of(source: str) -> tuple[int, int]:
    """Width and height, which a PNG says in its first 24 bytes."""
    with (FILE.parent / source).open("rb") as file:
        width, height = struct.unpack(">II", file.read(24)[16:])
    return width, height


def _text(token: Token) -> str:
    """What is read of a line of text: neither its marks nor its pictures."""
    return "".join(" " if t.type == "softbreak" else t.content for t in token.children or () if t.type != "image")


def _sentences(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline" and (text := _text(token).strip()):
            yield from _SENTENCE_ENDS.split(text)


# Finding -----------------------------------------------------------------------------------------------------


def found(query: str) -> list[Hit]:
    """The parts that have all words of the query; if none has, those that have what the words begin with."""
    if search.is_none(query):
        return []
    words = _words(query)
    attempts = (words, *([word[:length] for word in words] for length in _STEMS))
    return next((hits for attempt in attempts if (hits := _with(attempt))), [])


def _words(query: str) -> list[str]:
    """Without the ends that an apostrophe cuts off (Excel’e) and other single letters, if there is anything else."""
    words = list(dict.fromkeys(_WORD.findall(search.fold(query))))
    return [word for word in words if len(word) > 1 or word.isdigit()] or words


def _with(words: Sequence[str]) -> list[Hit]:
    if not words:
        return []
    return [_hit(part, words) for part in parts() if all(word in part.folded for word in words)]


def _hit(part: Part, words: Sequence[str]) -> Hit:
    def weight(sentence: str) -> int:
        folded = search.fold(sentence)
        return sum(word in folded for word in words)

    heaviest = sorted((one for one in part.sentences if weight(one)), key=weight, reverse=True)
    shown = heaviest[:_MOST_SENTENCES] or list(part.sentences[:1])
    return Hit(part, marked(part.title, words), [marked(one, words) for one in shown])


def marked(text: str, words: Sequence[str]) -> Marked:
    """Whole words, though only a part of them was looked for: folding may change how long a word is."""
    pieces: Marked = []
    for piece in re.split(r"(\w+)", text):
        if piece:
            folded = search.fold(piece)
            pieces.append((piece, bool(_WORD.match(piece)) and any(word in folded for word in words)))
    return pieces
