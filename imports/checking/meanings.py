"""Texts that name no row and no choice: asked once, answered by a person, remembered and never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from imports.checking.matching import labels_of
from imports.models import Batch, Meaning, Profile
from imports.words import known
from imports.words.headings import heading_key
from imports.words.known import text_key
from inventory.cells import CellError
from inventory.columns import Column, Type
from inventory.naming import candidates, choosable, text_of
from inventory.organization.models import Asker, User
from inventory.registers import Register
from inventory.server.asked import wholes

# So many different texts of a sheet are asked about, the most frequent first; most sheets have a handful.
MOST_ASKED = 200
_ROWS = 10
_LONGEST = Meaning._meta.get_field("key").max_length or 0


class Source(StrEnum):
    """Who says what a text means."""

    ANSWER = "answer"  # a user, of this text
    TABLE = "table"  # the list of synonyms, for everybody

    @property
    def sentence(self) -> str:
        if self is Source.ANSWER:
            return _("“%(text)s”, daha önce verilen yanıta göre “%(meaning)s” olarak okundu.")
        return _("“%(text)s”, eş anlamlılar listesine göre “%(meaning)s” olarak okundu.")


@dataclass(frozen=True)
class Said:
    """What texts of a column mean, by their keys: `answers` a row's id or a stored choice, as text; `table` a stored
    choice, or the text that names the row."""

    answers: Mapping[str, str] = field(default_factory=dict)
    table: Mapping[str, str] = field(default_factory=dict)

    def by_source(self) -> list[tuple[Source, Mapping[str, str]]]:
        """A user's own answer goes first."""
        return [(Source.ANSWER, self.answers), (Source.TABLE, self.table)]


NOTHING_SAID = Said()
#: In place of a column's name: what is meant is the column of a heading.
HEADING = ""


@dataclass(frozen=True)
class Answered:
    """What a text was taken for, and who said so."""

    meaning: str
    source: Source


#: Column → what is said of its texts.
Answers = Mapping[str, Said]


class UnknownValue(CellError):
    """A text that names nothing, or more than one thing. `near`: what it may mean, (value, label)."""

    def __init__(self, message: str, text: str, near: Sequence[tuple[object, str]] = ()):
        super().__init__(message)
        self.text, self.near = text, [(str(value), str(label)) for value, label in near]


@dataclass
class Unknown:
    """One unknown text of a column with the number of its rows and the first of them."""

    column: str
    text: str
    near: list[tuple[str, str]]
    count: int = 0
    rows: list[int] = field(default_factory=list)


class Unknowns:
    """The unknown texts of a sheet."""

    def __init__(self) -> None:
        self._unknowns: dict[tuple[str, str], Unknown] = {}

    def add(self, column: str, row: int, error: UnknownValue) -> None:
        unknown = self._unknowns.setdefault((column, error.text), Unknown(column, error.text, error.near))
        unknown.count += 1
        if len(unknown.rows) < _ROWS:
            unknown.rows.append(row)

    def asked(self) -> list[dict[str, Any]]:
        """What the user is asked, as dicts; a text too long to be a name is only an error."""
        askable = [one for one in self._unknowns.values() if len(one.text) <= _LONGEST]
        return [asdict(one) for one in sorted(askable, key=lambda one: -one.count)[:MOST_ASKED]]


def answers(register: Register, user: Asker, profile: Profile | None) -> Answers:
    """What is said of the register's columns; one's own answers go before the profile's."""
    whose = Q(profile=profile) if profile else Q(pk__in=[])
    if user:
        whose |= Q(user=user)
    by_column: dict[str, dict[str, str]] = {}
    about = Meaning.objects.filter(whose, register=register.slug).exclude(column=HEADING)
    for meaning in about.order_by("profile_id"):
        own = meaning.user_id is not None
        column = by_column.setdefault(meaning.column, {})
        if own or meaning.key not in column:
            column[meaning.key] = meaning.means
    table = known.values(register)
    return {name: Said(by_column.get(name, {}), table.get(name, {})) for name in {*by_column, *table}}


def remember(batch: Batch, given: Mapping[tuple[str, str], str]) -> None:
    """Keep the user's answers: (column, text) → what it means. They were judged by `is_possible`."""
    register = batch.of
    for (name, text), means in given.items():
        Meaning.objects.update_or_create(
            user=batch.user,
            register=register.slug,
            column=name,
            key=text_key(register.column(name), text),
            defaults={"text": text, "means": means},
        )


def headings(register: Register, user: User | None) -> dict[str, str]:
    """What the user said of headings: key → column ("a+b" for two, "" for none)."""
    if user is None:
        return {}
    own = Meaning.objects.filter(user=user, register=register.slug, column=HEADING)
    return dict(own.values_list("key", "means"))


def remember_headings(batch: Batch, chosen: Mapping[str, str]) -> None:
    """Keep what the user said of headings, for her next files."""
    for text, means in chosen.items():
        if (key := heading_key(text)) and len(text) <= _LONGEST:
            Meaning.objects.update_or_create(
                user=batch.user,
                register=batch.register,
                column=HEADING,
                key=key,
                defaults={"text": text, "means": means},
            )


def is_possible(register: Register, column: Column, user: Asker, means: str) -> bool:
    """Whether the user may say that a text means this."""
    if column.type == Type.CHOICE:
        return means in {str(value) for value in column.choices}
    return choosable(register, column, user).filter(pk__in=wholes([means])).exists()


def label(register: Register, meaning: Meaning, user: Asker) -> str:
    """What a remembered meaning says, as a person reads it; empty where it is gone or hidden from the user."""
    if meaning.column == HEADING:
        names = [name for name in meaning.means.split("+") if name]
        return labels_of(register, names) or _("okunmasın")
    if meaning.column not in register.columns:
        return ""
    column = register.column(meaning.column)
    if column.type == Type.CHOICE:
        return str(column.choices.get(meaning.means, ""))
    row = candidates(register, column, user).filter(pk=meaning.means).first()
    return text_of(row) if row else ""
