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


def _unit(name: str, parent: Unit | None, kind: str, short_name: str) -> Unit | None:
    """The unit that has or once had the name, or a new one; None for one that was deleted since."""
    if past := Unit.history.filter(name=name).first():
        return Unit.objects.filter(pk=past.id).first()
    new = Unit(name=name, parent=parent, kind=kind, short_name=short_name)
    writes.save(registers.get("units"), new, AUTHOR)
    return new
