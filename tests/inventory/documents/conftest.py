from __future__ import annotations

import io

import pytest
from PIL import Image

from inventory import registers
from inventory.documents.models import DocumentKind
from inventory.organization.models import Unit, User
from tests.inventory.documents.files import PDF
from tests.rows import SYSTEM, row, unit, user

VEHICLES = registers.get("vehicles")


@pytest.fixture
def here() -> Unit:
    return unit("Destek Hizmetleri Dairesi Başkanlığı")


@pytest.fixture
def there() -> Unit:
    return unit("Zabıta Dairesi Başkanlığı")


@pytest.fixture
def kind() -> DocumentKind:
    return row(registers.get("document-kinds"), None, code="RUHSAT", name="Araç ruhsatı", register="vehicles")


@pytest.fixture
def car(here):
    return row(VEHICLES, here, plate="41 DEF 123")


@pytest.fixture
def clerk(here) -> User:
    return user("memur", here, (here, "vehicles", 2))


@pytest.fixture
def viewer(here) -> User:
    return user("goren", here, (here, "vehicles", 1))


@pytest.fixture
def stranger(there) -> User:
    return user("yabanci", there, (there, "", 3))


@pytest.fixture
def kept(kind):
    """kept(rows, content=…, by=…): a document that stands."""
    from inventory.documents.keeping import keep

    def make(*rows, content: bytes = PDF, name: str = "ruhsat.pdf", by=SYSTEM, **values):
        return keep(content, name, kind.code, [(registers.of(type(each)), each) for each in rows], by, **values)

    return make


@pytest.fixture
def photo() -> bytes:
    """A photo that says where it was taken."""
    picture, made = Image.new("RGB", (1600, 900), "teal"), io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (40.0, 45.0, 56.0)
    exif[0x010F] = "Gizli Telefon"
    picture.save(made, "JPEG", exif=exif)
    return made.getvalue()
