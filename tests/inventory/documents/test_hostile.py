"""A thousand broken and hostile files: none is a failure of the machine, and no limit gives way."""

from __future__ import annotations

import io
import random
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from imports.reading import child
from inventory import hooks, registers
from inventory.documents.models import Document, Stored
from inventory.documents.types import MEDIA
from tests.inventory.documents.files import REFUSED, TAKEN
from tests.pages import signed_in

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")
_NAMES = (
    "a.pdf", "", "../../etc/passwd", "x" * 300 + ".pdf", "a\x00b.jpg", "CON.pdf", "<svg onload=1>.html",
    "=cmd|' /C calc'!A0.xlsx", "\u202egpj.exe", "ruhsat.pdf.exe", "ğüşıöç İ.PDF", "a\r\nSet-Cookie: x",
)  # fmt: skip


def _files(count: int):
    """Whole files, cut off, with bytes changed, and two joined; always the same ones."""
    dice, whole = random.Random(15), [*TAKEN.values(), *REFUSED.values()]
    for number in range(count):
        content = bytearray(dice.choice(whole))
        match number % 5:
            case 1:
                content = content[: dice.randrange(len(content))]
            case 2:
                for _ in range(dice.randrange(1, 20)):
                    content[dice.randrange(len(content))] = dice.randrange(256)
            case 3:
                content += dice.choice(whole)
            case 4:
                content = bytearray(dice.randbytes(dice.randrange(300)))
        yield dice.choice(_NAMES), bytes(content) + str(number).encode() * (number % 2)


def test_a_thousand_files_bring_no_page_down(car, kind, clerk, settings, monkeypatch):
    # Their pictures are for the next test: a process for each would take minutes.
    monkeypatch.setattr(hooks, "in_child", [])
    settings.DOCUMENT_MAX_FILES = 1_000
    client, url = signed_in(clerk), reverse("register-attach", args=[VEHICLES, car.pk])
    files = [SimpleUploadedFile(name or "x", content) for name, content in _files(1_000)]
    for start in range(0, len(files), 100):
        answer = client.post(url, {"file": files[start : start + 100], "kind": kind.pk})
        assert answer.status_code in (200, 302)
    kept = list(Document.objects.select_related("stored"))
    assert 100 < len(kept) < 1_000 and len(kept) == Stored.objects.count()
    for document in kept:
        assert document.file_name.endswith(f".{document.extension}") and document.extension in MEDIA
        assert document.file_name.isprintable() and not set(document.file_name) & set('\\/:*?"<>|')
    assert client.get(reverse("register-detail", args=[VEHICLES, car.pk])).status_code == 200


def _png(width: int, height: int) -> bytes:
    """A picture that says it is so large, and has one line."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack("!I", len(content)) + kind + content + struct.pack("!I", zlib.crc32(kind + content))

    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def _gif() -> bytes:
    """A kind that Pillow would read, as it would run Ghostscript for others."""
    made = io.BytesIO()
    Image.new("RGB", (9, 9)).save(made, "GIF")
    return made.getvalue()


@pytest.mark.parametrize("content", [_png(60_000, 60_000), _png(10, 10), b"\x89PNG\r\n\x1a\n", _gif()])
def test_a_picture_that_cannot_be_read_has_no_copy(content, tmp_path):
    (tmp_path / "a.png").write_bytes(content)
    with (tmp_path / "a.png").open("rb") as file:
        assert child.tried(file, "a.png", "inventory.documents.pictures", "shown") == []
