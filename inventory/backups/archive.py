"""One file that holds an installation: a zip of the database, the uploads, and a manifest that proves both.

    manifest.json        what there is: see `Manifest`
    database.sqlite3     or database.dump (PostgreSQL's custom format)
    files/…              the uploads under their names

The secret key is not in it: it only signs sessions, and who finds a backup should not be able to make some.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import platform
import shutil
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Self

import django
from django.db import connection
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from inventory.backups import CannotKeep, Damaged, Sink, Source
from inventory.backups.databases import NAMES
from inventory.backups.tables import Migration, Tally

FORM = 1
_MANIFEST, _FILES = "manifest.json", "files/"
_PIECE = 1 << 20


@dataclass(frozen=True)
class Part:
    """One member of the archive: its bytes and their SHA-256."""

    size: int
    sha256: str


@dataclass(kw_only=True)
class Manifest:
    """What an archive holds. `missing`: files that rows name and that were not on the disk."""

    form: int = FORM
    made_at: str
    engine: str
    versions: dict[str, str]
    migrations: list[Migration]
    secret_key: str
    tables: dict[str, Tally] = field(default_factory=dict)
    database: Part | None = None
    files: dict[str, Part] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @classmethod
    def begun(cls, migrations: list[Migration]) -> Self:
        server = ".".join(map(str, connection.get_database_version()))
        return cls(
            made_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            engine=connection.vendor,
            versions={"python": platform.python_version(), "django": django.__version__, connection.vendor: server},
            migrations=migrations,
            secret_key=key_mark(),
        )

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Raises Damaged when the text is no manifest of ours."""
        try:
            fields = json.loads(text)
            if fields["form"] != FORM:
                raise Damaged(
                    _("Yedeğin biçimi %(theirs)s; bu sürüm %(ours)s biçimini okur.")
                    % {"theirs": fields["form"], "ours": FORM}
                )
            fields["migrations"] = [(app, name) for app, name in fields["migrations"]]
            fields["tables"] = {table: Tally(**each) for table, each in fields["tables"].items()}
            fields["database"] = Part(**fields["database"])
            fields["files"] = {name: Part(**each) for name, each in fields["files"].items()}
            return cls(**fields)
        except (ValueError, TypeError, KeyError) as error:
            raise Damaged(_("Yedeğin listesi okunamıyor (%(why)r).") % {"why": error}) from error

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.tables.values())


def key_mark() -> str:
    """By which one sees whether two installations have the same secret key, without seeing the key."""
    return salted_hmac("inventory.backups", "secret key", algorithm="sha256").hexdigest()[:16]


class Writer:
    """Fills an archive, the manifest last."""

    def __init__(self, target: IO[bytes]):
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1)

    def add_database(self, engine: str, write: Callable[[Sink], None]) -> Part:
        return self._add(NAMES[engine], write)

    def add_file(self, name: str, source: IO[bytes]) -> Part:
        return self._add(_FILES + name, lambda target: shutil.copyfileobj(source, target, _PIECE))

    def _add(self, name: str, write: Callable[[Sink], None]) -> Part:
        with self._zip.open(name, "w", force_zip64=True) as target:
            counted = _Counted(target)
            write(counted)
        return counted.part

    def finish(self, manifest: Manifest) -> None:
        self._zip.writestr(_MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False))
        self._zip.close()

    def abandon(self) -> None:
        """Let go of what cannot be finished: ZipFile would try once more, with a target closed meanwhile."""
        self._zip.fp = None


class _Counted:
    """A stream that knows what went through it."""

    def __init__(self, stream: IO[bytes]):
        self._stream, self._size, self._hash = stream, 0, hashlib.sha256()

    def write(self, piece: bytes) -> None:
        self._stream.write(piece)
        self._count(piece)

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self._count(piece)
        return piece

    def _count(self, piece: bytes) -> None:
        self._size += len(piece)
        self._hash.update(piece)

    @property
    def part(self) -> Part:
        return Part(self._size, self._hash.hexdigest())


def _begins_as_archive(file: Path) -> bool:
    """What is left of a damaged backup does, too."""
    with file.open("rb") as source:
        return source.read(4) == b"PK\x03\x04"


class Reader:
    """An archive to check and to take apart. Raises Damaged for whatever is not as its manifest says."""

    def __init__(self, file: Path):
        """Raises OSError when there is no such file, CannotKeep for one of another kind."""
        try:
            if not _begins_as_archive(file):
                raise CannotKeep(_("%(file)s bir yedek dosyası değil.") % {"file": file})
            self._zip = zipfile.ZipFile(file)
            if not {_MANIFEST, *NAMES.values()} & set(self._zip.namelist()):
                raise CannotKeep(_("%(file)s bir yedek dosyası değil.") % {"file": file})
            self.manifest = Manifest.read(self._zip.read(_MANIFEST))
        except (zipfile.BadZipFile, KeyError) as error:
            raise Damaged(_("%(file)s eksiksiz bir yedek değil (%(why)s).") % {"file": file, "why": error}) from error
        self._parts = {NAMES[self.manifest.engine]: self.manifest.database}
        self._parts |= {_FILES + name: part for name, part in self.manifest.files.items()}

    def check(self) -> None:
        """Read every byte."""
        there = set(self._zip.namelist()) - {_MANIFEST}
        if there != set(self._parts):
            odd = ", ".join(sorted(there ^ set(self._parts))[:5])
            raise Damaged(_("Yedekteki dosyalar listesiyle aynı değil: %(names)s.") % {"names": odd})
        for name in self._parts:
            self._take(name, lambda source: None)

    def take_database(self, fill: Callable[[Source], None]) -> None:
        self._take(NAMES[self.manifest.engine], fill)

    def take_file(self, name: str, target: IO[bytes]) -> None:
        self._take(_FILES + name, lambda source: shutil.copyfileobj(source, target, _PIECE))

    def _take(self, name: str, use: Callable[[Source], None]) -> None:
        try:
            with self._zip.open(name) as source:
                counted = _Counted(source)
                use(counted)
                # To the end, whether it was wanted or not.
                while counted.read(_PIECE):
                    pass
        except (zipfile.BadZipFile, EOFError, zlib.error) as error:
            raise Damaged(_("%(name)s: yedek burada bozuk (%(why)s).") % {"name": name, "why": error}) from error
        if counted.part != self._parts[name]:
            raise Damaged(_("%(name)s: yedeklenen baytlar değil (SHA-256 farklı).") % {"name": name})
