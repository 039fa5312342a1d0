"""A small copy of a picture, made in the child that reads files from elsewhere; it knows neither models nor settings.

The copy is written anew from the pixels, so that it carries neither the place where a photo was taken nor anything
that a hostile file hides from its reader.
"""

import io
from collections.abc import Iterator
from typing import IO, Any

SIDE = 1_000
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")


def shown(file: IO[bytes], name: str, limits: Any, encoding: str) -> Iterator[bytes]:
    from PIL import Image, ImageOps

    # A picture of a few bytes may unfold to any size; as an error, not as a warning.
    Image.MAX_IMAGE_PIXELS = 100_000_000
    with Image.open(io.BytesIO(file.read()), formats=_FORMATS) as picture:
        picture.draft("RGB", (SIDE, SIDE))
        small = ImageOps.exif_transpose(picture)
        small.thumbnail((SIDE, SIDE))
        flat = Image.new("RGB", small.size, "white")
        mask = small.convert("RGBA").getchannel("A") if small.has_transparency_data else None
        flat.paste(small.convert("RGB"), mask=mask)
    copy = io.BytesIO()
    flat.save(copy, "JPEG", quality=82)
    yield copy.getvalue()
