"""Texts that name no row and no choice: asked once, answered by a person, remembered and never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from django.db.models import Q

from imports.cells import CellError
from imports.models import Batch, Meaning, Profile
from inventory.asked import wholes
from inventory.columns import Column, Type
from inventory.naming import candidates
from inventory.organization.models import Unit, unit_key
from inventory.registers import Register
from inventory.search import fold

# So many different texts of a sheet are asked about, the most frequent first; most sheets have a handful.
MOST_ASKED = 200
_ROWS = 10
_LONGEST = Meaning._meta.get_field("key").max_length

#: Column → key of a text → what it means: a row's id or a stored choice, as text.
Answers = Mapping[str, Mapping[str, str]]


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

    def __init__(self):
        self._found: dict[tuple[str, str], Unknown] = {}

    def add(self, column: str, row: int, error: UnknownValue) -> None:
        found = self._found.setdefault((column, error.text), Unknown(column, error.text, error.near))
        found.count += 1
        if len(found.rows) < _ROWS:
            found.rows.append(row)

    def asked(self) -> list[dict]:
        """What the user is asked, as dicts; a text too long to be a name is only an error."""
        found = [one for one in self._found.values() if len(one.text) <= _LONGEST]
        return [asdict(one) for one in sorted(found, key=lambda one: -one.count)[:MOST_ASKED]]


def text_key(column: Column, text: str) -> str:
    """The text as names are compared in the column."""
    return unit_key(text) if column.related_model is Unit else fold(text)


def answers(register: Register, user, profile: Profile | None) -> Answers:
    """The remembered meanings of the register's columns; one's own go before the profile's."""
    whose = Q(profile=profile) if profile else Q(pk__in=[])
    if user:
        whose |= Q(user=user)
    found: dict[str, dict[str, str]] = {}
    for meaning in Meaning.objects.filter(whose, register=register.slug).order_by("profile_id"):
        own = meaning.user_id is not None
        column = found.setdefault(meaning.column, {})
        if own or meaning.key not in column:
            column[meaning.key] = meaning.means
    return found


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


def is_possible(register: Register, column: Column, user, means: str) -> bool:
    """Whether the user may say that a text means this."""
    if column.type == Type.CHOICE:
        return means in {str(value) for value in column.choices}
    return candidates(register, column, user).filter(pk__in=wholes([means])).exists()


def label(register: Register, meaning: Meaning, user) -> str:
    """What a remembered meaning says, as a person reads it; empty where it is gone or hidden from the user."""
    if meaning.column not in register.columns:
        return ""
    column = register.column(meaning.column)
    if column.type == Type.CHOICE:
        return str(column.choices.get(meaning.means, ""))
    row = candidates(register, column, user, new=False).filter(pk=meaning.means).first()
    return str(row) if row else ""
