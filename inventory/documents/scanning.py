"""A virus scanner, where CLAMD names one: clamd is handed the file by its INSTREAM command."""

from __future__ import annotations

import socket
import struct
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from inventory.refusals import Refused

_PIECE = 1 << 16
_SECONDS = 30


def refuse_infected(file: IO[bytes]) -> None:
    """Raises Refused for what the scanner finds, and when it does not answer: unseen, nothing comes in."""
    if not settings.CLAMD:
        return
    try:
        answer = _asked(file)
    except OSError as error:
        raise _unanswered() from error
    if answer.endswith("FOUND"):
        raise Refused(_("Virüs tarayıcısı dosyayı zararlı buldu; dosya alınmadı."))
    if not answer.endswith("OK"):
        raise _unanswered()


def _unanswered() -> Refused:
    return Refused(_("Virüs tarayıcısı yanıt vermedi, dosya alınmadı; sistem yöneticisine bildiriniz."))


def _asked(file: IO[bytes]) -> str:
    file.seek(0)
    with _connected() as scanner:
        scanner.sendall(b"zINSTREAM\0")
        while piece := file.read(_PIECE):
            scanner.sendall(struct.pack("!I", len(piece)) + piece)
        scanner.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < _PIECE and (more := scanner.recv(_PIECE)):
            answer += more
    return answer.rstrip(b"\0").decode("ascii", "replace").strip()


def _connected() -> socket.socket:
    """CLAMD is host:port, or the path of a socket."""
    if settings.CLAMD.startswith("/"):
        scanner = socket.socket(socket.AF_UNIX)
        scanner.settimeout(_SECONDS)
        try:
            scanner.connect(settings.CLAMD)
        except OSError:
            scanner.close()
            raise
        return scanner
    host, _colon, port = settings.CLAMD.rpartition(":")
    return socket.create_connection((host, int(port)), _SECONDS)
