"""Keeping: backups, their restoring, and moving from SQLite to PostgreSQL."""

from typing import Protocol


class Source(Protocol):
    """A stream that is read to its end."""

    def read(self, size: int = -1, /) -> bytes: ...


class Sink(Protocol):
    """A stream that is written."""

    def write(self, piece: bytes, /) -> object: ...


class CannotKeep(Exception):
    """It may not or could not be done, and nothing was changed; the message says why and what to do."""


class Damaged(Exception):
    """What is there is not what was written down; the message says which part."""
