"""The municipality, its general secretariat and its directorates (programme of 2024)."""

from pathlib import Path

from inventory import registers, writes
from inventory.organization.models import Unit
from inventory.reference import AUTHOR, lines

MUNICIPALITY = "Kocaeli Büyükşehir Belediyesi"
SECRETARIAT = "Genel Sekreterlik"
OFFICE = "Özel Kalem Müdürlüğü"


def load() -> dict[str, int]:
    before = Unit.objects.count()
    top = _unit(MUNICIPALITY, None, Unit.Kind.MUNICIPALITY, "Belediye")
    secretariat = _unit(SECRETARIAT, top, Unit.Kind.SECRETARIAT, SECRETARIAT)
    _unit(OFFICE, top, Unit.Kind.OFFICE, "Özel Kalem")
    for row in lines(Path(__file__).parent / "data" / "directorates.csv"):
        short = row["name"].removesuffix(" Dairesi Başkanlığı")
        _unit(row["name"], secretariat, Unit.Kind.DIRECTORATE, short)
    return {"units": Unit.objects.count() - before}


def _unit(name: str, parent: Unit | None, kind: str, short_name: str) -> Unit:
    """The unit of that name wherever it stands by now, or a new one."""
    found = Unit.objects.filter(name=name).first()
    new = Unit(name=name, parent=parent, kind=kind, short_name=short_name)
    return found or writes.save(registers.get("units"), new, AUTHOR)
