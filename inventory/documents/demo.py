"""Some made-up documents of made-up vehicles, insurances and parcels: each says in large letters that it is none."""

from __future__ import annotations

import datetime as dt
import io
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.conf import settings

from inventory import registers
from inventory.demo import AUTHOR, REASON, World
from inventory.documents import keeping
from inventory.models import Row

if TYPE_CHECKING:
    from inventory.documents.links import Rows

_FONT = settings.NODE_MODULES / "dejavu-fonts-ttf" / "ttf" / "DejaVuSans.ttf"
_PAGE, _PHOTO = (620, 877), (640, 480)
#: (register, kind, what it is called, how many, as what)
_SINGLE = (
    ("vehicles", "RUHSAT", "Araç ruhsatı", 12, "PDF"),
    ("vehicles", "KAZA", "Kaza fotoğrafı", 4, "JPEG"),
    ("insurances", "TRAFIK-POLICESI", "Sigorta poliçesi", 6, "PDF"),
    ("property", "TAPU", "Tapu senedi", 6, "PDF"),
)


def attach(world: World) -> None:
    """Called when the rows and their past are there. One of them runs out soon, and one deed is of several parcels."""
    for title, form, code, rows, values in _wanted(world):
        content = drawn([title, *(str(row) for _register, row in rows)], form)
        name = f"{title}.{'pdf' if form == 'PDF' else 'jpg'}"
        keeping.keep(content, name, code, rows, AUTHOR, title=title, notes=REASON, **values)
        world.made += 1


def _wanted(world: World) -> Iterator[tuple[str, str, str, Rows, dict[str, object]]]:
    for slug, code, title, count, form in _SINGLE:
        register, issued = registers.get(slug), world.ago(100, 900)
        for place, row in enumerate(_made_up(slug, count)):
            until = world.today + dt.timedelta(20) if slug == "vehicles" and not place else None
            values: dict[str, object] = {"doc_on": issued, "valid_until": until, "doc_no": f"UYDURMA-{place + 1}"}
            yield f"{title} · {row}"[:200], form, code, [(register, row)], values
    parcels: Rows = [(registers.get("property"), row) for row in _made_up("property", 10, first=6)]
    if parcels:
        yield "Tapu senedi · toplu", "PDF", "TAPU", parcels, {"doc_no": "UYDURMA-10", "doc_on": world.ago(100, 900)}


def _made_up(slug: str, count: int, first: int = 0) -> list[Row]:
    """Of the register's own rows that the demo made, the first ones."""
    model = registers.get(slug).model
    made = model.history.filter(history_type="+", history_change_reason=REASON).values("id")
    return list(model._default_manager.filter(pk__in=made).order_by("pk")[first : first + count])


def drawn(lines: list[str], form: str) -> bytes:
    """A page or a picture with these lines on it."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", _PAGE if form == "PDF" else _PHOTO, "white" if form == "PDF" else "#d5dde5")
    draw, top = ImageDraw.Draw(picture), 40
    for line, size in (("UYDURMA BELGE", 44), (f"{REASON}: gerçek bir belge değildir.", 18), *((x, 20) for x in lines)):
        font = ImageFont.truetype(_FONT, size)
        for part in textwrap.wrap(line, int(1_000 / size)):
            draw.text((40, top), part, "#7a1f1f" if size == 44 else "black", font)
            top += int(size * 1.5)
    made = io.BytesIO()
    picture.save(made, form)
    return made.getvalue()
