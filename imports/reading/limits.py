"""How much is read, and how a refusal is said."""

from dataclasses import dataclass
from typing import Self

from django.conf import settings

MEGABYTE = 1_000_000


class UnreadableFile(Exception):
    """The file cannot be read; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Limits:
    """Bytes of the file, rows and columns of a sheet, bytes of a workbook unpacked and its reader; seconds.

    A workbook of 100,000 rows × 20 columns takes 10 MB, 90 MB unpacked, 190 MB of memory and 2.5 s.
    """

    max_bytes: int = 50 * MEGABYTE
    max_rows: int = 200_000
    max_columns: int = 300
    max_unpacked: int = 1_000 * MEGABYTE
    max_memory: int = 1_000 * MEGABYTE
    max_seconds: int = 120

    @classmethod
    def from_settings(cls) -> Self:
        """IMPORT_MAX_BYTES, IMPORT_MAX_ROWS … where the settings have them."""
        names = {name: f"IMPORT_{name.upper()}" for name in cls.__dataclass_fields__}
        return cls(**{name: getattr(settings, key) for name, key in names.items() if hasattr(settings, key)})
