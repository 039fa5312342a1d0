"""Settings from the environment: read once, and wrong values stop the start with their name."""

import fcntl
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import private

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """The variable's text; without a default it must be set."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set; see docs/operating.md")
    return value


def boolean(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "1" if default else "0").strip().lower()
    if value not in _TRUE | _FALSE:
        raise ImproperlyConfigured(f"{name}={value!r}: write 1 or 0")
    return value in _TRUE


def integer(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value!r}: write a whole number") from error


def rate(name: str, default: str) -> tuple[int, int] | None:
    """ "30/600" is thirty times in 600 seconds; "0" is no limit."""
    value = os.environ.get(name, default).strip()
    if value in ("", "0"):
        return None
    most, _slash, seconds = value.partition("/")
    if not most.isdecimal() or not seconds.isdecimal() or not int(most) or not int(seconds):
        raise ImproperlyConfigured(f"{name}={value!r}: write times/seconds, such as 30/600, or 0")
    return int(most), int(seconds)


def choice(name: str, among: Sequence[str]) -> str:
    """One of the words; the first where the variable is not set."""
    value = os.environ.get(name, among[0])
    if value not in among:
        raise ImproperlyConfigured(f"{name}={value!r}: write one of {', '.join(among)}")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def origins(*urls: str) -> list[str]:
    """The hosts of the addresses as a CSP names them; an address of our own server has none."""
    parts = [urlsplit(url) for url in urls]
    return list(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts if part.netloc))


def folder(name: str, default: Path) -> Path:
    """The folder that the variable names, made if it is not there."""
    place = Path(text(name, str(default)))
    try:
        private.folder(place)
    except OSError as error:
        raise _unusable(name, place, error) from error
    if not place.is_dir():
        raise ImproperlyConfigured(f"{name}={str(place)!r} is no folder; name one that may be written to")
    return place


def _unusable(name: str, place: Path, error: OSError) -> ImproperlyConfigured:
    why = error.strerror or error
    return ImproperlyConfigured(f"{name}: {place} cannot be used ({why}); name a folder that may be written to")


def secret(name: str, file: Path) -> str:
    """The variable's text, or else the secret kept in a file, made at the first start.

    Server and workers start at the same time: the first one puts the file there, whole, and the others read it. An
    empty file, left by a crash or a full disk, is no secret.
    """
    try:
        return os.environ.get(name) or _kept(file) or _made(file)
    except OSError as error:
        raise _unusable(f"{name}, VAR_DIR", file, error) from error


def _kept(file: Path) -> str:
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        return ""


def _made(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        # Whoever waited for the lock finds the file that another has made meanwhile.
        if not _kept(file):
            new = file.with_name(f"{file.name}.{os.getpid()}")
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
                target.write(secrets.token_urlsafe(50))
                target.flush()
                os.fsync(target.fileno())
            new.replace(file)
    finally:
        os.close(folder)
    return _kept(file)
