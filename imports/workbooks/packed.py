"""What an archive says of itself before any of it is unpacked."""

import zipfile
from collections.abc import Sequence

from imports.workbooks.limits import MEGABYTE, Limits, UnreadableFile, encrypted
from imports.workbooks.said import gettext as _

_MOST_PARTS = 5_000
# Sheets of repeated values shrink 50-fold; only what is made to burst shrinks more than this.
_RATIO, _RATIO_FROM = 250, 20 * MEGABYTE


def refuse_bomb(parts: Sequence[zipfile.ZipInfo], limits: Limits) -> None:
    """Raises UnreadableFile for an archive that is encrypted, or grows too large. zipfile itself unpacks no more of a
    part than the archive says that there is."""
    if any(part.flag_bits & 1 for part in parts):
        raise encrypted()
    if (
        len(parts) > _MOST_PARTS
        or sum(part.file_size for part in parts) > limits.max_unpacked
        or any(p.file_size > _RATIO_FROM and p.file_size > _RATIO * max(p.compress_size, 1) for p in parts)
    ):
        raise UnreadableFile(
            _(
                "Dosyanın içi, açıldığında okunamayacak kadar büyük; yalnızca gereken satırları yeni bir "
                "dosyaya kopyalayıp onu yükleyiniz."
            )
        )
