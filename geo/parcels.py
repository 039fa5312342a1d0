"""Parcels: the locations that stand for them, and what they are called."""

from __future__ import annotations

from geo.models import District, Neighbourhood
from inventory.registers import Register

#: The columns by which a register knows parcels.
COLUMNS = ("district", "neighbourhood", "block", "parcel")


def knows(register: Register) -> bool:
    """Whether the register's items lie on parcels."""
    return {*COLUMNS, "location"} <= set(register.columns)


def name(district: District, neighbourhood: Neighbourhood | None, block: str, parcel: str) -> str:
    """What the location of a parcel is called, unique in the province: "İzmit/Yenişehir 123/4"."""
    place = f"{district}/{neighbourhood}" if neighbourhood else str(district)
    return f"{place} {block}/{parcel}" if block else f"{place} {parcel}"
