"""Keeping: backups, their restoring, and moving from SQLite to PostgreSQL."""


class CannotKeep(Exception):
    """It may not or could not be done, and nothing was changed; the message says why and what to do."""


class Damaged(Exception):
    """What is there is not what was written down; the message says which part."""
