"""Where a sheet's items lie: shapes and coordinates beside an item's own columns (imports/checking/besides.py).

`columns`: what the headings may be; `coordinates`: cells into shapes in WGS 84; `judging`: what would change;
`own`: the list of places itself; `writing`: the locations written and taken back.
"""

from collections.abc import Sequence

from geo.placing.columns import headings, is_of_places, names
from geo.placing.judging import Places
from geo.placing.own import OwnPositions
from geo.placing.writing import undo, untouched, write


class Placing:
    """What geo offers the imports."""

    column = "location"
    #: What a register's row must say of itself, besides what the sheet has.
    needs: Sequence[str] = ("location", "area_m2")
    names = staticmethod(names)
    headings = staticmethod(headings)
    write = staticmethod(write)
    undo = staticmethod(undo)

    @staticmethod
    def judge(register, *given) -> Places | OwnPositions:
        return (OwnPositions if is_of_places(register) else Places)(register, *given)

    @staticmethod
    def to_undo(batch) -> int:
        return len(untouched(batch))


__all__ = ["Placing"]
