"""How much is read, and how a refusal is said."""

from dataclasses import dataclass, replace
from typing import Self

from imports.workbooks.said import gettext as _

MEGABYTE = 1_000_000


class UnreadableFile(Exception):
    """The file cannot be read; the message is one sentence that says what to do."""


class TookTooMuch(UnreadableFile):
    """The reader came to the end of its time or memory."""


@dataclass(frozen=True)
class Limits:
    """Bytes of the file, rows and columns of a sheet, bytes of an archive unpacked and of its reader; seconds of work.

    A workbook of 100,000 rows × 20 columns takes 10 MB, 90 MB unpacked, 190 MB of memory and 2.5 s.
    """

    max_bytes: int = 50 * MEGABYTE
    max_rows: int = 200_000
    max_columns: int = 300
    max_unpacked: int = 1_000 * MEGABYTE
    max_memory: int = 1_000 * MEGABYTE
    max_seconds: int = 120

    def at_once(self) -> Self:
        """While somebody waits for the page: what takes longer is a worker's."""
        return replace(self, max_seconds=min(self.max_seconds, 5))

    @classmethod
    def from_settings(cls) -> Self:
        """IMPORT_MAX_BYTES, IMPORT_MAX_ROWS … where the settings have them."""
        from django.conf import settings

        names = {name: f"IMPORT_{name.upper()}" for name in cls.__dataclass_fields__}
        return cls(**{name: getattr(settings, key) for name, key in names.items() if hasattr(settings, key)})


def encrypted() -> UnreadableFile:
    return UnreadableFile(
        _("Dosya parolayla korunuyor; parolayı Excel’de kaldırıp dosyayı kaydediniz ve yeniden yükleyiniz.")
    )


def damaged() -> UnreadableFile:
    return UnreadableFile(
        _("Dosya bozuk ya da yarım; aldığınız programda açıp yeniden kaydediniz ve yeniden yükleyiniz.")
    )


def too_big() -> UnreadableFile:
    return TookTooMuch(
        _(
            "Dosya okunamayacak kadar büyük ya da bozuk; yalnızca gereken satırları yeni bir dosyaya kopyalayıp "
            "onu yükleyiniz."
        )
    )


def not_a_spreadsheet() -> UnreadableFile:
    return UnreadableFile(_("Bu dosya bir tablo değil; .xlsx, .xls, .ods ya da .csv dosyası yükleyiniz."))
